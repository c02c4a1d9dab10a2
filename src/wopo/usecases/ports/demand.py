"""Finding what is on order already."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import NamedTuple


class OpenLine(NamedTuple):
    """An order line of which something is still to come. ``job``: the number of the job it is for;
    none for stock."""

    id: str
    part_id: str
    order: str
    job: str | None
    quantity: Decimal
    accepted: Decimal
    promised_on: date | None


class DemandStore(ABC):
    """Queries about what is on order."""

    @abstractmethod
    def joinable(self, part_ids: Collection[str], site_id: str) -> list[OpenLine]:
        """Open lines for these parts on orders that may be joined and go to this site, those
        promised first before the others."""
