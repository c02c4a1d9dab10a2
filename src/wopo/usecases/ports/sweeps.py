"""What sweeps look for: only what is due."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from wopo.domain.case_notes import CaseNote
from wopo.domain.case_snoozes import CaseSnooze
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine

TICK = "job:"
"""How the key of a tick of the clock begins."""


class SweepStore(ABC):
    """Finders of what time has made due."""

    @abstractmethod
    def done(self, job: str, periods: Collection[str]) -> set[str]:
        """Those of these periods of a job that are done already."""

    @abstractmethod
    def last_period(self, job: str) -> tuple[str, datetime] | None:
        """The newest period of a job and when it was done."""

    @abstractmethod
    def late_lines(self, day: date, limit: int) -> list[tuple[PurchaseOrder, PurchaseOrderLine]]:
        """Lines of issued orders promised for a day before ``day`` that are not all there, the
        longest late first."""

    @abstractmethod
    def quiet_over(self, at: datetime, limit: int) -> list[ExceptionCase]:
        """Open cases that were kept quiet until a moment that has come, and not posted since; the
        oldest first."""

    @abstractmethod
    def sites(
        self, *, since: datetime | None = None, case_id: str | None = None
    ) -> dict[str, set[str]]:
        """The sites that one case concerns, or each that is open or was changed since a moment: of
        its line's job, of all the order's jobs, else where the order is delivered to."""

    @abstractmethod
    def turns(self, since: datetime, until: datetime) -> list[tuple[str, str, dict[str, Any]]]:
        """Cases whose difference changed or that were reopened from one moment to before another,
        in order: the case's id, the event's name and its facts, as the audit keeps them."""

    @abstractmethod
    def moved_since(self, since: datetime) -> list[ExceptionCase]:
        """Cases that are open, or were changed since a moment."""

    @abstractmethod
    def owners(self, before: datetime, at: datetime) -> set[str]:
        """Who owns a case that is open since before a moment, and not kept quiet now."""

    @abstractmethod
    def to_remind(
        self, owner_id: str, before: datetime, at: datetime, today: date, limit: int
    ) -> list[str]:
        """Ids of a person's cases that are open since before a moment, neither kept quiet now nor
        put off today, nor such that the person wants to be asked about again later; what is due
        first comes first."""

    @abstractmethod
    def arrivals_to_ask(self, day: date, limit: int) -> list[CaseNote]:
        """Answers whose person wants to be asked again on a day or before, and was not yet."""

    @abstractmethod
    def to_escalate(self, before: datetime, at: datetime, limit: int) -> list[ExceptionCase]:
        """Open cases that were due before a moment, are not kept quiet now, and were not escalated
        yet; what was due first comes first."""

    @abstractmethod
    def snoozes_over(self, day: date, limit: int) -> list[CaseSnooze]:
        """Snoozes that ended on a day or before."""

    @abstractmethod
    def forget_ticks(self, before: datetime) -> int:
        """Remove the answers kept for ticks of the clock from before this moment; how many."""
