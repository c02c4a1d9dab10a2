"""Receipts: what arrived, counted as accepted and rejected; never edited, only voided."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlmodel import Field, SQLModel

from wopo.domain.columns import Row, decimal_field, enum_field, id_field, ref, time_field
from wopo.domain.errors import REQUIRED, Refusal, Soft
from wopo.domain.events import Event, event
from wopo.domain.money import NEGATIVE, QUANTITY_PLACES, checked_decimal, plain
from wopo.domain.purchase_orders import OrderState, PurchaseOrder, PurchaseOrderLine
from wopo.domain.workflow import words

NOT_OPEN = Refusal(
    "receipt.not_open",
    "{number} is {state}, so nothing can be received on it: {figures}. "
    "Nothing was changed; {accepted}.",
    logged=True,
)
LINE_SHUT = Refusal(
    "receipt.line_shut",
    "Line {position} of {number} is {state}: {figures}. Nothing was changed; "
    "leave the line out, or ask the buyer to amend the order.",
)
NOTHING_COUNTED = Refusal(
    "receipt.nothing_counted",
    "Nothing was counted. Nothing was changed; enter accepted or rejected quantities.",
)
LINE_TWICE = Refusal(
    "receipt.line_twice",
    "Line {position} is entered twice. Nothing was changed; enter one count for it.",
)
NOT_ON_ORDER = Refusal(
    "receipt.not_on_order",
    "{wanted} is not a line of {number}. Nothing was changed; choose one of its lines.",
)
FUTURE = Refusal(
    "receipt.future",
    "{day} is still to come. Nothing was changed; enter the day it arrived, today or earlier.",
)
MAY_NOT_RECEIVE = Refusal(
    "receipt.may_not_receive",
    "You can't receive {number}: {why}. Nothing was changed; {who} can do it.",
    logged=True,
)
TOO_MUCH_BACK = Refusal(
    "receipt.too_much_back",
    "Line {position} has {there} {unit} {what}, so {back} can't go back. "
    "Nothing was changed; enter at most {there}.",
)
NOT_VOIDABLE = Refusal(
    "receipt.not_voidable",
    "{number} can't be voided: {why}. Nothing was changed; {accepted}.",
    logged=True,
)
MORE_THAN_ORDERED = Soft(
    Refusal(
        "receipt.more_than_ordered",
        "That is more than ordered: {figures}. Nothing was changed yet. Book it all the same?",
    )
)
SAME_NOTE = Soft(
    Refusal(
        "receipt.same_note",
        "Same delivery note {note} was booked {ago} by {who} ({number}). "
        "Nothing was changed yet. Book again?",
    )
)


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


class ReceiptLine(Row, table=True):
    """Counted quantities of one order line, in the order's unit; negative on returns and voids."""

    __tablename__ = "receipt_line"

    id: str = id_field()
    receipt_id: str = ref("receipt")
    purchase_order_line_id: str = ref("purchase_order_line")
    accepted: Decimal = decimal_field(Decimal(0))
    rejected: Decimal = decimal_field(Decimal(0))
    reject_reason: str = Field(default="", max_length=200)


def note_key(note: str) -> str:
    """By which two delivery notes are the same: without blanks, in any case."""
    return "".join(note.split()).upper()


def left_of(line: PurchaseOrderLine) -> Decimal:
    """What is still to come of an order line; rejected goods are still to come."""
    return max(line.due_quantity - line.accepted, Decimal(0))


def figures(lines: Iterable[PurchaseOrderLine]) -> str:
    """``line 1: ordered 10, received 4, left 6``, for every line."""
    return "; ".join(
        f"line {line.position}: ordered {plain(line.quantity)} {line.unit}, "
        f"received {plain(line.accepted)}, left {plain(left_of(line))}"
        for line in lines
    )


def check_open(order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]) -> None:
    """Refuse receipts on an order that is not out at the vendor, with what is left of it.

    Receipts book against the last approved revision, so a later one that waits changes nothing
    (domain.md).
    """
    if order.state is OrderState.ISSUED:
        return
    accepted = {
        OrderState.APPROVED: "issue the order to the vendor first",
        OrderState.PENDING_APPROVAL: "it must be approved and issued first",
        OrderState.DRAFT: "it must be approved and issued first",
        OrderState.REJECTED: "ask the buyer for another order",
    }.get(order.state, "ask the buyer for a new order")
    raise NOT_OPEN(
        number=order.number, state=words(order.state), figures=figures(lines), accepted=accepted
    )


def check_line_open(order: PurchaseOrder, line: PurchaseOrderLine) -> None:
    """Refuse a line that was cancelled or closed short."""
    if line.cancelled or line.closed_short:
        raise LINE_SHUT(
            field="lines",
            position=line.position,
            number=order.number,
            state="cancelled" if line.cancelled else "closed short",
            figures=figures([line]),
        )


def checked_count(value: Decimal, label: str) -> Decimal:
    """A counted quantity: exact, at most six decimals, not negative."""
    number = checked_decimal(value, label=label, places=QUANTITY_PLACES, field="lines")
    if number < 0:
        raise NEGATIVE(field="lines", label=label, bound="0 or more", typed=plain(number))
    return number


def check_reason(rejected: Decimal, reason: str) -> None:
    """Rejected goods need a reason."""
    if rejected and not reason.strip():
        raise REQUIRED(field="reject_reason", label="Why it was rejected")


def take(line: PurchaseOrderLine, accepted: Decimal, rejected: Decimal) -> None:
    """Add signed counts to the running sums of an order line."""
    line.accepted += accepted
    line.received += accepted + rejected


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
