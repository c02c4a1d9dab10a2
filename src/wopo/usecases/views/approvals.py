"""What an approver sees of a decision: enough to decide without opening anything else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from wopo.domain.after_the_fact import AfterTheFact
from wopo.domain.approval_rights import Need, eligible
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.errors import NOT_FOUND, DomainError
from wopo.domain.money import Money
from wopo.domain.on_call import OnCall
from wopo.domain.order_content import OrderContent, totals
from wopo.domain.part_requests import Allocation, PartRequestLine
from wopo.domain.people import AuthorityLimit, Person
from wopo.domain.purchase_orders import (
    OrderKind,
    OrderRevision,
    PurchaseOrder,
)
from wopo.domain.settings import CompanySettings
from wopo.domain.split_orders import Together
from wopo.domain.vendors import Vendor
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.approval_deciders import requesters
from wopo.usecases.budgets_after import BudgetAfter, budgets_after, let_over
from wopo.usecases.exchange_rates import convert
from wopo.usecases.order_documents import content_of_revision
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.approvals import ApprovalStore
from wopo.usecases.ports.lists import LineRow, ListStore
from wopo.usecases.settings import company
from wopo.usecases.views.approval_lines import ApprovalLine, JobRef, lines_to_decide
from wopo.usecases.views.approval_steps import StepView, decisions_on, in_place, people_of, steps_of
from wopo.usecases.views.change_words import changes_of
from wopo.usecases.views.delegations import stands_in_until
from wopo.usecases.views.names import Ref, refs
from wopo.usecases.views.vendors import SellerFacts, seller_facts
from wopo.usecases.views.work_orders import SPENT

WAITING_SHOWN = 10


@dataclass(frozen=True)
class ApprovalView:
    """A decision with all it is about. ``ask_first``: the amount is above the company's limit for
    deciding with one tap. ``open`` says whether the reader may decide now."""

    id: str
    state: ApprovalState
    revision: int
    content_hash: str
    order: Ref
    kind: OrderKind
    amount: Money
    vendor: Ref
    seller: SellerFacts | None
    lines: tuple[ApprovalLine, ...]
    charges: Money
    discount: Money
    tax: Money
    jobs: tuple[JobRef, ...]
    requesters: tuple[Ref, ...]
    needed_by: date | None
    rule: str
    rule_sentence: str
    change_reason: str
    changes: tuple[str, ...]
    """What this version changes, old -> new."""
    spent: tuple[tuple[str, Money], ...]
    """What each machine of the jobs cost this year."""
    total_before: Money | None
    budgets: tuple[BudgetAfter, ...]
    over_budget: str
    """Why this revision may exceed its budgets, and who said so."""
    together: Together
    """Other orders that it is decided together with."""
    after_the_fact: AfterTheFact | None
    """Since when and why, where the order comes after its delivery or invoice."""
    asked_at: datetime
    asked_of: tuple[Ref, ...]
    in_place_of: Ref | None
    """For whom the reader stands in."""
    place_until: date | None
    """The last day of standing in: the reader's while it waits, else that of who decided."""
    on_call_cap: Money | None
    """Up to how much the reader, who decides because they are on call, may approve."""
    decided_by: Ref | None
    decided_at: datetime | None
    reason: str | None
    question: str | None
    answer: str | None
    handed_on: tuple[str, str] | None
    """Who handed it on, and why."""
    passed_over: tuple[Ref, ...]
    ask_first: bool
    open: bool
    steps: tuple[StepView, ...]
    """All decisions about the revision, where it needs several."""
    matrix_rule: str


@dataclass(frozen=True)
class ApprovalListLine:
    """A decision in a list."""

    id: str
    revision: int
    content_hash: str
    order: Ref
    amount: Money
    vendor: Ref
    jobs: tuple[JobRef, ...]
    asked_at: datetime
    ask_first: bool


def approval_view(
    uow: UnitOfWork, approval_id: str, *, reader: Person, today: date
) -> ApprovalView:
    """The decision for somebody who was asked. Raises ``NOT_FOUND``. A constant number of
    queries."""
    approval = uow.get(Approval, approval_id)
    order = uow.get(PurchaseOrder, approval.purchase_order_id) if approval else None
    revision = _revision(uow, approval) if approval else None
    if approval is None or order is None or revision is None:
        raise NOT_FOUND(kind="approval", wanted=approval_id, nearest="")
    content = content_of_revision(revision)
    figures = totals(content)
    jobs = jobs_of(uow, [line.work_order_id for line in content.lines])
    asked = requesters(uow, order, revision)
    others = [*approval.passed_over_ids, approval.handed_on_by_id]
    people = refs(uow, Person, [*asked, *people_of(approval), *others])
    vendor = uow.get(Vendor, content.vendor_id)
    currency = content.currency
    return ApprovalView(
        id=approval.id,
        state=approval.state,
        revision=approval.revision,
        content_hash=approval.content_hash,
        order=Ref(order.id, order.number),
        kind=content.kind,
        amount=approval.amount,
        vendor=Ref(content.vendor_id, vendor.name if vendor else ""),
        seller=seller_facts(uow, vendor, today) if vendor else None,
        lines=lines_to_decide(uow, order.id, content, jobs),
        charges=Money(figures.charges_minor, currency),
        discount=Money(content.discount_minor, currency),
        tax=Money(figures.tax_minor, currency),
        jobs=tuple(jobs.values()),
        requesters=tuple(people[id] for id in sorted(asked) if id in people),
        needed_by=_needed_by(uow, content, jobs),
        rule=order.rule,
        rule_sentence=order.rule_sentence,
        change_reason=revision.reason,
        changes=changes_of(uow, order, revision),
        spent=_spent(uow, jobs, today),
        total_before=_before(order, approval),
        budgets=budgets_after(uow, order, content, today),
        over_budget=let_over(uow, order, approval.revision),
        together=Together.model_validate(revision.together),
        after_the_fact=said_of(uow, order, content.kind),
        asked_at=approval.asked_at,
        asked_of=tuple(
            Ref(id, in_place(id, approval.stand_ins, people))
            for id in approval.eligible_ids
            if id in people
        ),
        in_place_of=people.get(approval.stand_ins.get(reader.id, "")),
        place_until=_place_until(uow, approval, reader),
        on_call_cap=_on_call_cap(uow, approval, content, reader, today) if _urgent(jobs) else None,
        decided_by=_decider(approval, people),
        decided_at=approval.decided_at,
        reason=approval.reason,
        question=approval.question,
        answer=approval.answer,
        handed_on=_handed_on(uow, approval, people),
        passed_over=tuple(people[id] for id in approval.passed_over_ids if id in people),
        ask_first=ask_first(uow, approval.amount, company(uow), today),
        open=approval.state is ApprovalState.WAITING and reader.id in approval.eligible_ids,
        steps=steps_of(uow, decisions_on(uow, approval)),
        matrix_rule=approval.matrix_rule,
    )


def _urgent(jobs: Mapping[str, JobRef]) -> bool:
    return bool(jobs) and all(job.emergency for job in jobs.values())


def _on_call_cap(
    uow: UnitOfWork, approval: Approval, content: OrderContent, reader: Person, today: date
) -> Money | None:
    """None where the reader's own limit is enough: then it is no matter of being on call."""
    if reader.id not in approval.eligible_ids:
        return None
    jobs = uow.many(WorkOrder, [line.work_order_id or "" for line in content.lines])
    sites = {job.site_id for job in jobs.values()}
    rows = uow.all(OnCall, person_id=reader.id, site_id=sites, ended_at=None, order="starts")
    duty = next((row for row in rows if row.starts <= today <= row.ends), None)
    centres = frozenset(line.cost_centre_id for line in content.lines)
    limits = uow.all(AuthorityLimit, person_id=reader.id) if duty else []
    enough = eligible([(reader, limits)], Need(approval.amount, centres, today))
    return None if duty is None or enough else duty.cap


def _spent(
    uow: UnitOfWork, jobs: Mapping[str, JobRef], today: date
) -> tuple[tuple[str, Money], ...]:
    if not any(job.asset for job in jobs.values()):
        return ()
    since = today.replace(month=1, day=1)
    costs = uow.store(ApprovalStore).asset_costs(list(jobs), SPENT, since)
    return tuple((row.name, Money(row.minor, row.currency)) for row in costs)


def _decider(approval: Approval, people: Mapping[str, Ref]) -> Ref | None:
    id = approval.decided_by_id or ""
    places = {id: approval.decided_for_id or ""}
    return Ref(id, in_place(id, places, people)) if id in people else None


def _place_until(uow: UnitOfWork, approval: Approval, reader: Person) -> date | None:
    principal_id = approval.stand_ins.get(reader.id)
    if approval.state is not ApprovalState.WAITING or principal_id is None:
        return approval.decided_for_until
    return stands_in_until(uow, principal_id, reader.id)


def _handed_on(
    uow: UnitOfWork, approval: Approval, people: Mapping[str, Ref]
) -> tuple[str, str] | None:
    by = people.get(approval.handed_on_by_id or "")
    if by is None:
        return None
    earlier = uow.all(
        Approval,
        purchase_order_id=approval.purchase_order_id,
        revision=approval.revision,
        state=ApprovalState.REASSIGNED,
        order="-decided_at",
        limit=1,
    )
    return by.name, (earlier[0].reason or "") if earlier else ""


def said_of(uow: UnitOfWork, order: PurchaseOrder, kind: OrderKind) -> AfterTheFact | None:
    """What was said of an order after the fact; asked for only where it is one."""
    late = kind is OrderKind.AFTER_THE_FACT
    return uow.find(AfterTheFact, purchase_order_id=order.id) if late else None


def waiting_approvals(
    uow: UnitOfWork, person_id: str, *, today: date, limit: int = WAITING_SHOWN
) -> tuple[ApprovalListLine, ...]:
    """What waits for a person's decision, the oldest first; a constant number of queries."""
    found = uow.store(ListStore).decisions(person_id, limit=limit)
    if not found:
        return ()
    rows = uow.store(ListStore).order_lines({row.order_id for row in found})
    settings = company(uow)
    lines = []
    for row in found:
        amount = Money(row.amount_minor, row.currency)
        lines.append(
            ApprovalListLine(
                id=row.id,
                revision=row.revision,
                content_hash=row.content_hash,
                order=Ref(row.order_id, row.order),
                amount=amount,
                vendor=Ref(row.vendor_id, row.vendor),
                jobs=jobs_on(rows[row.order_id]),
                asked_at=row.asked_at,
                ask_first=ask_first(uow, amount, settings, today),
            )
        )
    return tuple(lines)


def ask_first(uow: UnitOfWork, amount: Money, settings: CompanySettings, today: date) -> bool:
    """Whether one tap is too little for this amount; so it is where no rate tells what it is
    worth."""
    try:
        worth = convert(uow, amount, settings.currency, today)
    except DomainError:
        return True
    return worth.minor > settings.confirm_approval_above_minor


def jobs_of(uow: UnitOfWork, ids: Iterable[str | None]) -> dict[str, JobRef]:
    """Jobs by their ids, in one query."""
    wanted = {id for id in ids if id}
    rows = uow.store(ListStore).jobs(wanted) if wanted else []
    return {row.id: JobRef(*row) for row in rows}


def jobs_on(lines: Iterable[LineRow]) -> tuple[JobRef, ...]:
    """The jobs of an order's lines, each once."""
    return tuple(JobRef(*job) for job in dict.fromkeys(line.job for line in lines) if job)


def _revision(uow: UnitOfWork, approval: Approval) -> OrderRevision | None:
    return uow.find(
        OrderRevision, purchase_order_id=approval.purchase_order_id, revision=approval.revision
    )


def _before(order: PurchaseOrder, approval: Approval) -> Money | None:
    """What was approved before, where this is a change of an order in force."""
    if order.approved_revision is None or order.approved_revision == approval.revision:
        return None
    return Money(order.total_minor, order.currency)


def _needed_by(uow: UnitOfWork, content: OrderContent, jobs: Mapping[str, JobRef]) -> date | None:
    line_ids = {line.id for line in content.lines}
    links = uow.all(Allocation, purchase_order_line_id=line_ids, cancelled=False)
    wanted = {link.part_request_line_id for link in links}
    needs = uow.all(PartRequestLine, id=wanted) if wanted else []
    days = [need.needed_by for need in needs if need.needed_by]
    days += [job.required_by for job in jobs.values() if job.required_by]
    return min(days, default=None)
