"""What a verification reads: the chain in order, orders page by page, sums over documents."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal

from wopo.domain.audit import AuditEntry, AuditHead


@dataclass(frozen=True)
class Received:
    """What all receipts of an order line add up to, voids and returns included."""

    accepted: Decimal
    rejected: Decimal


class AuditStore(ABC):
    """Bounded reads; memory stays flat however long the chain is."""

    @abstractmethod
    def chain(self) -> Iterator[AuditEntry]:
        """Every entry in the order of its number, streamed."""

    @abstractmethod
    def head(self) -> AuditHead:
        """The newest entry as the chain's head names it; number 0 for an empty chain."""

    @abstractmethod
    def hash_at(self, seq: int) -> str | None:
        """The hash of one entry, none where it is missing."""

    @abstractmethod
    def order_pages(self, size: int) -> Iterator[list[str]]:
        """Ids of all orders, ``size`` at a time; what was read for a page is forgotten after."""

    @abstractmethod
    def received(self, order_ids: Collection[str]) -> dict[str, Received]:
        """What the receipts of these orders add up to, by order line."""

    @abstractmethod
    def numbers(self, prefix: str, year: int) -> Iterator[str]:
        """Document numbers of one series that are in use, in order."""
