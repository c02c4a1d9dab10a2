"""What sweeps look for: only what is due."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from datetime import date, datetime

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
    def moved_since(self, since: datetime) -> list[ExceptionCase]:
        """Cases that are open, or were changed since a moment."""

    @abstractmethod
    def forget_ticks(self, before: datetime) -> int:
        """Remove the answers kept for ticks of the clock from before this moment; how many."""
