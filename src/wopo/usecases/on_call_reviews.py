"""Looking at what was approved on call: asked for on the next working day, and until it is done."""

from collections.abc import Iterable
from datetime import timedelta

from wopo.domain.approvals import Approval
from wopo.domain.deliveries import at_work
from wopo.domain.errors import REQUIRED
from wopo.domain.numbers import short
from wopo.domain.on_call import (
    NOT_REVIEWER,
    REVIEWED,
    EmergencyReview,
    EmergencyReviewed,
    ReviewAsked,
    ReviewState,
)
from wopo.domain.outbox import Mode
from wopo.domain.people import Person, Role
from wopo.domain.purchase_orders import PurchaseOrder
from wopo.usecases.approval_deciders import requesters
from wopo.usecases.approval_routing import circle_of, revision_of
from wopo.usecases.door import Answer, Command, Context, Notice, announces, use_case
from wopo.usecases.order_documents import content_of_revision
from wopo.usecases.people import direct
from wopo.usecases.ports.people import PeopleStore
from wopo.usecases.ports.sweeps import SweepStore
from wopo.usecases.settings import company
from wopo.usecases.sweeps import AT_ONCE, once

ASKED = "review_asked"
CARD = "on_call_review"


class ReviewEmergency(Command):
    """Say about what was approved on call that it is all right, or (``objects``) what is wrong."""

    review_id: str
    objects: bool = False
    note: str = ""


class AskReviews(Command):
    """Ask for reviews that are due, in working hours, once a day until they are made."""


@use_case(ReviewEmergency, action="review emergencies")
def review_emergency(command: ReviewEmergency, ctx: Context) -> Answer:
    """By whoever was asked, or finance; never by who approved it nor by who asked for the order.
    An objection needs its words. Raises ``REVIEWED``, ``NOT_REVIEWER``."""
    row = ctx.require_locked(EmergencyReview, command.review_id, label="review")
    order = ctx.require(PurchaseOrder, row.purchase_order_id, label="purchase order")
    approval = ctx.require(Approval, row.approval_id, label="approval")
    _check_reviewer(ctx, row, order, approval)
    note = command.note.strip()
    if command.objects and not note:
        raise REQUIRED(field="note", label="What is wrong")
    row.state = ReviewState.OBJECTED if command.objects else ReviewState.AGREED
    row.reviewed_by_id, row.reviewed_at, row.note = ctx.actor_id, ctx.at, note
    ctx.record(
        EmergencyReviewed(
            subject_id=row.id,
            order_id=order.id,
            number=order.number,
            by_id=ctx.person().id,
            approved_by_id=approval.decided_by_id or "",
            state=row.state.value,
            note=note,
            asked_ids=list(row.asked_ids),
        )
    )
    said = "Your objection is sent." if command.objects else f"{short(order.number)} is reviewed."
    return Answer(subject_id=row.id, number=order.number, message=said)


def _check_reviewer(
    ctx: Context, row: EmergencyReview, order: PurchaseOrder, approval: Approval
) -> None:
    person, number = ctx.person(), short(order.number)
    people = ctx.uow.many(Person, [*row.asked_ids, *filter(None, [row.reviewed_by_id])])
    if row.state is not ReviewState.OPEN:
        raise REVIEWED(number=number, who=people[row.reviewed_by_id or ""].name)
    why = ""
    if person.id == approval.decided_by_id:
        why = "you approved it"
    elif person.id in requesters(ctx.uow, order, revision_of(ctx, approval)):
        why = "you asked for it"
    elif person.id not in row.asked_ids and not person.has(Role.FINANCE):
        why = "others were asked"
    if why:
        who = ", ".join(people[id].name for id in row.asked_ids if id in people)
        raise NOT_REVIEWER(number=number, why=why, who=who or "finance")


@announces(EmergencyReviewed)
def tell_reviewed(event: EmergencyReviewed, ctx: Context) -> Iterable[Notice]:
    """The cards say who looked at it; an objection goes to who approved, the buyer and finance."""
    for person_id in dict.fromkeys([*event.asked_ids, event.by_id]):
        yield Notice(CARD, event.subject_id, f"person:{person_id}", Mode.KEEP)
    if event.state != ReviewState.OBJECTED:
        return
    by = ctx.require(Person, event.by_id, label="person")
    order = ctx.require(PurchaseOrder, event.order_id, label="purchase order")
    text = f"{by.name} objects to the approval on call of {short(event.number)}: {event.note}"
    finance = ctx.uow.store(PeopleStore).with_role(Role.FINANCE)
    told = {event.approved_by_id, order.buyer_id, *(one.id for one in finance)} - {event.by_id}
    for person_id in sorted(id for id in told if id):
        yield direct(person_id, event.order_id, text)


@use_case(AskReviews, action="ask for reviews", system=True)
def ask_reviews(command: AskReviews, ctx: Context) -> Answer:
    """Each reviewer once a day in their working hours, from the day it is due; on a later day
    finance hears of it too."""
    hours, asked = company(ctx.uow).working_hours, 0
    rows = ctx.uow.all(EmergencyReview, state=ReviewState.OPEN, order=("due_on", "id"))
    due = [row for row in rows if row.due_on <= ctx.at.date() + timedelta(days=1)]
    orders = ctx.uow.many(PurchaseOrder, sorted({row.purchase_order_id for row in due}))
    _leave_to_finance(ctx, due, orders)
    people = ctx.uow.many(Person, sorted({id for row in due for id in row.asked_ids}))
    periods = {
        (row.id, id): (day, f"{row.id}:{id}:{day}")
        for row in due
        for id in row.asked_ids
        if id in people and people[id].active
        if (day := at_work(people[id], ctx.at, hours)) is not None and day >= row.due_on
    }
    wanted = [period for _, period in periods.values()]
    done = ctx.uow.store(SweepStore).done(ASKED, wanted) if wanted else set()
    for row in due:
        found = {id: periods[row.id, id] for id in row.asked_ids if (row.id, id) in periods}
        fresh = {id: one for id, one in found.items() if one[1] not in done}
        if not fresh:
            continue
        if asked == AT_ONCE:
            break
        for _, period in fresh.values():
            once(ctx, ASKED, period)
        ctx.record(
            ReviewAsked(
                subject_id=row.id,
                order_id=row.purchase_order_id,
                number=orders[row.purchase_order_id].number,
                person_ids=list(fresh),
                late=any(day > row.due_on for day, _ in fresh.values()),
            )
        )
        asked += 1
    return Answer(message=f"{asked} reviews asked for.", facts={"asked": asked})


def _leave_to_finance(
    ctx: Context, due: list[EmergencyReview], orders: dict[str, PurchaseOrder]
) -> None:
    """Where nobody who was to review is here any more finance does, though nobody of it who could
    not have decided."""
    people = ctx.uow.many(Person, sorted({id for row in due for id in row.asked_ids}))
    here = {id for id, person in people.items() if person.active}
    left = [row for row in due if here.isdisjoint(row.asked_ids)]
    approvals = ctx.uow.many(Approval, sorted({row.approval_id for row in left}))
    finance = ctx.uow.store(PeopleStore).with_role(Role.FINANCE) if left else []
    for row in left:
        approval, order = approvals[row.approval_id], orders[row.purchase_order_id]
        revision = revision_of(ctx, approval)
        circle = circle_of(ctx, order, revision, content_of_revision(revision))
        barred = circle.excluded | {approval.decided_by_id}
        row.asked_ids = [one.id for one in finance if one.id not in barred]


@announces(ReviewAsked)
def post_review(event: ReviewAsked, ctx: Context) -> Iterable[Notice]:
    """A card to review with; what is late is told to finance."""
    for person_id in event.person_ids:
        yield Notice(CARD, event.subject_id, f"person:{person_id}", Mode.KEEP)
        if event.late:
            text = f"{short(event.number)} was approved on call and still waits for your review."
            yield direct(person_id, event.order_id, text)
    if event.late:
        text = f"Nobody has reviewed {short(event.number)}, which was approved on call."
        for one in ctx.uow.store(PeopleStore).with_role(Role.FINANCE):
            if one.id not in event.person_ids:
                yield direct(one.id, event.order_id, text)
