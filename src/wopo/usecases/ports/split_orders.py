"""Finding orders that were asked for lately."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class AskedOrder:
    """An order that was asked for and is not off again. ``minor``: its content's total, or that of
    a change which waits, if that is more; in minor units of ``currency``."""

    id: str
    number: str
    vendor_id: str
    requested_by_ids: list[str]
    currency: str
    minor: int
    job_ids: set[str] = field(default_factory=set)
    centre_ids: set[str] = field(default_factory=set)


class SplitStore(ABC):
    """Queries about orders that may belong together."""

    @abstractmethod
    def asked_since(
        self,
        since: datetime,
        *,
        without: str,
        vendor_id: str | None,
        job_ids: Collection[str] = (),
    ) -> list[AskedOrder]:
        """Orders asked for since a moment, of all vendors, or of one and for any of these jobs, the
        newest first, without this one."""
