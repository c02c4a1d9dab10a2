"""Deciding about out-of-pocket purchases: by the steps of the policy's approval rules, as about
orders, without a rule by one authority for the amount."""

from collections.abc import Sequence
from datetime import datetime

from wopo.domain.approval_matrix import POCKET, ApprovalSection, OrderFacts
from wopo.domain.approval_rights import checked_reason
from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import STALE
from wopo.domain.ledger import CostKind
from wopo.domain.money import Money
from wopo.domain.numbers import short
from wopo.domain.out_of_pocket import (
    NO_AUTHORITY,
    OVER_NTE,
    OWN_PURCHASE,
    PHOTO_UNREAD,
    OutOfPocket,
    PocketApproved,
    PocketAsk,
    PocketDecision,
    PocketRerouted,
    PocketState,
    PocketStepDecided,
    following,
    move,
    names_of,
)
from wopo.domain.parts import Part
from wopo.domain.people import Person
from wopo.domain.settings import Duty, Stage
from wopo.domain.waivers import WaiverUsed
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.approval_deciders import Panel
from wopo.usecases.approval_plan import Plan, budget_state, in_company_currency, planned
from wopo.usecases.budgets_after import left_after
from wopo.usecases.counter_purchases import within_nte
from wopo.usecases.door import Answer, Command, Context, use_case
from wopo.usecases.ledger import post_cost
from wopo.usecases.out_of_pocket_documents import SUBJECT, answered, ended, held
from wopo.usecases.ports import UnitOfWork


class ApproveOutOfPocket(Command):
    """Pay it back, and charge the job. ``version``: of the purchase as it was shown."""

    purchase_id: str
    version: int | None = None


class RejectOutOfPocket(Command):
    """Do not pay it back, with a reason."""

    purchase_id: str
    reason: str


class PocketPanel(Panel):
    """The people around one purchase."""

    def __init__(self, uow: UnitOfWork, at: datetime, purchase: OutOfPocket) -> None:
        super().__init__(uow, at)
        self.purchase = purchase

    @property
    def centre_ids(self) -> frozenset[str]:
        """The one that bears it."""
        return frozenset({self.purchase.cost_centre_id})

    @property
    def requesters(self) -> frozenset[str]:
        """Whoever paid."""
        return frozenset({self.purchase.person_id})

    @property
    def covered(self) -> Money:
        """What it costs, with all that it is decided together with."""
        one = self.purchase
        return one.charged + Money(one.together_minor, one.charged_currency)


def ask(ctx: Context, purchase: OutOfPocket, section: ApprovalSection) -> None:
    """Ask for the decisions that the policy's section wants, those of the first step now."""
    panel = _panel(ctx, purchase)
    plan = _plan(panel, section)
    purchase.matrix_rule = plan.rule
    decisions = [
        PocketDecision(id=ctx.new_id(), out_of_pocket_id=purchase.id, step=step, wanted=wanted)
        for step, wanted in plan.decisions
    ]
    ctx.uow.add(*decisions)
    _put(ctx, panel, decisions)


def _panel(ctx: Context, purchase: OutOfPocket) -> PocketPanel:
    return PocketPanel(ctx.uow, ctx.at, purchase)


def _plan(panel: PocketPanel, section: ApprovalSection) -> Plan:
    """Without rules it costs nothing."""
    if not section.rules:
        return Plan()
    uow, one = panel.uow, panel.purchase
    centre = uow.get(CostCentre, one.cost_centre_id)
    part = uow.get(Part, one.part_id) if one.part_id else None
    payer = (one.cost_centre_id, one.project_id, one.work_order_id)
    left = left_after(uow, {payer: one.charged_minor}, one.charged_currency, one.bought_on)
    facts = OrderFacts(
        amount=in_company_currency(panel),
        cost_centres=frozenset({centre.code if centre else ""}),
        categories=frozenset({part.category if part else ""}),
        standing=None,
        budget=budget_state(left),
        kind=POCKET,
    )
    rule = section.rule_for(facts)
    return planned(panel, rule) if rule else Plan()


def _put(ctx: Context, panel: PocketPanel, decisions: Sequence[PocketDecision]) -> None:
    """Ask those whose turn it is: of what is still to be decided, the first step."""
    whom: list[str] = []
    for decision in _turn(decisions):
        whom += panel.present(panel.of(decision.wanted).whom())[0]
    purchase = panel.purchase
    purchase.eligible_ids = list(dict.fromkeys(whom))
    asks = {one.person_id: one for one in ctx.uow.all(PocketAsk, out_of_pocket_id=purchase.id)}
    for person_id, one in asks.items():
        one.waiting = person_id in purchase.eligible_ids
    ctx.uow.add(
        *(
            PocketAsk(person_id=person_id, out_of_pocket_id=purchase.id, asked_at=ctx.at)
            for person_id in purchase.eligible_ids
            if person_id not in asks
        )
    )


def _turn(decisions: Sequence[PocketDecision]) -> list[PocketDecision]:
    first = min((one.step for one in decisions), default=0)
    return [one for one in decisions if one.step == first]


def _open(uow: UnitOfWork, purchase: OutOfPocket) -> list[PocketDecision]:
    rows = uow.all(PocketDecision, out_of_pocket_id=purchase.id, order=("step", "id"))
    return [one for one in rows if one.made_at is None]


@use_case(ApproveOutOfPocket, action="approve out-of-pocket purchases")
def approve(command: ApproveOutOfPocket, ctx: Context) -> Answer:
    """Make all decisions in a row that are the person's; with the last one the job bears it, and
    finance pays it back. Raises ``PHOTO_UNREAD`` and ``OVER_NTE`` softly, ``STALE`` for what was
    shown before something about it changed, ``OVER`` where the company stops at its budgets."""
    purchase = _waiting(ctx, command.purchase_id, "approve")
    if command.version not in (None, purchase.version):
        raise STALE(subject=short(purchase.number))
    job, panel, mine = _mine(ctx, purchase)
    unread = f"photo_unread:{purchase.id}"
    if not purchase.photos_read and unread not in command.acknowledged:
        raise PHOTO_UNREAD(unread, number=short(purchase.number))
    left = _agree(ctx, panel, mine)
    if left:
        return _one_of_several(ctx, panel, mine[0], left)
    _approved(ctx, purchase, job, command)
    return answered(purchase, f"{short(purchase.number)} is approved; finance pays it back.")


def _agree(
    ctx: Context, panel: PocketPanel, mine: Sequence[PocketDecision]
) -> list[PocketDecision]:
    """Make these, and what follows as long as it is the person's too; what is left."""
    left = _open(ctx.uow, panel.purchase)
    while mine:
        for decision in mine:
            chain = panel.chain(decision.wanted, ctx.person().id) or []
            own = ctx.person().id in panel.of(decision.wanted).able
            decision.made_by_id, decision.made_at = ctx.person().id, ctx.at
            decision.made_for_id = None if own or not chain else chain[0]
        left = [one for one in left if one.made_at is None]
        mine = [one for one in _turn(left) if panel.may(one.wanted, ctx.person().id)]
    return left


def _one_of_several(
    ctx: Context, panel: PocketPanel, made: PocketDecision, left: Sequence[PocketDecision]
) -> Answer:
    purchase = panel.purchase
    before = list(purchase.eligible_ids)
    _put(ctx, panel, left)
    purchase.version += 1
    _log_waiver(ctx, purchase, "approve")
    ctx.record(
        PocketStepDecided(
            subject_id=purchase.id,
            number=purchase.number,
            wanted=made.wanted,
            by_id=ctx.person().id,
            for_id=made.made_for_id,
            before_ids=before,
            next_ids=list(purchase.eligible_ids),
        )
    )
    who = asked_of(ctx, purchase)
    return answered(
        purchase, f"Your part of {short(purchase.number)} is approved; it waits for {who}."
    )


def _approved(
    ctx: Context, purchase: OutOfPocket, job: WorkOrder, command: ApproveOutOfPocket
) -> None:
    name = f"over_nte:{purchase.id}"
    asked = name in command.acknowledged
    if job.nte_minor is not None and not asked and not within_nte(ctx, job, purchase.charged):
        nte = Money(job.nte_minor, purchase.charged_currency)
        raise OVER_NTE(name, number=short(purchase.number), job=short(job.number), nte=nte)
    _decide(ctx, purchase, "approve")
    post_cost(
        ctx,
        CostKind.OUT_OF_POCKET,
        purchase.charged,
        cost_centre_id=purchase.cost_centre_id,
        work_order_id=purchase.work_order_id,
        project_id=purchase.project_id,
        day=purchase.bought_on,
        source=SUBJECT,
        source_id=purchase.id,
        stage=Stage.OUT_OF_POCKET,
    )
    ctx.record(
        PocketApproved(
            subject_id=purchase.id,
            number=purchase.number,
            work_order_id=job.id,
            person_id=purchase.person_id,
            by_id=ctx.person().id,
            amount=purchase.amount,
        )
    )


@use_case(RejectOutOfPocket, action="reject out-of-pocket purchases")
def reject(command: RejectOutOfPocket, ctx: Context) -> Answer:
    """One No is enough: it is not paid back; who declared it reads why."""
    reason = checked_reason(command.reason)
    purchase = _waiting(ctx, command.purchase_id, "reject")
    _mine(ctx, purchase)
    _decide(ctx, purchase, "reject")
    purchase.decision_reason = reason
    ended(ctx, purchase)
    return answered(purchase, f"{short(purchase.number)} is rejected.")


def _waiting(ctx: Context, purchase_id: str, verb: str) -> OutOfPocket:
    """The purchase, held; refused where nothing is to be decided about it any more, so that a step
    that nobody came to is not made of what has ended."""
    purchase = held(ctx, purchase_id)
    following(purchase, verb)
    return purchase


def _mine(
    ctx: Context, purchase: OutOfPocket
) -> tuple[WorkOrder, PocketPanel, list[PocketDecision]]:
    """The job, held, the people, and what the acting person may decide about it now."""
    job = ctx.require_locked(WorkOrder, purchase.work_order_id, label="work order")
    panel, person = _panel(ctx, purchase), ctx.person()
    number, who = short(purchase.number), asked_of(ctx, purchase)
    if person.id in panel.excluded:
        raise OWN_PURCHASE(number=number, who=who)
    open_ones = _turn(_open(ctx.uow, purchase))
    mine = [one for one in open_ones if panel.may(one.wanted, person.id)]
    if open_ones and not mine:
        raise NO_AUTHORITY(number=number, who=who)
    return job, panel, mine


def asked_of(ctx: Context, purchase: OutOfPocket) -> str:
    """The names of those it is asked of."""
    people = ctx.uow.many(Person, purchase.eligible_ids)
    return names_of([people[id].name for id in purchase.eligible_ids if id in people])


def _decide(ctx: Context, purchase: OutOfPocket, verb: str) -> None:
    move(purchase, verb)
    purchase.decided_by_id, purchase.decided_at = ctx.person().id, ctx.at
    for one in ctx.uow.all(PocketAsk, out_of_pocket_id=purchase.id, waiting=True):
        one.waiting = False
    _log_waiver(ctx, purchase, verb)


def _log_waiver(ctx: Context, purchase: OutOfPocket, verb: str) -> None:
    if ctx.person().id != purchase.person_id:
        return
    ctx.record(
        WaiverUsed(
            subject_id=purchase.id,
            number=purchase.number,
            person_id=purchase.person_id,
            duties=[Duty.REQUESTER, Duty.APPROVER],
            action=f"{verb} this purchase",
        )
    )


def reroute_waiting(ctx: Context) -> None:
    """Ask those who can decide now about what waits; limits, people or stand-ins changed."""
    for purchase in ctx.uow.all(OutOfPocket, state=PocketState.WAITING, order="created_at"):
        before = list(purchase.eligible_ids)
        _put(ctx, _panel(ctx, purchase), _open(ctx.uow, purchase))
        if before != purchase.eligible_ids:
            ctx.record(
                PocketRerouted(
                    subject_id=purchase.id,
                    number=purchase.number,
                    before_ids=before,
                    eligible_ids=list(purchase.eligible_ids),
                )
            )
