"""Deciding about orders: approve or reject; the first decision wins.

A button carries the approval, the revision it was shown for and the hash of its content. Rights,
limit of the day, state and revision are read again in the transaction.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from wopo.domain.approval_rights import (
    DECIDED,
    DECIDED_BY_YOU,
    EXPIRED,
    HANDLED,
    NO_LONGER_OPEN,
    NOT_ELIGIBLE,
    NOT_YET,
    OWN_REQUEST,
    SUPERSEDED,
    checked_reason,
)
from wopo.domain.approvals import AUTHORITY, Approval, ApprovalState
from wopo.domain.money import Money
from wopo.domain.numbers import short
from wopo.domain.on_call import OnCall
from wopo.domain.order_content import OrderContent
from wopo.domain.order_life import check_not_below, move, total_of
from wopo.domain.people import Person
from wopo.domain.purchase_order_events import (
    OrderApproved,
    OrderRejected,
)
from wopo.domain.purchase_orders import OrderRevision, PurchaseOrder, RevisionState
from wopo.domain.vendors import Vendor
from wopo.domain.waivers import DUTY_WORDS
from wopo.domain.workflow import words
from wopo.usecases.approval_deciders import Circle
from wopo.usecases.approval_rights import check_days, check_duty, check_place, names
from wopo.usecases.approval_routing import circle_of, reroute, revision_of, void_approvals
from wopo.usecases.approval_steps import approve, decide
from wopo.usecases.blanket_orders import call_off
from wopo.usecases.door import Answer, Command, Context, use_case
from wopo.usecases.on_call import approve_on_call
from wopo.usecases.order_documents import (
    OrderDocument,
    content_of_revision,
    hold_order,
    write_content,
)
from wopo.usecases.pricing import Paid, remember_prices
from wopo.usecases.views.change_words import changes_between

MOST_SAID = 3
"""Changes that a refusal names."""


class ApproveOrder(Command):
    """Approve the revision that was shown."""

    approval_id: str
    revision: int
    content_hash: str


class RejectOrder(Command):
    """Reject the revision that was shown, with a reason."""

    approval_id: str
    revision: int
    reason: str


@dataclass
class Decision:
    """An open decision with all it is about, locked."""

    document: OrderDocument
    approval: Approval
    revision: OrderRevision
    content: OrderContent
    _circle: Circle | None = None

    @property
    def order(self) -> PurchaseOrder:
        """The order the decision is about."""
        return self.document.order

    @property
    def first(self) -> bool:
        """Whether no revision of the order is approved yet."""
        return self.order.approved_revision is None

    def circle(self, ctx: Context) -> Circle:
        """The people around the revision, read once."""
        if self._circle is None:
            self._circle = circle_of(ctx, self.order, self.revision, self.content)
        return self._circle


@use_case(ApproveOrder, action="approve purchase orders")
def approve_order(command: ApproveOrder, ctx: Context) -> Answer:
    """Approve one revision, or the steps of it that are the person's: the order is approved when
    the last one is. When the person's limit shrank meanwhile nothing is approved, and the decision
    is asked of others (reliability A23)."""
    decision = open_decision(ctx, command.approval_id, command.revision, command.content_hash)
    rerouted = authorised(ctx, decision)
    if rerouted is not None:
        return rerouted
    order, approval = decision.order, decision.approval
    ctx.require(Vendor, decision.content.vendor_id, label="vendor").check_orderable()
    first = decision.first
    circle = decision.circle(ctx)
    duty = _duty(ctx, circle, approval)
    if duty is not None:
        approve_on_call(ctx, circle, approval, duty)
    left = [] if duty else approve(ctx, circle, approval)
    if left:
        order.version += 1
        return _one_of_several(ctx, order, left)
    if first:
        move(order, "approve")
    else:
        check_not_below(order, decision.content, decision.document.lines)
        move(order, "approve_change")
        _supersede(ctx, order)
        write_content(ctx, decision.document, decision.content)
        order.revision, order.pending_revision = approval.revision, None
    bind(ctx, decision.document, decision.revision, approval, first=first)
    return answered(order, "approved")


def _one_of_several(ctx: Context, order: PurchaseOrder, left: list[Approval]) -> Answer:
    waiting = [row for row in left if row.state is not ApprovalState.PLANNED]
    who = names(ctx, sorted({id for row in waiting for id in row.eligible_ids}))
    return Answer(
        subject_id=order.id,
        number=order.number,
        message=f"Your part of {short(order.number)} is approved; it waits for {who}.",
        facts={"decided": True, "left": len(left)},
    )


def bind(
    ctx: Context,
    document: OrderDocument,
    revision: OrderRevision,
    approval: Approval,
    *,
    first: bool,
) -> None:
    """The approved revision is in force from now on, by a person or by ``approval.rule``."""
    order = document.order
    order.approved_revision, order.approved_at = approval.revision, ctx.at
    revision.state = RevisionState.APPROVED
    call_off(ctx, document)
    remember_prices(ctx, [Paid(order, document.live, ctx.at.date())])
    ctx.record(
        OrderApproved(
            subject_id=order.id,
            number=order.number,
            revision=approval.revision,
            content_hash=approval.content_hash,
            total=total_of(order),
            approval_id=approval.id,
            by_id=approval.decided_by_id,
            first=first,
            for_id=approval.decided_for_id,
            on_call=approval.on_call_id is not None,
            rule=approval.rule,
        )
    )


@use_case(RejectOrder, action="reject purchase orders")
def reject_order(command: RejectOrder, ctx: Context) -> Answer:
    """Reject one revision; an order approved before stays as it was."""
    reason = checked_reason(command.reason)
    decision = open_decision(ctx, command.approval_id, command.revision, None)
    rerouted = authorised(ctx, decision)
    if rerouted is not None:
        return rerouted
    order, approval = decision.order, decision.approval
    first = decision.first
    decide(ctx, decision.circle(ctx), approval, ApprovalState.REJECTED)
    approval.reason = reason
    if approval.decisions > 1:
        void_approvals(ctx, order, decided=False)
    decision.revision.state = RevisionState.REJECTED
    move(order, "reject" if first else "reject_change")
    order.pending_revision = None
    ctx.record(
        OrderRejected(
            subject_id=order.id,
            number=order.number,
            revision=approval.revision,
            approval_id=approval.id,
            by_id=ctx.actor_id,
            reason=reason,
            first=first,
        )
    )
    return answered(order, "rejected")


def answered(order: PurchaseOrder, done: str) -> Answer:
    """What a decision did."""
    return Answer(
        subject_id=order.id,
        number=order.number,
        message=f"{short(order.number)} is {done}.",
        facts={"decided": True},
    )


def open_decision(ctx: Context, approval_id: str, shown: int, shown_hash: str | None) -> Decision:
    """The decision if it is still to be made about what was shown, else why not."""
    asked = ctx.require(Approval, approval_id, label="approval")
    document = hold_order(ctx, asked.purchase_order_id)
    approval = ctx.require_locked(Approval, approval_id, label="approval")
    order = document.order
    if approval.state is not ApprovalState.WAITING:
        _explain(ctx, approval, order)
    if approval.revision != shown or shown_hash not in (None, approval.content_hash):
        raise _superseded(ctx, approval, order, shown)
    revision = revision_of(ctx, approval)
    content = content_of_revision(revision)
    kept = content if order.pending_revision else document.content()
    if kept.hash() != approval.content_hash:
        raise _superseded(ctx, approval, order, shown)
    return Decision(document, approval, revision, content)


def _explain(ctx: Context, approval: Approval, order: PurchaseOrder) -> None:
    """Say what happened to a decision that no longer waits."""
    number = short(order.number)
    if approval.state is ApprovalState.PLANNED:
        raise NOT_YET(number=number, who=_before(ctx, approval))
    if approval.state in _SAID and approval.decided_at is not None:
        time = local_time(ctx, approval.decided_at)
        said = _SAID[approval.state]
        if approval.decided_by_id == ctx.actor_id:
            raise DECIDED_BY_YOU(number=number, state=said, time=time)
        raise DECIDED(number=number, state=said, time=time, who=_decider(ctx, approval))
    later = _current(ctx, order)
    if approval.state is ApprovalState.EXPIRED and approval.decided_at is not None:
        who = names(ctx, later.eligible_ids if later else [])
        raise EXPIRED(number=number, time=local_time(ctx, approval.decided_at), who=who)
    if later is not None and later.id != approval.id:
        raise _superseded(ctx, approval, order, approval.revision)
    raise NO_LONGER_OPEN(number=number, state=words(order.state))


def _before(ctx: Context, approval: Approval) -> str:
    earlier = ctx.uow.all(
        Approval,
        purchase_order_id=approval.purchase_order_id,
        revision=approval.revision,
        state=[ApprovalState.WAITING, ApprovalState.RETURNED],
    )
    return names(ctx, sorted({id for row in earlier for id in row.eligible_ids}))


def _decider(ctx: Context, approval: Approval) -> str:
    person = ctx.uow.get(Person, approval.decided_by_id) if approval.decided_by_id else None
    if person is not None:
        return person.name
    return f"The rule “{approval.rule}”" if approval.rule else "The source system"


_SAID = {
    ApprovalState.APPROVED: "approved",
    ApprovalState.REJECTED: "rejected",
    ApprovalState.RETURNED: "returned with a question",
    ApprovalState.REASSIGNED: "handed on",
}


def _current(ctx: Context, order: PurchaseOrder) -> Approval | None:
    states = [ApprovalState.WAITING, ApprovalState.RETURNED, ApprovalState.APPROVED]
    open_ones = ctx.uow.all(
        Approval, purchase_order_id=order.id, state=states, order="-revision", limit=1
    )
    return open_ones[0] if open_ones else None


def _superseded(ctx: Context, approval: Approval, order: PurchaseOrder, shown: int) -> Exception:
    """What it is now, and what changed since it was shown."""
    now = _current(ctx, order)
    seen = ctx.uow.find(OrderRevision, purchase_order_id=order.id, revision=shown)
    old = Money(seen.total_minor, approval.currency) if seen else approval.amount
    number = now.revision if now else order.revision
    newest = ctx.uow.find(OrderRevision, purchase_order_id=order.id, revision=number)
    said = list(changes_between(ctx.uow, seen, newest)) if seen and newest else []
    return SUPERSEDED(
        number=short(order.number),
        old=shown,
        new=number,
        old_total=old,
        new_total=now.amount if now else total_of(order),
        changes="".join(f"; {one}" for one in said[:MOST_SAID]),
    )


def authorised(ctx: Context, decision: Decision) -> Answer | None:
    """Nothing when the person may decide; refuses who may not; and when somebody who was asked
    may no longer (their limit shrank, or they had another duty since), asks others and says so."""
    order, approval, person = decision.order, decision.approval, ctx.person()
    number, circle = short(order.number), decision.circle(ctx)
    asked, left_out = person.id in approval.eligible_ids, person.id in circle.excluded
    if left_out and not asked:
        who = names(ctx, approval.eligible_ids)
        check_place(ctx, circle, approval, who)
        if person.id in circle.requesters:
            raise OWN_REQUEST(number=number, who=who)
        duty = next(duty for duty, people in circle.handlers.items() if person.id in people)
        raise HANDLED(number=number, who=who, had=DUTY_WORDS[duty])
    if circle.may(approval.wanted, person.id) or person.id in circle.on_duty:
        return None
    if not asked:
        check_duty(ctx, circle, approval)
        check_days(ctx, circle, approval)
        raise NOT_ELIGIBLE(number=number, who=names(ctx, approval.eligible_ids))
    held = approval.wanted == AUTHORITY and not left_out
    limited = held and any(one.id == person.id for one, _ in circle.approvers)
    lost = "Your limit no longer covers" if limited else "You may no longer decide about"
    reroute(ctx, approval, order, decision.revision, "whoever was asked may no longer decide")
    return Answer(
        subject_id=order.id,
        number=order.number,
        message=f"{lost} {number} ({approval.amount}), so nothing was decided. "
        f"It waits for {names(ctx, approval.eligible_ids)}.",
        facts={"decided": False},
    )


def _duty(ctx: Context, circle: Circle, approval: Approval) -> OnCall | None:
    """By which time on call the acting person decides; none where they may anyway."""
    person_id = ctx.person().id
    if circle.may(approval.wanted, person_id):
        return None
    return circle.on_duty.get(person_id)


def local_time(ctx: Context, at: datetime) -> str:
    """A moment as the acting person reads it: the time, with the day when it was not today."""
    zone = ZoneInfo(ctx.actor.timezone if ctx.actor else "UTC")
    local, now = at.astimezone(zone), ctx.at.astimezone(zone)
    return f"{local:%H:%M}" if local.date() == now.date() else f"{local:%H:%M on %d %b %Y}"


def _supersede(ctx: Context, order: PurchaseOrder) -> None:
    for row in ctx.uow.all(OrderRevision, purchase_order_id=order.id, state=RevisionState.APPROVED):
        row.state = RevisionState.SUPERSEDED
