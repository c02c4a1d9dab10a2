"""Whom a decision is asked of, and asking again when rights change while it waits."""

from collections.abc import Iterable

from wopo.domain.approval_rights import Deciders
from wopo.domain.approvals import OPEN_DECISIONS, Approval, ApprovalAsk, ApprovalState
from wopo.domain.cost_centres import CostCentreOwnerSet
from wopo.domain.order_content import OrderContent
from wopo.domain.people import AuthoritySet, PersonChanged, PersonDeactivated, PersonReactivated
from wopo.domain.purchase_order_events import ApprovalAsked, ApprovalRerouted, ApprovalVoided
from wopo.domain.purchase_orders import OrderRevision, PurchaseOrder
from wopo.usecases.approval_deciders import Circle
from wopo.usecases.approval_plan import plan_for
from wopo.usecases.approval_standing import Approved, standing
from wopo.usecases.door import Context, reaction
from wopo.usecases.order_documents import content_of_revision
from wopo.usecases.purchasing_policy import policy_on
from wopo.usecases.split_orders import write_together


def circle_of(
    ctx: Context, order: PurchaseOrder, revision: OrderRevision, content: OrderContent
) -> Circle:
    """The people around a revision now."""
    return Circle(ctx.uow, ctx.at, order, revision, content)


def ask_approvals(
    ctx: Context,
    order: PurchaseOrder,
    revision: OrderRevision,
    content: OrderContent,
    *,
    before: Approved | None = None,
) -> None:
    """Ask for every decision this revision needs, those of the first step now. With nobody
    eligible one waits visibly; it is never made by itself (reliability A27).

    ``before``: what was in force, of which the policy may let decisions stand.
    """
    policy = policy_on(ctx.uow, ctx.at.date()).document
    write_together(ctx, policy.splits, order, revision, content)
    circle = circle_of(ctx, order, revision, content)
    plan = plan_for(circle, policy.approval, policy.after_the_fact.rule)
    stands = standing(circle, policy.approval, plan, before) if before else {}
    first = min(step for step, wanted in plan.decisions if wanted not in stands)
    for step, wanted in plan.decisions:
        approval = _new(ctx, circle)
        approval.step, approval.wanted, approval.matrix_rule = step, wanted, plan.rule
        approval.decisions = len(plan.decisions)
        if wanted in stands:
            _let_stand(ctx, approval, stands[wanted])
        elif step == first:
            _put(ctx, circle, approval, circle.of(wanted).whom())
        else:
            approval.state = ApprovalState.PLANNED
            approval.eligible_ids, approval.stand_ins = circle.present(circle.of(wanted).whom())
            ctx.uow.add(approval)


def _let_stand(ctx: Context, approval: Approval, made: Approval) -> None:
    for name in _MADE:
        setattr(approval, name, getattr(made, name))
    approval.state = ApprovalState.APPROVED
    approval.stands_from = made.stands_from or made.revision
    ctx.uow.add(approval)


_MADE = (
    "asked_at",
    "eligible_ids",
    "decided_by_id",
    "decided_for_id",
    "decided_for_until",
    "decided_at",
    "decided_on_surface",
)


def open_planned(ctx: Context, circle: Circle, approval: Approval) -> None:
    """It is this decision's turn: ask whoever could make it now."""
    approval.state, approval.asked_at = ApprovalState.WAITING, ctx.at
    _put(ctx, circle, approval, circle.of(approval.wanted).whom())


def ask_again(
    ctx: Context,
    order: PurchaseOrder,
    revision: OrderRevision,
    content: OrderContent,
    before: Approval,
    *,
    answer: str | None = None,
    hand_on_to: str | None = None,
) -> Approval:
    """Ask for the same decision anew: with an ``answer``, or because ``before`` ended without one.

    ``hand_on_to``: the acting person hands it on to this one, whose right the caller checked.
    """
    circle = circle_of(ctx, order, revision, content)
    approval = _new(ctx, circle)
    for name in _KEPT:
        setattr(approval, name, getattr(before, name))
    approval.answer = answer or before.answer
    whom = _whom(circle.of(approval.wanted), before)
    if hand_on_to is not None:
        approval.handed_on_by_id, whom = ctx.actor_id, [hand_on_to]
    _put(ctx, circle, approval, whom)
    return approval


_KEPT = ("step", "decisions", "wanted", "matrix_rule", "question", "passed_over_ids",
         "handed_on_by_id")  # fmt: skip


def _new(ctx: Context, circle: Circle) -> Approval:
    amount = circle.amount
    return Approval(
        id=ctx.new_id(),
        purchase_order_id=circle.order.id,
        revision=circle.revision.revision,
        content_hash=circle.revision.content_hash,
        amount_minor=amount.minor,
        currency=amount.currency,
        asked_at=ctx.at,
    )


def _put(ctx: Context, circle: Circle, approval: Approval, whom: list[str]) -> None:
    approval.eligible_ids, approval.stand_ins = circle.present(whom)
    ctx.uow.add(approval)
    _add_asks(ctx, approval, approval.eligible_ids)
    ctx.record(
        ApprovalAsked(
            subject_id=approval.id,
            order_id=approval.purchase_order_id,
            number=circle.order.number,
            revision=approval.revision,
            amount=approval.amount,
            eligible_ids=list(approval.eligible_ids),
        )
    )


def _whom(deciders: Deciders, before: Approval) -> list[str]:
    """Whom to ask: whoever it was handed on to as long as they can decide, else the first of those
    that did not let it expire."""
    if before.handed_on_by_id:
        asked = [before.stand_ins.get(id, id) for id in before.eligible_ids]
        still = [id for id in asked if id in deciders.able]
        if still:
            return still
    return deciders.whom(before.passed_over_ids)


def _ask(ctx: Context, approval: Approval, person_ids: Iterable[str]) -> None:
    wanted = list(person_ids)
    asks = {ask.person_id: ask for ask in ctx.uow.all(ApprovalAsk, approval_id=approval.id)}
    for person_id, ask in asks.items():
        ask.waiting = person_id in wanted
    _add_asks(ctx, approval, [id for id in wanted if id not in asks])
    approval.eligible_ids = wanted
    ctx.uow.flush()


def ask_also(ctx: Context, approval: Approval, person_ids: list[str]) -> None:
    """Ask these besides those that were asked, who have taken too long."""
    approval.above_ids = sorted({*approval.above_ids, *person_ids})
    _ask(ctx, approval, dict.fromkeys([*approval.eligible_ids, *person_ids]))


def _add_asks(ctx: Context, approval: Approval, person_ids: Iterable[str]) -> None:
    ctx.uow.add(
        *(
            ApprovalAsk(person_id=person_id, approval_id=approval.id, asked_at=ctx.at)
            for person_id in person_ids
        )
    )


def end_asking(ctx: Context, approval: Approval) -> None:
    """The decision waits for nobody any more."""
    for ask in ctx.uow.all(ApprovalAsk, approval_id=approval.id, waiting=True):
        ask.waiting = False


def void_approvals(ctx: Context, order: PurchaseOrder, *, decided: bool) -> None:
    """Void what is asked about an order, with the steps of it that were decided already (and,
    ``decided``, the approval it had), because the revision is superseded."""
    states = [*OPEN_DECISIONS, ApprovalState.APPROVED]
    in_force = order.approved_revision or 0
    for approval in ctx.uow.all(Approval, purchase_order_id=order.id, state=states):
        was = approval.state
        if was is ApprovalState.APPROVED and not decided and approval.revision <= in_force:
            continue
        approval.state = ApprovalState.VOID
        end_asking(ctx, approval)
        ctx.record(
            ApprovalVoided(
                subject_id=approval.id,
                order_id=order.id,
                number=order.number,
                revision=approval.revision,
                was=was.value,
                eligible_ids=[] if was is ApprovalState.PLANNED else list(approval.eligible_ids),
            )
        )


def reroute(
    ctx: Context,
    approval: Approval,
    order: PurchaseOrder,
    revision: OrderRevision,
    reason: str,
) -> bool:
    """Ask those who are eligible now; whether that changed anything."""
    circle = circle_of(ctx, order, revision, content_of_revision(revision))
    before = list(approval.eligible_ids)
    now, stand_ins = circle.present(_whom(circle.of(approval.wanted), approval))
    still = [id for id in approval.above_ids if circle.may(approval.wanted, id)]
    now = list(dict.fromkeys([*now, *still]))
    if (before, approval.stand_ins) == (now, stand_ins):
        return False
    approval.stand_ins = stand_ins
    _ask(ctx, approval, now)
    ctx.record(
        ApprovalRerouted(
            subject_id=approval.id,
            order_id=order.id,
            number=order.number,
            before_ids=before,
            eligible_ids=now,
            reason=reason,
        )
    )
    return True


def revision_of(ctx: Context, approval: Approval) -> OrderRevision:
    """The revision that an approval is about."""
    found = ctx.uow.find(
        OrderRevision, purchase_order_id=approval.purchase_order_id, revision=approval.revision
    )
    assert found is not None, f"approval {approval.id} of no revision"
    return found


def reroute_waiting(ctx: Context, reason: str) -> None:
    """Ask anew about everything that waits, because who may decide is different now."""
    for approval in ctx.uow.all(Approval, state=ApprovalState.WAITING, order="asked_at"):
        order = ctx.uow.get(PurchaseOrder, approval.purchase_order_id)
        if order is not None and not approval.imported:
            reroute(ctx, approval, order, revision_of(ctx, approval), reason)


@reaction(AuthoritySet)
def limits_changed(event: AuthoritySet, ctx: Context) -> None:
    """A limit changed: whatever waits is asked of those whose limit is right now."""
    reroute_waiting(ctx, "an authority limit changed")


@reaction(PersonDeactivated)
def approver_left(event: PersonDeactivated, ctx: Context) -> None:
    """What waited for somebody who left is asked of others."""
    reroute_waiting(ctx, "an approver is no longer active")


@reaction(PersonReactivated)
def approver_back(event: PersonReactivated, ctx: Context) -> None:
    """What waits may be asked of somebody who came back."""
    reroute_waiting(ctx, "an approver is active again")


@reaction(PersonChanged)
def roles_changed(event: PersonChanged, ctx: Context) -> None:
    """Roles decide who may approve, and who is above whom."""
    if {"roles", "manager_id"} & set(event.after):
        reroute_waiting(ctx, "roles changed")


@reaction(CostCentreOwnerSet)
def owner_changed(event: CostCentreOwnerSet, ctx: Context) -> None:
    """What waits for a cost centre's owner is asked of the new one."""
    reroute_waiting(ctx, "a cost centre has another owner")
