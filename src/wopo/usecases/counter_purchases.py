"""Buying at a vendor's counter: the number at once by the rule, or a decision first."""

from decimal import Decimal

from pydantic import Field

from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.cost_centres import CostCentre
from wopo.domain.counter_purchases import (
    RULE,
    ApprovedByRule,
    CounterFacts,
    CounterRuling,
    cap_of,
    decide,
)
from wopo.domain.errors import REQUIRED
from wopo.domain.lookup import Kind
from wopo.domain.money import NEGATIVE, Money, checked_decimal, minor_digits, plain
from wopo.domain.numbers import short
from wopo.domain.order_content import LineContent, OrderContent
from wopo.domain.order_life import issue, move, total_of
from wopo.domain.people import Person
from wopo.domain.purchase_order_events import OrderApproved
from wopo.domain.purchase_orders import OrderKind, OrderRevision, PurchaseOrder
from wopo.domain.settings import CompanySettings, Stage, Strictness
from wopo.domain.vendors import Vendor
from wopo.domain.work_orders import WORK_ORDER, WorkOrder
from wopo.usecases.approvals import bind
from wopo.usecases.attachments import FileFacts, attach
from wopo.usecases.budget_moves import Purses
from wopo.usecases.counter_receipts import keep_receipt
from wopo.usecases.door import Answer, Command, Context, reaction, use_case
from wopo.usecases.exchange_rates import converted_if
from wopo.usecases.ledger import post_order
from wopo.usecases.order_documents import OrderDocument, checked
from wopo.usecases.order_money import SOURCE
from wopo.usecases.part_request_own import as_needed, bought_for, own_need
from wopo.usecases.part_request_states import LineStanding
from wopo.usecases.ports.counter_purchases import CounterStore
from wopo.usecases.purchase_orders import asked_by, new_order, revise_ready, submit
from wopo.usecases.settings import company
from wopo.usecases.work_orders import permitted

UNIT = "lot"


class BuyAtCounter(Command):
    """Buy something for a job in a vendor's shop. ``amount`` is in major units of the vendor's
    currency, without tax; ``files`` are photos of the till receipt, where there is one already.
    ``line_id``: the need of the job that is bought, all that is missing of it."""

    work_order_id: str
    vendor_id: str
    amount: Decimal
    description: str = Field(max_length=300)
    line_id: str | None = None
    files: tuple[FileFacts, ...] = ()


@use_case(BuyAtCounter, action="buy at a counter")
def buy_at_counter(command: BuyAtCounter, ctx: Context) -> Answer:
    """Give an order's number at once when the rule allows it; otherwise ask for approval at once.

    The job and the person are held, so that two purchases at once are counted one after the other.
    """
    job, person = permitted(ctx, command.work_order_id, "request_parts")
    WORK_ORDER.move(job.state, "request_parts", subject=job.number)
    ctx.uow.lock(Person, person.id)
    vendor = ctx.require(Vendor, command.vendor_id, label="vendor", field="vendor_id")
    vendor.check_orderable(field="vendor_id")
    need = own_need(ctx, command.line_id, job) if command.line_id else None
    content = _content(ctx, command, job, vendor, need)
    checked(ctx, content)
    facts = _facts(ctx, job, person, _amount(command.amount, vendor.currency))
    ruling = decide(facts)
    document = new_order(ctx, content, rule=ruling.rule, sentence=ruling.sentence)
    asked_by(document.order, person.id)
    if need is not None:
        bought_for(ctx, need, document.lines[0])
    ctx.uow.flush()
    if ruling.at_once:
        _give_number(ctx, document, ruling, facts)
    else:
        submit(ctx, document)
    if command.files and ruling.at_once:
        keep_receipt(ctx, document, command.files)
    elif command.files:
        attach(ctx, Kind.PURCHASE_ORDER.value, document.order.id, command.files)
    return _answer(document.order, ruling)


def _answer(order: PurchaseOrder, ruling: CounterRuling) -> Answer:
    number = short(order.number)
    said = f"{number} is your number." if ruling.at_once else f"{number} waits. {ruling.sentence}"
    return Answer(
        subject_id=order.id,
        number=order.number,
        message=said,
        facts={"at_once": ruling.at_once, "rule": ruling.rule},
    )


def _amount(amount: Decimal, currency: str) -> Money:
    label, digits = "The amount", minor_digits(currency)
    value = checked_decimal(amount, label=label, places=digits, field="amount")
    if value <= 0:
        raise NEGATIVE(field="amount", label=label, bound="more than 0", typed=plain(value))
    return Money.of(value, currency)


def _content(
    ctx: Context,
    command: BuyAtCounter,
    job: WorkOrder,
    vendor: Vendor,
    need: LineStanding | None,
) -> OrderContent:
    if not command.description.strip():
        raise REQUIRED(field="description", label="What is bought")
    line = LineContent(
        description=command.description.strip(),
        quantity=Decimal(1),
        unit=UNIT,
        unit_price=_amount(command.amount, vendor.currency).amount,
        work_order_id=job.id,
        cost_centre_id=job.cost_centre_id,
        project_id=job.project_id,
        receiver_id=ctx.actor_id,
    )
    if need is not None:
        line = line.model_copy(update=as_needed(need))
    return OrderContent(
        kind=OrderKind.COUNTER,
        vendor_id=vendor.id,
        currency=vendor.currency,
        payment_terms=vendor.payment_terms,
        ship_to_id=job.site_id,
        order_date=ctx.at.date(),
        lines=(line,),
    )


def _facts(ctx: Context, job: WorkOrder, person: Person, amount: Money) -> CounterFacts:
    settings = company(ctx.uow)
    cap = cap_of(person, settings)
    centre = ctx.require(CostCentre, job.cost_centre_id, label="cost centre")
    theirs = converted_if(ctx.uow, amount, centre.currency, ctx.at.date())
    return CounterFacts(
        cap=cap,
        amount=converted_if(ctx.uow, amount, cap.currency, ctx.at.date()),
        today=_today(ctx, job, person, cap.currency),
        within_nte=theirs is not None and within_nte(ctx, job, theirs),
        within_budget=theirs is not None and _within_budget(ctx, job, theirs, settings),
    )


def _today(ctx: Context, job: WorkOrder, person: Person, currency: str) -> Money:
    """What the person, or the job, got numbers for today, whichever is more; cancelled ones and
    amounts that no rate compares left out."""
    midnight = ctx.at.replace(hour=0, minute=0, second=0, microsecond=0)
    mine = ours = Money.zero(currency)
    for bought in ctx.uow.store(CounterStore).by_rule(RULE, since=midnight):
        worth = converted_if(ctx.uow, bought.amount, currency, ctx.at.date())
        if worth is None:
            continue
        mine += worth if person.id in bought.requester_ids else Money.zero(currency)
        ours += worth if job.id in bought.job_ids else Money.zero(currency)
    return ours if mine < ours else mine


def within_nte(ctx: Context, job: WorkOrder, amount: Money) -> bool:
    """Whether the job may cost this much more, in its cost centre's currency: what is committed and
    spent counts."""
    budget = Purses(ctx.uow).nte_of(job.id)
    return budget is None or not budget.available() < amount


def _within_budget(ctx: Context, job: WorkOrder, amount: Money, settings: CompanySettings) -> bool:
    """Every budget that pays for it, only where the company stops at them; not without a rate into
    its currency. The posting itself is guarded besides."""
    if settings.budget_on_approval is not Strictness.STOP:
        return True
    payer = (job.cost_centre_id, job.project_id, job.id)
    counted = settings.budget_counts_requests
    for budget in Purses(ctx.uow).paying(payer, ctx.at.date()):
        if budget.work_order_id is not None:
            continue
        theirs = converted_if(ctx.uow, amount, budget.currency, ctx.at.date())
        if theirs is None or budget.available(with_requested=counted) < theirs:
            return False
    return True


def _give_number(
    ctx: Context, document: OrderDocument, ruling: CounterRuling, facts: CounterFacts
) -> None:
    """Bind the order by the rule: recorded as the rule's decision, never as an approval by whoever
    asked."""
    order, person = document.order, ctx.person()
    revision = revise_ready(ctx, document)
    approval = _by_rule(ctx, order, revision, ruling)
    move(order, "approve")
    ctx.record(
        ApprovedByRule(
            subject_id=approval.id,
            order_id=order.id,
            number=order.number,
            revision=approval.revision,
            amount=approval.amount,
            rule=ruling.rule,
            sentence=ruling.sentence,
            cap=facts.cap,
            today=facts.today,
            asked_by_id=person.id,
        )
    )
    bind(ctx, document, revision, approval, first=True)
    ctx.record(issue(order, at=ctx.at))
    # Before anything is received on it, which no budget can refuse.
    post_order(ctx, order, document.lines, source=SOURCE, source_id=order.id, stage=Stage.ORDER)


def _by_rule(
    ctx: Context, order: PurchaseOrder, revision: OrderRevision, ruling: CounterRuling
) -> Approval:
    total = total_of(order)
    approval = Approval(
        id=ctx.new_id(),
        purchase_order_id=order.id,
        revision=revision.revision,
        content_hash=revision.content_hash,
        state=ApprovalState.APPROVED,
        amount_minor=total.minor,
        currency=total.currency,
        asked_at=ctx.at,
        decided_at=ctx.at,
        decided_on_surface=ctx.surface,
        reason=ruling.sentence,
        rule=ruling.rule,
    )
    ctx.uow.add(approval)
    return approval


@reaction(OrderApproved)
def number_after_approval(event: OrderApproved, ctx: Context) -> None:
    """Whoever waits at the counter needs nobody else: the approved number is out at once."""
    order = ctx.require(PurchaseOrder, event.subject_id, label="purchase order")
    if order.kind is OrderKind.COUNTER and event.first and not event.rule:
        ctx.record(issue(order, at=ctx.at))
