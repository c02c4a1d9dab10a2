"""What people see of out-of-pocket purchases: one with what the preferred vendor would have taken,
what waits for a decision, and what finance pays back."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from wopo.domain.attachments import Attachment
from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import NOT_FOUND
from wopo.domain.money import Money
from wopo.domain.out_of_pocket import OutOfPocket, Payback, PocketDecision, PocketState
from wopo.domain.parts import Part
from wopo.domain.people import Person
from wopo.domain.pricing import Wanted
from wopo.domain.vendors import Vendor
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.budgets_after import left_after
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.out_of_pocket import PocketStore
from wopo.usecases.pricing import price_book
from wopo.usecases.views.approval_lines import JobRef
from wopo.usecases.views.approvals import jobs_of
from wopo.usecases.views.names import Ref, refs_of

SHOWN = 20


@dataclass(frozen=True)
class Instead:
    """What the preferred (or contract) vendor takes for the same."""

    vendor: str
    agreement: str
    amount: Money


@dataclass(frozen=True)
class PocketLine:
    """One purchase in a list. ``flags``: what whoever decides should know; ``own``: the reader paid
    it."""

    id: str
    number: str
    version: int
    person: str
    job: JobRef
    description: str
    amount: Money
    flags: tuple[str, ...]
    own: bool


@dataclass(frozen=True)
class PocketView(PocketLine):
    """One purchase. ``together``: what it is decided together with; ``agreed``: who said yes in an
    earlier step; ``rule``: the policy's rule about who decides; ``open``: the reader is asked."""

    state: PocketState
    part: str
    quantity: Decimal
    bought_on: date
    reason: str
    instead: Instead | None
    left_after: Money | None
    together: Money | None
    photos: int
    asked_of: tuple[str, ...]
    agreed: tuple[str, ...]
    rule: str
    decided_by: str
    decided_at: datetime | None
    decision_reason: str
    open: bool


def pocket_view(uow: UnitOfWork, purchase_id: str, *, reader: Person) -> PocketView:
    """The purchase for somebody it concerns. Raises ``NOT_FOUND``. A constant number of queries."""
    one = uow.get(OutOfPocket, purchase_id)
    if one is None:
        raise NOT_FOUND(kind="out-of-pocket purchase", wanted=purchase_id, nearest="")
    made = uow.all(PocketDecision, out_of_pocket_id=one.id, order=("step", "id"))
    agreed = [row.made_by_id for row in made if row.made_by_id]
    whose = [one.person_id, one.decided_by_id, *one.eligible_ids, *agreed]
    people = refs_of(uow, {Person: whose})
    part = uow.get(Part, one.part_id) if one.part_id else None
    waits = one.state is PocketState.WAITING
    decided = people.get(one.decided_by_id or "")
    return PocketView(
        id=one.id,
        number=one.number,
        version=one.version,
        state=one.state,
        person=people[one.person_id].name,
        job=jobs_of(uow, [one.work_order_id])[one.work_order_id],
        description=one.description,
        part=part.name if part else "",
        quantity=one.quantity,
        bought_on=one.bought_on,
        amount=one.amount,
        reason=one.reason,
        flags=tuple(one.flags),
        instead=_instead(uow, one, part) if part else None,
        left_after=_tightest(uow, one) if waits else None,
        together=Money(one.together_minor, one.charged_currency) if one.together_minor else None,
        photos=uow.count(Attachment, subject="out_of_pocket", subject_id=one.id),
        asked_of=tuple(people[id].name for id in one.eligible_ids if id in people),
        agreed=tuple(dict.fromkeys(people[id].name for id in agreed)),
        rule=one.matrix_rule,
        decided_by=decided.name if decided else "",
        decided_at=one.decided_at,
        decision_reason=one.decision_reason,
        open=waits and reader.id in one.eligible_ids,
        own=reader.id == one.person_id,
    )


def _instead(uow: UnitOfWork, one: OutOfPocket, part: Part) -> Instead | None:
    wanted = Wanted(
        day=one.bought_on,
        quantity=one.quantity,
        unit=part.unit,
        part_id=part.id,
        category=part.category,
    )
    book = price_book(uow, [wanted])
    offer = book.best(wanted)
    amount = offer.amount(one.quantity)
    if amount is None or offer.vendor_id is None:
        return None
    vendor: Vendor = book.vendors[offer.vendor_id]
    return Instead(vendor.name, offer.agreement_number or "", amount)


def _tightest(uow: UnitOfWork, one: OutOfPocket) -> Money | None:
    """What is left of the budget that has least left, of those that pay for it and are kept in its
    currency; the job's not-to-exceed amount has a flag of its own."""
    payer = (one.cost_centre_id, one.project_id, one.work_order_id)
    after = left_after(uow, {payer: one.charged_minor}, one.charged_currency, one.bought_on)
    left = [found.left_after for found in after if found.left_after is not None and not found.nte]
    same = [money for money in left if money.currency == one.charged_currency]
    return min(same, key=lambda money: money.minor, default=None)


def to_decide(uow: UnitOfWork, reader: Person, *, limit: int = SHOWN) -> tuple[PocketLine, ...]:
    """What waits for the reader, the oldest first. A constant number of queries."""
    found = uow.store(PocketStore).waiting_for(reader.id, limit)
    jobs = jobs_of(uow, [one.work_order_id for one in found])
    people = refs_of(uow, {Person: [one.person_id for one in found]})
    return tuple(
        PocketLine(
            id=one.id,
            number=one.number,
            version=one.version,
            person=people[one.person_id].name,
            job=jobs[one.work_order_id],
            description=one.description,
            amount=one.amount,
            flags=tuple(one.flags),
            own=reader.id == one.person_id,
        )
        for one in found
    )


def to_pay_back(uow: UnitOfWork) -> tuple[int, tuple[Money, ...]]:
    """How many approved purchases nobody paid back yet, and what they come to."""
    count, sums = uow.store(PocketStore).approved_sums()
    return count, tuple(sums)


@dataclass(frozen=True)
class PaybackRow:
    """One line of a file for payroll."""

    number: str
    person_code: str
    person: str
    job: str
    cost_centre: str
    bought_on: date
    description: str
    amount: Money
    approved_by: str


@dataclass(frozen=True)
class PaybackView:
    """One file and all that is on it."""

    id: str
    number: str
    at: datetime
    rows: tuple[PaybackRow, ...]


def payback_view(uow: UnitOfWork, number_or_id: str) -> PaybackView:
    """A file by its number or id. Raises ``NOT_FOUND``. A constant number of queries."""
    found = uow.get(Payback, number_or_id) or uow.find(Payback, number=number_or_id)
    if found is None:
        raise NOT_FOUND(kind="reimbursement file", wanted=number_or_id, nearest="")
    purchases = uow.all(OutOfPocket, payback_id=found.id, order=("person_id", "number"))
    people = uow.many(Person, {one.person_id for one in purchases})
    jobs = uow.many(WorkOrder, {one.work_order_id for one in purchases})
    centres = uow.many(CostCentre, {one.cost_centre_id for one in purchases})
    deciders: dict[str, Ref] = refs_of(uow, {Person: [one.decided_by_id for one in purchases]})
    rows = tuple(
        PaybackRow(
            number=one.number,
            person_code=people[one.person_id].code,
            person=people[one.person_id].name,
            job=jobs[one.work_order_id].number,
            cost_centre=centres[one.cost_centre_id].code,
            bought_on=one.bought_on,
            description=one.description,
            amount=one.amount,
            approved_by=deciders[one.decided_by_id or ""].name,
        )
        for one in purchases
    )
    return PaybackView(found.id, found.number, found.at, rows)
