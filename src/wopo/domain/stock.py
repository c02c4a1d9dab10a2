"""Stock: what lies where, what of it is promised to jobs, and every movement."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from wopo.domain.columns import (
    Row,
    decimal_field,
    enum_field,
    id_field,
    minor_field,
    ref,
    time_field,
)
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event
from wopo.domain.money import QUANTITY_PLACES, Money, checked_decimal, plain

NOT_ENOUGH = Refusal(
    "stock.not_enough",
    "Only {free} {unit} are free at {place}; this needs {wanted}. Nothing was changed; "
    "ask for less, or let the rest be bought.",
    logged=True,
)
BELOW_RESERVED = Refusal(
    "stock.below_reserved",
    "{reserved} of these are reserved for jobs, so {left} can't be all that is left. "
    "Nothing was changed; release reservations first, or count again.",
)
NOTHING_TO_ISSUE = Refusal(
    "stock.nothing_to_issue",
    "{text} has {reserved} reserved, so {wanted} can't be issued. Nothing was changed; "
    "issue at most what is reserved.",
    logged=True,
)
NOT_ISSUED = Refusal(
    "stock.not_issued",
    "The job has {held} of {text}, so {wanted} can't come back. Nothing was changed; "
    "give back at most what the job has.",
)
OPENED = Refusal(
    "stock.opened",
    "{part} at {place} was opened with {before} already. Nothing was changed; "
    "enter a count to correct it.",
)
NO_PLACE = Refusal(
    "stock.no_place",
    "{text} is for stock, and nothing says where it goes. Nothing was changed; "
    "let a buyer revise the order with a location to ship to.",
)
COUNT = Refusal("stock.count", "{problem}. Nothing was changed; {accepted}.")


class StockLevel(Row, table=True):
    """A part at a location: on hand, reserved for jobs, and the value of what is on hand.

    Moving-average cost = value / on hand.
    """

    __tablename__ = "stock_level"
    __table_args__ = (
        UniqueConstraint("part_id", "location_id"),
        CheckConstraint("on_hand >= 0", name="stock_on_hand_not_negative"),
        CheckConstraint("reserved >= 0 AND reserved <= on_hand", name="stock_reserved_in_hand"),
    )

    id: str = id_field()
    part_id: str = ref("part")
    location_id: str = ref("location")
    on_hand: Decimal = decimal_field(Decimal(0))
    reserved: Decimal = decimal_field(Decimal(0))
    value_minor: int = minor_field()
    currency: str = Field(max_length=3)

    @property
    def free(self) -> Decimal:
        """On hand and promised to nobody."""
        return self.on_hand - self.reserved

    @property
    def value(self) -> Money:
        """What lies here is worth, at moving-average cost."""
        return Money(self.value_minor, self.currency)

    def reserve(self, quantity: Decimal, *, place: str, unit: str) -> None:
        """Promise a quantity. Raises ``NOT_ENOUGH`` beyond what is free."""
        if quantity > self.free:
            raise NOT_ENOUGH(free=plain(self.free), unit=unit, place=place, wanted=plain(quantity))
        self.reserved += quantity

    def release(self, quantity: Decimal) -> None:
        """Take a promise back."""
        self.reserved -= quantity

    def take(self, quantity: Decimal) -> int:
        """Take a quantity out at average cost; the value it carries, in minor units.

        The last piece takes all that is left, so value never drifts from quantity.
        """
        carried = share_of(self.value_minor, quantity, self.on_hand)
        self.on_hand -= quantity
        self.value_minor -= carried
        return carried

    def put(self, quantity: Decimal, value_minor: int) -> None:
        """Put a quantity in at the value it carries."""
        self.on_hand += quantity
        self.value_minor += value_minor

    def take_back(self, quantity: Decimal, value_minor: int) -> int:
        """Take out what a delivery brought, at what it brought; all of the value with the last
        piece, and never more value than there is. Raises ``BELOW_RESERVED``."""
        if quantity > self.free:
            raise BELOW_RESERVED(reserved=plain(self.reserved), left=plain(self.on_hand - quantity))
        whole = quantity == self.on_hand
        carried = self.value_minor if whole else min(value_minor, self.value_minor)
        self.on_hand -= quantity
        self.value_minor -= carried
        return carried

    def count(self, counted: Decimal, worth_minor: int) -> tuple[Decimal, int]:
        """Set what is on hand to what was counted; the differences in quantity and value.

        What is found is worth the average cost; where nothing was known to be, all of it is worth
        ``worth_minor``. Raises ``BELOW_RESERVED``.
        """
        if counted < self.reserved:
            raise BELOW_RESERVED(
                field="counted", reserved=plain(self.reserved), left=plain(counted)
            )
        quantity = counted - self.on_hand
        if quantity < 0:
            return quantity, -self.take(-quantity)
        value = worth_minor
        if self.on_hand:
            value = share_of(self.value_minor, quantity, self.on_hand)
        self.put(quantity, value)
        return quantity, value


def share_of(amount_minor: int, quantity: Decimal, whole: Decimal) -> int:
    """amount x quantity / whole, half up in whole minor units; all of it for the whole.

    Worked in integers of millionths, so that no division is cut short.
    """
    part, total = (int(number.scaleb(QUANTITY_PLACES)) for number in (quantity, whole))
    if part == total:
        return amount_minor
    return (2 * amount_minor * part + total) // (2 * total)


def checked_quantity(value: Decimal, *, field: str, label: str = "The quantity") -> Decimal:
    """A quantity above zero with at most six decimals."""
    number = checked_decimal(value, label=label, places=QUANTITY_PLACES, field=field)
    if number <= 0:
        raise COUNT(
            field=field, problem=f"{label} must be more than 0", accepted="enter a number like 2.5"
        )
    return number


class MovementKind(StrEnum):
    """Why stock moved."""

    OPENING = "opening"
    RECEIPT = "receipt"
    ISSUE = "issue"
    RETURN = "return"
    ADJUST = "adjust"
    VENDOR_RETURN = "vendor_return"


class StockMovement(Row, table=True):
    """One change of one stock level, with the value it carried. Append-only.

    Quantity and value are signed (out is negative), so a level is the sum of its movements.
    """

    __tablename__ = "stock_movement"

    id: str = id_field()
    at: datetime = time_field()
    kind: MovementKind = enum_field(MovementKind)
    part_id: str = ref("part")
    location_id: str = ref("location")
    quantity: Decimal = decimal_field()
    value_minor: int = minor_field()
    currency: str = Field(max_length=3)
    work_order_id: str | None = ref("work_order", null=True)
    part_request_line_id: str | None = ref("part_request_line", null=True)
    receipt_line_id: str | None = Field(default=None, max_length=40, index=True)
    by_id: str | None = ref("person", null=True)


class Reservation(SQLModel, table=True):
    """Stock promised to one part-request line: quantity, and how much of it was issued."""

    __tablename__ = "reservation"

    id: str = id_field()
    stock_level_id: str = ref("stock_level")
    part_request_line_id: str = ref("part_request_line")
    quantity: Decimal = decimal_field()
    issued: Decimal = decimal_field(Decimal(0))
    released: bool = False


@event("stock:reserved")
class StockReserved(Event):
    """A quantity is promised to a job's request line. ``subject_id`` is the stock level's id."""

    part_id: str
    location_id: str
    quantity: Decimal
    work_order_id: str
    part_request_line_id: str


@event("stock:released")
class StockReleased(Event):
    """A promised quantity is free again."""

    part_id: str
    location_id: str
    quantity: Decimal
    work_order_id: str
    part_request_line_id: str


@event("stock:issued")
class StockIssued(Event):
    """A quantity went from stock to a job, which it costs ``amount``."""

    part_id: str
    location_id: str
    quantity: Decimal
    amount: Money
    work_order_id: str
    cost_centre_id: str
    part_request_line_id: str | None


@event("stock:returned")
class StockReturned(Event):
    """A quantity came back from a job, whose cost falls by ``amount`` (positive here)."""

    part_id: str
    location_id: str
    quantity: Decimal
    amount: Money
    work_order_id: str
    cost_centre_id: str
    part_request_line_id: str | None


@event("stock:received")
class StockReceived(Event):
    """A vendor's delivery went into stock (negative: a receipt voided, goods sent back)."""

    part_id: str
    location_id: str
    quantity: Decimal
    amount: Money
    receipt_id: str
    order_id: str


@event("stock:received_for_job")
class StockReceivedForJob(Event):
    """A vendor's delivery went in and on to its job at receipt cost (negative: taken back).

    The order line carries the cost, so the ledger posts nothing for it.
    """

    part_id: str
    location_id: str
    quantity: Decimal
    amount: Money
    receipt_id: str
    order_id: str
    work_order_id: str


@event("stock:adjusted")
class StockAdjusted(Event):
    """A count differed, or stock was opened with a balance; ``quantity`` is the difference."""

    part_id: str
    location_id: str
    quantity: Decimal
    amount: Money
    on_hand: Decimal
    reason: str
