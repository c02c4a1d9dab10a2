"""What a replay of the match reads, in pages."""

from abc import ABC, abstractmethod
from datetime import date


class ReplayStore(ABC):
    """Orders with invoices entered since a day."""

    @abstractmethod
    def orders_since(self, day: date) -> int:
        """How many there are."""

    @abstractmethod
    def page_since(self, day: date, after: str, limit: int) -> list[str]:
        """The next ids in order, after one."""
