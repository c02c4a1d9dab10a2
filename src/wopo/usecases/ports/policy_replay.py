"""What a replay of the purchasing policy reads, in pages."""

from abc import ABC, abstractmethod
from datetime import date

from wopo.domain.part_requests import PartRequestLine


class PolicyReplayStore(ABC):
    """Lines that were asked for since a day and not taken back."""

    @abstractmethod
    def lines_since(self, day: date) -> int:
        """How many there are."""

    @abstractmethod
    def page_since(self, day: date, after: str, limit: int) -> list[PartRequestLine]:
        """The next ones in order of their ids, after one."""
