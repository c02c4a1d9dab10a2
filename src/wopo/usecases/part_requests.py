"""Asking for parts and services: every line goes to stock, to buying, or is split over both."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from wopo.domain.money import plain
from wopo.domain.numbers import short
from wopo.domain.part_request_states import ZERO
from wopo.domain.part_requests import (
    ALREADY_CANCELLED,
    BELOW_ORDERED,
    ON_ORDER,
    PartLineChanged,
    PartLinesAdded,
    PartRequest,
    PartRequestLine,
    PartsRequested,
    PriceBasis,
)
from wopo.domain.purchase_orders import OrderState
from wopo.domain.purchasing_rules import Route
from wopo.domain.stock import (
    Reservation,
    StockLevel,
    StockReleased,
    StockReserved,
    checked_quantity,
)
from wopo.domain.work_order_events import WorkOrderCancelled
from wopo.domain.work_orders import WORK_ORDER, WorkOrder
from wopo.usecases.door import Answer, Command, Context, reaction, use_case
from wopo.usecases.order_documents import OrderDocument, hold_order
from wopo.usecases.part_request_buying import Purchase, put_on_orders, take_off_drafts
from wopo.usecases.part_request_planning import (
    LineInput,
    Plan,
    checked_needs,
    plan_lines,
)
from wopo.usecases.part_request_states import (
    LineStanding,
    open_reserved,
    refresh_lines,
    standing_of,
    standings,
)
from wopo.usecases.purchase_orders import BUYERS, submit
from wopo.usecases.stock import hold_levels
from wopo.usecases.work_orders import permitted


class RequestParts(Command):
    """What a job needs. ``submit``: orders that are complete are sent for approval at once, without
    what other jobs still prepare on a shared draft, unless a buyer sends it."""

    work_order_id: str
    lines: tuple[LineInput, ...]
    needed_by: date | None = None
    note: str = ""
    submit: bool = False


class AddPartLines(Command):
    """More needs on a request that was sent."""

    part_request_id: str
    lines: tuple[LineInput, ...]
    submit: bool = False


class ChangePartLine(Command):
    """Another quantity: never less than what is handed out, arrived or ordered."""

    line_id: str
    quantity: Decimal


class CancelPartLine(Command):
    """A need that is no more. What is reserved is free again; a draft loses it."""

    line_id: str
    reason: str = ""


@use_case(RequestParts, action="request parts")
def request_parts(command: RequestParts, ctx: Context) -> Answer:
    """Send a request; each line is reserved from stock, put on a draft order, or waits for a
    buyer, as the purchasing rules say."""
    job, person = permitted(ctx, command.work_order_id, "request_parts")
    WORK_ORDER.move(job.state, "request_parts", subject=job.number)
    request = PartRequest(
        id=ctx.new_id(),
        number=ctx.uow.next_number("PR", ctx.at.year),
        work_order_id=job.id,
        requested_by_id=person.id,
        needed_by=command.needed_by or job.required_by,
        note=command.note.strip(),
        created_at=ctx.at,
    )
    ctx.uow.add(request)
    lines, orders = _take_in(ctx, job, request, command.lines, 0, submit_now=command.submit)
    ctx.record(
        PartsRequested(
            subject_id=request.id,
            number=request.number,
            work_order_id=job.id,
            line_ids=[line.id for line in lines],
            requested_by_id=person.id,
        )
    )
    return _answer(request, lines, orders)


@use_case(AddPartLines, action="request parts")
def add_part_lines(command: AddPartLines, ctx: Context) -> Answer:
    """Add lines to a request of a job that still takes some."""
    request = ctx.require(PartRequest, command.part_request_id, label="part request")
    job, _ = permitted(ctx, request.work_order_id, "request_parts")
    WORK_ORDER.move(job.state, "request_parts", subject=job.number)
    before = ctx.uow.count(PartRequestLine, part_request_id=request.id)
    lines, orders = _take_in(ctx, job, request, command.lines, before, submit_now=command.submit)
    ctx.record(
        PartLinesAdded(
            subject_id=request.id,
            number=request.number,
            work_order_id=job.id,
            line_ids=[line.id for line in lines],
        )
    )
    return _answer(request, lines, orders)


def _answer(
    request: PartRequest, lines: Sequence[PartRequestLine], orders: Sequence[OrderDocument]
) -> Answer:
    return Answer(
        subject_id=request.id,
        number=request.number,
        message=f"{short(request.number)} is sent.",
        facts={
            "line_ids": [line.id for line in lines],
            "order_ids": [document.order.id for document in orders],
        },
    )


def _take_in(
    ctx: Context,
    job: WorkOrder,
    request: PartRequest,
    inputs: Sequence[LineInput],
    position: int,
    *,
    submit_now: bool,
) -> tuple[list[PartRequestLine], list[OrderDocument]]:
    """``position`` is that of the request's last line so far."""
    today = ctx.at.date()
    plans = plan_lines(ctx.uow, job, checked_needs(ctx.uow, inputs, today), today, hold=True)
    lines = []
    for plan in plans:
        position += 1
        line = _new_line(ctx, job, request, plan, position)
        lines.append(line)
        for pick in plan.picks:
            reserve(ctx, line, pick.level, pick.quantity, pick.place.name)
    ctx.uow.flush()
    alone = submit_now and not ctx.person().has(*BUYERS)
    orders = put_on_orders(ctx, job, list(_purchases(request, plans, lines)), alone=alone)
    refresh_lines(ctx, lines, new=True)
    if submit_now:
        for document in orders:
            submit(ctx, hold_order(ctx, document.order.id))
    return lines, orders


def _new_line(
    ctx: Context, job: WorkOrder, request: PartRequest, plan: Plan, position: int
) -> PartRequestLine:
    need, offer = plan.need, plan.offer
    bought = plan.to_buy > 0
    line = PartRequestLine(
        id=ctx.new_id(),
        part_request_id=request.id,
        work_order_id=job.id,
        position=position,
        kind=need.kind,
        part_id=need.part.id if need.part else None,
        description=need.description,
        quantity=need.quantity,
        unit=need.unit,
        needed_by=need.needed_by or request.needed_by,
        rule=plan.rule,
        vendor_id=offer.vendor_id,
        agreement_id=offer.agreement_id,
        unit_price=offer.unit_price,
        price_per=offer.price_per,
        currency=offer.currency,
        price_basis=offer.basis if bought else PriceBasis.STOCK,
    )
    ctx.uow.add(line)
    return line


def _purchases(
    request: PartRequest, plans: Sequence[Plan], lines: Sequence[PartRequestLine]
) -> Iterable[Purchase]:
    for plan, line in zip(plans, lines, strict=True):
        if plan.ruling is not None and plan.ruling.route is Route.ORDER:
            yield Purchase(line, request, plan.to_buy, plan.offer, plan.ruling)


def reserve(
    ctx: Context, line: PartRequestLine, level: StockLevel, quantity: Decimal, place: str
) -> None:
    """Promise stock to a line."""
    level.reserve(quantity, place=place, unit=line.unit)
    ctx.uow.add(
        Reservation(
            id=ctx.new_id(),
            stock_level_id=level.id,
            part_request_line_id=line.id,
            quantity=quantity,
        )
    )
    ctx.record(
        StockReserved(
            subject_id=level.id,
            part_id=level.part_id,
            location_id=level.location_id,
            quantity=quantity,
            work_order_id=line.work_order_id,
            part_request_line_id=line.id,
        )
    )


def release(ctx: Context, standing: LineStanding, quantity: Decimal | None = None) -> Decimal:
    """Free what is reserved for a line (all of it, or ``quantity``), the last first; how much."""
    rows = [row for row in reversed(standing.reservations) if open_reserved(row)]
    levels = hold_levels(ctx, {row.stock_level_id for row in rows})
    left, freed = quantity, ZERO
    for row in rows:
        off = open_reserved(row) if left is None else min(left, open_reserved(row))
        if not off:
            continue
        level = levels[row.stock_level_id]
        level.release(off)
        row.quantity -= off
        row.released = row.quantity == row.issued
        freed += off
        left = None if left is None else left - off
        ctx.record(
            StockReleased(
                subject_id=level.id,
                part_id=level.part_id,
                location_id=level.location_id,
                quantity=off,
                work_order_id=standing.line.work_order_id,
                part_request_line_id=standing.line.id,
            )
        )
    return freed


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
    return facts.issued + on_orders


def _lower(ctx: Context, standing: LineStanding, quantity: Decimal) -> None:
    line, fixed = standing.line, _fixed(standing)
    if quantity < fixed:
        raise BELOW_ORDERED(
            field="quantity",
            text=line.description,
            fixed=plain(fixed),
            unit=line.unit,
            wanted=plain(quantity),
        )
    over = line.quantity - quantity - standing.facts().unsourced
    if over > 0:
        over -= take_off_drafts(ctx, standing, over)
    if over > 0:
        release(ctx, standing, over)


def _raise(ctx: Context, standing: LineStanding, job: WorkOrder, quantity: Decimal) -> None:
    line = standing.line
    more = LineInput(
        kind=line.kind,
        part_id=line.part_id,
        description=line.description,
        quantity=quantity - line.quantity,
        unit=line.unit,
    )
    today = ctx.at.date()
    plan = plan_lines(ctx.uow, job, checked_needs(ctx.uow, [more], today), today, hold=True)[0]
    for pick in plan.picks:
        reserve(ctx, line, pick.level, pick.quantity, pick.place.name)
    request = ctx.require(PartRequest, line.part_request_id, label="part request")
    put_on_orders(ctx, job, list(_purchases(request, [plan], [line])))


@use_case(CancelPartLine, action="cancel part requests")
def cancel_part_line(command: CancelPartLine, ctx: Context) -> Answer:
    """Take a need back. Refused when something of it is handed out, arrived, or on an order that
    is more than a draft."""
    line, standing, _ = held_line(ctx, command.line_id)
    on_orders = sorted(
        {short(link.order.number) for link in standing.links if not _is_draft(link.order.state)}
    )
    if on_orders:
        raise ON_ORDER(text=line.description, orders=", ".join(on_orders))
    issued = standing.facts().issued
    if issued:
        raise BELOW_ORDERED(
            field="line_id",
            text=line.description,
            fixed=plain(issued),
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
