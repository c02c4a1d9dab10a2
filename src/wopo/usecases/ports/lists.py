"""What lists show, and no more: narrow rows over joins, for screens that are drawn all day."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from wopo.domain.invoices import InvoiceType
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
    emergency: bool


class LineRow(NamedTuple):
    """A line that was not struck out, with its job. ``to_come``: something is still to be accepted
    on it."""

    order_id: str
    to_come: bool
    promised_on: date | None
    job: JobRow | None


class DecisionRow(NamedTuple):
    """A decision that waits for somebody, with its order and the order's vendor."""

    id: str
    revision: int
    content_hash: str
    amount_minor: int
    currency: str
    asked_at: datetime
    order_id: str
    order: str
    vendor_id: str
    vendor: str


class InvoiceRow(NamedTuple):
    """An invoice with its vendor's name."""

    id: str
    number: str
    version: int
    type: InvoiceType
    vendor_id: str
    vendor: str
    to_pay_minor: int
    currency: str
    due_date: date | None


class NeedRow(NamedTuple):
    """A requested line that waits for a vendor or a price, with its request and its job."""

    id: str
    request: str
    description: str
    quantity: Decimal
    unit: str
    needed_by: date | None
    job_id: str
    job: str
    title: str
    vendor_id: str | None
    unit_price: Decimal | None


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
    def order_lines(self, order_ids: Collection[str]) -> dict[str, list[LineRow]]:
        """The lines of these orders by order, in order of position."""

    @abstractmethod
    def decisions(self, person_id: str, *, limit: int) -> list[DecisionRow]:
        """Decisions that were asked of a person and wait, the oldest first."""

    @abstractmethod
    def invoices_to_release(self, *, limit: int) -> list[InvoiceRow]:
        """Matched invoices, the oldest first."""

    @abstractmethod
    def unsourced(self, *, limit: int, offset: int) -> list[NeedRow]:
        """The buyers' queue: lines that wait for a vendor or a price, the most urgent first."""

    @abstractmethod
    def jobs(self, ids: Collection[str]) -> list[JobRow]:
        """These jobs by number."""

    @abstractmethod
    def own_cases(self, owner_id: str, *, today: date, limit: int) -> list[str]:
        """Ids of a person's open exceptions that are not put off today, the oldest first."""

    @abstractmethod
    def free_cases(self, desks: Collection[str], *, today: date, limit: int) -> list[str]:
        """Ids of open exceptions of these desks that nobody took and nobody put off, the oldest
        first."""

    @abstractmethod
    def open_cases(
        self, owner_id: str, *, own: bool, behind: tuple[datetime, str] | None, limit: int
    ) -> list[str]:
        """Ids of open exceptions, the oldest first: those of this person, or all but those.
        ``behind``: when the last one of the page before was raised, and its id."""

    @abstractmethod
    def held_invoices(self, *, offset: int, limit: int) -> list[str]:
        """Ids of invoices on hold, the oldest first."""
