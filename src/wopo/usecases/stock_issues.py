"""Handing reserved stock out to a job, and taking back what the job did not use."""

from decimal import Decimal

from wopo.domain.errors import NOT_ALLOWED
from wopo.domain.locations import Location
from wopo.domain.money import Money, plain
from wopo.domain.part_request_states import ZERO
from wopo.domain.part_requests import ALREADY_CANCELLED, PartRequestLine
from wopo.domain.people import Person
from wopo.domain.stock import (
    NOT_ISSUED,
    NOTHING_TO_ISSUE,
    MovementKind,
    Reservation,
    StockIssued,
    StockLevel,
    StockReturned,
    checked_quantity,
)
from wopo.domain.work_order_rights import may
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.door import Answer, Command, Context, use_case
from wopo.usecases.part_request_states import (
    LineStanding,
    open_reserved,
    refresh_lines,
    standing_of,
)
from wopo.usecases.people import team_ids
from wopo.usecases.stock import KEEPERS, held_by_job, hold_levels, level_at, movement


class IssueParts(Command):
    """Hand out what is reserved for a line; all of it, or a quantity."""

    line_id: str
    quantity: Decimal | None = None


class ReturnParts(Command):
    """Take back what a job got and does not need, into a location (default: where it came from)."""

    line_id: str
    quantity: Decimal
    location_id: str | None = None


@use_case(IssueParts, action="hand out parts")
def issue_parts(command: IssueParts, ctx: Context) -> Answer:
    """Move reserved stock to the job at average cost; the last piece takes the rest of the value.

    A storekeeper may, and whoever may request parts for the job.
    """
    line, standing, job = _line_of_job(ctx, command.line_id)
    reserved = sum((open_reserved(row) for row in standing.reservations), ZERO)
    wanted = reserved
    if command.quantity is not None:
        wanted = checked_quantity(command.quantity, field="quantity")
    if not wanted or wanted > reserved:
        raise NOTHING_TO_ISSUE(
            field="quantity",
            text=line.description,
            reserved=plain(reserved),
            wanted=plain(wanted) if wanted else "nothing",
        )
    rows = [row for row in standing.reservations if open_reserved(row)]
    levels = hold_levels(ctx, {row.stock_level_id for row in rows})
    left = wanted
    for row in rows:
        quantity = min(left, open_reserved(row))
        if quantity:
            level = levels[row.stock_level_id]
            _hand_out(ctx, job, line, row, level=level, quantity=quantity)
        left -= quantity
    refresh_lines(ctx, [line], aloud=True, told_anyway=True)
    return Answer(
        subject_id=line.id,
        message=f"{plain(wanted)} {line.unit} {line.description} handed out for {job.number}.",
    )


def _hand_out(
    ctx: Context,
    job: WorkOrder,
    line: PartRequestLine,
    row: Reservation,
    *,
    level: StockLevel,
    quantity: Decimal,
) -> None:
    level.release(quantity)
    value = level.take(quantity)
    row.issued += quantity
    moved = movement(
        ctx,
        level,
        MovementKind.ISSUE,
        -quantity,
        -value,
        work_order_id=job.id,
        line_id=line.id,
    )
    ctx.uow.append(moved)
    ctx.record(
        StockIssued(
            subject_id=level.id,
            part_id=level.part_id,
            location_id=level.location_id,
            quantity=quantity,
            amount=Money(value, level.currency),
            work_order_id=job.id,
            cost_centre_id=job.cost_centre_id,
            part_request_line_id=line.id,
        )
    )


@use_case(ReturnParts, action="give parts back")
def return_parts(command: ReturnParts, ctx: Context) -> Answer:
    """Put what a job gives back into stock, at the value it was taken for."""
    line, standing, job = _line_of_job(ctx, command.line_id)
    quantity = checked_quantity(command.quantity, field="quantity")
    held, value = held_by_job(ctx, line.id, quantity)
    if quantity > held or line.part_id is None:
        raise NOT_ISSUED(
            field="quantity", held=plain(held), text=line.description, wanted=plain(quantity)
        )
    place = _where(ctx, command.location_id, standing, job)
    level = level_at(ctx, line.part_id, place)
    level.put(quantity, value)
    line.returned += quantity
    moved = movement(
        ctx,
        level,
        MovementKind.RETURN,
        quantity,
        value,
        work_order_id=job.id,
        line_id=line.id,
    )
    ctx.uow.append(moved)
    ctx.record(
        StockReturned(
            subject_id=level.id,
            part_id=level.part_id,
            location_id=level.location_id,
            quantity=quantity,
            amount=Money(value, level.currency),
            work_order_id=job.id,
            cost_centre_id=job.cost_centre_id,
            part_request_line_id=line.id,
        )
    )
    refresh_lines(ctx, [line], aloud=True, told_anyway=True)
    return Answer(
        subject_id=line.id,
        message=f"{plain(quantity)} {line.unit} {line.description} are back in stock.",
    )


def _where(ctx: Context, location_id: str | None, standing: LineStanding, job: WorkOrder) -> str:
    if location_id:
        return ctx.require(Location, location_id, label="location", field="location_id").id
    for row in standing.reservations:
        level = ctx.uow.get(StockLevel, row.stock_level_id)
        if level is not None:
            return level.location_id
    return stock_place(ctx, job.site_id)


def stock_place(ctx: Context, site_id: str) -> str:
    """Where a site keeps stock: its first stock location by code, else the site itself."""
    places = ctx.uow.all(Location, site_id=site_id, holds_stock=True, order="code", limit=1)
    return places[0].id if places else site_id


def _line_of_job(ctx: Context, line_id: str) -> tuple[PartRequestLine, LineStanding, WorkOrder]:
    line = ctx.require_locked(PartRequestLine, line_id, label="request line")
    job = ctx.require(WorkOrder, line.work_order_id, label="work order")
    _may_handle(ctx, job, ctx.person())
    if line.cancelled:
        raise ALREADY_CANCELLED(text=line.description)
    return line, standing_of(ctx.uow, line), job


def _may_handle(ctx: Context, job: WorkOrder, person: Person) -> None:
    if person.has(*KEEPERS):
        return
    own = may(job, person, "request_parts", teams=team_ids(ctx.uow, person.id))
    if person.only_reads() or not own:
        raise NOT_ALLOWED(
            action=f"handle parts of {job.number}", who="a storekeeper or whoever works on it"
        )
