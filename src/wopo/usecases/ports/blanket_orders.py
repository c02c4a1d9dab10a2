"""Finding blanket orders."""

from abc import ABC, abstractmethod
from datetime import date

from wopo.domain.purchase_orders import PurchaseOrder


class BlanketStore(ABC):
    """Finders over blanket orders."""

    @abstractmethod
    def open_on(self, day: date) -> list[PurchaseOrder]:
        """The issued ones that are valid on ``day``, by number: few, whatever was ever ordered."""
