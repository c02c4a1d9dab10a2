"""Finding orders that came after the delivery or the invoice."""

from abc import ABC, abstractmethod
from datetime import date, datetime
from typing import NamedTuple

from wopo.domain.money import Money


class DatedOrder(NamedTuple):
    """An order of a period with the days around it, as they are known."""

    id: str
    number: str
    vendor: str
    currency: str
    total_minor: int
    asked_at: datetime
    said_on: date | None
    reason: str | None
    received_on: date | None
    billed_on: date | None


class AfterTheFactStore(ABC):
    """Queries about what came first."""

    @abstractmethod
    def unordered_invoice(self, vendor_id: str, total: Money) -> tuple[str, date] | None:
        """Number and day of the vendor's oldest invoice over just this total that has no order and
        was not rejected."""

    @abstractmethod
    def asked_between(self, start: datetime, end: datetime) -> list[DatedOrder]:
        """Orders first asked for in a period, without blanket orders, their releases and imported
        ones, in order of number."""
