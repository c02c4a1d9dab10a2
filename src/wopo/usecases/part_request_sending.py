"""Sending on at once what a request or a buyer's choice put on orders; what can't be sent yet is
kept as a draft, so that what was asked for is not lost."""

from collections.abc import Sequence

from wopo.domain.cost_centres import CostCentre
from wopo.domain.numbers import short
from wopo.domain.purchase_orders import PurchaseOrder
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.after_the_fact_dates import billed_before
from wopo.usecases.door import Context
from wopo.usecases.exchange_rates import rate_if_known
from wopo.usecases.order_documents import OrderDocument, hold_order
from wopo.usecases.purchase_orders import submit


def send(ctx: Context, job: WorkOrder, orders: Sequence[OrderDocument]) -> list[str]:
    """Ask for approval of each order; why another stays a draft, in words: it has no rate into the
    job's currency (reliability A33), or seems to come after its invoice."""
    missing = []
    for document in orders:
        why = _no_rate(ctx, job, document.order) or _billed(ctx, document.order)
        if why:
            missing.append(f"{short(document.order.number)} is kept as a draft: {why}")
        else:
            submit(ctx, hold_order(ctx, document.order.id))
    return missing


def _no_rate(ctx: Context, job: WorkOrder, order: PurchaseOrder) -> str:
    centre = ctx.require(CostCentre, job.cost_centre_id, label="cost centre")
    today = ctx.at.date()
    if rate_if_known(ctx.uow, order.currency, centre.currency, today) is not None:
        return ""
    why = f"no {order.currency}->{centre.currency} rate for {today}"
    return f"{why}. Ask finance for one, then send the draft."


def _billed(ctx: Context, order: PurchaseOrder) -> str:
    """Dates tell that it may be after the fact: whoever sends it says so, or that it is not."""
    found = billed_before(ctx, order)
    if found is None:
        return ""
    return (
        f"{found.vendor}'s invoice {found.invoice} of {found.day} over the same amount has no "
        "order yet. If it is for that, choose Already delivered or billed, else send the draft."
    )
