"""What lists show, and no more: narrow rows over joins, for screens that are drawn all day."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from wopo.domain.purchase_orders import OrderState, Progress


class OrderRow(NamedTuple):
    """An order with its vendor's name."""

    id: str
    number: str
    version: int
    state: OrderState
    vendor_id: str
    vendor: str
    total_minor: int
    currency: str
    receipt_progress: Progress


class JobRow(NamedTuple):
    """A job with its asset's name (empty without one)."""

    id: str
    number: str
    title: str
    asset: str
    required_by: date | None


class LineRow(NamedTuple):
    """A line that was not struck out, with its job. ``to_come``: something is still to be accepted
    on it."""

    order_id: str
    to_come: bool
    promised_on: date | None
    job: JobRow | None


class ListStore(ABC):
    """Each is one query, whatever the number of ids."""

    @abstractmethod
    def names(self, wanted: Mapping[Any, Collection[str]]) -> dict[str, str]:
        """Names by id; ``wanted`` are the ids of each table with a name, all of them other ids."""

    @abstractmethod
    def orders(
        self, state: OrderState, *, newest: bool, limit: int, imported: bool = True
    ) -> list[OrderRow]:
        """Orders in one state by when they were made, the newest or the oldest first; without the
        ``imported`` ones on request."""

    @abstractmethod
    def orders_by_id(self, ids: Collection[str]) -> dict[str, OrderRow]:
        """These orders."""

    @abstractmethod
    def order_lines(self, order_ids: Collection[str]) -> dict[str, list[LineRow]]:
        """The lines of these orders by order, in order of position."""

    @abstractmethod
    def jobs(self, ids: Collection[str]) -> list[JobRow]:
        """These jobs by number."""

    @abstractmethod
    def open_cases(self, first_of: str, *, offset: int, limit: int) -> list[str]:
        """Ids of open exceptions: those of the person ``first_of`` first, then the oldest."""

    @abstractmethod
    def held_invoices(self, *, offset: int, limit: int) -> list[str]:
        """Ids of invoices on hold, the oldest first."""
