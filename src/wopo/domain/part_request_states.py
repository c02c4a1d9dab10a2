"""Where a request line stands, derived from what is reserved, ordered and received.

Nothing here is typed by people except that a line was cancelled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wopo.domain.money import plain
from wopo.domain.numbers import short
from wopo.domain.part_requests import OWN_ROUTES, LineState, Route
from wopo.domain.purchase_orders import OrderState

ZERO = Decimal(0)


@dataclass(frozen=True)
class Bought:
    """A part of a line's need on one order line. ``asked``: a change of the order that waits for a
    decision adds it. ``ended``: nothing more will come of it."""

    order_number: str
    order_state: OrderState
    quantity: Decimal
    received: Decimal = ZERO
    promised_on: date | None = None
    backordered: bool = False
    asked: bool = False
    ended: bool = False

    @property
    def counted(self) -> Decimal:
        """What this part of the need is good for: all of it, or what came when it ended."""
        return self.received if self.ended else max(self.quantity, self.received)

    @property
    def open(self) -> Decimal:
        """What is still to come."""
        return self.counted - self.received

    @property
    def state(self) -> LineState:
        """Where the open part stands."""
        match self.order_state:
            case OrderState.DRAFT | OrderState.REJECTED | OrderState.CANCELLED:
                return LineState.TO_BUY
            case OrderState.PENDING_APPROVAL:
                return LineState.IN_APPROVAL
            case _ if self.asked:
                return LineState.IN_APPROVAL
            case _ if self.backordered:
                return LineState.BACKORDERED
            case _ if self.promised_on is not None:
                return LineState.PROMISED
            case _:
                return LineState.ORDERED


@dataclass(frozen=True)
class StateFacts:
    """All that decides a line's state. ``reserved`` is promised and not yet issued; ``route`` and
    ``rule`` are what the purchasing policy said."""

    quantity: Decimal
    unit: str
    cancelled: bool = False
    reserved: Decimal = ZERO
    issued: Decimal = ZERO
    returned: Decimal = ZERO
    pocketed: Decimal = ZERO
    bought: Sequence[Bought] = ()
    route: Route = Route.ORDER
    rule: str = ""

    @property
    def received(self) -> Decimal:
        """What vendors delivered for it."""
        return sum((part.received for part in self.bought), ZERO)

    @property
    def done(self) -> Decimal:
        """What the job has got, whatever it gave back since."""
        return self.issued + self.received + self.pocketed

    @property
    def ordered(self) -> Decimal:
        """What stands on orders (drafts included) or came from them."""
        return sum((part.counted for part in self.bought), ZERO)

    @property
    def unsourced(self) -> Decimal:
        """What neither lies ready, nor came, nor stands on an order, and has to be bought."""
        return ZERO if self.route is Route.NO_ORDER else self._rest

    @property
    def queued(self) -> Decimal:
        """What of it a buyer has to do something about."""
        return ZERO if self.route in OWN_ROUTES else self.unsourced

    @property
    def without_order(self) -> Decimal:
        """What the policy lets come without an order."""
        return self._rest if self.route is Route.NO_ORDER else ZERO

    @property
    def _rest(self) -> Decimal:
        if self.cancelled:
            return ZERO
        there = self.issued + self.reserved + self.ordered + self.pocketed
        return max(self.quantity - there, ZERO)


_BEHIND = (
    LineState.TO_BUY,
    LineState.IN_APPROVAL,
    LineState.BACKORDERED,
    LineState.ORDERED,
    LineState.PROMISED,
)
"""The part of a line that is furthest behind gives its state."""


def derive_state(facts: StateFacts) -> LineState:
    """The one state of a line: that of the part furthest behind, until all is there."""
    if facts.cancelled:
        return LineState.CANCELLED
    if facts.done >= facts.quantity:
        return LineState.RECEIVED if facts.received + facts.pocketed else LineState.ISSUED
    if facts.unsourced:
        return LineState.TO_BUY
    waiting = [part.state for part in facts.bought if part.open > 0]
    if waiting:
        return min(waiting, key=_BEHIND.index)
    ends = facts.without_order and not facts.reserved
    return LineState.NO_ORDER if ends else LineState.RESERVED


def state_text(facts: StateFacts) -> str:
    """Where each part of a line stands, without costs: ``4 reserved, 6 ordered (PO-42)``."""
    if facts.cancelled:
        return "cancelled"
    parts = [(quantity, text) for quantity, text in _parts(facts) if quantity > 0]
    if len(parts) == 1 and parts[0][0] >= facts.quantity:
        text = parts[0][1]
    else:
        text = ", ".join(f"{plain(quantity)} {text}" for quantity, text in parts)
    back = f"; {plain(facts.returned)} given back" if facts.returned else ""
    return text + back


def _parts(facts: StateFacts) -> list[tuple[Decimal, str]]:
    return [
        (facts.issued, "handed out"),
        (facts.received, "arrived"),
        (facts.pocketed, "bought out of pocket"),
        (facts.reserved, "reserved: ready now"),
        *((part.open, _order_text(part)) for part in facts.bought),
        (facts.unsourced, _UNSOURCED.get(facts.route, "to buy: waits for procurement")),
        (facts.without_order, f"closed: no order needed (rule “{facts.rule}”)"),
    ]


_UNSOURCED = {
    Route.COUNTER: "to buy: at a vendor's counter",
    Route.OUT_OF_POCKET: "to buy: may be paid out of pocket",
}


def _order_text(part: Bought) -> str:
    number = short(part.order_number)
    match part.state:
        case LineState.TO_BUY if part.order_state is OrderState.REJECTED:
            return f"to buy: {number} was rejected"
        case LineState.TO_BUY:
            return f"to buy: {number} is being prepared"
        case LineState.IN_APPROVAL:
            return f"in approval ({number})"
        case LineState.BACKORDERED:
            until = f", promised on {day_text(part.promised_on)}" if part.promised_on else ""
            return f"on backorder at the vendor{until} ({number})"
        case LineState.PROMISED:
            return f"promised on {day_text(part.promised_on)} ({number})"
        case _ if part.order_state is OrderState.APPROVED:
            return f"approved, goes to the vendor next ({number})"
        case _:
            return f"ordered ({number})"


def day_text(day: date | None) -> str:
    """``5 Mar 2026``."""
    return f"{day.day} {day:%b %Y}" if day else ""
