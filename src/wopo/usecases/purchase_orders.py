"""Purchase orders: what others need of them."""

from wopo.domain.purchase_orders import Progress, PurchaseOrder, PurchaseOrderLine
from wopo.usecases.door import Context


def refresh_order(ctx: Context, order_id: str) -> PurchaseOrder:
    """Derive the order's receipt and billing progress again from its lines' running sums.

    Call it after changing those sums. It never closes an order: an invoice judged again after a
    closing of its own making would read as billed on a closed order, so closing stays a decision
    (``CloseOrder``), offered as soon as both are full.
    """
    order = ctx.require_locked(PurchaseOrder, order_id, label="purchase order")
    ctx.uow.flush()
    lines = ctx.uow.all(PurchaseOrderLine, purchase_order_id=order_id, order="position")
    order.receipt_progress = Progress.of((line.accepted, line.due_quantity) for line in lines)
    order.billing_progress = Progress.of((line.billed, line.due_quantity) for line in lines)
    return order
