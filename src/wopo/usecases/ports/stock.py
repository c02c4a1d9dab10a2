"""Finding and holding stock."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from decimal import Decimal

from wopo.domain.locations import Location
from wopo.domain.stock import StockLevel, StockMovement


class StockStore(ABC):
    """Queries about stock levels."""

    @abstractmethod
    def levels(
        self, part_ids: Collection[str], *, hold: bool = False
    ) -> list[tuple[StockLevel, Location]]:
        """These parts' levels wherever they lie, in the order of their ids. ``hold``: read anew
        and locked until the end, so that nobody else promises the same piece."""

    @abstractmethod
    def held_by_job(self, line_id: str) -> tuple[Decimal, int]:
        """Quantity and value (minor units) that a request line's job took and did not give
        back, from the movements."""

    @abstractmethod
    def opening(self, part_id: str, location_id: str) -> StockMovement | None:
        """The opening balance of a part at a location, if it was entered."""

    @abstractmethod
    def of_receipt_lines(self, receipt_line_ids: Collection[str]) -> list[StockMovement]:
        """What moved because of these receipt lines, oldest first."""
