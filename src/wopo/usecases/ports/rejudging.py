"""What judging again reads: what changed since the last look, and which orders are loud."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from wopo.domain.rejudging import Watched

JOB = "judge"
"""The sweep's name in ``job_run``."""


class Place(NamedTuple):
    """How far a sweep has looked: the audit's entries up to ``seq``, by ``policy``, on ``day``.
    ``left`` are orders that could not be judged then."""

    seq: int
    policy: int
    day: date
    left: tuple[str, ...] = ()


class RejudgingStore(ABC):
    """Finders of orders to be judged again; none of them makes an object of a row."""

    @abstractmethod
    def place(self) -> Place | None:
        """Where the last sweep ended; none before the first."""

    @abstractmethod
    def touched(self, after: int, upto: int) -> list[str]:
        """Ids of the orders that entries of the audit after one and up to another are about, or
        whose invoices, receipts or cases they are about."""

    @abstractmethod
    def waiting(self) -> list[str]:
        """Ids of the orders that today's policy decides on: with an invoice on hold, or with more
        accepted than ordered."""

    @abstractmethod
    def count(self) -> int:
        """How many orders there are."""

    @abstractmethod
    def page(self, after: str, limit: int) -> list[str]:
        """The next ids of orders, in order, after one."""

    @abstractmethod
    def loud(self, ids: Sequence[str], watched: Watched) -> set[str]:
        """Those of these orders that have to be judged in full, in a constant number of
        statements."""
