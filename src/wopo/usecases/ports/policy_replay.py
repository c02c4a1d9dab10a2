"""What a replay of the purchasing policy reads, in pages."""

from abc import ABC, abstractmethod
from datetime import date

from wopo.domain.part_requests import PartRequestLine
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine

Bought = tuple[PurchaseOrderLine, PurchaseOrder]


class PolicyReplayStore(ABC):
    """Lines that were asked for since a day and not taken back, and lines of orders since that day
    which nobody asked for by a request (a buyer's own, counter purchases, imported history)."""

    @abstractmethod
    def lines_since(self, day: date) -> int:
        """How many there are of both."""

    @abstractmethod
    def bought_since(self, day: date, after: str, limit: int) -> list[Bought]:
        """The next order lines in order of their ids, after one."""

    @abstractmethod
    def page_since(self, day: date, after: str, limit: int) -> list[PartRequestLine]:
        """The next lines asked for in order of their ids, after one."""
