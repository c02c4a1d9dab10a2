"""Vendor invoices and credit notes."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from wopo.domain.columns import (
    Row,
    decimal_field,
    enum_field,
    id_field,
    json_field,
    minor_field,
    ref,
    time_field,
)
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event
from wopo.domain.money import Money
from wopo.domain.workflow import Workflow

NO_VENDOR = Refusal(
    "invoice.no_vendor",
    "Whose invoice is it? Nothing was changed; name the vendor or one of our orders.",
)
NO_LINES = Refusal(
    "invoice.no_lines", "The invoice bills nothing. Nothing was changed; enter at least one line."
)
ZERO_QUANTITY = Refusal(
    "invoice.zero_quantity",
    "Line {position} bills a quantity of 0. Nothing was changed; enter what is billed.",
)
DATED_AHEAD = Refusal(
    "invoice.dated_ahead",
    "{day} is more than {days} days ahead. Nothing was changed; check the year of the date.",
)
STILL_HELD = Refusal(
    "invoice.still_held",
    "Invoice {number} is on hold: {codes}. Nothing was changed; settle these first.",
    logged=True,
)
CREDIT_USED = Refusal(
    "invoice.credit_used",
    "Credit note {number} took back invoice {invoice}, so it can't be rejected any more. "
    "Nothing was changed; ask the vendor for a new invoice instead.",
)
PAID_IN_PART = Refusal(
    "invoice.paid_in_part",
    "{paid} of invoice {number} is paid already. Nothing was changed; "
    "ask the vendor for a credit note over the rest.",
)
UNKNOWN_CREDITED = Refusal(
    "invoice.unknown_credited",
    "There is no invoice {wanted} of this vendor to credit. Nothing was changed; "
    "check the number, or leave it out.",
)


class InvoiceState(StrEnum):
    """received -> matched | on_hold -> payable -> paid; rejected; credited. On hold means that it
    truly can't become payable."""

    RECEIVED = "received"
    MATCHED = "matched"
    ON_HOLD = "on_hold"
    PAYABLE = "payable"
    PAID = "paid"
    REJECTED = "rejected"
    CREDITED = "credited"


class InvoiceType(StrEnum):
    """An invoice, or a credit note that takes one back (amounts positive on both)."""

    INVOICE = "invoice"
    CREDIT = "credit"


_S = InvoiceState
INVOICE = Workflow(
    {
        (_S.RECEIVED, "match"): _S.MATCHED,
        (_S.RECEIVED, "hold"): _S.ON_HOLD,
        (_S.MATCHED, "make_payable"): _S.PAYABLE,
        (_S.MATCHED, "correct"): _S.MATCHED,
        (_S.MATCHED, "reject"): _S.REJECTED,
        (_S.MATCHED, "hold"): _S.ON_HOLD,
        (_S.MATCHED, "credit"): _S.CREDITED,
        (_S.ON_HOLD, "match"): _S.MATCHED,
        (_S.ON_HOLD, "correct"): _S.ON_HOLD,
        (_S.ON_HOLD, "reject"): _S.REJECTED,
        (_S.ON_HOLD, "credit"): _S.CREDITED,
        (_S.PAYABLE, "mark_paid"): _S.PAID,
        (_S.PAYABLE, "reject"): _S.REJECTED,
        (_S.PAYABLE, "hold"): _S.ON_HOLD,
        (_S.PAYABLE, "credit"): _S.CREDITED,
        (_S.PAID, "credit"): _S.CREDITED,
        (_S.PAYABLE, "free_rest"): _S.MATCHED,
        (_S.PAID, "free_rest"): _S.MATCHED,
        (_S.MATCHED, "withhold_rest"): _S.PAID,
        (_S.PAYABLE, "withhold_rest"): _S.PAID,
    }
)

CLEARED = (InvoiceState.MATCHED, InvoiceState.PAYABLE, InvoiceState.PAID)
"""States in which an invoice counts as money: it may become payable, or did."""


def number_key(number: str) -> str:
    """By which two numbers are the same: without blanks at the ends, in any case."""
    return number.strip().upper()


SOMETHING_WITHHELD = text("withheld_minor > 0")


class Invoice(SQLModel, table=True):
    """What a vendor says we owe. ``number_key`` is the number trimmed and in upper case,
    ``number_core`` what is left of it when only what differs counts (``duplicates``);
    ``sequence`` is the order of entry, by which invoices are judged first come, first served.

    ``withheld_minor`` is held back of the total because a part is disputed (``short_pay``), and
    ``withheld`` says of which order lines; ``settled_minor`` was paid (or set off) already. What is
    to be paid now is the rest. One that was paid in part is never on hold: its rest is held back.
    """

    __tablename__ = "invoice"
    __table_args__ = (
        Index("ix_invoice_number", "vendor_id", "number_key"),
        Index("ix_invoice_lookalike", "total_minor", "invoice_date", "vendor_id"),
        Index("ix_invoice_core", "number_core", "vendor_id"),
        Index("ix_invoice_queue", "state", "sequence"),
        Index(
            "ix_invoice_withheld",
            "vendor_id",
            sqlite_where=SOMETHING_WITHHELD,
        ),
    )

    id: str = id_field()
    sequence: int = Field(index=True)
    number: str = Field(max_length=60)
    number_key: str = Field(max_length=60)
    number_core: str = Field(default="", max_length=60)
    type: InvoiceType = enum_field(InvoiceType, default=InvoiceType.INVOICE)
    state: InvoiceState = enum_field(InvoiceState, default=InvoiceState.RECEIVED)
    vendor_id: str = ref("vendor", index=False)
    purchase_order_id: str | None = ref("purchase_order", null=True)
    order_reference: str = Field(default="", max_length=60)
    credits_invoice_id: str | None = ref("invoice", null=True)
    currency: str = Field(max_length=3)
    invoice_date: date
    due_date: date | None = None
    net_minor: int = minor_field()
    charges_minor: int = minor_field()
    tax_minor: int = minor_field()
    discount_minor: int = minor_field()
    total_minor: int = minor_field()
    stated_total_minor: int | None = minor_field(None, null=True)
    entered_by_id: str | None = ref("person", null=True)
    entered_at: datetime = time_field(index=True)
    decided_by_id: str | None = ref("person", null=True)
    decided_at: datetime | None = time_field(null=True)
    reason: str | None = Field(default=None, max_length=1000)
    warnings: list[str] = json_field(list)
    verdict: dict[str, Any] = json_field()
    stopped: bool = False
    """Its header stopped it, so it counts nowhere."""
    not_duplicate_of: list[str] = json_field(list)
    """Ids of look-alikes that a person said are other invoices."""
    paid_on: date | None = None
    withheld_minor: int = minor_field()
    withheld: dict[str, Any] = json_field()
    settled_minor: int = minor_field()
    imported: bool = False
    version: int = 0

    @property
    def to_pay(self) -> Money:
        """What may be paid of it now."""
        return Money(self.total_minor - self.withheld_minor - self.settled_minor, self.currency)

    @property
    def held_back(self) -> Money:
        """What is not paid meanwhile, because it is disputed."""
        return Money(self.withheld_minor, self.currency)

    def withheld_of(self, line_id: str) -> tuple[Decimal, int]:
        """Pieces and minor units that are held back of an order line."""
        part = self.withheld.get(line_id)
        return (Decimal(part["quantity"]), part["minor"]) if part else (Decimal(0), 0)

    @property
    def total(self) -> Money:
        """Lines + charges + tax - discount."""
        return Money(self.total_minor, self.currency)

    @property
    def is_credit(self) -> bool:
        """Whether it gives back rather than bills."""
        return self.type is InvoiceType.CREDIT

    @property
    def codes(self) -> list[str]:
        """What the match found, sorted."""
        return list(self.verdict.get("exceptions", ()))


class InvoiceLine(Row, table=True):
    """One billed line; quantity and price as on the paper, in ``unit``.

    ``net_minor`` = quantity x price / basis + charge - discount, rounded once. ``share_minor`` adds
    its share of the invoice's charges and discount (and of tax, where budgets are gross): what it
    costs the order line's job and budget. ``unit_factor`` and ``unit_divisor`` turn a quantity in
    another unit than the order's into the order's; none where nobody told how.
    """

    __tablename__ = "invoice_line"

    id: str = id_field()
    invoice_id: str = ref("invoice")
    position: int
    purchase_order_line_id: str | None = ref("purchase_order_line", null=True)
    item_number: str | None = Field(default=None, max_length=60)
    description: str = Field(default="", max_length=300)
    quantity: Decimal = decimal_field()
    unit: str = Field(default="", max_length=20)
    unit_price: Decimal = decimal_field()
    price_per: Decimal = decimal_field(Decimal(1))
    charge_minor: int = minor_field()
    discount_minor: int = minor_field()
    net_minor: int = minor_field()
    share_minor: int = minor_field()
    unit_factor: Decimal | None = decimal_field(null=True)
    unit_divisor: Decimal | None = decimal_field(null=True)


class InvoiceCharge(SQLModel, table=True):
    """Freight, packing or a fee on an invoice, by code."""

    __tablename__ = "invoice_charge"

    id: str = id_field()
    invoice_id: str = ref("invoice")
    code: str = Field(max_length=20)
    amount_minor: int = minor_field()


@event("invoice:received")
class InvoiceReceived(Event):
    """An invoice or a credit note was entered."""

    number: str
    type: InvoiceType
    vendor_id: str
    order_id: str | None
    total: Money
    invoice_date: date
    warnings: list[str]
    imported: bool


@event("invoice:matched")
class InvoiceMatched(Event):
    """Nothing stands against the invoice (any more): it may become payable.

    ``accepted``: codes of the differences that people accepted with a reason.
    """

    number: str
    order_id: str | None
    total: Money
    accepted: list[str]


@event("invoice:held")
class InvoiceHeld(Event):
    """The invoice can't become payable; ``codes`` say why."""

    number: str
    order_id: str | None
    total: Money
    codes: list[str]


@event("invoice:rejudged")
class InvoiceRejudged(Event):
    """A later event changed what stands against the invoice; ``cause`` names the event."""

    number: str
    order_id: str | None
    before: list[str]
    after: list[str]
    cause: str


@event("invoice:corrected")
class InvoiceCorrected(Event):
    """What had been entered was not what the paper says."""

    number: str
    order_id: str | None
    reason: str
    before: dict[str, Any]
    after: dict[str, Any]


@event("invoice:withheld")
class InvoiceWithheld(Event):
    """Another part of the invoice is held back from now on, because it is disputed (or nothing any
    more); ``to_pay`` is what may be paid of it now, ``cause`` the event behind it."""

    number: str
    order_id: str | None
    before: Money
    withheld: Money
    to_pay: Money
    cause: str


@event("invoice:made_payable")
class InvoiceMadePayable(Event):
    """Somebody with the right released the invoice for payment; ``total`` is what is paid."""

    number: str
    order_id: str | None
    total: Money


@event("invoice:paid")
class InvoicePaid(Event):
    """The invoice was paid (a credit note: paid back or set off); ``total`` is what was paid now,
    without what is held back."""

    number: str
    order_id: str | None
    total: Money
    paid_on: date
    reference: str


@event("invoice:rejected")
class InvoiceRejected(Event):
    """The invoice will not be paid."""

    number: str
    order_id: str | None
    total: Money
    reason: str


@event("invoice:credited")
class InvoiceCredited(Event):
    """A credit note took the whole invoice back."""

    number: str
    order_id: str | None
    credit_id: str
    credit_number: str
