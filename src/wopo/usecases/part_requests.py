"""Asking for parts and services: every line goes to stock, to buying, or is split over both."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from wopo.domain.numbers import short
from wopo.domain.part_request_states import ZERO
from wopo.domain.part_requests import (
    ORDERED_ROUTES,
    PartLinesAdded,
    PartRequest,
    PartRequestLine,
    PartsRequested,
    PriceBasis,
)
from wopo.domain.stock import (
    Reservation,
    StockLevel,
    StockReleased,
    StockReserved,
)
from wopo.domain.work_orders import WORK_ORDER, WorkOrder
from wopo.usecases.demand import apart, join_orders
from wopo.usecases.door import Answer, Command, Context, use_case
from wopo.usecases.nte import check_request
from wopo.usecases.order_documents import OrderDocument
from wopo.usecases.part_request_buying import Purchase, put_on_orders
from wopo.usecases.part_request_planning import (
    LineInput,
    checked_needs,
    plan_lines,
)
from wopo.usecases.part_request_plans import Plan
from wopo.usecases.part_request_rules import rulebook
from wopo.usecases.part_request_sending import send
from wopo.usecases.part_request_states import (
    LineStanding,
    open_reserved,
    refresh_lines,
)
from wopo.usecases.purchase_orders import BUYERS
from wopo.usecases.small_needs import REQUESTS, Asking, hold_requests
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


@use_case(RequestParts, action="request parts")
def request_parts(command: RequestParts, ctx: Context) -> Answer:
    """Send a request; each line is reserved from stock, put on a draft order, or waits for a
    buyer, as the purchasing rules say."""
    job, person = permitted(ctx, command.work_order_id, "request_parts")
    WORK_ORDER.move(job.state, "request_parts", subject=job.number)
    request = PartRequest(
        id=ctx.new_id(),
        number=ctx.uow.next_number(REQUESTS, ctx.at.year),
        work_order_id=job.id,
        requested_by_id=person.id,
        needed_by=command.needed_by or job.required_by,
        note=command.note.strip(),
        created_at=ctx.at,
    )
    ctx.uow.add(request)
    taken = _take_in(ctx, job, request, command.lines, 0, submit_now=command.submit)
    ctx.record(
        PartsRequested(
            subject_id=request.id,
            number=request.number,
            work_order_id=job.id,
            line_ids=[line.id for line in taken[0]],
            requested_by_id=person.id,
        )
    )
    return _answer(request, *taken)


@use_case(AddPartLines, action="request parts")
def add_part_lines(command: AddPartLines, ctx: Context) -> Answer:
    """Add lines to a request of a job that still takes some."""
    request = ctx.require(PartRequest, command.part_request_id, label="part request")
    job, _ = permitted(ctx, request.work_order_id, "request_parts")
    WORK_ORDER.move(job.state, "request_parts", subject=job.number)
    hold_requests(ctx)
    before = ctx.uow.count(PartRequestLine, part_request_id=request.id)
    taken = _take_in(ctx, job, request, command.lines, before, submit_now=command.submit)
    ctx.record(
        PartLinesAdded(
            subject_id=request.id,
            number=request.number,
            work_order_id=job.id,
            line_ids=[line.id for line in taken[0]],
        )
    )
    return _answer(request, *taken)


def _answer(
    request: PartRequest,
    lines: Sequence[PartRequestLine],
    orders: Sequence[OrderDocument],
    missing: Sequence[str],
) -> Answer:
    return Answer(
        subject_id=request.id,
        number=request.number,
        message=" ".join([f"{short(request.number)} is sent.", *missing]),
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
) -> tuple[list[PartRequestLine], list[OrderDocument], list[str]]:
    """The lines, the orders they are on, and what could not be sent. ``position`` is that of the
    request's last line so far."""
    today = ctx.at.date()
    rules = rulebook(ctx.uow, job, today)
    asking = Asking(job, request.requested_by_id)
    plans = plan_lines(asking, checked_needs(ctx.uow, inputs, today), rules, hold=True)
    check_request(ctx, job, plans, bought=not submit_now)
    lines = []
    for plan in plans:
        position += 1
        line = _new_line(ctx, request, plan, position)
        lines.append(line)
        for pick in plan.picks:
            reserve(ctx, line, pick.level, pick.quantity, pick.place.name)
    ctx.uow.flush()
    alone = submit_now and not ctx.person().has(*BUYERS)
    bought, joining = apart(inputs, plans, lines)
    purchases = list(purchases_of(request, *bought))
    orders = put_on_orders(ctx, job, purchases, rules, alone=alone)
    join_orders(ctx, job, joining)
    refresh_lines(ctx, lines, new=True)
    return lines, orders, send(ctx, job, orders) if submit_now else []


def _new_line(ctx: Context, request: PartRequest, plan: Plan, position: int) -> PartRequestLine:
    line = line_of(request, plan, position, id=ctx.new_id(), at=ctx.at)
    ctx.uow.add(line)
    return line


def line_of(
    request: PartRequest, plan: Plan, position: int, *, id: str, at: datetime
) -> PartRequestLine:
    """The line of a request that a plan makes; of the one that the form shows before it is sent
    nothing is kept."""
    need = plan.need
    line = PartRequestLine(
        id=id,
        part_request_id=request.id,
        work_order_id=request.work_order_id,
        position=position,
        kind=need.kind,
        part_id=need.part.id if need.part else None,
        description=need.description,
        quantity=need.quantity,
        unit=need.unit,
        needed_by=need.needed_by or request.needed_by,
    )
    ruled(line, plan, at)
    return line


def ruled(line: PartRequestLine, plan: Plan, at: datetime) -> None:
    """Write on a line what the policy said, by which sum, and the price it goes by."""
    said, offer = plan.said, plan.offer
    line.rule, line.route = said.rule, said.route
    line.allowed_minor = said.allowed.minor if said.allowed is not None else None
    line.small_minor, line.small_at = (plan.small.minor, at) if plan.small else (None, None)
    line.together_minor = plan.together.minor if plan.together else None
    line.vendor_id, line.agreement_id = offer.vendor_id, offer.agreement_id
    line.unit_price, line.price_per = offer.unit_price, offer.price_per
    line.currency = offer.currency
    line.price_basis = offer.basis if plan.to_buy else PriceBasis.STOCK


def purchases_of(
    request: PartRequest, plans: Sequence[Plan], lines: Sequence[PartRequestLine]
) -> Iterable[Purchase]:
    """What of these lines goes on an order at once, as the policy says."""
    for plan, line in zip(plans, lines, strict=True):
        if plan.ruling is not None and plan.ruling.route in ORDERED_ROUTES:
            blanket = plan.blanket_id
            yield Purchase(line, request, plan.to_buy, plan.offer, plan.ruling, blanket_id=blanket)


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
