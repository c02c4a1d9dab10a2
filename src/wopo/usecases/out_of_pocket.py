"""Out-of-pocket purchases: declaring one, and deciding about it."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from pydantic import Field

from wopo.domain.approval_rights import Need, able, checked_reason, eligible
from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import NOT_ALLOWED, REQUIRED
from wopo.domain.exchange_rates import ExchangeRate, rate_on
from wopo.domain.ledger import CostKind
from wopo.domain.money import NEGATIVE, Money, checked_decimal, minor_digits, plain
from wopo.domain.numbers import short
from wopo.domain.out_of_pocket import (
    ALIKE,
    FUTURE_DAY,
    NO_AUTHORITY,
    OVER_NTE,
    OWN_PURCHASE,
    SAME_RECEIPT,
    OutOfPocket,
    PocketApproved,
    PocketDeclared,
    PocketEnded,
    PocketRerouted,
    PocketState,
    move,
    names_of,
    near_days,
)
from wopo.domain.parts import Part
from wopo.domain.people import AuthorityLimit, Person
from wopo.domain.settings import Duty, Stage
from wopo.domain.stock import checked_quantity
from wopo.domain.waivers import WaiverUsed, waived
from wopo.domain.work_orders import WORK_ORDER, WorkOrder
from wopo.usecases.attachments import FileFacts, attach
from wopo.usecases.counter_purchases import within_nte
from wopo.usecases.door import Answer, Command, Context, use_case
from wopo.usecases.exchange_rates import convert
from wopo.usecases.ledger import post_cost
from wopo.usecases.part_request_own import own_need, pocketed_for
from wopo.usecases.ports.approvals import ApprovalStore
from wopo.usecases.ports.out_of_pocket import PocketStore
from wopo.usecases.purchasing_policy import policy_on
from wopo.usecases.settings import company
from wopo.usecases.work_orders import permitted

SUBJECT = "out_of_pocket"
"""What receipts are hung on, and what the ledger names as the source."""
SAME = "out_of_pocket:alike"
NAMED = 3

Approvers = list[tuple[Person, list[AuthorityLimit]]]


class DeclareOutOfPocket(Command):
    """Ask back what was paid for a job. ``amount`` is in major units of ``currency`` (none: the
    cost centre's), with tax, as the receipt says; ``files`` are photos of the receipt. With a part
    the card shows what the preferred vendor would have taken for ``quantity`` of it.
    ``bought_on`` is the day on the receipt, by default today.
    ``line_id``: the need of the job that it was bought for, all that is missing of it."""

    work_order_id: str
    amount: Decimal
    currency: str = Field(default="", max_length=3)
    description: str = Field(max_length=300)
    part_id: str | None = None
    line_id: str | None = None
    quantity: Decimal = Decimal(1)
    reason: str = Field(max_length=200)
    bought_on: date | None = None
    files: tuple[FileFacts, ...]


class ApproveOutOfPocket(Command):
    """Pay it back, and charge the job."""

    purchase_id: str


class RejectOutOfPocket(Command):
    """Do not pay it back, with a reason."""

    purchase_id: str
    reason: str


class WithdrawOutOfPocket(Command):
    """Take back what I declared, while it waits."""

    purchase_id: str


@use_case(DeclareOutOfPocket, action="ask back what you paid")
def declare(command: DeclareOutOfPocket, ctx: Context) -> Answer:
    """Keep the purchase and ask whoever has the authority, never the person themselves.

    Raises ``SAME_RECEIPT``, and ``ALIKE`` (softly) for what may be declared or billed already.
    """
    job, person = _job(ctx, command.work_order_id)
    need = own_need(ctx, command.line_id, job) if command.line_id else None
    purchase = _purchase(ctx, command, job, person)
    if need is not None:
        purchase.part_request_line_id = need.line.id
        purchase.part_id, purchase.quantity = need.line.part_id, need.facts().unsourced
    flags = _doubles(ctx, command, purchase)
    policy = policy_on(ctx.uow, ctx.at.date()).document.pocket
    settings = company(ctx.uow)
    worth = convert(ctx.uow, purchase.amount, settings.currency, purchase.bought_on)
    allowed = Money.of(policy.up_to, settings.currency)
    if need is not None and need.line.allowed_minor is not None:
        allowed = Money(need.line.allowed_minor, settings.currency)
    if allowed < worth:
        flags.append(f"more than the {allowed} that may be paid out of pocket")
    if not within_nte(ctx, job, purchase.charged):
        flags.append("the job would cost more than its not-to-exceed amount")
    purchase.flags = flags
    authority, approvers = _need(ctx, purchase)
    purchase.eligible_ids = eligible(approvers, authority)
    ctx.uow.add(purchase)
    if need is not None:
        pocketed_for(ctx, need)
    attach(ctx, SUBJECT, purchase.id, command.files)
    ctx.record(
        PocketDeclared(
            subject_id=purchase.id,
            number=purchase.number,
            work_order_id=job.id,
            person_id=person.id,
            amount=purchase.amount,
            reason=purchase.reason,
            flags=flags,
            eligible_ids=list(purchase.eligible_ids),
        )
    )
    who = names_of(_names(approvers, purchase.eligible_ids))
    return _answer(purchase, f"{short(purchase.number)} waits for {who}.")


def _job(ctx: Context, job_id: str) -> tuple[WorkOrder, Person]:
    """A job that may still be charged, by who works on it."""
    job = ctx.require(WorkOrder, job_id, label="work order", field="work_order_id")
    verb = "log_labour" if WORK_ORDER.can(job.state, "log_labour") else "request_parts"
    job, person = permitted(ctx, job.id, verb)
    WORK_ORDER.move(job.state, verb, subject=job.number)
    return job, person


def _purchase(
    ctx: Context, command: DeclareOutOfPocket, job: WorkOrder, person: Person
) -> OutOfPocket:
    if not command.description.strip():
        raise REQUIRED(field="description", label="What was bought")
    if not command.files:
        raise REQUIRED(field="files", label="The photo of the receipt")
    day = command.bought_on or ctx.today
    if day > ctx.today:
        raise FUTURE_DAY(field="bought_on", day=day)
    centre = ctx.require(CostCentre, job.cost_centre_id, label="cost centre")
    amount = _amount(command.amount, command.currency.strip().upper() or centre.currency)
    charged = convert(ctx.uow, amount, centre.currency, day)
    if command.part_id:
        ctx.require(Part, command.part_id, label="part", field="part_id")
    return OutOfPocket(
        id=ctx.new_id(),
        number=ctx.uow.next_number("OOP", ctx.at.year),
        work_order_id=job.id,
        cost_centre_id=centre.id,
        project_id=job.project_id,
        person_id=person.id,
        bought_on=day,
        description=command.description.strip(),
        part_id=command.part_id,
        quantity=checked_quantity(command.quantity, field="quantity"),
        amount_minor=amount.minor,
        currency=amount.currency,
        charged_minor=charged.minor,
        charged_currency=charged.currency,
        reason=checked_reason(command.reason),
        created_at=ctx.at,
    )


def _amount(amount: Decimal, currency: str) -> Money:
    label = "The amount"
    value = checked_decimal(amount, label=label, places=minor_digits(currency), field="amount")
    if value <= 0:
        raise NEGATIVE(field="amount", label=label, bound="more than 0", typed=plain(value))
    return Money.of(value, currency)


def _doubles(ctx: Context, command: DeclareOutOfPocket, purchase: OutOfPocket) -> list[str]:
    """What it may be again, in words for whoever decides; asked about first."""
    store = ctx.uow.store(PocketStore)
    same = store.with_receipt(command.files)
    if same is not None:
        who = ctx.require(Person, same.person_id, label="person").name
        raise SAME_RECEIPT(field="files", number=short(same.number), who=who)
    days = near_days(purchase.bought_on)
    found = [
        f"{short(one.number)} of {one.bought_on}" for one in store.alike(purchase.amount, *days)
    ]
    billed = store.billed(purchase.amount, *days, purchase.work_order_id)
    found += [f"{short(number)} of {vendor}" for number, vendor in billed]
    if not found:
        return []
    others = ", ".join(found[:NAMED])
    if SAME not in command.acknowledged:
        raise ALIKE(SAME, field="amount", others=f"{others}: the same amount")
    return [f"may be {others} again"]


def _need(ctx: Context, purchase: OutOfPocket) -> tuple[Need, Approvers]:
    """What a decision must cover today, and the approvers with their limits."""
    amount, day = purchase.charged, ctx.at.date()
    centres = frozenset({purchase.cost_centre_id})
    approvers = ctx.uow.store(ApprovalStore).approvers(centres)
    foreign = {limit.currency for _, limits in approvers for limit in limits} - {amount.currency}
    known = ctx.uow.all(ExchangeRate, source=amount.currency) if foreign else []
    rates = {}
    for target in foreign:
        valid = [rate for rate in known if rate.target == target and rate.day <= day]
        if valid:
            rates[target] = rate_on(valid, amount.currency, target, day)
    excluded = frozenset({purchase.person_id})
    if waived(company(ctx.uow), Duty.REQUESTER, Duty.APPROVER):
        excluded = frozenset()
    return Need(amount, centres, day, excluded, rates), approvers


def _names(approvers: Approvers, ids: Iterable[str]) -> list[str]:
    wanted = set(ids)
    return [person.name for person, _ in approvers if person.id in wanted]


@use_case(ApproveOutOfPocket, action="approve out-of-pocket purchases")
def approve(command: ApproveOutOfPocket, ctx: Context) -> Answer:
    """The job bears it from now on, and finance pays it back. Raises ``OVER`` where the company
    stops at its budgets, ``OVER_NTE`` softly."""
    purchase, job = _decided(ctx, command.purchase_id)
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
    return _answer(purchase, f"{short(purchase.number)} is approved; finance pays it back.")


@use_case(RejectOutOfPocket, action="reject out-of-pocket purchases")
def reject(command: RejectOutOfPocket, ctx: Context) -> Answer:
    """It is not paid back; who declared it reads why."""
    reason = checked_reason(command.reason)
    purchase, _ = _decided(ctx, command.purchase_id)
    _decide(ctx, purchase, "reject")
    purchase.decision_reason = reason
    _record_end(ctx, purchase)
    return _answer(purchase, f"{short(purchase.number)} is rejected.")


@use_case(WithdrawOutOfPocket, action="take back out-of-pocket purchases")
def withdraw(command: WithdrawOutOfPocket, ctx: Context) -> Answer:
    """Only who declared it, while nobody has decided."""
    purchase = held(ctx, command.purchase_id)
    if purchase.person_id != ctx.person().id:
        raise NOT_ALLOWED(action=f"take back {short(purchase.number)}", who="who declared it")
    move(purchase, "withdraw")
    _record_end(ctx, purchase)
    return _answer(purchase, f"{short(purchase.number)} is taken back.")


def held(ctx: Context, purchase_id: str) -> OutOfPocket:
    """The purchase, locked."""
    return ctx.require_locked(OutOfPocket, purchase_id, label="out-of-pocket purchase")


def _decided(ctx: Context, purchase_id: str) -> tuple[OutOfPocket, WorkOrder]:
    """The purchase for somebody who may decide about it now, with its job held."""
    purchase, person = held(ctx, purchase_id), ctx.person()
    job = ctx.require_locked(WorkOrder, purchase.work_order_id, label="work order")
    need, approvers = _need(ctx, purchase)
    can = able(approvers, need)
    who = names_of([one.name for one in can.values()])
    if person.id in need.excluded_ids:
        raise OWN_PURCHASE(number=short(purchase.number), who=who)
    if person.id not in can:
        raise NO_AUTHORITY(number=short(purchase.number), who=who)
    return purchase, job


def _decide(ctx: Context, purchase: OutOfPocket, verb: str) -> None:
    move(purchase, verb)
    purchase.decided_by_id, purchase.decided_at = ctx.person().id, ctx.at
    if purchase.decided_by_id == purchase.person_id:
        ctx.record(
            WaiverUsed(
                subject_id=purchase.id,
                number=purchase.number,
                person_id=purchase.person_id,
                duties=[Duty.REQUESTER, Duty.APPROVER],
                action=f"{verb} this purchase",
            )
        )


def _record_end(ctx: Context, purchase: OutOfPocket) -> None:
    ctx.record(
        PocketEnded(
            subject_id=purchase.id,
            number=purchase.number,
            work_order_id=purchase.work_order_id,
            person_id=purchase.person_id,
            state=purchase.state,
            reason=purchase.decision_reason,
        )
    )


def reroute_waiting(ctx: Context) -> None:
    """Ask those who can decide now about what waits; limits or people changed."""
    for purchase in ctx.uow.all(OutOfPocket, state=PocketState.WAITING, order="created_at"):
        need, approvers = _need(ctx, purchase)
        before, now = list(purchase.eligible_ids), eligible(approvers, need)
        if before != now:
            purchase.eligible_ids = now
            ctx.record(
                PocketRerouted(
                    subject_id=purchase.id,
                    number=purchase.number,
                    before_ids=before,
                    eligible_ids=now,
                )
            )


def _answer(purchase: OutOfPocket, message: str) -> Answer:
    return Answer(subject_id=purchase.id, number=purchase.number, message=message)
