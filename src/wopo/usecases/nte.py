"""Not-to-exceed amounts of jobs: the check of a request, asking for a higher one, deciding."""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

from pydantic import Field

from wopo.domain.audit import AuditEntry
from wopo.domain.budgets import Budget
from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import NOT_ALLOWED, REQUIRED, STALE
from wopo.domain.money import Money, checked_decimal, minor_digits
from wopo.domain.nte import (
    NO_NTE,
    NOT_HIGHER,
    OWN_ASK,
    JobWentOver,
    NteRaise,
    NteRaiseAsked,
    NteRaiseGranted,
    NteRaiseOvertaken,
    NteRaiseRefused,
    RaiseState,
)
from wopo.domain.numbers import short
from wopo.domain.outbox import Mode
from wopo.domain.people import Person, Role, may_see_costs
from wopo.domain.settings import Stage, Strictness
from wopo.domain.stock import share_of
from wopo.domain.work_order_events import WorkOrderChanged
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.budget_moves import over_nte, went_over
from wopo.usecases.budgets import keep_nte
from wopo.usecases.door import (
    Answer,
    Command,
    Context,
    Notice,
    announces,
    reaction,
    silent,
    use_case,
)
from wopo.usecases.exchange_rates import converted_if
from wopo.usecases.outbox import copies
from wopo.usecases.part_request_plans import Plan
from wopo.usecases.people import direct, supervisors
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.people import PeopleStore
from wopo.usecases.settings import company
from wopo.usecases.work_orders import locked

CARD = "nte_raise"

silent(JobWentOver, "the decision that it asks for is the card")


class AskForHigherNte(Command):
    """Ask that a job may cost more in all: ``wanted_minor``, in minor units of its cost centre's
    currency; none for what it is expected to cost with all that was asked for."""

    work_order_id: str
    wanted_minor: int | None = None
    reason: str = Field(default="", max_length=500)


class GrantNteRaise(Command):
    """Let the job cost ``amount`` (major units) in all, or what was asked for; that only if it is
    still ``seen_minor``, where what was seen is said."""

    nte_raise_id: str
    amount: Decimal | None = None
    seen_minor: int | None = None
    reason: str = Field(default="", max_length=500)


class RefuseNteRaise(Command):
    """Leave the amount as it is."""

    nte_raise_id: str
    reason: str = Field(max_length=500)


def check_request(ctx: Context, job: WorkOrder, plans: Sequence[Plan], *, bought: bool) -> None:
    """Whether the job's amount holds what is asked for: what lies in stock at its average cost and,
    where it is only drafted (``bought``), what is bought at its price of today. What has no price,
    or no rate, is not guessed; it is looked at again with its order.

    Raises ``NTE_OVER`` where the company stops requests, else the supervisor is asked.
    """
    settings = company(ctx.uow)
    strictness = settings.strictness(Stage.REQUEST, job=True)
    if job.nte_minor is None or strictness is Strictness.IGNORE:
        return
    budget = ctx.uow.find(Budget, work_order_id=job.id)
    if budget is None:
        return
    asked = sum(_worth(ctx, plan, budget.currency, bought=bought) for plan in plans)
    left = budget.available(with_requested=True) - Money(asked, budget.currency)
    if left.minor >= 0 or not asked:
        return
    if strictness is Strictness.STOP:
        figures = may_see_costs(ctx.person(), settings)
        raise over_nte(ctx, budget, left, figures)
    if left.minor + asked >= 0:
        ctx.record(went_over(ctx, budget, left, "part request"))


def _worth(ctx: Context, plan: Plan, currency: str, *, bought: bool) -> int:
    """What one line takes of the amount, in minor units."""
    amounts = [
        Money(share_of(pick.level.value_minor, pick.quantity, pick.level.on_hand), money)
        for pick in plan.picks
        for money in [pick.level.currency]
    ]
    price = plan.offer.amount(plan.to_buy) if bought and plan.to_buy else None
    known = [*amounts, *([price] if price is not None else [])]
    day = ctx.at.date()
    worth = [converted_if(ctx.uow, each, currency, day) for each in known]
    return sum(each.minor for each in worth if each is not None) if None not in worth else 0


@use_case(
    AskForHigherNte,
    roles=frozenset(Role) - {Role.AUDITOR},
    action="ask for a higher not-to-exceed amount",
)
def ask_for_higher_nte(command: AskForHigherNte, ctx: Context) -> Answer:
    """One decision per job waits; asked again, it grows with what is wanted."""
    job = locked(ctx, command.work_order_id)
    budget = _budget(ctx, job)
    wanted = command.wanted_minor
    if wanted is None:
        wanted = budget.used_minor(with_requested=True)
    asked = _ask(ctx, job, budget, wanted, command.reason.strip())
    who = ", ".join(person.name for person in deciders(ctx.uow, job, asked.asked_by_ids))
    said = f"{who} is asked for a higher amount for {short(job.number)}."
    if not who:
        said = f"Nobody may decide yet what {short(job.number)} may cost; finance is told."
    return Answer(
        subject_id=asked.id,
        number=job.number,
        message=f"{said} You hear from me when it is decided.",
    )


def _budget(ctx: Context, job: WorkOrder) -> Budget:
    budget = ctx.uow.find(Budget, work_order_id=job.id)
    if budget is None:
        raise NO_NTE(number=short(job.number))
    return budget


def _ask(ctx: Context, job: WorkOrder, budget: Budget, wanted: int, reason: str) -> NteRaise:
    nte = Money(budget.limit_minor, budget.currency)
    if wanted <= nte.minor:
        raise NOT_HIGHER(number=short(job.number), nte=nte if _sees(ctx) else "that much")
    row = ctx.uow.find(NteRaise, work_order_id=job.id, state=RaiseState.WAITING)
    if row is None:
        row = NteRaise(
            id=ctx.new_id(),
            work_order_id=job.id,
            currency=budget.currency,
            asked_at=ctx.at,
        )
        ctx.uow.add(row)
    if ctx.actor_id is not None and ctx.actor_id not in row.asked_by_ids:
        row.asked_by_ids = [*row.asked_by_ids, ctx.actor_id]
    row.wanted_minor = max(wanted, row.wanted_minor or 0)
    row.reason = reason or row.reason
    ctx.record(
        NteRaiseAsked(
            subject_id=row.id,
            work_order_id=job.id,
            number=job.number,
            nte=nte,
            wanted=row.wanted,
            reason=row.reason,
            asked_by_ids=row.asked_by_ids,
        )
    )
    return row


def _sees(ctx: Context) -> bool:
    return ctx.actor is None or may_see_costs(ctx.actor, company(ctx.uow))


def deciders(uow: UnitOfWork, job: WorkOrder, asked_by_ids: Collection[str]) -> list[Person]:
    """Who may raise the amount: whoever set it, and the supervisors of the job's site; nobody who
    asked. Administrators where there is nobody else."""
    people = {person.id: person for person in supervisors(uow, job.site_id)}
    setter = uow.get(Person, _set_by(uow, job) or "")
    if setter is not None and setter.active:
        people[setter.id] = setter
    found = [one for one in people.values() if one.id not in asked_by_ids]
    if not found:
        admins = uow.store(PeopleStore).with_role(Role.ADMIN)
        found = [one for one in admins if one.id not in asked_by_ids]
    return sorted(found, key=lambda one: one.code)


def _set_by(uow: UnitOfWork, job: WorkOrder) -> str | None:
    """Who set the amount last, from the audit trail."""
    changes = uow.all(AuditEntry, subject_id=job.id, event=WorkOrderChanged.name, order="-seq")
    return next((row.actor_id for row in changes if "nte_minor" in row.facts["after"]), None)


def _decision(ctx: Context, nte_raise_id: str) -> tuple[NteRaise, WorkOrder]:
    """What is to be decided, with its job, held; the acting person must be asked for it."""
    found = ctx.require(NteRaise, nte_raise_id, label="request")
    job = locked(ctx, found.work_order_id)
    row = ctx.require_locked(NteRaise, nte_raise_id, label="request")
    allowed = deciders(ctx.uow, job, row.asked_by_ids)
    who = ", ".join(person.name for person in allowed)
    if ctx.actor_id in row.asked_by_ids:
        raise OWN_ASK(number=short(job.number), who=who or "an administrator")
    person = ctx.person()
    if person.id not in {one.id for one in allowed} and not person.has(Role.ADMIN):
        raise NOT_ALLOWED(action=f"raise what {short(job.number)} may cost", who=who)
    return row, job


@use_case(GrantNteRaise, action="raise a not-to-exceed amount")
def grant_nte_raise(command: GrantNteRaise, ctx: Context) -> Answer:
    """The job may cost more from now on. Raises ``STALE`` where more was asked for than was
    seen."""
    row, job = _decision(ctx, command.nte_raise_id)
    row.move("grant", number=short(job.number), by_id=ctx.actor_id, at=ctx.at)
    before = Money(job.nte_minor or 0, row.currency)
    amount = _amount(command, row)
    if amount.minor <= before.minor:
        raise NOT_HIGHER(field="amount", number=short(job.number), nte=before)
    row.granted_minor, row.decision = amount.minor, command.reason.strip()
    job.nte_minor = amount.minor
    job.version += 1
    keep_nte(ctx, job)
    ctx.record(
        WorkOrderChanged(
            subject_id=job.id,
            number=job.number,
            before={"nte_minor": before.minor},
            after={"nte_minor": amount.minor},
        ),
        NteRaiseGranted(
            subject_id=row.id,
            work_order_id=job.id,
            number=job.number,
            before=before,
            amount=amount,
            reason=row.decision or row.reason,
            asked_by_ids=row.asked_by_ids,
        ),
    )
    return Answer(
        subject_id=row.id, number=job.number, message=f"{short(job.number)} may cost {amount} now."
    )


def _amount(command: GrantNteRaise, row: NteRaise) -> Money:
    if command.amount is None:
        if command.seen_minor not in (None, row.wanted_minor):
            raise STALE(subject="The amount that is asked for")
        return row.wanted
    places = minor_digits(row.currency)
    value = checked_decimal(command.amount, label="The amount", places=places, field="amount")
    return Money.of(value, row.currency)


@use_case(RefuseNteRaise, action="refuse a higher not-to-exceed amount")
def refuse_nte_raise(command: RefuseNteRaise, ctx: Context) -> Answer:
    """The amount stays; the reason is told to whoever asked."""
    if not command.reason.strip():
        raise REQUIRED(field="reason", label="The reason")
    row, job = _decision(ctx, command.nte_raise_id)
    row.move("refuse", number=short(job.number), by_id=ctx.actor_id, at=ctx.at)
    row.decision = command.reason.strip()
    ctx.record(
        NteRaiseRefused(
            subject_id=row.id,
            work_order_id=job.id,
            number=job.number,
            reason=row.decision,
            asked_by_ids=row.asked_by_ids,
        )
    )
    return Answer(
        subject_id=row.id,
        number=job.number,
        message=f"What {short(job.number)} may cost stays as it is.",
    )


@reaction(JobWentOver)
def ask_after_warning(event: JobWentOver, ctx: Context) -> None:
    """A warning that was let pass asks for the decision by itself, in the name of whoever let it
    pass: somebody else decides."""
    job = ctx.require(WorkOrder, event.subject_id, label="work order")
    _ask(ctx, job, _budget(ctx, job), event.expected.minor, f"It is over by the {event.cause}.")


@reaction(WorkOrderChanged)
def overtake(event: WorkOrderChanged, ctx: Context) -> None:
    """A change of the amount answers what waits, where it is enough; so does another currency, in
    which what was asked for says nothing."""
    if not event.after.keys() & {"nte_minor", "cost_centre_id"}:
        return
    row = ctx.uow.find(NteRaise, work_order_id=event.subject_id, state=RaiseState.WAITING)
    if row is None:
        return
    job = ctx.require(WorkOrder, event.subject_id, label="work order")
    centre = ctx.require(CostCentre, job.cost_centre_id, label="cost centre")
    nte = job.nte_minor
    if centre.currency == row.currency and nte is not None and nte < row.wanted_minor:
        return
    row.move("overtake", number=short(event.number), by_id=ctx.actor_id, at=ctx.at)
    ctx.record(
        NteRaiseOvertaken(subject_id=row.id, work_order_id=event.subject_id, number=event.number)
    )


@announces(NteRaiseAsked)
def tell_asked(event: NteRaiseAsked, ctx: Context) -> Iterable[Notice]:
    """Each who may decide gets the card in their own messages; the first decision wins. Who got it
    before and asks too sees that somebody else decides."""
    yield from copies(ctx.uow, CARD, event.subject_id)
    job = ctx.require(WorkOrder, event.work_order_id, label="work order")
    people = deciders(ctx.uow, job, event.asked_by_ids)
    for person in people:
        yield Notice(CARD, event.subject_id, f"person:{person.id}", Mode.KEEP)
    if not people:
        text = f"Nobody may decide what {event.number} may cost; a higher amount is asked for."
        yield Notice("direct", event.subject_id, "setting:finance", Mode.POST, {"text": text})


@announces(NteRaiseGranted)
def tell_granted(event: NteRaiseGranted, ctx: Context) -> Iterable[Notice]:
    """All copies are drawn anew; all who asked hear it without figures."""
    yield from copies(ctx.uow, CARD, event.subject_id)
    text = f"{short(event.number)} may cost more now. If something was refused, send it again."
    yield from _told(event, ctx, text)


@announces(NteRaiseRefused)
def tell_refused(event: NteRaiseRefused, ctx: Context) -> Iterable[Notice]:
    """All copies are drawn anew; all who asked hear why not."""
    yield from copies(ctx.uow, CARD, event.subject_id)
    yield from _told(event, ctx, f"{short(event.number)} may not cost more: {event.reason}")


def _told(event: NteRaiseGranted | NteRaiseRefused, ctx: Context, text: str) -> Iterable[Notice]:
    for person_id in event.asked_by_ids:
        if person_id != ctx.actor_id:
            yield direct(person_id, event.work_order_id, text)


@announces(NteRaiseOvertaken)
def tell_overtaken(event: NteRaiseOvertaken, ctx: Context) -> Iterable[Notice]:
    """All copies are drawn anew."""
    yield from copies(ctx.uow, CARD, event.subject_id)
