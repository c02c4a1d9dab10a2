"""Finding needs that nobody was asked about lately."""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import NamedTuple


class SmallAsked(NamedTuple):
    """What somebody asked for one job from one vendor and nobody was asked about; ``minor`` in
    minor units of the company's currency."""

    requester_id: str | None
    job_id: str
    centre_id: str
    vendor_id: str | None
    minor: int


class SmallNeedStore(ABC):
    """Queries about needs that were let go because they are small."""

    @abstractmethod
    def asked_since(self, since: datetime, *, without: str) -> list[SmallAsked]:
        """What was let go since a moment and is not taken back, added up; without this line."""
