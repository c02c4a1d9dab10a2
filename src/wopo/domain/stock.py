"""Stock: what lies where, what of it is promised to jobs, and every movement."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from wopo.domain.columns import decimal_field, enum_field, id_field, minor_field, ref, time_field
from wopo.domain.events import Event, event
from wopo.domain.money import Money


class StockLevel(SQLModel, table=True):
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


class MovementKind(StrEnum):
    """Why stock moved."""

    OPENING = "opening"
    RECEIPT = "receipt"
    ISSUE = "issue"
    RETURN = "return"
    ADJUST = "adjust"
    VENDOR_RETURN = "vendor_return"


class StockMovement(SQLModel, table=True):
    """One change of one stock level, with the value it carried. Append-only."""

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
    receipt_line_id: str | None = Field(default=None, max_length=40)
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
