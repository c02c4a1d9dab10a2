"""Vendor invoices and credit notes."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from wopo.domain.columns import (
    decimal_field,
    enum_field,
    id_field,
    json_field,
    minor_field,
    ref,
    time_field,
)
from wopo.domain.events import Event, event
from wopo.domain.money import Money


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


class Invoice(SQLModel, table=True):
    """What a vendor says we owe. ``number_key`` is the number trimmed and in upper case;
    ``sequence`` is the order of entry, by which invoices are judged first come, first served."""

    __tablename__ = "invoice"
    __table_args__ = (
        Index("ix_invoice_number", "vendor_id", "number_key"),
        Index("ix_invoice_lookalike", "vendor_id", "total_minor", "invoice_date"),
    )

    id: str = id_field()
    sequence: int = Field(index=True)
    number: str = Field(max_length=60)
    number_key: str = Field(max_length=60)
    type: InvoiceType = enum_field(InvoiceType, default=InvoiceType.INVOICE)
    state: InvoiceState = enum_field(InvoiceState, default=InvoiceState.RECEIVED, index=True)
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
    imported: bool = False
    version: int = 0


class InvoiceLine(SQLModel, table=True):
    """One billed line; quantity and price as on the paper, in ``unit``."""

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
    net_minor: int = minor_field()
    share_minor: int = minor_field()


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


@event("invoice:made_payable")
class InvoiceMadePayable(Event):
    """Somebody with the right released the invoice for payment."""

    number: str
    order_id: str | None
    total: Money


@event("invoice:paid")
class InvoicePaid(Event):
    """The invoice was paid (a credit note: paid back or set off)."""

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
