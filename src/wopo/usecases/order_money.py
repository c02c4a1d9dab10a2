"""What the life of orders and jobs does to money: the ledger, the budgets, and invoices judged
again."""

from wopo.domain.cost_centres import CostCentre
from wopo.domain.events import Event
from wopo.domain.invoices import Invoice
from wopo.domain.labour import LabourEntered
from wopo.domain.ledger import CostKind
from wopo.domain.money import Money
from wopo.domain.numbers import short
from wopo.domain.order_life import refresh_progress
from wopo.domain.purchase_order_events import (
    OrderApproved,
    OrderCancelled,
    OrderClosed,
    OrderClosedShort,
    OrderEdited,
    OrderRejected,
    OrderRevised,
    OrderSubmitted,
    OrderWithdrawn,
)
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.settings import Stage
from wopo.domain.stock import StockIssued, StockReturned
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.door import Context, reaction
from wopo.usecases.exchange_rates import convert
from wopo.usecases.judging import Judging
from wopo.usecases.ledger import post_cost, post_order
from wopo.usecases.receipts import order_lines

SOURCE = "purchase_order"


def post_content(event: Event, ctx: Context) -> None:
    """An order waits for approval, or no longer does: what is planned changes."""
    order = ctx.require(PurchaseOrder, event.subject_id, label="purchase order")
    _post(ctx, order, order_lines(ctx, order), Stage.REQUEST)


PLANNED_ANEW: tuple[type[Event], ...] = (
    OrderSubmitted,
    OrderRejected,
    OrderRevised,
    OrderWithdrawn,
    OrderEdited,
)
for _event in PLANNED_ANEW:
    reaction(_event)(post_content)


@reaction(OrderApproved)
def commit_money(event: OrderApproved, ctx: Context) -> None:
    """The approval commits the money, unless a budget would go over; invoices are judged by what
    the order says now."""
    order = ctx.require(PurchaseOrder, event.subject_id, label="purchase order")
    lines = order_lines(ctx, order)
    billed = ctx.uow.find(Invoice, purchase_order_id=order.id)
    if event.first and billed is None:
        _post(ctx, order, lines, Stage.ORDER)
        return
    _judge_and_post(ctx, order, lines, f"revision {event.revision}", Stage.ORDER)


def follow_end(event: Event, ctx: Context) -> None:
    """What will not come is released, and invoices are judged by what did."""
    order = ctx.require(PurchaseOrder, event.subject_id, label="purchase order")
    words = event.name.partition(":")[2].replace("_", " ")
    _judge_and_post(ctx, order, order_lines(ctx, order), words)


ENDS: tuple[type[Event], ...] = (OrderCancelled, OrderClosedShort, OrderClosed)
for _event in ENDS:
    reaction(_event)(follow_end)


def _judge_and_post(
    ctx: Context,
    order: PurchaseOrder,
    lines: dict[str, PurchaseOrderLine],
    what: str,
    stage: Stage | None = None,
) -> None:
    judging = Judging(ctx, order, lines, f"{short(order.number)} {what}")
    judging.again()
    _post(ctx, order, lines, stage)
    judging.finish()
    refresh_progress(order, lines.values())


def _post(
    ctx: Context,
    order: PurchaseOrder,
    lines: dict[str, PurchaseOrderLine],
    stage: Stage | None = None,
) -> None:
    post_order(
        ctx,
        order,
        list(lines.values()),
        source=SOURCE,
        source_id=order.id,
        stage=stage,
    )


@reaction(LabourEntered)
def charge_labour(event: LabourEntered, ctx: Context) -> None:
    """Hours worked cost the job; hours taken back give back."""
    job = ctx.require(WorkOrder, event.work_order_id, label="work order")
    post_cost(
        ctx,
        CostKind.LABOUR,
        event.amount,
        cost_centre_id=event.cost_centre_id,
        work_order_id=job.id,
        project_id=job.project_id,
        day=event.day,
        source="labour",
        source_id=event.labour_entry_id,
    )


@reaction(StockIssued)
def charge_stock(event: StockIssued, ctx: Context) -> None:
    """What is taken from stock costs the job."""
    _stock(ctx, event.work_order_id, event.cost_centre_id, event.amount, event.subject_id)


@reaction(StockReturned)
def give_back_stock(event: StockReturned, ctx: Context) -> None:
    """What comes back to stock costs the job no longer."""
    _stock(ctx, event.work_order_id, event.cost_centre_id, -event.amount, event.subject_id)


def _stock(
    ctx: Context, work_order_id: str, cost_centre_id: str, amount: Money, source_id: str
) -> None:
    job = ctx.require(WorkOrder, work_order_id, label="work order")
    centre = ctx.require(CostCentre, cost_centre_id, label="cost centre")
    day = ctx.at.date()
    post_cost(
        ctx,
        CostKind.STOCK_ISSUE,
        convert(ctx.uow, amount, centre.currency, day),
        cost_centre_id=centre.id,
        work_order_id=job.id,
        project_id=job.project_id,
        day=day,
        source="stock",
        source_id=source_id,
    )
