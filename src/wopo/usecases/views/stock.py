"""What screens show of stock: where a part lies, what of it is free, and who may count it."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from wopo.domain.errors import NOT_FOUND
from wopo.domain.lookup import Kind
from wopo.domain.money import Money
from wopo.domain.parts import Part
from wopo.domain.people import Person, may_see_costs
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.choices import ChoiceStore
from wopo.usecases.ports.stock import StockStore
from wopo.usecases.settings import company
from wopo.usecases.stock import KEEPERS
from wopo.usecases.views.names import Ref


@dataclass(frozen=True)
class StockPlace:
    """A part at one location; ``value`` only for readers with the right to costs."""

    place: Ref
    on_hand: Decimal
    reserved: Decimal
    free: Decimal
    value: Money | None


@dataclass(frozen=True)
class StockPart:
    """A part and every place it lies at, the fullest first."""

    id: str
    number: str
    name: str
    unit: str
    places: tuple[StockPlace, ...]


@dataclass(frozen=True)
class StockView:
    """Parts that were found; ``may_count``: the reader may enter what was counted."""

    parts: tuple[StockPart, ...]
    more: bool
    may_count: bool


def stock_view(uow: UnitOfWork, text: str, *, reader: Person, limit: int = 8) -> StockView:
    """Parts by words or number, with their stock. A constant number of queries."""
    found = uow.store(ChoiceStore).search(Kind.PART, text, limit=limit + 1, active=True)
    ids = [choice.id for choice in found[:limit]]
    parts = _parts(uow, ids, reader)
    return StockView(parts, more=len(found) > limit, may_count=reader.has(*KEEPERS))


def stock_part(uow: UnitOfWork, part_id: str, *, reader: Person) -> StockPart:
    """One part with its stock. Raises ``NOT_FOUND``."""
    found = _parts(uow, [part_id], reader)
    if not found:
        raise NOT_FOUND(kind="part", wanted=part_id, nearest="")
    return found[0]


def _parts(uow: UnitOfWork, ids: list[str], reader: Person) -> tuple[StockPart, ...]:
    if not ids:
        return ()
    parts = {part.id: part for part in uow.all(Part, id=ids)}
    costs = may_see_costs(reader, company(uow))
    places: dict[str, list[StockPlace]] = defaultdict(list)
    for level, place in uow.store(StockStore).levels(ids):
        places[level.part_id].append(
            StockPlace(
                place=Ref(place.id, place.name),
                on_hand=level.on_hand,
                reserved=level.reserved,
                free=level.free,
                value=level.value if costs else None,
            )
        )
    return tuple(
        StockPart(
            id=id,
            number=parts[id].number,
            name=parts[id].name,
            unit=parts[id].unit,
            places=tuple(sorted(places[id], key=lambda one: (-one.on_hand, one.place.name))),
        )
        for id in ids
        if id in parts
    )
