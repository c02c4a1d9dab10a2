"""What a verification reads: the chain in order, orders page by page, sums over documents."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from wopo.domain.audit import AuditEntry, AuditHead, RefusalLink, Unreadable


@dataclass(frozen=True)
class Received:
    """What all receipts of an order line add up to, voids and returns included."""

    accepted: Decimal
    rejected: Decimal


@dataclass(frozen=True)
class DamagedRow:
    """A row of which a column holds what can't be read; ``id`` is its key as text."""

    table: str
    id: str
    column: str


class AuditStore(ABC):
    """Bounded reads; memory stays flat however long the chain is."""

    read_errors: tuple[type[Exception], ...]
    """What reading a damaged row may raise."""

    @abstractmethod
    def damaged(self) -> Iterator[DamagedRow]:
        """Every row of every table but the chain's that can't be read."""

    @abstractmethod
    def broken_seals(self) -> Iterator[tuple[str, str, str]]:
        """Table, key and problem of every row of the ledger, the stock movements and the refusals
        that is not what was written."""

    @abstractmethod
    def stock_apart(self) -> Iterator[tuple[str, str]]:
        """Stock levels (by id) that are not the sum of their movements, with the difference."""

    @abstractmethod
    def chain(self) -> Iterator[AuditEntry | Unreadable]:
        """Every entry in the order of its number, streamed; damaged ones by name."""

    @abstractmethod
    def head(self) -> AuditHead:
        """The newest entry as the chain's head names it; number 0 for an empty chain."""

    @abstractmethod
    def hashes_at(self, seqs: Collection[int]) -> dict[int, str]:
        """The hashes of these entries, without those that are missing."""

    @abstractmethod
    def facts_of(self, event: str) -> Iterator[dict[str, Any]]:
        """The facts of all entries of one event, in order."""

    @abstractmethod
    def refusal_links(self) -> Iterator[RefusalLink]:
        """What chains the refusals, in the order of their numbers, streamed."""

    @abstractmethod
    def refusal_seals(self, seqs: Collection[int]) -> dict[int, str]:
        """The seals of these refusals, without those that are missing."""

    @abstractmethod
    def refusals_given(self) -> int:
        """How many refusals were numbered."""

    @abstractmethod
    def last_refusal(self) -> tuple[int, str] | None:
        """Number and seal of the newest refusal; none where nothing was ever refused."""

    @abstractmethod
    def seal_before(self, seq: int) -> str:
        """What the refusal with this number names as the one before it."""

    @abstractmethod
    def order_pages(self, size: int) -> Iterator[list[str]]:
        """Ids of all orders, ``size`` at a time; what was read for a page is forgotten after."""

    @abstractmethod
    def received(self, order_ids: Collection[str]) -> dict[str, Received]:
        """What the receipts of these orders add up to, by order line."""

    @abstractmethod
    def numbers(self, prefix: str, year: int) -> Iterator[str]:
        """Document numbers of one series that are in use, in order."""
