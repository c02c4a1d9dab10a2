"""Receipts: what arrived, counted as accepted and rejected; never edited, only voided."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlmodel import Field, SQLModel

from wopo.domain.columns import decimal_field, enum_field, id_field, ref, time_field
from wopo.domain.events import Event, event


class ReceiptKind(StrEnum):
    """Goods that came, a service confirmed as done, goods sent back to the vendor, or the
    reversal of a receipt that was a mistake."""

    GOODS = "goods"
    SERVICE = "service"
    RETURN = "return"
    VOID = "void"


class ReceiptState(StrEnum):
    """posted, until a reversing document voids it."""

    POSTED = "posted"
    VOIDED = "voided"


class Receipt(SQLModel, table=True):
    """A goods received note or service confirmation (GRN)."""

    __tablename__ = "receipt"

    id: str = id_field()
    number: str = Field(max_length=40, unique=True)
    kind: ReceiptKind = enum_field(ReceiptKind, default=ReceiptKind.GOODS)
    state: ReceiptState = enum_field(ReceiptState, default=ReceiptState.POSTED)
    purchase_order_id: str = ref("purchase_order")
    reverses_id: str | None = ref("receipt", null=True)
    received_by_id: str | None = ref("person", null=True)
    received_on: date
    delivery_note: str = Field(default="", max_length=60)
    note: str = Field(default="", max_length=500)
    flag: str | None = Field(default=None, max_length=300)
    for_credit: bool = False
    """On a return: nothing will come in its place."""
    imported: bool = False
    at: datetime = time_field()


class ReceiptLine(SQLModel, table=True):
    """Counted quantities of one order line, in the order's unit; negative on returns and voids."""

    __tablename__ = "receipt_line"

    id: str = id_field()
    receipt_id: str = ref("receipt")
    purchase_order_line_id: str = ref("purchase_order_line")
    accepted: Decimal = decimal_field(Decimal(0))
    rejected: Decimal = decimal_field(Decimal(0))
    reject_reason: str = Field(default="", max_length=200)


@event("receipt:posted")
class ReceiptPosted(Event):
    """Goods arrived or a service was confirmed. ``lines``: per order line ``line_id``,
    ``receipt_line_id``, ``accepted`` and ``rejected`` (decimals as text)."""

    number: str
    order_id: str
    kind: ReceiptKind
    received_on: date
    delivery_note: str
    lines: list[dict[str, str]]
    flag: str | None
    attachment_ids: list[str]


@event("receipt:voided")
class ReceiptVoided(Event):
    """A receipt was a mistake. ``subject_id`` is the reversing document; ``reversed_id`` the one
    that no longer counts; ``lines`` as in ``ReceiptPosted``, with the signs of the reversal."""

    number: str
    order_id: str
    reversed_id: str
    reversed_number: str
    reversed_kind: ReceiptKind
    reason: str
    lines: list[dict[str, str]]


@event("receipt:returned")
class GoodsReturned(Event):
    """Goods went back to the vendor; ``lines`` as in ``ReceiptPosted``, negative.

    ``for_credit``: nothing will come in their place, so what was committed for them is released.
    """

    number: str
    order_id: str
    for_credit: bool
    reason: str
    lines: list[dict[str, str]]


@event("receipt:imported")
class ReceiptImported(Event):
    """A receipt of another system was taken over; it moves no stock."""

    number: str
    order_id: str
    received_on: date
    lines: list[dict[str, str]]
    flag: str | None
