"""A decision that goes on to others: handed on by whoever was asked, or because time ran out."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from wopo.domain.approval_rights import CANNOT_TAKE, NOBODY
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.errors import NOT_FOUND
from wopo.domain.numbers import short
from wopo.domain.people import Person, Role
from wopo.domain.purchase_order_events import ApprovalExpired, ApprovalReassigned
from wopo.domain.purchase_orders import OrderRevision, PurchaseOrder
from wopo.usecases.approval_deciders import Circle
from wopo.usecases.approval_rights import names
from wopo.usecases.approval_routing import ask_again, end_asking, revision_of
from wopo.usecases.approval_steps import decide
from wopo.usecases.approvals import Decision, authorised, open_decision
from wopo.usecases.door import Answer, Command, Context, Notice, announces, use_case
from wopo.usecases.order_documents import content_of_revision, hold_order
from wopo.usecases.order_stories import approval_cards
from wopo.usecases.people import direct
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.people import PeopleStore
from wopo.usecases.settings import company
from wopo.usecases.sweeps import AT_ONCE


class ReassignApproval(Command):
    """Hand the decision that was asked of me on to somebody else who can make it."""

    approval_id: str
    revision: int
    person_id: str
    reason: str = ""


class ExpireApprovals(Command):
    """Ask the next authority where nobody decided in time."""


@use_case(ReassignApproval, action="hand decisions on")
def reassign_approval(command: ReassignApproval, ctx: Context) -> Answer:
    """Only who may decide hands on, and only to somebody who may: never to whoever asked for the
    order, nor beyond a person's authority. Raises ``CANNOT_TAKE``."""
    decision = open_decision(ctx, command.approval_id, command.revision, None)
    rerouted = authorised(ctx, decision)
    if rerouted is not None:
        return rerouted
    order, approval = decision.order, decision.approval
    person = _taker(ctx, decision, command.person_id)
    before = list(approval.eligible_ids)
    decide(ctx, decision.circle(ctx), approval, ApprovalState.REASSIGNED)
    approval.reason = command.reason.strip() or None
    order.version += 1
    asked = ask_again(
        ctx, order, decision.revision, decision.content, approval, hand_on_to=person.id
    )
    ctx.record(
        ApprovalReassigned(
            subject_id=approval.id,
            order_id=order.id,
            number=order.number,
            revision=approval.revision,
            by_id=ctx.person().id,
            to_id=person.id,
            reason=approval.reason or "",
            asked_id=asked.id,
            eligible_ids=before,
        )
    )
    return Answer(
        subject_id=order.id,
        number=order.number,
        message=f"{short(order.number)} now waits for {person.name}.",
        facts={"decided": True},
    )


def _taker(ctx: Context, decision: Decision, person_id: str) -> Person:
    order, circle = decision.order, decision.circle(ctx)
    can = dict(circle.of(decision.approval.wanted).able)
    can.pop(ctx.person().id, None)
    if person_id in can:
        return can[person_id]
    person = ctx.require(Person, person_id, label="person", field="person_id")
    if person.id == ctx.actor_id:
        why = "that is you"
    elif person.id in circle.requesters:
        why = "who asks for an order never approves it"
    else:
        why = "their authority does not cover it"
    raise CANNOT_TAKE(
        field="person_id",
        name=person.name,
        number=short(order.number),
        why=why,
        who=" or ".join(one.name for one in can.values()) or "to decide, or to ask a question",
    )


def takers(uow: UnitOfWork, approval_id: str, *, without: str, at: datetime) -> list[Person]:
    """Whom somebody who was asked could hand the decision on to, by name."""
    approval = uow.get(Approval, approval_id)
    order = uow.get(PurchaseOrder, approval.purchase_order_id) if approval else None
    if approval is None or order is None:
        raise NOT_FOUND(kind="approval", wanted=approval_id, nearest="")
    revision = uow.find(OrderRevision, purchase_order_id=order.id, revision=approval.revision)
    assert revision is not None, f"approval {approval.id} of no revision"
    circle = Circle(uow, at, order, revision, content_of_revision(revision))
    able = circle.of(approval.wanted).able
    can = [person for person in able.values() if person.id != without]
    return sorted(can, key=lambda person: person.name)


@announces(ApprovalReassigned)
def tell_reassigned(event: ApprovalReassigned, ctx: Context) -> Iterable[Notice]:
    """The copies of those who were asked before say who decides now."""
    yield from approval_cards(event.subject_id, [*event.eligible_ids, event.by_id])


@use_case(ExpireApprovals, action="let decisions expire", system=True)
def expire_approvals(command: ExpireApprovals, ctx: Context) -> Answer:
    """Each decision that waited longer than the company allows ends as expired, and a fresh one is
    asked of the next authority, or of the same people where nobody else has it."""
    days = company(ctx.uow).approval_expires_after_days
    if not days:
        return Answer(message="Decisions wait for ever.", facts={"expired": 0})
    before, expired = ctx.at - timedelta(days=days), 0
    waiting = ctx.uow.all(Approval, state=ApprovalState.WAITING, order=("asked_at", "id"))
    for row in [row for row in waiting if row.asked_at <= before and not row.imported][:AT_ONCE]:
        order = hold_order(ctx, row.purchase_order_id).order
        approval = ctx.require_locked(Approval, row.id, label="approval")
        if approval.state is ApprovalState.WAITING:
            _expire(ctx, approval, order, revision_of(ctx, approval), days)
            expired += 1
    return Answer(message=f"{expired} decisions expired.", facts={"expired": expired})


def _expire(
    ctx: Context, approval: Approval, order: PurchaseOrder, revision: OrderRevision, days: int
) -> None:
    before = list(approval.eligible_ids)
    approval.state, approval.decided_at = ApprovalState.EXPIRED, ctx.at
    approval.passed_over_ids = sorted({*approval.passed_over_ids, *before})
    approval.handed_on_by_id = None
    end_asking(ctx, approval)
    order.version += 1
    asked = ask_again(ctx, order, revision, content_of_revision(revision), approval)
    ctx.record(
        ApprovalExpired(
            subject_id=approval.id,
            order_id=order.id,
            number=order.number,
            revision=approval.revision,
            amount=approval.amount,
            days=days,
            asked_id=asked.id,
            eligible_ids=before,
            next_ids=list(asked.eligible_ids),
        )
    )


@announces(ApprovalExpired)
def tell_expired(event: ApprovalExpired, ctx: Context) -> Iterable[Notice]:
    """The old copies lose their buttons; finance and the order's buyer hear who is asked now."""
    yield from approval_cards(event.subject_id, event.eligible_ids)
    order = ctx.require(PurchaseOrder, event.order_id, label="purchase order")
    late = names(ctx, event.eligible_ids) if event.eligible_ids else "Nobody"
    now = names(ctx, event.next_ids) if event.next_ids else NOBODY
    text = (
        f"{late} did not decide about {short(event.number)} ({event.amount}) within {event.days} "
        f"days. It is not approved; asked now: {now}."
    )
    people = ctx.uow.store(PeopleStore)
    told = {person.id for person in people.with_role(Role.FINANCE)}
    told |= {order.buyer_id} if order.buyer_id else {b.id for b in people.with_role(Role.BUYER)}
    for person_id in sorted(told):
        yield direct(person_id, order.id, text)
