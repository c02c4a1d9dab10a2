"""What screens show of part requests: what will happen with a line, and where each one stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from wopo.domain.errors import NOT_FOUND
from wopo.domain.money import Money
from wopo.domain.own_days import day_there
from wopo.domain.part_requests import (
    OWN_ROUTES,
    LineState,
    PartRequest,
    PartRequestLine,
    PriceBasis,
    Route,
)
from wopo.domain.parts import Part
from wopo.domain.people import Person, may_see_costs
from wopo.domain.pricing import Offer
from wopo.domain.purchase_orders import OrderState
from wopo.domain.work_order_rights import may
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.part_request_planning import LineInput, checked_needs, plan_lines
from wopo.usecases.part_request_plans import Plan
from wopo.usecases.part_request_rules import rulebook
from wopo.usecases.part_request_states import LineStanding, standings
from wopo.usecases.people import team_ids
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.demand import DemandStore, OpenLine
from wopo.usecases.ports.lists import ListStore, NeedRow
from wopo.usecases.ports.part_requests import PartRequestStore
from wopo.usecases.purchase_orders import BUYERS
from wopo.usecases.settings import company
from wopo.usecases.small_needs import Asking
from wopo.usecases.stock import KEEPERS
from wopo.usecases.views.names import Ref
from wopo.usecases.views.need_deciders import Deciders, Foreseen

LINES_SHOWN = 20


@dataclass(frozen=True)
class StockPick:
    """A quantity that lies ready at a place; ``here``: at the job's own site."""

    place: str
    quantity: Decimal
    here: bool


@dataclass(frozen=True)
class NextStep:
    """What happens with one line once it is sent. ``amount`` only for readers with the right to
    costs; ``allowed`` is what a policy lets anybody pay out of pocket; ``deciders`` are those who
    would be asked about the order it goes on."""

    description: str
    unit: str
    picks: tuple[StockPick, ...]
    to_buy: Decimal
    route: Route
    rule: str
    sentence: str
    vendor: str
    agreement: str
    allowed: Money | None
    amount: Money | None
    deciders: Deciders
    together: bool = False
    """It goes another way than alone: small things count by their sum."""
    on_order: OpenLine | None = None
    """What is on order already and may be joined."""
    joins: OpenLine | None = None
    """What it comes along with, as was chosen."""


@dataclass(frozen=True)
class PartsForm:
    """The job that parts are requested for, and what happens with the lines so far."""

    job: Ref | None
    title: str
    steps: tuple[NextStep, ...] = ()


@dataclass(frozen=True)
class PartLineView:
    """One need of a job. ``text`` says in words where each part of it stands, without costs;
    ``to_buy`` is what a buyer may still choose a vendor for (on no order, or only on drafts)."""

    id: str
    request: str
    position: int
    description: str
    quantity: Decimal
    unit: str
    needed_by: date | None
    state: LineState
    text: str
    rule: str
    orders: tuple[Ref, ...]
    reserved: Decimal
    issued: Decimal
    to_buy: Decimal
    vendor_id: str | None
    verbs: tuple[str, ...]


@dataclass(frozen=True)
class JobPartsView:
    """All needs of a job, the newest first."""

    job: Ref
    title: str
    lines: tuple[PartLineView, ...]
    more: bool
    may_request: bool


@dataclass(frozen=True)
class ToSource:
    """A need in the buyers' queue, and why it waits there."""

    id: str
    request: str
    description: str
    quantity: Decimal
    unit: str
    needed_by: date | None
    job: Ref
    title: str
    vendor_id: str | None
    why: str


def parts_form(
    uow: UnitOfWork,
    reader: Person,
    *,
    work_order_id: str = "",
    lines: Sequence[LineInput] = (),
    at: datetime,
) -> PartsForm:
    """The form's job and what happens with these lines. Raises the refusal of a line that can't
    be asked for. A constant number of queries, and one for each order that follows."""
    job = uow.get(WorkOrder, work_order_id) if work_order_id else None
    if job is None:
        return PartsForm(None, "")
    if not lines:
        return PartsForm(Ref(job.id, job.number), job.title)
    today = day_there(at, reader.timezone)
    needs = checked_needs(uow, lines, today)
    rules = rulebook(uow, job, today)
    plans = plan_lines(Asking(job, reader.id), needs, rules)
    costs = may_see_costs(reader, company(uow))
    alone = [
        (place, plan)
        for place, (plan, line) in enumerate(zip(plans, lines, strict=True))
        if not line.join
    ]
    decided = Foreseen(uow, job, reader, at).deciders(alone)
    steps = []
    known = _on_order(uow, job, plans)
    for place, (plan, line) in enumerate(zip(plans, lines, strict=True)):
        amount = plan.offer.amount(plan.to_buy) if plan.to_buy and costs else None
        step = _step(plan, job, amount, decided.get(place, Deciders()))
        steps.append(_with_orders(step, known.get(_part_of(plan), []), line.join))
    return PartsForm(Ref(job.id, job.number), job.title, tuple(steps))


def _on_order(uow: UnitOfWork, job: WorkOrder, plans: Sequence[Plan]) -> dict[str, list[OpenLine]]:
    """What is on order for the job's site, by part, for all that is to be bought; one query."""
    parts = {_part_of(plan) for plan in plans if plan.to_buy} - {""}
    found: dict[str, list[OpenLine]] = {}
    for line in uow.store(DemandStore).joinable(parts, job.site_id) if parts else ():
        found.setdefault(line.part_id, []).append(line)
    return found


def _part_of(plan: Plan) -> str:
    """The catalogue part a plan is about; empty where it is none."""
    return plan.need.part.id if plan.need.part and plan.to_buy else ""


def _with_orders(step: NextStep, known: Sequence[OpenLine], join: str) -> NextStep:
    """The step with the order it joins, or with the first it could."""
    chosen = next((line for line in known if line.id == join), None)
    first = known[0] if known and chosen is None else None
    return replace(step, on_order=first, joins=chosen)


def _step(
    plan: Plan,
    job: WorkOrder,
    amount: Money | None,
    deciders: Deciders,
) -> NextStep:
    ruling = plan.ruling or plan.stock_ruling
    return NextStep(
        description=plan.need.description,
        unit=plan.need.unit,
        picks=tuple(
            StockPick(pick.place.name, pick.quantity, pick.place.site_id == job.site_id)
            for pick in plan.picks
        ),
        to_buy=plan.to_buy,
        route=ruling.route if ruling else Route.STOCK,
        rule=ruling.rule if ruling else "",
        sentence=ruling.sentence if ruling else "",
        vendor=plan.vendor.name if plan.vendor else "",
        agreement=_agreement(plan.offer),
        allowed=ruling.allowed if ruling else None,
        amount=amount,
        deciders=deciders,
        together=plan.together is not None and plan.small is None,
    )


def _agreement(offer: Offer) -> str:
    return (offer.agreement_number or "") if offer.basis is PriceBasis.AGREEMENT else ""


def job_parts(uow: UnitOfWork, work_order_id: str, *, reader: Person) -> JobPartsView:
    """Everything a job asked for. Raises ``NOT_FOUND``. A constant number of queries."""
    job = uow.get(WorkOrder, work_order_id)
    if job is None:
        raise NOT_FOUND(kind="work order", wanted=work_order_id, nearest="")
    rows = uow.all(
        PartRequestLine,
        work_order_id=job.id,
        order=("-part_request_id", "position"),
        limit=LINES_SHOWN + 1,
    )
    return JobPartsView(
        job=Ref(job.id, job.number),
        title=job.title,
        lines=_lines(uow, rows[:LINES_SHOWN], {job.id: job}, reader),
        more=len(rows) > LINES_SHOWN,
        may_request=_may_request(uow, job, reader),
    )


def part_line(uow: UnitOfWork, line_id: str, *, reader: Person) -> tuple[Ref, PartLineView]:
    """One need and its job. Raises ``NOT_FOUND``."""
    row = uow.get(PartRequestLine, line_id)
    job = uow.get(WorkOrder, row.work_order_id) if row else None
    if row is None or job is None:
        raise NOT_FOUND(kind="request line", wanted=line_id, nearest="")
    return Ref(job.id, job.number), _lines(uow, [row], {job.id: job}, reader)[0]


def _may_request(uow: UnitOfWork, job: WorkOrder, reader: Person) -> bool:
    return not reader.only_reads() and may(
        job, reader, "request_parts", teams=team_ids(uow, reader.id)
    )


def _lines(
    uow: UnitOfWork,
    rows: Sequence[PartRequestLine],
    jobs: dict[str, WorkOrder],
    reader: Person,
) -> tuple[PartLineView, ...]:
    if not rows:
        return ()
    ids = {row.part_request_id for row in rows}
    numbers = {row.id: row.number for row in uow.all(PartRequest, id=ids)}
    asks = {id: _may_request(uow, job, reader) for id, job in jobs.items()}
    found = {standing.line.id: standing for standing in standings(uow, rows)}
    return tuple(
        _line(found[row.id], numbers[row.part_request_id], reader, asks=asks[row.work_order_id])
        for row in rows
    )


def _line(standing: LineStanding, number: str, reader: Person, *, asks: bool) -> PartLineView:
    row, facts = standing.line, standing.facts()
    orders = {link.order.id: link.order.number for link in standing.links}
    drafts = [
        link.allocation.quantity for link in standing.links if link.order.state is OrderState.DRAFT
    ]
    return PartLineView(
        id=row.id,
        request=number,
        position=row.position,
        description=row.description,
        quantity=row.quantity,
        unit=row.unit,
        needed_by=row.needed_by,
        state=row.state,
        text=standing.text,
        rule=row.rule,
        orders=tuple(Ref(id, number) for id, number in orders.items()),
        reserved=facts.reserved,
        issued=max(facts.issued + facts.received - row.returned, Decimal(0)),
        to_buy=facts.unsourced + sum(drafts, Decimal(0)),
        vendor_id=row.vendor_id,
        verbs=_verbs(standing, reader, asks=asks),
    )


def _verbs(standing: LineStanding, reader: Person, *, asks: bool) -> tuple[str, ...]:
    """What the reader may do with the line now, the main thing first."""
    row, facts = standing.line, standing.facts()
    if row.cancelled or reader.only_reads():
        return ()
    handles = asks or reader.has(*KEEPERS)
    drafts = (OrderState.DRAFT, OrderState.CANCELLED)
    bound = any(link.order.state not in drafts for link in standing.links)
    open_drafts = any(link.order.state is OrderState.DRAFT for link in standing.links)
    holds = facts.issued + facts.received - row.returned
    rights = {
        "issue": handles and facts.reserved > 0,
        "pocket": asks and row.route is Route.OUT_OF_POCKET and facts.unsourced > 0,
        "counter": asks and row.route in OWN_ROUTES and facts.unsourced > 0,
        "source": reader.has(*BUYERS) and (facts.unsourced > 0 or open_drafts),
        "return": handles and row.part_id is not None and holds > 0,
        "change": asks and not facts.done,
        "cancel": asks and not bound and not facts.done,
    }
    return tuple(verb for verb, right in rights.items() if right)


def to_source(
    uow: UnitOfWork, reader: Person, *, limit: int = 10, offset: int = 0
) -> tuple[tuple[ToSource, ...], int]:
    """The buyers' queue, the most urgent first, and how many lines wait in all."""
    if not reader.has(*BUYERS):
        return (), 0
    return tuple(
        ToSource(
            id=line.id,
            request=line.request,
            description=line.description,
            quantity=line.quantity,
            unit=line.unit,
            needed_by=line.needed_by,
            job=Ref(line.job_id, line.job),
            title=line.title,
            vendor_id=line.vendor_id,
            why=_why(line),
        )
        for line in uow.store(ListStore).unsourced(limit=limit, offset=offset)
    ), uow.store(PartRequestStore).count_unsourced()


def _why(line: NeedRow) -> str:
    if line.vendor_id is None:
        return "no vendor yet"
    return "no agreed price" if line.unit_price is None else "to be ordered"


def recent_parts(uow: UnitOfWork, *, limit: int = 60) -> list[Part]:
    """Catalogue parts that were asked for last, the newest first, each once."""
    rows = uow.all(PartRequestLine, order="-id", limit=limit)
    ids = list(dict.fromkeys(row.part_id for row in rows if row.part_id))
    parts = {part.id: part for part in uow.all(Part, id=ids, active=True)} if ids else {}
    return [parts[id] for id in ids if id in parts]
