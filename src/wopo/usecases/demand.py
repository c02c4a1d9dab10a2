"""Joining an open order with what another job needs, in place of a second order for the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from wopo.domain.demand import CANNOT_JOIN, can_give, why_not
from wopo.domain.locations import Location
from wopo.domain.numbers import short
from wopo.domain.order_content import LineContent, OrderContent, ScheduleContent
from wopo.domain.part_requests import PartRequestLine, PriceBasis, Route
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.door import Context
from wopo.usecases.order_changes import revise
from wopo.usecases.order_documents import OrderDocument, hold_order
from wopo.usecases.part_request_buying import tie
from wopo.usecases.part_request_planning import LineInput
from wopo.usecases.part_request_plans import Plan

RULE = "join-order"


@dataclass(frozen=True)
class Joining:
    """So much of a need is to come with this order line."""

    line: PartRequestLine
    quantity: Decimal
    order_line_id: str


def apart(
    inputs: Sequence[LineInput], plans: Sequence[Plan], lines: Sequence[PartRequestLine]
) -> tuple[tuple[list[Plan], list[PartRequestLine]], list[Joining]]:
    """The plans and lines that go their own way, and those that join an order."""
    own: tuple[list[Plan], list[PartRequestLine]] = ([], [])
    joining = []
    for given, plan, line in zip(inputs, plans, lines, strict=True):
        if given.join and plan.to_buy > 0:
            joining.append(Joining(line, plan.to_buy, given.join))
        else:
            own[0].append(plan)
            own[1].append(line)
    return own, joining


def join_orders(ctx: Context, job: WorkOrder, joinings: Sequence[Joining]) -> None:
    """Tie each need to the order it joins: what comes for stock is given to the job, any other
    order grows; one new revision per order, decided about like every change. Raises
    ``CANNOT_JOIN``."""
    by_order: dict[str, list[Joining]] = {}
    for joining in joinings:
        row = ctx.require(PurchaseOrderLine, joining.order_line_id, label="order line")
        by_order.setdefault(row.purchase_order_id, []).append(joining)
    for order_id, group in sorted(by_order.items()):
        _join(ctx, job, hold_order(ctx, order_id), group)
    ctx.uow.flush()


def _join(ctx: Context, job: WorkOrder, document: OrderDocument, group: list[Joining]) -> None:
    """A line of its own for each need, on the order as it is proposed from now on."""
    order, rows = document.order, {line.id: line for line in document.lines}
    elsewhere = _other_site(ctx, job, order)
    for joining in group:
        row = rows[joining.order_line_id]
        why = why_not(order, row) or _other_part(row, joining) or elsewhere
        if why:
            raise CANNOT_JOIN(field="part_id", number=short(order.number), why=why)
    content, given = document.content(), []
    for joining in group:
        content, gives = _joined(ctx, job, content, rows[joining.order_line_id], joining)
        given.append(gives)
    things = ", ".join(joining.line.description for joining in group)
    revise(ctx, document, content, f"{short(job.number)} joins with {things}")
    added = sorted(
        (line for line in document.lines if line.id not in rows), key=lambda line: line.position
    )
    for joining, line, gives in zip(group, added, given, strict=True):
        row = rows[joining.order_line_id]
        if gives:
            line.promised_on, line.backordered = row.promised_on, row.backordered
        tie(ctx, joining.line, line, joining.quantity)
        _written(joining.line, order, row)


def _other_part(row: PurchaseOrderLine, joining: Joining) -> str:
    same = row.part_id is not None and row.part_id == joining.line.part_id
    return "" if same and row.unit == joining.line.unit else "it is about another part"


def _other_site(ctx: Context, job: WorkOrder, order: PurchaseOrder) -> str:
    """The form offers only what comes to the job's site, but the job may be another one by now."""
    place = ctx.uow.get(Location, order.ship_to_id) if order.ship_to_id else None
    return "it goes to another site" if place is not None and place.site_id != job.site_id else ""


def _joined(
    ctx: Context,
    job: WorkOrder,
    content: OrderContent,
    row: PurchaseOrderLine,
    joining: Joining,
) -> tuple[OrderContent, bool]:
    """The content with a line for the job, and whether it takes over what came for stock."""
    source = next(line for line in content.lines if line.id == row.id)
    gives = can_give(row, source, joining.quantity)
    day = row.promised_on or joining.line.needed_by
    due = day if day is not None and day >= ctx.at.date() and not gives else None
    own = source.model_copy(
        update={
            "id": "",
            "position": 0,
            "quantity": joining.quantity,
            "discount_minor": 0,
            "discount_label": "",
            "tax_minor": None,
            "work_order_id": job.id,
            "cost_centre_id": job.cost_centre_id,
            "project_id": job.project_id,
            "receiver_id": ctx.actor_id,
            "schedule": (ScheduleContent(due_on=due, quantity=joining.quantity),) if due else (),
        }
    )
    lines = tuple(
        _less(line, joining.quantity) if gives and line.id == row.id else line
        for line in content.lines
    )
    return content.model_copy(update={"lines": (*lines, own)}), gives


def _less(line: LineContent, quantity: Decimal) -> LineContent:
    return line.model_copy(update={"quantity": line.quantity - quantity})


def _written(line: PartRequestLine, order: PurchaseOrder, row: PurchaseOrderLine) -> None:
    """The need goes by the price of the order it joined."""
    line.rule, line.route, line.allowed_minor = RULE, Route.ORDER, None
    line.vendor_id, line.agreement_id = order.vendor_id, row.agreement_id
    line.unit_price, line.price_per, line.currency = row.unit_price, row.price_per, order.currency
    line.price_basis = PriceBasis.AGREEMENT if row.agreement_id else PriceBasis.STATED
