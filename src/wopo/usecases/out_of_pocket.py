"""Out-of-pocket purchases: declaring one, and taking it back."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from wopo.domain.approval_rights import checked_reason
from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import NOT_ALLOWED, REQUIRED
from wopo.domain.money import NEGATIVE, Money, checked_decimal, minor_digits, plain
from wopo.domain.numbers import short
from wopo.domain.out_of_pocket import (
    ALIKE,
    FUTURE_DAY,
    SAME_RECEIPT,
    OutOfPocket,
    PocketAsk,
    PocketDeclared,
    move,
    near_days,
)
from wopo.domain.parts import Part
from wopo.domain.people import Person
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.domain.split_orders import SplitSection
from wopo.domain.stock import checked_quantity
from wopo.domain.work_orders import WORK_ORDER, WorkOrder
from wopo.usecases.attachments import FileFacts, attach
from wopo.usecases.counter_purchases import within_nte
from wopo.usecases.door import Answer, Command, Context, use_case
from wopo.usecases.exchange_rates import convert, converted_if
from wopo.usecases.out_of_pocket_decisions import ask, asked_of
from wopo.usecases.out_of_pocket_documents import SUBJECT, answered, ended, held
from wopo.usecases.part_request_own import own_need, pocketed_for
from wopo.usecases.part_request_states import LineStanding
from wopo.usecases.ports.out_of_pocket import PocketStore
from wopo.usecases.purchasing_policy import policy_on
from wopo.usecases.settings import company
from wopo.usecases.work_orders import permitted

SAME = "out_of_pocket:alike"
NAMED = 3


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
    policy = policy_on(ctx.uow, ctx.at.date()).document
    flags += _beyond(ctx, policy, purchase, need)
    if not within_nte(ctx, job, purchase.charged):
        flags.append("the job would cost more than its not-to-exceed amount")
    purchase.flags = flags
    purchase.photos_read = all(file.sha256 for file in command.files)
    ctx.uow.add(purchase)
    ask(ctx, purchase, policy.approval)
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
    return answered(purchase, f"{short(purchase.number)} waits for {asked_of(ctx, purchase)}.")


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


def _beyond(
    ctx: Context, policy: PolicyDocument, purchase: OutOfPocket, need: LineStanding | None
) -> list[str]:
    """Write on the purchase what it is decided together with, so that paying in pieces gains
    nothing (reliability A28); and the flag where it is more than may be paid out of pocket."""
    settings, day = company(ctx.uow), purchase.bought_on
    others, sums = _near(ctx, policy.splits, purchase)
    purchase.together_minor = sums.minor
    allowed = Money.of(policy.pocket.up_to, settings.currency)
    if need is not None and need.line.allowed_minor is not None:
        allowed = Money(need.line.allowed_minor, settings.currency)
    worth = convert(ctx.uow, purchase.amount, settings.currency, day)
    may = f"more than the {allowed} that may be paid out of pocket"
    if allowed < worth:
        return [may]
    if others and allowed < worth + convert(ctx.uow, sums, settings.currency, day):
        return [f"{may}, with {', '.join(short(one.number) for one in others[:NAMED])}"]
    return []


def _near(
    ctx: Context, section: SplitSection, purchase: OutOfPocket
) -> tuple[list[OutOfPocket], Money]:
    """What the person, or what was bought for the job, declared within the policy's days, whichever
    comes to more: the newest first, and the sum in the cost centre's currency, without what no rate
    compares."""
    currency = purchase.charged_currency
    best: tuple[list[OutOfPocket], Money] = ([], Money.zero(currency))
    if not section.days:
        return best
    near = ctx.uow.store(PocketStore).near(purchase, section.since(ctx.at))
    worth = {
        one.id: charged
        for one in near
        if (charged := converted_if(ctx.uow, one.charged, currency, ctx.at.date()))
    }
    for trait in ("person_id", "work_order_id"):
        same = [
            one
            for one in near
            if one.id in worth and getattr(one, trait) == getattr(purchase, trait)
        ]
        total = Money(sum(worth[one.id].minor for one in same), currency)
        if best[1] < total:
            best = (same, total)
    return best


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


@use_case(WithdrawOutOfPocket, action="take back out-of-pocket purchases")
def withdraw(command: WithdrawOutOfPocket, ctx: Context) -> Answer:
    """Only who declared it, while nobody has decided."""
    purchase = held(ctx, command.purchase_id)
    if purchase.person_id != ctx.person().id:
        raise NOT_ALLOWED(action=f"take back {short(purchase.number)}", who="who declared it")
    move(purchase, "withdraw")
    for one in ctx.uow.all(PocketAsk, out_of_pocket_id=purchase.id, waiting=True):
        one.waiting = False
    ended(ctx, purchase)
    return answered(purchase, f"{short(purchase.number)} is taken back.")
