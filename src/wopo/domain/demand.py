"""Duplicate demand: what a job asks for is on order already, so it may join that order.

Joining never takes an approval away from anybody else: an order that waits for its first decision
is asked about anew, one that is out stays as it was approved until the larger one is.
"""

from decimal import Decimal

from wopo.domain.errors import Refusal
from wopo.domain.order_content import LineContent
from wopo.domain.purchase_orders import OrderKind, OrderState, PurchaseOrder, PurchaseOrderLine

CANNOT_JOIN = Refusal(
    "demand.cannot_join",
    "{number} can't be joined any more: {why}. Nothing was changed; "
    "take the line away and ask for it anew.",
)
JOINABLE = (OrderState.PENDING_APPROVAL, OrderState.ISSUED)
"""States in which joining takes nothing away from those who wait for the order."""


def why_not(order: PurchaseOrder, row: PurchaseOrderLine) -> str:
    """What is in the way of joining this line; empty when nothing is."""
    if order.kind is not OrderKind.STANDARD or order.imported:
        return "it is an order of another kind"
    if order.state not in JOINABLE:
        return f"it is {order.state.value.replace('_', ' ')}"
    if order.pending_revision is not None:
        return "a change of it waits for a decision"
    if row.cancelled or row.closed_short or row.accepted >= row.quantity:
        return "nothing of it is still to come"
    return ""


def can_give(row: PurchaseOrderLine, line: LineContent, quantity: Decimal) -> bool:
    """Whether so much of what comes for stock can go to a job instead: not yet here, with something
    left, and with no schedule of deliveries that would have to be guessed."""
    if row.work_order_id is not None or line.schedule:
        return False
    left = line.quantity - quantity
    return left > 0 and left >= max(row.accepted, row.billed)
