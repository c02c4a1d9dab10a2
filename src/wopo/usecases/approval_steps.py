"""Decisions that a revision needs one after another: one click makes all that are the person's."""

from wopo.domain.approvals import OPEN_DECISIONS, Approval, ApprovalState
from wopo.domain.delegations import last_day
from wopo.domain.purchase_order_events import ApprovalStepDecided
from wopo.domain.settings import Duty
from wopo.domain.waivers import WaiverUsed
from wopo.usecases.approval_deciders import Circle
from wopo.usecases.approval_routing import end_asking, open_planned
from wopo.usecases.door import Context


def decide(ctx: Context, circle: Circle, approval: Approval, state: ApprovalState) -> None:
    """The decision is made, here and now, by whoever acts, if need be in another's place; it is
    asked of nobody any more."""
    approval.state = state
    if ctx.person().id not in circle.of(approval.wanted).able:
        chain = circle.chain(approval.wanted, ctx.person().id)
        approval.decided_for_id = chain[0] if chain else None
        approval.decided_for_until = last_day(circle.delegations, chain) if chain else None
    approval.decided_by_id, approval.decided_at = ctx.actor_id, ctx.at
    approval.decided_on_surface = ctx.surface
    end_asking(ctx, approval)


def approve(ctx: Context, circle: Circle, approval: Approval) -> list[Approval]:
    """Make this decision and, in the same step and in those that follow, every other that the
    acting person could make; then it is the next step's turn. Returns what is still to be decided.
    """
    made = [approval]
    agree(ctx, circle, approval)
    left = open_ones(ctx, approval)
    while left:
        step = min(row.step for row in left)
        turn = [row for row in left if row.step == step]
        mine = [row for row in turn if _mine(ctx, circle, row)]
        for row in mine:
            agree(ctx, circle, row)
        made += mine
        left = [row for row in left if row not in mine]
        if len(mine) < len(turn):
            for row in turn:
                if row.state is ApprovalState.PLANNED:
                    open_planned(ctx, circle, row)
            break
    _tell(ctx, circle, made if left else made[1:], left)
    return left


def open_ones(ctx: Context, approval: Approval) -> list[Approval]:
    """What is still to be decided about the revision, where it needs several decisions."""
    if approval.decisions == 1:
        return []
    return ctx.uow.all(
        Approval,
        purchase_order_id=approval.purchase_order_id,
        revision=approval.revision,
        state=list(OPEN_DECISIONS),
        order=("step", "id"),
    )


def _mine(ctx: Context, circle: Circle, row: Approval) -> bool:
    """A question that was asked is answered before anybody decides."""
    return row.state is not ApprovalState.RETURNED and (circle.may(row.wanted, ctx.person().id))


def agree(ctx: Context, circle: Circle, approval: Approval) -> None:
    """The acting person approves, here and now; where the company lets them although they had
    another duty in it, that is written down."""
    decide(ctx, circle, approval, ApprovalState.APPROVED)
    for duty, people in ((Duty.REQUESTER, circle.requesters), *circle.handlers.items()):
        if ctx.person().id in people:
            _use_waiver(ctx, circle, approval, duty)


def _use_waiver(ctx: Context, circle: Circle, approval: Approval, duty: Duty) -> None:
    """Log it when the company let somebody approve what they had another duty in."""
    had = duty.value.replace("_", " ")
    approval.waiver = "; ".join([*filter(None, [approval.waiver]), f"{had} and approver"])
    ctx.record(
        WaiverUsed(
            subject_id=circle.order.id,
            number=circle.order.number,
            person_id=ctx.person().id,
            duties=[duty, Duty.APPROVER],
            action="approve this order",
        )
    )


def _tell(ctx: Context, circle: Circle, made: list[Approval], left: list[Approval]) -> None:
    waiting = [row for row in left if row.state is not ApprovalState.PLANNED]
    for row in made:
        ctx.record(
            ApprovalStepDecided(
                subject_id=row.id,
                order_id=row.purchase_order_id,
                number=circle.order.number,
                revision=row.revision,
                step=row.step,
                wanted=row.wanted,
                by_id=ctx.person().id,
                for_id=row.decided_for_id,
                next_ids=sorted({id for one in waiting for id in one.eligible_ids}),
            )
        )
