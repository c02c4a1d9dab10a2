"""Decisions that wait too long: whoever is above those who were asked hears of it and, where they
may decide, is asked too."""

from collections.abc import Iterable
from datetime import timedelta

from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.deliveries import at_work
from wopo.domain.money import Money
from wopo.domain.numbers import short
from wopo.domain.people import Person, Role
from wopo.domain.purchase_order_events import ApprovalEscalated
from wopo.domain.purchase_orders import PurchaseOrder
from wopo.usecases.approval_routing import ask_also, circle_of, revision_of
from wopo.usecases.door import Answer, Command, Context, Notice, announces, use_case
from wopo.usecases.order_documents import content_of_revision
from wopo.usecases.order_stories import approval_cards
from wopo.usecases.people import direct
from wopo.usecases.ports.people import PeopleStore
from wopo.usecases.ports.sweeps import SweepStore
from wopo.usecases.settings import company
from wopo.usecases.sweeps import AT_ONCE, once

JOB = "approval_escalated"


class EscalateApprovals(Command):
    """Tell who is above those that have not decided for the set time."""


@use_case(EscalateApprovals, action="escalate decisions", system=True)
def escalate_approvals(command: EscalateApprovals, ctx: Context) -> Answer:
    """Each decision once, in the working hours of whoever is told: the managers of those who were
    asked, else finance. Nothing is decided by it, and those who were asked still may."""
    settings = company(ctx.uow)
    hours = settings.escalate_approvals_after_hours
    if not hours:
        return Answer(message="Nothing is escalated.", facts={"escalated": 0})
    before = ctx.at - timedelta(hours=hours)
    waiting = ctx.uow.all(Approval, state=ApprovalState.WAITING, order=("asked_at", "id"))
    late = [row for row in waiting if row.asked_at <= before and not row.imported]
    done = ctx.uow.store(SweepStore).done(JOB, [row.id for row in late]) if late else set()
    fresh = [row for row in late if row.id not in done]
    asked = ctx.uow.many(Person, sorted({id for row in fresh for id in row.eligible_ids}))
    # Read at once here, so that no row asks for its own.
    ctx.uow.many(Person, sorted({one.manager_id for one in asked.values() if one.manager_id}))
    finance = ctx.uow.store(PeopleStore).with_role(Role.FINANCE) if fresh else []
    told = 0
    for row in fresh:
        if told == AT_ONCE:
            break
        above = [
            person
            for person in _above(ctx, row, finance)
            if at_work(person, ctx.at, settings.working_hours) is not None
        ]
        if above:
            once(ctx, JOB, row.id)
            _escalate(ctx, row, above)
            told += 1
    return Answer(message=f"{told} decisions escalated.", facts={"escalated": told})


def _above(ctx: Context, row: Approval, finance: list[Person]) -> list[Person]:
    asked = ctx.uow.many(Person, row.eligible_ids).values()
    ids = {one.manager_id for one in asked if one.manager_id} - set(row.eligible_ids)
    found = [one for one in ctx.uow.many(Person, sorted(ids)).values() if one.active]
    return found or [one for one in finance if one.id not in row.eligible_ids]


def _escalate(ctx: Context, row: Approval, above: list[Person]) -> None:
    order = ctx.require(PurchaseOrder, row.purchase_order_id, label="purchase order")
    revision = revision_of(ctx, row)
    circle = circle_of(ctx, order, revision, content_of_revision(revision))
    late_ids = list(row.eligible_ids)
    may = [one.id for one in above if circle.may(row.wanted, one.id)]
    if may:
        ask_also(ctx, row, may)
    ctx.record(
        ApprovalEscalated(
            subject_id=row.id,
            order_id=order.id,
            number=order.number,
            amount=Money(row.amount_minor, row.currency),
            hours=int((ctx.at - row.asked_at).total_seconds() // 3600),
            late_ids=late_ids,
            told_ids=[one.id for one in above],
            asked_ids=may,
        )
    )


@announces(ApprovalEscalated)
def tell_above(event: ApprovalEscalated, ctx: Context) -> Iterable[Notice]:
    """Who may decide now gets the card with it."""
    people = ctx.uow.many(Person, event.late_ids).values()
    late = ", ".join(sorted(one.name for one in people)) or "nobody"
    yield from approval_cards(event.subject_id, event.asked_ids)
    for person_id in event.told_ids:
        can = "You may decide too." if person_id in event.asked_ids else "Please see to it."
        text = (
            f"{short(event.number)} ({event.amount}) has waited {event.hours} hours for {late}. "
            f"{can}"
        )
        yield direct(person_id, event.order_id, text)
