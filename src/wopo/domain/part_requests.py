"""Part requests: what a job needs, line by line, and where each line goes."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlmodel import Field, SQLModel

from wopo.domain.columns import decimal_field, enum_field, id_field, ref, time_field


class LineKind(StrEnum):
    """A part from the catalogue, something described in words, or a service."""

    PART = "part"
    FREE_TEXT = "free_text"
    SERVICE = "service"


class LineState(StrEnum):
    """Where a line stands. Derived from reservation, order line and receipt; people type only
    "requested" and "cancelled"."""

    REQUESTED = "requested"
    RESERVED = "reserved"
    ISSUED = "issued"
    TO_BUY = "to_buy"
    IN_APPROVAL = "in_approval"
    ORDERED = "ordered"
    PROMISED = "promised"
    BACKORDERED = "backordered"
    RECEIVED = "received"
    CANCELLED = "cancelled"


class PriceBasis(StrEnum):
    """Where a line's price comes from."""

    AGREEMENT = "agreement"
    LAST_PRICE = "last_price"
    STOCK = "stock"
    STATED = "stated"
    NONE = "no_agreed_price"


class PartRequest(SQLModel, table=True):
    """A job's request (PR) of one or more lines."""

    __tablename__ = "part_request"

    id: str = id_field()
    number: str = Field(max_length=20, unique=True)
    work_order_id: str = ref("work_order")
    requested_by_id: str | None = ref("person", null=True)
    needed_by: date | None = None
    note: str = Field(default="", max_length=1000)
    created_at: datetime = time_field()


class PartRequestLine(SQLModel, table=True):
    """One need. ``state`` is kept up to date by the rules of ``derive_state`` only."""

    __tablename__ = "part_request_line"

    id: str = id_field()
    part_request_id: str = ref("part_request")
    work_order_id: str = ref("work_order")
    position: int = 1
    kind: LineKind = enum_field(LineKind)
    part_id: str | None = ref("part", null=True)
    description: str = Field(max_length=300)
    quantity: Decimal = decimal_field()
    unit: str = Field(max_length=20)
    needed_by: date | None = None
    state: LineState = enum_field(LineState, default=LineState.REQUESTED, index=True)
    cancelled: bool = False
    rule: str = Field(default="", max_length=60)
    vendor_id: str | None = ref("vendor", null=True)
    agreement_id: str | None = ref("price_agreement", null=True)
    unit_price: Decimal | None = decimal_field(null=True)
    currency: str | None = Field(default=None, max_length=3)
    price_basis: PriceBasis = enum_field(PriceBasis, default=PriceBasis.NONE)


class Allocation(SQLModel, table=True):
    """How much of a request line is bought on which order line: the line-level link."""

    __tablename__ = "allocation"

    id: str = id_field()
    part_request_line_id: str = ref("part_request_line")
    purchase_order_line_id: str = ref("purchase_order_line")
    quantity: Decimal = decimal_field()
    received: Decimal = decimal_field(Decimal(0))
    cancelled: bool = False
