"""What will happen with each line of a request: from stock, to buy where and by which rule.

The same planning answers the form before it is sent ("what happens next") and carries it out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from wopo.domain.errors import INVALID, REQUIRED, DomainError
from wopo.domain.locations import Location
from wopo.domain.money import Money
from wopo.domain.part_requests import LineKind, PriceBasis
from wopo.domain.parts import NOT_ACTIVE, Part
from wopo.domain.pricing import Offer, PriceBook, Wanted
from wopo.domain.purchasing_rules import LineFacts, Ruling, decide
from wopo.domain.settings import CompanySettings
from wopo.domain.stock import StockLevel, checked_quantity
from wopo.domain.vendors import Vendor
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.exchange_rates import convert
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.stock import StockStore
from wopo.usecases.pricing import price_book
from wopo.usecases.settings import company


class LineInput(BaseModel):
    """One need: a catalogue part, something in words, or a service. Unit and description of a
    catalogue part are its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: LineKind = LineKind.PART
    part_id: str | None = None
    description: str = ""
    quantity: Decimal
    unit: str = ""
    needed_by: date | None = None


@dataclass(frozen=True)
class Need:
    """A checked line."""

    kind: LineKind
    part: Part | None
    description: str
    quantity: Decimal
    unit: str
    needed_by: date | None

    def wanted(self, quantity: Decimal, day: date) -> Wanted:
        """What the price book is asked for: prices are those of the day of the request."""
        words = self.description if self.part is None or self.kind is LineKind.SERVICE else None
        return Wanted(
            quantity,
            self.unit,
            day,
            part_id=self.part.id if self.part else None,
            category=self.part.category if self.part else "",
            service=words if self.kind is not LineKind.PART else None,
        )


@dataclass(frozen=True)
class Pick:
    """A quantity at one place in stock."""

    level: StockLevel
    place: Location
    quantity: Decimal


@dataclass(frozen=True)
class Rulebook:
    """What the rules need besides the line: the company's settings, rates, and the day."""

    settings: CompanySettings
    uow: UnitOfWork
    today: date

    def ruling(self, kind: LineKind, quantity: Decimal, offer: Offer) -> Ruling:
        """Which rule decides about buying this; amounts in other currencies are compared by the
        rate of the day, and without one the strict answer holds."""
        amount = offer.amount(quantity)
        if amount is not None and amount.currency != self.limit.currency:
            amount = self._compared(amount)
        return decide(LineFacts(kind, False, offer.basis, amount, self.limit))

    def from_stock(self, kind: LineKind) -> Ruling:
        """The rule for what lies in stock."""
        return decide(LineFacts(kind, True, PriceBasis.STOCK, None, self.limit))

    @property
    def limit(self) -> Money:
        """Above this amount the company wants an approved order."""
        return Money(self.settings.order_needed_above_minor, self.settings.currency)

    def _compared(self, amount: Money) -> Money | None:
        try:
            return convert(self.uow, amount, self.limit.currency, self.today)
        except DomainError:
            return None


def rulebook(uow: UnitOfWork, today: date) -> Rulebook:
    """The rules as they hold today."""
    return Rulebook(company(uow), uow, today)


@dataclass(frozen=True)
class Plan:
    """What happens with one line: picks from stock, and the rest bought by a ruling."""

    need: Need
    picks: tuple[Pick, ...] = ()
    to_buy: Decimal = Decimal(0)
    ruling: Ruling | None = None
    stock_ruling: Ruling | None = None
    offer: Offer = field(default_factory=Offer)
    vendor: Vendor | None = None

    @property
    def rule(self) -> str:
        """The rule that is written on the line: of what is bought, else of stock."""
        said = self.ruling or self.stock_ruling
        return said.rule if said else ""


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
    uow: UnitOfWork, job: WorkOrder, needs: Sequence[Need], today: date, *, hold: bool = False
) -> list[Plan]:
    """What happens with each line, in a constant number of queries. ``hold`` locks the stock that
    is looked at, so that nobody else promises the same piece meanwhile."""
    free = _free_stock(uow, job, needs, hold=hold)
    book = price_book(uow, [need.wanted(need.quantity, today) for need in needs])
    rules = rulebook(uow, today)
    return [_plan(need, free, book, rules) for need in needs]


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
    picks = _picked(need, free)
    rest = need.quantity - sum((pick.quantity for pick in picks), Decimal(0))
    stock = rules.from_stock(need.kind) if picks else None
    if not rest:
        return Plan(need, picks, stock_ruling=stock)
    offer = book.best(need.wanted(rest, rules.today))
    vendor = book.vendors.get(offer.vendor_id) if offer.vendor_id else None
    return Plan(need, picks, rest, rules.ruling(need.kind, rest, offer), stock, offer, vendor)


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
