"""Part requests: what a job needs, line by line, and where each line goes."""

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
    minor_field,
    ref,
    time_field,
)
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event

ALREADY_CANCELLED = Refusal(
    "part_request.cancelled",
    "{text} is cancelled. Nothing was changed; request it anew if it is needed after all.",
    logged=True,
)
BELOW_ORDERED = Refusal(
    "part_request.below_ordered",
    "{fixed} {unit} of {text} are handed out, bought, arrived or on an order, so {wanted} is too "
    "few. Nothing was changed; keep at least {fixed}, or ask a buyer to change the order.",
)
ON_ORDER = Refusal(
    "part_request.on_order",
    "{text} is on {orders}, which is more than a draft. Nothing was changed; "
    "ask a buyer to change or cancel the order first.",
)
NOT_TO_BUY = Refusal(
    "part_request.not_to_buy",
    "Nothing of {text} is left to buy: {state}. Nothing was changed; "
    "change the order it is on instead.",
)
SPLIT_SUM = Refusal(
    "part_request.split_sum",
    "The parts add up to {sum} {unit} of {text}, but {left} are to be bought. "
    "Nothing was changed; give quantities that add up.",
)

OTHER_WAY = Refusal(
    "part_request.other_way",
    "{text} goes another way by the rule “{rule}”: {way}. Nothing was changed; "
    "ask a buyer, or buy something that may be bought at a counter.",
    logged=True,
)


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
    NO_ORDER = "no_order"
    CANCELLED = "cancelled"


class Route(StrEnum):
    """Where a need goes, as the purchasing policy says. What nobody agreed a price for goes to a
    buyer, who chooses vendor and price first."""

    STOCK = "from stock"
    CALL_OFF = "call-off"
    ORDER = "purchase order"
    BUYER = "buyer"
    COUNTER = "counter purchase"
    OUT_OF_POCKET = "out of pocket"
    NO_ORDER = "no order"


ORDERED_ROUTES = frozenset({Route.CALL_OFF, Route.ORDER})
"""Routes whose order wopo drafts at once."""
OWN_ROUTES = frozenset({Route.COUNTER, Route.OUT_OF_POCKET})
"""Routes on which whoever does the job buys, so that no buyer is waited for."""
UNASKED_ROUTES = OWN_ROUTES | {Route.NO_ORDER}
"""Routes on which nobody is asked before something is bought."""


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


TO_BUY = text("unsourced > 0")
"""Lines that wait for a buyer: few, whatever was asked for before."""


class PartRequestLine(Row, table=True):
    """One need. ``state`` is kept up to date by the rules of ``derive_state`` only.

    ``unit_price`` is per ``price_per`` units; ``returned`` is what the job gave back to stock,
    ``pocketed`` what somebody bought for it out of their own pocket;
    ``unsourced`` is what neither lies ready nor stands on an order: a buyer's queue. ``rule`` and
    ``route`` are what the purchasing policy said when it was asked for, ``allowed_minor`` what may
    be paid for it out of pocket, in the company's currency. ``small_minor``: what nobody was asked
    about at ``small_at`` because it is small; ``together_minor``: the sum it was judged by, where
    that is more than its own amount (see ``small_needs``); both in the company's currency.
    """

    __tablename__ = "part_request_line"
    __table_args__ = (
        Index(
            "ix_part_request_line_to_buy",
            "needed_by",
            "id",
            sqlite_where=TO_BUY,
        ),
    )

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
    route: Route = enum_field(Route, default=Route.ORDER)
    allowed_minor: int | None = minor_field(None, null=True)
    small_minor: int | None = minor_field(None, null=True)
    small_at: datetime | None = time_field(null=True, index=True)
    together_minor: int | None = minor_field(None, null=True)
    vendor_id: str | None = ref("vendor", null=True)
    agreement_id: str | None = ref("price_agreement", null=True)
    unit_price: Decimal | None = decimal_field(null=True)
    price_per: Decimal = decimal_field(Decimal(1))
    currency: str | None = Field(default=None, max_length=3)
    price_basis: PriceBasis = enum_field(PriceBasis, default=PriceBasis.NONE)
    returned: Decimal = decimal_field(Decimal(0))
    pocketed: Decimal = decimal_field(Decimal(0))
    unsourced: Decimal = decimal_field(Decimal(0))


class Allocation(Row, table=True):
    """How much of a request line is bought on which order line: the line-level link."""

    __tablename__ = "allocation"

    id: str = id_field()
    part_request_line_id: str = ref("part_request_line")
    purchase_order_line_id: str = ref("purchase_order_line")
    quantity: Decimal = decimal_field()
    received: Decimal = decimal_field(Decimal(0))
    cancelled: bool = False


@event("part_request:sent")
class PartsRequested(Event):
    """A job asks for parts or services. ``subject_id`` is the part request's id."""

    number: str
    work_order_id: str
    line_ids: list[str]
    requested_by_id: str | None


@event("part_request:lines_added")
class PartLinesAdded(Event):
    """More lines were added to a request."""

    number: str
    work_order_id: str
    line_ids: list[str]


@event("part_request_line:changed")
class PartLineChanged(Event):
    """A line's quantity, vendor or price is different now. ``subject_id`` is the line's id."""

    number: str
    work_order_id: str
    before: dict[str, Any]
    after: dict[str, Any]


@event("part_request_line:moved")
class PartLineMoved(Event):
    """A line stands elsewhere now; ``text`` says where, without costs.

    ``aloud``: it is told in the job's thread by itself; else the order, the request or the
    delivery that moved it tells of all its lines in one sentence.
    """

    work_order_id: str
    before: LineState
    after: LineState
    text: str
    aloud: bool


@event("work_order:parts_arrived")
class PartsArrived(Event):
    """A delivery brought parts for a job. ``subject_id`` is the work order's id."""

    number: str
    order_id: str
    line_ids: list[str]
    requester_ids: list[str]
    text: str


@event("work_order:parts_complete")
class PartsComplete(Event):
    """A job no longer waits for parts. ``subject_id`` is the work order's id."""

    number: str
    text: str
