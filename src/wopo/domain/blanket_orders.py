"""Blanket orders: the most a vendor may deliver in a time, and the releases that call it off.

A release is an order of its own, with its own approval, receipts and invoices. What it calls off
is no longer committed by the blanket, so that no amount is promised twice.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

from wopo.domain.errors import Refusal
from wopo.domain.ledger import prorated
from wopo.domain.money import Money, allocate
from wopo.domain.numbers import short
from wopo.domain.order_content import OrderContent
from wopo.domain.purchase_orders import (
    OrderKind,
    OrderState,
    PurchaseOrder,
    PurchaseOrderLine,
)

NOT_OPEN = Refusal(
    "blanket.not_open",
    "{number} is no blanket order that is issued, so nothing can be called off from it. "
    "Nothing was changed; choose an issued blanket order.",
)
OTHER_TERMS = Refusal(
    "blanket.other_terms",
    "{number} is with another vendor or in another currency. Nothing was changed; "
    "a release has the vendor and the currency of its blanket order.",
)
EXPIRED = Refusal(
    "blanket.expired",
    "{number} was valid to {day}. Nothing was changed; extend it, or order without it.",
)
OVER_LIMIT = Refusal(
    "blanket.over_limit",
    "{number} has {left} left of its {limit}; this release needs {needed}. Nothing was changed; "
    "call off less, or raise the limit.",
    logged=True,
)
FIXED = Refusal(
    "blanket.fixed",
    "{number} is approved, and what it is called off from stays as it is. Nothing was changed; "
    "cancel it and order anew.",
)


def check_release(
    blanket: PurchaseOrder, release: OrderContent, needed: Money, used: Money, today: date
) -> None:
    """Refuse a release that its blanket order does not cover. ``used``: what other releases called
    off and what was billed on the blanket itself, like ``needed`` without tax."""
    number = short(blanket.number)
    if blanket.kind is not OrderKind.BLANKET or blanket.state is not OrderState.ISSUED:
        raise NOT_OPEN(field="blanket_id", number=number)
    if (blanket.vendor_id, blanket.currency) != (release.vendor_id, release.currency):
        raise OTHER_TERMS(field="blanket_id", number=number)
    if blanket.valid_to is not None and today > blanket.valid_to:
        raise EXPIRED(field="blanket_id", number=number, day=blanket.valid_to.isoformat())
    limit = Money(blanket.blanket_limit_minor or 0, blanket.currency)
    if used + needed > limit:
        left = max((limit - used).minor, 0)
        raise OVER_LIMIT(
            field="blanket_id",
            number=number,
            left=Money(left, blanket.currency),
            limit=limit,
            needed=needed,
        )


def called_off(release: PurchaseOrder, lines: Iterable[PurchaseOrderLine]) -> int:
    """What a release takes from its blanket order, in minor units without tax: nothing before its
    approval and after its cancellation, and of a line closed short what came."""
    ended = (OrderState.DRAFT, OrderState.REJECTED, OrderState.CANCELLED)
    if release.approved_revision is None or release.state in ended:
        return 0
    return sum(
        prorated(line.share_minor, Fraction(line.due_quantity) / Fraction(line.quantity))
        for line in lines
    )


def spread(lines: Sequence[PurchaseOrderLine], minor: int) -> None:
    """Share what was called off over the blanket's live lines by what they come to; each is called
    off at most as a whole."""
    live = [line for line in lines if not line.cancelled]
    shares = [line.share_minor for line in live]
    parts = allocate(min(minor, sum(shares)), shares) if live else []
    for line in lines:
        line.called_off_minor = 0
    for line, part in zip(live, parts, strict=True):
        line.called_off_minor = part
