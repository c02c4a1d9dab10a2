"""The till receipt of a counter purchase: its photo closes it, a missing one is asked for."""

from collections.abc import Iterable
from datetime import timedelta

from wopo.domain.attachments import Attachment
from wopo.domain.counter_purchases import (
    NOT_BOUGHT,
    NOT_COUNTER,
    ApprovedByRule,
    TillReceiptAsked,
    TillReceiptKept,
)
from wopo.domain.deliveries import at_work
from wopo.domain.errors import NOT_ALLOWED, REQUIRED
from wopo.domain.events import Event
from wopo.domain.lookup import Kind
from wopo.domain.numbers import short
from wopo.domain.order_life import is_open
from wopo.domain.outbox import Mode
from wopo.domain.people import Person, Role
from wopo.domain.purchase_order_events import (
    OrderCancelled,
    OrderIssued,
    OrderRejected,
    OrderSubmitted,
)
from wopo.domain.purchase_orders import OrderKind, OrderState, PurchaseOrder
from wopo.domain.receipts import ReceiptPosted
from wopo.domain.workflow import words
from wopo.usecases.attachments import FileFacts, attach
from wopo.usecases.door import Answer, Command, Context, Notice, announces, silent, use_case
from wopo.usecases.order_documents import OrderDocument, hold_order
from wopo.usecases.order_stories import jobs_on
from wopo.usecases.people import direct, supervisors
from wopo.usecases.ports.counter_purchases import CounterStore
from wopo.usecases.ports.people import PeopleStore
from wopo.usecases.purchase_orders import BUYERS
from wopo.usecases.receipt_rights import receives
from wopo.usecases.receipts import CountedLine, PostReceipt, post_receipt
from wopo.usecases.settings import company
from wopo.usecases.sweeps import AT_ONCE, once
from wopo.usecases.work_order_stories import story

silent(ApprovedByRule, "the number is on the buyer's screen, and the job's thread tells it")

MAY_ADD = frozenset({*BUYERS, Role.RECEIVER})
LAST_AFTER = 3
"""The second and last time a till receipt is asked for, in multiples of the company's hours."""


class AddTillReceipt(Command):
    """Hang the photo of the till receipt on a counter purchase."""

    order_id: str
    files: tuple[FileFacts, ...]


class ChaseTillReceipts(Command):
    """Ask for till receipts that are missing: once, and once more with the supervisors told."""


@use_case(AddTillReceipt, action="add till receipts")
def add_till_receipt(command: AddTillReceipt, ctx: Context) -> Answer:
    """Keep the photo and book the goods with it, where the person may; who bought it may up to the
    company's limit, and it is flagged. Otherwise a receiver is asked."""
    document = hold_order(ctx, command.order_id)
    order, person = document.order, ctx.person()
    number = short(order.number)
    if order.kind is not OrderKind.COUNTER:
        raise NOT_COUNTER(number=number)
    if person.id not in order.requested_by_ids and not person.has(*MAY_ADD):
        raise NOT_ALLOWED(action=f"add a receipt to {number}", who="who bought it, or a buyer")
    if order.state not in (OrderState.ISSUED, OrderState.CLOSED):
        waits = order.state is OrderState.PENDING_APPROVAL
        accepted = "wait for the decision" if waits else "ask for a new number"
        raise NOT_BOUGHT(number=number, state=words(order.state), accepted=accepted)
    if not command.files:
        raise REQUIRED(field="files", label="The photo of the till receipt")
    booked = keep_receipt(ctx, document, command.files)
    done = "complete" if booked else "kept; a receiver books the goods"
    return Answer(
        subject_id=order.id,
        number=order.number,
        message=f"Thank you: the till receipt of {number} is {done}.",
        facts={"booked": booked},
    )


def keep_receipt(ctx: Context, document: OrderDocument, files: tuple[FileFacts, ...]) -> bool:
    """Whether nothing is left to be received with it."""
    order = document.order
    added: list[Attachment] = attach(ctx, Kind.PURCHASE_ORDER.value, order.id, files)
    still = [line for line in document.lines if is_open(line)]
    may = receives(ctx.uow, ctx.person(), order, still, ctx.at.date())
    if still and may:
        counts = tuple(
            CountedLine(line_id=line.id, accepted=line.quantity - line.accepted) for line in still
        )
        note = "Bought at the counter, by its till receipt."
        post_receipt(PostReceipt(order_id=order.id, lines=counts, note=note), ctx)
    ctx.record(
        TillReceiptKept(
            subject_id=order.id,
            number=order.number,
            attachment_ids=[row.id for row in added],
            booked=may or not still,
        )
    )
    return may or not still


@use_case(ChaseTillReceipts, action="ask for till receipts", system=True)
def chase_till_receipts(command: ChaseTillReceipts, ctx: Context) -> Answer:
    """Each purchase whose photo or goods are missing, in its buyer's working hours."""
    settings, asked = company(ctx.uow), 0
    for last in (True, False):
        hours = settings.counter_photo_after_hours * (LAST_AFTER if last else 1)
        before = ctx.at - timedelta(hours=hours)
        stage = "last" if last else "first"
        for order in ctx.uow.store(CounterStore).without_till_receipt(before, stage, AT_ONCE):
            person = ctx.uow.get(Person, next(iter(order.requested_by_ids), ""))
            if person is None or at_work(person, ctx.at, settings.working_hours) is None:
                continue
            once(ctx, f"till:{order.id}", stage)
            asked += 1
            ctx.record(
                TillReceiptAsked(
                    subject_id=order.id, number=order.number, person_id=person.id, last=last
                )
            )
        ctx.uow.flush()
    return Answer(message=f"{asked} till receipts asked for.", facts={"asked": asked})


@announces(TillReceiptAsked)
def ask_receipt(event: TillReceiptAsked, ctx: Context) -> Iterable[Notice]:
    """A DM that is answered with the photo; the last time the job's supervisors hear of it too."""
    order = ctx.require(PurchaseOrder, event.subject_id, label="purchase order")
    number = short(event.number)
    text = f"The till receipt of {number} is missing. Send me its photo here, please."
    yield direct(event.person_id, order.id, text)
    if not event.last:
        return
    person = ctx.require(Person, event.person_id, label="person")
    told = f"{person.name} bought on {number} at a counter, and the till receipt is still missing."
    for site_id in {job.site_id for job, _ in jobs_on(ctx, order).values()}:
        for supervisor in supervisors(ctx.uow, site_id):
            yield direct(supervisor.id, order.id, told)


@announces(TillReceiptKept)
def tell_kept(event: TillReceiptKept, ctx: Context) -> Iterable[Notice]:
    """The threads read of the goods when they are booked; until then receivers are asked to."""
    order = ctx.require(PurchaseOrder, event.subject_id, label="purchase order")
    number = short(event.number)
    yield from counter_card(order)
    if not event.booked:
        for job, things in jobs_on(ctx, order).values():
            yield story(job, f"The till receipt of {number} is here: {', '.join(things)}.")
        text = f"{number} was bought at a counter; please look at the goods and book them."
        for receiver in ctx.uow.store(PeopleStore).with_role(Role.RECEIVER):
            yield direct(receiver.id, order.id, text)


def counter_card(order: PurchaseOrder) -> Iterable[Notice]:
    """The card in the DM of whoever stands at the counter, kept as it is now."""
    if order.kind is OrderKind.COUNTER:
        for person_id in order.requested_by_ids[:1]:
            yield Notice("counter", order.id, f"person:{person_id}", Mode.KEEP)


def show_counter(event: Event, ctx: Context) -> Iterable[Notice]:
    """A counter purchase moved on."""
    yield from counter_card(ctx.require(PurchaseOrder, event.subject_id, label="purchase order"))


for _event in (OrderSubmitted, OrderIssued, OrderRejected, OrderCancelled):
    announces(_event)(show_counter)


@announces(ReceiptPosted)
def show_received(event: ReceiptPosted, ctx: Context) -> Iterable[Notice]:
    """Its goods are booked."""
    if ctx.surface != "import":
        yield from counter_card(ctx.require(PurchaseOrder, event.order_id, label="purchase order"))
