"""What will happen with each line of a request: from stock, to buy where and by which rule.

The same planning answers the form before it is sent ("what happens next") and carries it out.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from wopo.domain.errors import INVALID, REQUIRED
from wopo.domain.part_requests import LineKind
from wopo.domain.parts import NOT_ACTIVE, Part
from wopo.domain.pricing import PriceBook
from wopo.domain.stock import checked_quantity
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.part_request_plans import Pick, Plan
from wopo.usecases.part_request_rules import Need, Rulebook
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.stock import StockStore
from wopo.usecases.pricing import price_book
from wopo.usecases.small_needs import Asking, judged_together


class LineInput(BaseModel):
    """One need: a catalogue part, something in words, or a service. Unit and description of a
    catalogue part are its own. ``join``: an order line to come along with, by its id."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: LineKind = LineKind.PART
    part_id: str | None = None
    description: str = ""
    quantity: Decimal
    unit: str = ""
    needed_by: date | None = None
    join: str = ""


def checked_needs(uow: UnitOfWork, lines: Sequence[LineInput], today: date) -> list[Need]:
    """The lines with their parts, or a refusal at the field that is wrong."""
    if not lines:
        raise REQUIRED(field="lines", label="What the job needs")
    ids = {line.part_id for line in lines if line.part_id}
    parts = {part.id: part for part in uow.all(Part, id=ids)} if ids else {}
    return [_checked(line, parts, today) for line in lines]


def _checked(line: LineInput, parts: dict[str, Part], today: date) -> Need:
    quantity = checked_quantity(line.quantity, field="quantity")
    if line.needed_by is not None and line.needed_by < today:
        raise INVALID(
            field="needed_by",
            label="Needed by",
            problem=f"{line.needed_by} is past",
            accepted="choose today or later",
        )
    part = parts.get(line.part_id) if line.part_id else None
    if line.kind is LineKind.PART and part is None:
        raise REQUIRED(field="part_id", label="The part")
    if part is not None:
        if not part.active:
            raise NOT_ACTIVE(field="part_id", number=part.number, name=part.name)
        kind = LineKind.SERVICE if part.service else line.kind
        description = line.description.strip() or part.name
        return Need(kind, part, description, quantity, part.unit, line.needed_by)
    if not line.description.strip():
        raise REQUIRED(field="description", label="What is needed")
    unit = line.unit.strip() or ("visit" if line.kind is LineKind.SERVICE else "pcs")
    return Need(line.kind, None, line.description.strip(), quantity, unit, line.needed_by)


def plan_lines(
    asking: Asking, needs: Sequence[Need], rules: Rulebook, *, hold: bool = False
) -> list[Plan]:
    """What happens with each line, in a constant number of queries. ``hold`` locks the stock that
    is looked at, so that nobody else promises the same piece meanwhile."""
    free = _free_stock(rules.uow, asking.job, needs, hold=hold)
    book = price_book(rules.uow, [need.wanted(need.quantity, rules.today) for need in needs])
    return judged_together([_plan(need, free, book, rules) for need in needs], rules, asking)


def _free_stock(
    uow: UnitOfWork, job: WorkOrder, needs: Sequence[Need], *, hold: bool
) -> dict[str, list[Pick]]:
    """Free quantities per part: at the job's own site first, then elsewhere."""
    ids = {need.part.id for need in needs if need.part and need.kind is LineKind.PART}
    found: dict[str, list[Pick]] = {}
    for level, place in uow.store(StockStore).levels(ids, hold=hold) if ids else ():
        if level.free > 0:
            found.setdefault(level.part_id, []).append(Pick(level, place, level.free))
    for picks in found.values():
        picks.sort(key=lambda pick: (pick.place.site_id != job.site_id, pick.place.code))
    return found


def _plan(need: Need, free: dict[str, list[Pick]], book: PriceBook, rules: Rulebook) -> Plan:
    stock = rules.from_stock(need)
    picks = _picked(need, free) if stock else ()
    rest = need.quantity - sum((pick.quantity for pick in picks), Decimal(0))
    stock = stock if picks else None
    if not rest:
        return Plan(need, picks, stock_ruling=stock)
    offer = book.best(need.wanted(rest, rules.today))
    vendor = book.vendors.get(offer.vendor_id) if offer.vendor_id else None
    way = rules.way(need, rest, offer, vendor)
    return Plan(
        need, picks, rest, way.ruling, stock, way.offer, way.vendor, way.blanket_id, way.small
    )


def _picked(need: Need, free: dict[str, list[Pick]]) -> tuple[Pick, ...]:
    """Take from what is free, so that a second line for the same part sees what is left."""
    if need.part is None or need.kind is not LineKind.PART:
        return ()
    left, taken, rest = need.quantity, [], []
    for pick in free.get(need.part.id, []):
        quantity = min(left, pick.quantity)
        if quantity:
            taken.append(Pick(pick.level, pick.place, quantity))
        if pick.quantity > quantity:
            rest.append(Pick(pick.level, pick.place, pick.quantity - quantity))
        left -= quantity
    free[need.part.id] = rest
    return tuple(taken)
