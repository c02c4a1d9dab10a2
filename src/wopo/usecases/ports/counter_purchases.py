"""Finding purchases at counters."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from wopo.domain.money import Money
from wopo.domain.purchase_orders import Progress, PurchaseOrder


@dataclass(frozen=True)
class ByRule:
    """An amount that a rule allowed: for whom, and for which jobs."""

    amount: Money
    requester_ids: frozenset[str]
    job_ids: frozenset[str]


class Out(NamedTuple):
    """A purchase that is out: for whom, and whether its goods were booked."""

    id: str
    requested_by_ids: list[str]
    receipt_progress: Progress


class CounterStore(ABC):
    """Queries about counter purchases."""

    @abstractmethod
    def by_rule(self, rule: str, *, since: datetime) -> list[ByRule]:
        """Orders in force by this rule that were asked for since a moment."""

    @abstractmethod
    def without_till_receipt(self, before: datetime, stage: str, limit: int) -> list[PurchaseOrder]:
        """Counter purchases out since ``before`` without a photo or without their goods booked,
        that were not asked about at this stage; the oldest first."""

    @abstractmethod
    def out(self, limit: int) -> list[Out]:
        """Counter purchases whose number is given and that are not closed, the newest first."""
