"""Whom a decision is asked of, and asking again when rights change while it waits."""

from collections.abc import Iterable
from datetime import date

from wopo.domain.approval_rights import Need, able, eligible, next_eligible
from wopo.domain.approvals import Approval, ApprovalAsk, ApprovalState
from wopo.domain.exchange_rates import ExchangeRate, rate_on
from wopo.domain.money import Money
from wopo.domain.order_content import OrderContent
from wopo.domain.order_life import exposure
from wopo.domain.people import (
    AuthorityLimit,
    AuthoritySet,
    Person,
    PersonChanged,
    PersonDeactivated,
    PersonReactivated,
)
from wopo.domain.purchase_order_events import ApprovalAsked, ApprovalRerouted, ApprovalVoided
from wopo.domain.purchase_orders import OrderRevision, PurchaseOrder
from wopo.domain.settings import Duty
from wopo.domain.split_orders import Together
from wopo.domain.waivers import waived
from wopo.usecases.door import Context, reaction
from wopo.usecases.order_documents import content_of_revision
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.approvals import ApprovalStore
from wopo.usecases.settings import company
from wopo.usecases.split_orders import write_together

Approvers = list[tuple[Person, list[AuthorityLimit]]]


def requesters(uow: UnitOfWork, order: PurchaseOrder, revision: OrderRevision) -> frozenset[str]:
    """Everybody who asked for what is to be approved: of a line, or of this revision."""
    asked = set(order.requested_by_ids) | uow.store(ApprovalStore).requesters(order.id)
    if revision.made_by_id:
        asked.add(revision.made_by_id)
    return frozenset(asked)


def need_of(
    ctx: Context, order: PurchaseOrder, revision: OrderRevision, content: OrderContent
) -> tuple[Need, Approvers]:
    """What a decision about this revision must cover today, and the approvers with their limits."""
    return need_on(ctx.uow, ctx.at.date(), order, revision, content)


def need_on(
    uow: UnitOfWork,
    day: date,
    order: PurchaseOrder,
    revision: OrderRevision,
    content: OrderContent,
) -> tuple[Need, Approvers]:
    """The same on a day."""
    centres = frozenset(line.cost_centre_id for line in content.lines)
    approvers = uow.store(ApprovalStore).approvers(centres)
    foreign = {limit.currency for _, limits in approvers for limit in limits} - {content.currency}
    rates = {}
    known = uow.all(ExchangeRate, source=content.currency) if foreign else []
    for currency in foreign:
        valid = [rate for rate in known if rate.target == currency and rate.day <= day]
        if valid:
            rates[currency] = rate_on(valid, content.currency, currency, day)
    left_out = requesters(uow, order, revision)
    if waived(company(uow), Duty.REQUESTER, Duty.APPROVER):
        left_out = frozenset()
    others = Together.model_validate(revision.together).minor
    amount = Money(exposure(content, revision.total_minor) + others, content.currency)
    return Need(amount, centres, day, left_out, rates), approvers


def ask_approval(
    ctx: Context,
    order: PurchaseOrder,
    revision: OrderRevision,
    content: OrderContent,
    *,
    question: str | None = None,
    answer: str | None = None,
    after: Approval | None = None,
    hand_on_to: str | None = None,
) -> Approval:
    """Ask for one decision about this revision. With nobody eligible it waits visibly; it is never
    approved by itself (reliability A27).

    ``after``: the same decision as it was asked before. ``hand_on_to``: the acting person hands it
    on to this one, whose right the caller checked.
    """
    if after is None:
        write_together(ctx, order, revision, content)
    need, approvers = need_of(ctx, order, revision, content)
    amount = Money(exposure(content, revision.total_minor), content.currency)
    approval = Approval(
        id=ctx.new_id(),
        purchase_order_id=order.id,
        revision=revision.revision,
        content_hash=revision.content_hash,
        amount_minor=amount.minor,
        currency=amount.currency,
        asked_at=ctx.at,
        question=question,
        answer=answer,
    )
    if after is not None:
        approval.passed_over_ids = list(after.passed_over_ids)
        approval.handed_on_by_id = after.handed_on_by_id
    approval.eligible_ids = _whom(approvers, need, after)
    if hand_on_to is not None:
        approval.handed_on_by_id, approval.eligible_ids = ctx.actor_id, [hand_on_to]
    ctx.uow.add(approval)
    _add_asks(ctx, approval, approval.eligible_ids)
    ctx.record(
        ApprovalAsked(
            subject_id=approval.id,
            order_id=order.id,
            number=order.number,
            revision=revision.revision,
            amount=amount,
            eligible_ids=list(approval.eligible_ids),
        )
    )
    return approval


def _whom(approvers: Approvers, need: Need, before: Approval | None) -> list[str]:
    """Whom to ask: whoever it was handed on to as long as they can decide, else the lowest
    sufficient authority that did not let it expire."""
    if before is None:
        return eligible(approvers, need)
    if before.handed_on_by_id:
        can = able(approvers, need)
        still = [id for id in before.eligible_ids if id in can]
        if still:
            return still
    return next_eligible(approvers, need, before.passed_over_ids)


def _ask(ctx: Context, approval: Approval, person_ids: Iterable[str]) -> None:
    wanted = list(person_ids)
    asks = {ask.person_id: ask for ask in ctx.uow.all(ApprovalAsk, approval_id=approval.id)}
    for person_id, ask in asks.items():
        ask.waiting = person_id in wanted
    _add_asks(ctx, approval, [id for id in wanted if id not in asks])
    approval.eligible_ids = wanted
    ctx.uow.flush()


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
    """Void what is asked about an order (and, ``decided``, the approval it had), because the
    revision is superseded."""
    states = [ApprovalState.WAITING, ApprovalState.RETURNED]
    if decided:
        states.append(ApprovalState.APPROVED)
    for approval in ctx.uow.all(Approval, purchase_order_id=order.id, state=states):
        was, approval.state = approval.state, ApprovalState.VOID
        end_asking(ctx, approval)
        ctx.record(
            ApprovalVoided(
                subject_id=approval.id,
                order_id=order.id,
                number=order.number,
                revision=approval.revision,
                was=was.value,
                eligible_ids=list(approval.eligible_ids),
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
    need, approvers = need_of(ctx, order, revision, content_of_revision(revision))
    before, now = list(approval.eligible_ids), _whom(approvers, need, approval)
    if before == now:
        return False
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


def _reroute_waiting(ctx: Context, reason: str) -> None:
    for approval in ctx.uow.all(Approval, state=ApprovalState.WAITING, order="asked_at"):
        order = ctx.uow.get(PurchaseOrder, approval.purchase_order_id)
        if order is not None and not approval.imported:
            reroute(ctx, approval, order, revision_of(ctx, approval), reason)


@reaction(AuthoritySet)
def limits_changed(event: AuthoritySet, ctx: Context) -> None:
    """A limit changed: whatever waits is asked of those whose limit is right now."""
    _reroute_waiting(ctx, "an authority limit changed")


@reaction(PersonDeactivated)
def approver_left(event: PersonDeactivated, ctx: Context) -> None:
    """What waited for somebody who left is asked of others."""
    _reroute_waiting(ctx, "an approver is no longer active")


@reaction(PersonReactivated)
def approver_back(event: PersonReactivated, ctx: Context) -> None:
    """What waits may be asked of somebody who came back."""
    _reroute_waiting(ctx, "an approver is active again")


@reaction(PersonChanged)
def roles_changed(event: PersonChanged, ctx: Context) -> None:
    """Roles decide who may approve."""
    if "roles" in event.after:
        _reroute_waiting(ctx, "roles changed")
