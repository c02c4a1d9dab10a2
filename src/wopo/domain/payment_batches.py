"""Payment batches: which released invoices are paid together, credit notes set off per vendor.

An invoice is in one living batch only, and one that goes on hold leaves it, with everything that
was netted with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256

from sqlmodel import Field, SQLModel

from wopo.domain.columns import enum_field, id_field, minor_field, ref, time_field
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event
from wopo.domain.money import Money
from wopo.domain.workflow import Workflow

NOTHING_DUE = Refusal(
    "payment_batch.nothing_due",
    "Nothing can be paid up to {day}: {why}. Nothing was changed; choose a later day, or settle "
    "what holds the invoices.",
)
PLAN_CHANGED = Refusal(
    "payment_batch.plan_changed",
    "What is to be paid changed since it was shown. Nothing was changed; look at it again.",
    logged=True,
)
TOO_MANY = Refusal(
    "payment_batch.too_many",
    "{count} invoices are more than the {most} that one batch takes. Nothing was changed; "
    "choose an earlier day.",
)
IN_BATCH = Refusal(
    "payment_batch.in_batch",
    "Invoice {number} is in payment batch {batch}. Nothing was changed; mark the batch as paid, or "
    "cancel it first.",
    logged=True,
)
PAST_DAY = Refusal(
    "payment_batch.past_day",
    "{day} is past, and no bank pays then. Nothing was changed; choose today or a later day.",
)
NO_SEPA = Refusal(
    "payment_batch.no_sepa",
    "{number} has no SEPA file: {why}. Nothing was changed; use the table (CSV).",
)

MOST_INVOICES = 1_000
"""Invoices in one batch: what is locked and written within the seconds that a click has."""


class BatchState(StrEnum):
    """made -> paid | cancelled. Only a made one lives."""

    MADE = "made"
    PAID = "paid"
    CANCELLED = "cancelled"


_S = BatchState
PAYMENT_BATCH = Workflow({(_S.MADE, "mark_paid"): _S.PAID, (_S.MADE, "cancel"): _S.CANCELLED})


class PaymentBatch(SQLModel, table=True):
    """Payments that go to the bank together. ``revision`` counts up when a payment is taken out, so
    that a file says which state of the batch it is."""

    __tablename__ = "payment_batch"

    id: str = id_field()
    number: str = Field(max_length=20, unique=True)
    state: BatchState = enum_field(BatchState, default=BatchState.MADE, index=True)
    revision: int = 1
    up_to: date
    execute_on: date
    made_by_id: str = ref("person")
    made_at: datetime = time_field()
    decided_by_id: str | None = ref("person", null=True)
    decided_at: datetime | None = time_field(null=True)
    paid_on: date | None = None
    reference: str = Field(default="", max_length=120)
    reason: str = Field(default="", max_length=500)

    def move(self, verb: str, *, by_id: str | None, at: datetime) -> None:
        """Make a legal move and remember who decided; else ``ILLEGAL_MOVE``."""
        self.state = PAYMENT_BATCH.move(self.state, verb, subject=f"Payment batch {self.number}")
        self.decided_by_id, self.decided_at = by_id, at


class Payment(SQLModel, table=True):
    """What one vendor gets in one currency, to the account in force when the batch was made. Zero:
    credit notes set everything off, and the bank is not asked. ``taken_out``: why it left."""

    __tablename__ = "payment"

    id: str = id_field()
    batch_id: str = ref("payment_batch")
    position: int
    vendor_id: str = ref("vendor")
    bank_details_id: str = ref("bank_details")
    currency: str = Field(max_length=3)
    amount_minor: int = minor_field()
    taken_out: str = Field(default="", max_length=300)

    @property
    def amount(self) -> Money:
        """What the vendor gets."""
        return Money(self.amount_minor, self.currency)


class PaymentItem(SQLModel, table=True):
    """An invoice or (``amount_minor`` negative) a credit note in a payment.

    ``live_invoice_id`` is the invoice as long as the item counts, and none once its payment was
    taken out or the batch cancelled. It is unique: the database itself refuses a second batch.
    """

    __tablename__ = "payment_item"

    id: str = id_field()
    payment_id: str = ref("payment")
    invoice_id: str = ref("invoice")
    live_invoice_id: str | None = Field(
        default=None, foreign_key="invoice.id", max_length=40, unique=True
    )
    amount_minor: int = minor_field()


@dataclass(frozen=True)
class Payable:
    """A released invoice or credit note, as far as paying needs it. ``minor`` is not negative;
    ``day`` is when it is due."""

    id: str
    number: str
    vendor_id: str
    currency: str
    credit: bool
    minor: int
    day: date
    sequence: int

    @property
    def signed(self) -> int:
        """What it adds to a payment."""
        return -self.minor if self.credit else self.minor


@dataclass(frozen=True)
class Netted:
    """What one vendor gets in one currency: never less than nothing. ``left``: credit notes that
    found no invoice to be set off against."""

    vendor_id: str
    currency: str
    taken: tuple[Payable, ...]
    left: tuple[Payable, ...]

    @property
    def amount(self) -> Money:
        """What the vendor gets."""
        return Money(sum(one.signed for one in self.taken), self.currency)


def netted(documents: Iterable[Payable]) -> list[Netted]:
    """One payment per vendor and currency: all its invoices, less its credit notes, the oldest
    first, as far as they go. Documents are taken whole, so a credit note that is larger than what
    is left waits for the next batch.
    """
    groups: dict[tuple[str, str], list[Payable]] = {}
    for document in documents:
        groups.setdefault((document.vendor_id, document.currency), []).append(document)
    made = []
    for (vendor_id, currency), group in sorted(groups.items()):
        ordered = sorted(group, key=lambda one: one.sequence)
        taken = [one for one in ordered if not one.credit]
        left_over, rest = [], sum(one.minor for one in taken)
        for credit in (one for one in ordered if one.credit):
            if taken and credit.minor <= rest:
                taken.append(credit)
                rest -= credit.minor
            else:
                left_over.append(credit)
        made.append(Netted(vendor_id, currency, tuple(taken), tuple(left_over)))
    return made


def seal_of(payments: Sequence[Netted]) -> str:
    """A short hash of what would be paid, by which a form knows that it still shows the truth."""
    lines = [
        f"{one.vendor_id} {one.currency} {item.id} {item.signed}"
        for one in payments
        for item in one.taken
    ]
    return sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]


@event("payment_batch:made")
class PaymentBatchMade(Event):
    """Finance put released invoices together to be paid; ``totals`` has one amount per currency."""

    number: str
    up_to: date
    execute_on: date
    totals: list[Money]
    invoices: list[str]


@event("payment_batch:payment_taken_out")
class PaymentTakenOut(Event):
    """A vendor's payment left a living batch: one of its invoices may not be paid any more, or its
    bank details changed. What it held is free again."""

    number: str
    revision: int
    vendor_id: str
    amount: Money
    invoices: list[str]
    why: str


@event("payment_batch:paid")
class PaymentBatchPaid(Event):
    """The bank paid the batch."""

    number: str
    totals: list[Money]
    paid_on: date
    reference: str


@event("payment_batch:cancelled")
class PaymentBatchCancelled(Event):
    """The batch will not be paid; its invoices are free for another one."""

    number: str
    reason: str


@event("payment_batch:exported")
class PaymentBatchExported(Event):
    """Files for the bank were written; ``files`` holds the SHA-256 of each by its name."""

    number: str
    revision: int
    files: dict[str, str]
