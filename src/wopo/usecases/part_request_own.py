"""Needs that whoever does the job buys, at a counter or out of pocket: which they may, and the tie
to what was bought."""

from typing import Any

from wopo.domain.errors import NOT_FOUND
from wopo.domain.out_of_pocket import OutOfPocket, PocketEnded, PocketState
from wopo.domain.part_requests import (
    ALREADY_CANCELLED,
    NOT_TO_BUY,
    OTHER_WAY,
    OWN_ROUTES,
    PartRequestLine,
)
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.door import Context, reaction
from wopo.usecases.part_request_buying import tie
from wopo.usecases.part_request_states import LineStanding, refresh_lines, standing_of


def own_need(ctx: Context, line_id: str, job: WorkOrder) -> LineStanding:
    """The job's need, locked. Refused when nothing of it is left to buy, or when the purchasing
    policy sends it another way."""
    line = ctx.require_locked(PartRequestLine, line_id, label="request line")
    if line.work_order_id != job.id:
        raise NOT_FOUND(kind="request line of this job", wanted=line.description, nearest="")
    if line.cancelled:
        raise ALREADY_CANCELLED(text=line.description)
    standing = standing_of(ctx.uow, line)
    if not standing.facts().unsourced:
        raise NOT_TO_BUY(text=line.description, state=standing.text)
    if line.route not in OWN_ROUTES:
        raise OTHER_WAY(text=line.description, rule=line.rule, way=line.route.value)
    return standing


def as_needed(need: LineStanding) -> dict[str, Any]:
    """What an order line for all that is missing differs in from one lot at the whole amount: the
    amount is the price of that quantity, so that nothing is rounded."""
    line, missing = need.line, need.facts().unsourced
    return {
        "part_id": line.part_id,
        "service": False,
        "quantity": missing,
        "unit": line.unit,
        "price_per": missing,
    }


def bought_for(ctx: Context, need: LineStanding, row: PurchaseOrderLine) -> None:
    """The need stands on this order line from now on."""
    tie(ctx, need.line, row, row.quantity)
    ctx.uow.flush()
    refresh_lines(ctx, [need.line])


def pocketed_for(ctx: Context, need: LineStanding) -> None:
    """All that is missing of the need was bought out of pocket."""
    need.line.pocketed += need.facts().unsourced
    refresh_lines(ctx, [need.line])


@reaction(PocketEnded)
def taken_back(event: PocketEnded, ctx: Context) -> None:
    """A purchase that was taken back bought nothing; one that is not paid back still did."""
    if event.state is not PocketState.WITHDRAWN:
        return
    purchase = ctx.require(OutOfPocket, event.subject_id, label="out-of-pocket purchase")
    if purchase.part_request_line_id is not None:
        id = purchase.part_request_line_id
        line = ctx.require_locked(PartRequestLine, id, label="request line")
        line.pocketed -= purchase.quantity
        refresh_lines(ctx, [line])
