"""Stock: counting, opening balances, and the one place where levels and movements change."""

from decimal import Decimal

from wopo.domain.errors import REQUIRED
from wopo.domain.locations import Location
from wopo.domain.lookup import Kind
from wopo.domain.money import PRICE_PLACES, QUANTITY_PLACES, Money, checked_decimal, plain
from wopo.domain.parts import Part
from wopo.domain.people import Role
from wopo.domain.stock import (
    COUNT,
    OPENED,
    MovementKind,
    StockAdjusted,
    StockLevel,
    StockMovement,
    StockReceived,
    StockReceivedForJob,
    share_of,
)
from wopo.usecases.door import Answer, Command, Context, silent, use_case
from wopo.usecases.ports.stock import StockStore
from wopo.usecases.settings import company
from wopo.usecases.upsert import by_code

silent(StockAdjusted, "whoever counts sees it; requests see the new balance")
silent(StockReceived, "the receipt itself is told")
silent(StockReceivedForJob, "the arrival is told with the request line it is for")

KEEPERS = frozenset({Role.RECEIVER, Role.BUYER, Role.ADMIN})
"""Who counts and issues stock."""


class AdjustStock(Command):
    """What was counted of a part at a location; ``unit_cost`` (major units) where nothing was
    known to be there."""

    part_id: str
    location_id: str
    counted: Decimal
    unit_cost: Decimal | None = None
    reason: str


class OpenStock(Command):
    """The opening balance of a part at a location, by their codes, valued at ``unit_cost``."""

    part: str
    location: str
    quantity: Decimal
    unit_cost: Decimal = Decimal(0)


@use_case(AdjustStock, roles=KEEPERS, action="count stock")
def adjust_stock(command: AdjustStock, ctx: Context) -> Answer:
    """Set what is on hand to what was counted."""
    if not command.reason.strip():
        raise REQUIRED(field="reason", label="The reason")
    part = ctx.require(Part, command.part_id, label="part", field="part_id")
    place = ctx.require(Location, command.location_id, label="location", field="location_id")
    counted = _not_negative(command.counted, "counted", "The count")
    level = level_at(ctx, part.id, place.id)
    worth = _worth(counted, command.unit_cost, level.currency)
    quantity, value = level.count(counted, worth)
    if not quantity:
        return Answer(subject_id=level.id, message=f"{part.name}: the count agrees.")
    ctx.uow.append(movement(ctx, level, MovementKind.ADJUST, quantity, value))
    ctx.record(_adjusted(level, quantity, value, command.reason.strip()))
    return Answer(
        subject_id=level.id,
        message=f"{part.name} at {place.name}: {plain(level.on_hand)} {part.unit} on hand.",
    )


@use_case(OpenStock, roles=KEEPERS, action="open stock", system=True)
def open_stock(command: OpenStock, ctx: Context) -> Answer:
    """Enter an opening balance once; the same again records nothing. Raises ``OPENED`` for
    another one."""
    part: Part = by_code(ctx.uow, Kind.PART, command.part, field="part")
    place: Location = by_code(ctx.uow, Kind.LOCATION, command.location, field="location")
    quantity = _not_negative(command.quantity, "quantity", "The quantity")
    level = level_at(ctx, part.id, place.id)
    value = _worth(quantity, command.unit_cost, level.currency)
    opened = ctx.uow.store(StockStore).opening(part.id, place.id)
    if opened is not None:
        if (opened.quantity, opened.value_minor) != (quantity, value):
            raise OPENED(
                field="quantity",
                part=part.number,
                place=place.name,
                before=plain(opened.quantity),
            )
        return Answer(
            subject_id=level.id, message="Opened already.", facts={"outcome": "unchanged"}
        )
    level.put(quantity, value)
    ctx.uow.append(movement(ctx, level, MovementKind.OPENING, quantity, value))
    ctx.record(_adjusted(level, quantity, value, "opening balance"))
    return Answer(
        subject_id=level.id,
        message=f"{part.name} at {place.name} is opened.",
        facts={"outcome": "added"},
    )


def _adjusted(level: StockLevel, quantity: Decimal, value: int, reason: str) -> StockAdjusted:
    return StockAdjusted(
        subject_id=level.id,
        part_id=level.part_id,
        location_id=level.location_id,
        quantity=quantity,
        amount=Money(value, level.currency),
        on_hand=level.on_hand,
        reason=reason,
    )


def _not_negative(value: Decimal, field: str, label: str) -> Decimal:
    number = checked_decimal(value, label=label, places=QUANTITY_PLACES, field=field)
    if number < 0:
        raise COUNT(field=field, problem=f"{label} is negative", accepted="enter 0 or more")
    return number


def _worth(quantity: Decimal, unit_cost: Decimal | None, currency: str) -> int:
    if unit_cost is None:
        return 0
    cost = checked_decimal(unit_cost, label="The unit cost", places=PRICE_PLACES, field="unit_cost")
    if cost < 0:
        raise COUNT(field="unit_cost", problem="A cost is negative", accepted="enter 0 or more")
    return Money.of(quantity * cost, currency).minor


def level_at(ctx: Context, part_id: str, location_id: str) -> StockLevel:
    """The level of a part at a location, held until the end; a new empty one if there is none.

    A first level is opened under the part's lock, so that two people do not open two.
    """
    row = ctx.uow.find(StockLevel, part_id=part_id, location_id=location_id)
    if row is None:
        ctx.uow.lock(Part, part_id)
        row = ctx.uow.find(StockLevel, part_id=part_id, location_id=location_id)
    if row is not None:
        return ctx.uow.lock(StockLevel, row.id) or row
    row = StockLevel(
        id=ctx.new_id(),
        part_id=part_id,
        location_id=location_id,
        currency=company(ctx.uow).currency,
    )
    ctx.uow.add(row)
    ctx.uow.flush()
    return row


def hold_levels(ctx: Context, ids: set[str]) -> dict[str, StockLevel]:
    """These levels, locked in the order of their ids."""
    held = {id: ctx.uow.lock(StockLevel, id) for id in sorted(ids)}
    return {id: level for id, level in held.items() if level is not None}


def movement(
    ctx: Context,
    level: StockLevel,
    kind: MovementKind,
    quantity: Decimal,
    value_minor: int,
    *,
    work_order_id: str | None = None,
    line_id: str | None = None,
    receipt_line_id: str | None = None,
) -> StockMovement:
    """One signed movement of a level, to be appended."""
    return StockMovement(
        id=ctx.new_id(),
        at=ctx.at,
        kind=kind,
        part_id=level.part_id,
        location_id=level.location_id,
        quantity=quantity,
        value_minor=value_minor,
        currency=level.currency,
        work_order_id=work_order_id,
        part_request_line_id=line_id,
        receipt_line_id=receipt_line_id,
        by_id=ctx.actor_id,
    )


def held_by_job(ctx: Context, line_id: str, quantity: Decimal) -> tuple[Decimal, int]:
    """What a line's job holds in all, and the value of ``quantity`` of it (all with the last)."""
    held, value = ctx.uow.store(StockStore).held_by_job(line_id)
    if not held or quantity > held:
        return held, 0
    return held, share_of(value, quantity, held)
