"""Finding request lines and what became of them."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass

from wopo.domain.part_requests import Allocation, PartRequestLine
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine


@dataclass(frozen=True)
class Link:
    """A request line's share of an order line, with the order."""

    allocation: Allocation
    order_line: PurchaseOrderLine
    order: PurchaseOrder


class PartRequestStore(ABC):
    """Queries about request lines; a constant number however many lines."""

    @abstractmethod
    def links(self, line_ids: Collection[str]) -> list[Link]:
        """Where these request lines are bought (cancelled shares left out), in order of entry."""

    @abstractmethod
    def lines_on(self, order_id: str) -> list[PartRequestLine]:
        """Request lines that are or were bought on this order."""

    @abstractmethod
    def count_unsourced(self) -> int:
        """How many lines wait in the buyers' queue."""
