"""What the auditor's tests read: streams of narrow rows, in a constant number of statements per
page of them."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from wopo.domain.audit_tests import Period
from wopo.domain.duplicates import Paper
from wopo.domain.exception_cases import Resolution
from wopo.domain.invoices import Invoice
from wopo.domain.money import Money

Ids = frozenset[str]


class Decision(NamedTuple):
    """An order that a person approved, whether or not the approval still holds. ``by_authority``:
    a limit had to cover it (``authority_id``'s: who decided, or in whose place); a step that the
    policy asks of a role or a person needs none. On call it is the cap of ``on_call_id``."""

    approval_id: str
    order_id: str
    number: str
    vendor: str
    amount_minor: int
    currency: str
    asked_at: datetime
    decided_at: datetime
    by_id: str
    waiver: str | None
    by_authority: bool
    authority_id: str
    on_call_id: str | None
    requesters: Ids
    centres: Ids

    @property
    def amount(self) -> Money:
        """What was approved."""
        return Money(self.amount_minor, self.currency)


class Delivery(NamedTuple):
    """Goods that came or a service that was confirmed."""

    receipt_id: str
    number: str
    received_by_id: str | None
    received_on: date
    flag: str | None
    order_id: str
    order: str
    vendor: str
    order_date: date | None
    created_at: datetime
    imported: bool
    requesters: Ids
    approvers: Ids


class Bill(NamedTuple):
    """An invoice that was not rejected, with its order where it has one."""

    invoice_id: str
    number: str
    vendor_id: str
    vendor: str
    invoice_date: date
    total_minor: int
    currency: str
    released_by_id: str | None
    released_on: datetime | None
    order_id: str | None
    order: str | None
    order_date: date | None
    created_at: datetime | None
    imported: bool | None
    approvers: Ids

    @property
    def total(self) -> Money:
        """What it bills."""
        return Money(self.total_minor, self.currency)


class Ordered(NamedTuple):
    """An order as it was put in; rejected, cancelled and imported ones are left out."""

    order_id: str
    number: str
    vendor_id: str
    vendor: str
    amount_minor: int
    currency: str
    created_at: datetime
    requesters: Ids


class Unapproved(NamedTuple):
    """An order in force whose content nobody approved: what it adds up to, and what was approved
    (none where not all the decisions it needs hold)."""

    order_id: str
    number: str
    vendor: str
    day: datetime
    total_minor: int
    approved_minor: int | None
    made: int
    needed: int
    currency: str


class Accepted(NamedTuple):
    """A difference that a person let go."""

    case_id: str
    number: str
    code: str
    by_id: str
    at: datetime
    how: Resolution
    amount_minor: int
    currency: str
    order_id: str | None
    invoice_id: str | None
    vendor: str | None
    approvers: Ids


class Judged(NamedTuple):
    """An invoice with the verdict that was kept of it."""

    invoice_id: str
    number: str
    vendor_id: str
    vendor: str
    day: date
    verdict: dict[str, Any]
    order_id: str | None


class FirstOrder(NamedTuple):
    """A vendor's first order."""

    vendor: str
    code: str
    added_at: datetime
    first_at: datetime
    order_id: str


class PaidAfterChange(NamedTuple):
    """An invoice that was paid, and a change of its vendor's account that was confirmed."""

    invoice_id: str
    number: str
    vendor: str
    paid_on: date
    version: int
    confirmed_at: datetime
    total_minor: int
    currency: str
    order_id: str | None


class Committed(NamedTuple):
    """What is still committed to an order."""

    order_id: str
    number: str
    vendor: str
    approved_at: datetime
    amount_minor: int
    currency: str


class Shared(NamedTuple):
    """A vendor that has a fact in common with an employee or another vendor."""

    fact: str
    vendor_id: str
    code: str
    vendor: str
    other_kind: str
    other: str
    other_id: str


class Recorded(NamedTuple):
    """An entry of the audit trail: when, of what, by whom, and its facts."""

    at: datetime
    subject_id: str
    actor_id: str | None
    facts: dict[str, Any]


class AuditTestStore(ABC):
    """Streams; memory stays flat however much there is."""

    @abstractmethod
    def decisions(self, period: Period) -> Iterator[Decision]:
        """What people approved in the period, by when."""

    @abstractmethod
    def deliveries(self, period: Period) -> Iterator[Delivery]:
        """What was received in the period and not voided, by day."""

    @abstractmethod
    def bills(self, period: Period) -> Iterator[Bill]:
        """Invoices entered in the period, by vendor and date."""

    @abstractmethod
    def accepted(self, period: Period) -> Iterator[Accepted]:
        """Differences that people let go in the period, by person and when."""

    @abstractmethod
    def judged(self, period: Period) -> Iterator[Judged]:
        """Invoices entered in the period that passed the match, by vendor."""

    @abstractmethod
    def entered(self, period: Period) -> Iterator[Invoice]:
        """Invoices entered in the period and not rejected, by when."""

    @abstractmethod
    def papers(self, period: Period) -> Iterator[Paper]:
        """Invoices, not rejected, that are dated within two weeks of those entered in the period,
        by vendor, amount and day."""

    @abstractmethod
    def ordered(self, period: Period, *, by_vendor: bool) -> Iterator[tuple[str, Ordered]]:
        """Orders of the period by vendor, or by each of their requesters, and when."""

    @abstractmethod
    def unapproved(self, period: Period) -> Iterator[Unapproved]:
        """Orders in force, approved in the period, that are not what was approved."""

    @abstractmethod
    def first_orders(self, period: Period) -> Iterator[FirstOrder]:
        """Vendors whose first order is of the period."""

    @abstractmethod
    def paid_after_change(self, period: Period) -> Iterator[PaidAfterChange]:
        """Invoices paid in the period, each with every confirmed change of its vendor's account."""

    @abstractmethod
    def committed(self, before: datetime, until: datetime) -> Iterator[Committed]:
        """Orders approved before a moment to which money was committed at another, the oldest
        first."""

    @abstractmethod
    def shared(self, period: Period) -> Iterator[Shared]:
        """Vendors that were there in the period and share a fact with somebody else."""

    @abstractmethod
    def recorded(self, *events: str) -> Iterator[Recorded]:
        """All entries of these events in the audit trail, in order."""
