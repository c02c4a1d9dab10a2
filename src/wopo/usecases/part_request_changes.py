"""Asking for more or less of a need that was sent, or taking it back."""

from decimal import Decimal

from wopo.domain.money import plain
from wopo.domain.numbers import short
from wopo.domain.part_request_states import ZERO
from wopo.domain.part_requests import (
    ALREADY_CANCELLED,
    BELOW_ORDERED,
    ON_ORDER,
    ORDERED_ROUTES,
    PartLineChanged,
    PartRequest,
    PartRequestLine,
    Route,
)
from wopo.domain.purchase_orders import OrderState
from wopo.domain.stock import checked_quantity, share_of
from wopo.domain.work_order_events import WorkOrderCancelled
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.door import Answer, Command, Context, reaction, use_case
from wopo.usecases.nte import check_request
from wopo.usecases.part_request_buying import put_on_orders, take_off_drafts
from wopo.usecases.part_request_planning import LineInput, checked_needs, plan_lines
from wopo.usecases.part_request_rules import rulebook
from wopo.usecases.part_request_states import LineStanding, refresh_lines, standing_of, standings
from wopo.usecases.part_requests import purchases_of, release, reserve, ruled
from wopo.usecases.small_needs import Asking, hold_requests
from wopo.usecases.work_orders import permitted


class ChangePartLine(Command):
    """Another quantity: never less than what is handed out, arrived or ordered."""

    line_id: str
    quantity: Decimal


class CancelPartLine(Command):
    """A need that is no more. What is reserved is free again; a draft loses it."""

    line_id: str
    reason: str = ""


@use_case(ChangePartLine, action="change part requests")
def change_part_line(command: ChangePartLine, ctx: Context) -> Answer:
    """Ask for more or less. More goes the way of a new line; less is taken first from what waits,
    then from drafts, then from what is reserved."""
    quantity = checked_quantity(command.quantity, field="quantity")
    line, standing, job = held_line(ctx, command.line_id)
    before = line.quantity
    if quantity == before:
        return Answer(subject_id=line.id, message=f"{line.description} stays as it is.")
    if quantity < before:
        _lower(ctx, standing, quantity)
    else:
        _raise(ctx, standing, job, quantity)
    line.quantity = quantity
    _record_change(ctx, line, {"quantity": plain(before)}, {"quantity": plain(quantity)})
    refresh_lines(ctx, [line], aloud=True, told_anyway=True)
    return Answer(subject_id=line.id, message=f"{line.description}: {plain(quantity)} {line.unit}.")


def held_line(ctx: Context, line_id: str) -> tuple[PartRequestLine, LineStanding, WorkOrder]:
    """A line that is not cancelled, of a job the person may request parts for, locked."""
    line = ctx.require(PartRequestLine, line_id, label="request line", field="line_id")
    job, _ = permitted(ctx, line.work_order_id, "request_parts")
    hold_requests(ctx)
    line = ctx.require_locked(PartRequestLine, line_id, label="request line")
    if line.cancelled:
        raise ALREADY_CANCELLED(text=line.description)
    return line, standing_of(ctx.uow, line), job


def _fixed(standing: LineStanding) -> Decimal:
    """What can't be taken back here: handed out, arrived, or on an order that left the draft."""
    facts = standing.facts()
    on_orders = sum(
        (part.counted for part in facts.bought if part.order_state is not OrderState.DRAFT), ZERO
    )
    return facts.issued + facts.pocketed + on_orders


def _lower(ctx: Context, standing: LineStanding, quantity: Decimal) -> None:
    line, fixed = standing.line, _fixed(standing)
    if line.small_minor is not None:
        line.small_minor = share_of(line.small_minor, quantity, line.quantity)
    if quantity < fixed:
        raise BELOW_ORDERED(
            field="quantity",
            text=line.description,
            fixed=plain(fixed),
            unit=line.unit,
            wanted=plain(quantity),
        )
    facts = standing.facts()
    over = line.quantity - quantity - facts.unsourced - facts.without_order
    if over > 0:
        over -= take_off_drafts(ctx, standing, over)
    if over > 0:
        release(ctx, standing, over)


def _raise(ctx: Context, standing: LineStanding, job: WorkOrder, quantity: Decimal) -> None:
    """What is asked for besides goes its own way; where nobody had to order the rest, all that is
    neither there nor ordered is decided about anew, so that no limit is passed in small steps."""
    line, facts = standing.line, standing.facts()
    anew = line.route not in _WAYS_OF_MORE
    wanted = quantity - line.quantity
    if anew:
        wanted += facts.unsourced + facts.without_order
    more = LineInput(
        kind=line.kind,
        part_id=line.part_id,
        description=line.description,
        quantity=wanted,
        unit=line.unit,
    )
    rules = rulebook(ctx.uow, job, ctx.at.date())
    kept = _got_unasked(standing) if anew else line.small_minor or 0
    request = ctx.require(PartRequest, line.part_request_id, label="part request")
    asking = Asking(job, request.requested_by_id, anew=line.id, kept_minor=kept)
    plan = plan_lines(asking, checked_needs(ctx.uow, [more], rules.today), rules, hold=True)[0]
    check_request(ctx, job, [plan], bought=True)
    for pick in plan.picks:
        reserve(ctx, line, pick.level, pick.quantity, pick.place.name)
    if anew:
        ruled(line, plan, ctx.at)
        if kept:
            line.small_minor, line.small_at = kept + (line.small_minor or 0), ctx.at
    put_on_orders(ctx, job, list(purchases_of(request, [plan], [line])), rules)


def _got_unasked(standing: LineStanding) -> int:
    """What was got of a small need already, in minor units of the company's currency."""
    small, facts = standing.line.small_minor, standing.facts()
    got = facts.pocketed + facts.ordered
    whole = got + facts.unsourced + facts.without_order
    return share_of(small, got, whole) if small and got else 0


_WAYS_OF_MORE = ORDERED_ROUTES | {Route.BUYER}
"""Where more of the same waits for a buyer or an order, as the first of it did."""


@use_case(CancelPartLine, action="cancel part requests")
def cancel_part_line(command: CancelPartLine, ctx: Context) -> Answer:
    """Take a need back. Refused when something of it is handed out, paid out of pocket, arrived, or
    on an order that is more than a draft."""
    line, standing, _ = held_line(ctx, command.line_id)
    on_orders = sorted(
        {short(link.order.number) for link in standing.links if not _is_draft(link.order.state)}
    )
    if on_orders:
        raise ON_ORDER(text=line.description, orders=", ".join(on_orders))
    got = standing.facts().issued + standing.facts().pocketed
    if got:
        raise BELOW_ORDERED(
            field="line_id",
            text=line.description,
            fixed=plain(got),
            unit=line.unit,
            wanted="nothing",
        )
    _cancel(ctx, standing)
    _record_change(ctx, line, {"cancelled": False}, {"cancelled": True, "reason": command.reason})
    refresh_lines(ctx, [line], aloud=True)
    return Answer(subject_id=line.id, message=f"{line.description} is cancelled.")


def _is_draft(state: OrderState) -> bool:
    return state in (OrderState.DRAFT, OrderState.CANCELLED)


def _cancel(ctx: Context, standing: LineStanding) -> None:
    take_off_drafts(ctx, standing)
    release(ctx, standing)
    standing.line.cancelled = True


def _record_change(
    ctx: Context, line: PartRequestLine, before: dict[str, object], after: dict[str, object]
) -> None:
    request = ctx.require(PartRequest, line.part_request_id, label="part request")
    ctx.record(
        PartLineChanged(
            subject_id=line.id,
            number=request.number,
            work_order_id=line.work_order_id,
            before=before,
            after=after,
        )
    )


@reaction(WorkOrderCancelled)
def job_cancelled(event: WorkOrderCancelled, ctx: Context) -> None:
    """A job that will not be done needs nothing: stock is free again, drafts lose its lines; what
    is already asked for or ordered is a buyer's to cancel."""
    lines = ctx.uow.all(PartRequestLine, work_order_id=event.subject_id, order="id")
    for standing in standings(ctx.uow, [line for line in lines if not line.cancelled]):
        if not _fixed(standing):
            _cancel(ctx, standing)
        else:
            take_off_drafts(ctx, standing)
            release(ctx, standing)
            standing.line.quantity = _fixed(standing)
    refresh_lines(ctx, lines, new=True)
