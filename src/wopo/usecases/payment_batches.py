"""Payment batches: made from what is due, paid or cancelled as a whole; a payment leaves when one
of its invoices may not be paid any more."""

from collections.abc import Iterable
from datetime import date

from pydantic import Field

from wopo.domain.bank_details import BankDetailsEntered
from wopo.domain.errors import REQUIRED
from wopo.domain.events import Event
from wopo.domain.invoices import (
    Invoice,
    InvoiceCredited,
    InvoiceHeld,
    InvoiceRejected,
    InvoiceWithheld,
)
from wopo.domain.money import Money, by_currency
from wopo.domain.payment_batches import (
    MOST_INVOICES,
    NOTHING_DUE,
    PAST_DAY,
    PLAN_CHANGED,
    TOO_MANY,
    BatchState,
    Netted,
    Payment,
    PaymentBatch,
    PaymentBatchCancelled,
    PaymentBatchExported,
    PaymentBatchMade,
    PaymentBatchPaid,
    PaymentItem,
    PaymentTakenOut,
)
from wopo.domain.people import Role
from wopo.domain.receipts import FUTURE
from wopo.domain.vendor_holds import HoldKind
from wopo.domain.vendors import Vendor, VendorHeld
from wopo.usecases.door import Answer, Command, Context, reaction, use_case
from wopo.usecases.payables import pay
from wopo.usecases.payment_plans import Plan, plan
from wopo.usecases.ports.payment_batches import PaymentStore

FINANCE = frozenset({Role.FINANCE})
NOTHING = "nothing is due"
EMPTIED = "Nothing is left in it."


class MakePaymentBatch(Command):
    """Pay what is due up to a day, but for some invoices. ``seal`` is that of the plan which was
    shown (none: whatever is due now); ``execute_on`` is when the bank shall pay, by default
    today."""

    up_to: date
    execute_on: date | None = None
    leave_out: tuple[str, ...] = ()
    seal: str = ""


class PayPaymentBatch(Command):
    """The bank paid the batch; by default today."""

    batch_id: str
    paid_on: date | None = None
    reference: str = Field(default="", max_length=120)


class CancelPaymentBatch(Command):
    """The batch is not to be paid; the bank has no file of it, or was told."""

    batch_id: str
    reason: str = Field(default="", max_length=500)


class NoteBatchExported(Command):
    """Files for the bank were written: their SHA-256 by name."""

    batch_id: str
    files: dict[str, str]


@use_case(MakePaymentBatch, roles=FINANCE, action="make payment batches")
def make_payment_batch(command: MakePaymentBatch, ctx: Context) -> Answer:
    """Hold vendors and invoices, look again what is due, and put it into one batch."""
    day = command.execute_on or ctx.today
    if day < ctx.today:
        raise PAST_DAY(field="execute_on", day=day)
    found = _due_and_held(ctx, command)
    batch = PaymentBatch(
        id=ctx.new_id(),
        number=ctx.uow.next_number("PB", ctx.at.year),
        up_to=command.up_to,
        execute_on=day,
        made_by_id=ctx.person().id,
        made_at=ctx.at,
    )
    ctx.uow.add(batch)
    for position, one in enumerate(found.payments, start=1):
        _add_payment(ctx, batch, position, one, found)
    ctx.record(
        PaymentBatchMade(
            subject_id=batch.id,
            number=batch.number,
            up_to=batch.up_to,
            execute_on=day,
            totals=found.totals,
            invoices=[item.number for one in found.payments for item in one.taken],
        )
    )
    return _answer(batch, f"pays {in_words(found.totals)} to {_vendors(found)}", found.totals)


def _due_and_held(ctx: Context, command: MakePaymentBatch) -> Plan:
    """The plan, read again once nobody else can change what it stands on."""
    first = plan(ctx.uow, up_to=command.up_to, at=ctx.at)
    if command.seal and first.seal != command.seal:
        raise PLAN_CHANGED()
    if first.count > MOST_INVOICES:
        raise TOO_MANY(field="up_to", count=first.count, most=MOST_INVOICES)
    store = ctx.uow.store(PaymentStore)
    store.hold(Vendor, {one.vendor_id for one in first.payments})
    store.hold(Invoice, {item.id for one in first.payments for item in one.taken})
    held = plan(ctx.uow, up_to=command.up_to, at=ctx.at)
    if held.seal != first.seal:
        raise PLAN_CHANGED()
    found = held
    if command.leave_out:
        found = plan(ctx.uow, up_to=command.up_to, at=ctx.at, leave_out=command.leave_out)
    if not found.payments:
        why = counted(len(found.held), "document") + " held back" if found.held else NOTHING
        raise NOTHING_DUE(field="up_to", day=command.up_to, why=why)
    return found


def _add_payment(
    ctx: Context, batch: PaymentBatch, position: int, one: Netted, found: Plan
) -> None:
    payment = Payment(
        id=ctx.new_id(),
        batch_id=batch.id,
        position=position,
        vendor_id=one.vendor_id,
        bank_details_id=found.accounts[one.vendor_id].id,
        currency=one.currency,
        amount_minor=one.amount.minor,
    )
    items = [
        PaymentItem(
            id=ctx.new_id(),
            payment_id=payment.id,
            invoice_id=item.id,
            live_invoice_id=item.id,
            amount_minor=item.signed,
        )
        for item in one.taken
    ]
    ctx.uow.add(payment, *items)


def in_words(totals: Iterable[Money]) -> str:
    """``1,240.00 EUR and 300.00 USD``."""
    return " and ".join(str(amount) for amount in totals) or "nothing"


def _vendors(found: Plan) -> str:
    return counted(len({one.vendor_id for one in found.payments}), "vendor")


def counted(count: int, what: str) -> str:
    """``1 vendor``, ``3 vendors``."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def _answer(batch: PaymentBatch, said: str, totals: list[Money]) -> Answer:
    return Answer(
        subject_id=batch.id,
        number=batch.number,
        message=f"Payment batch {batch.number} {said}.",
        facts={"totals": [str(amount) for amount in totals], "state": batch.state.value},
    )


def standing(ctx: Context, batch_id: str) -> tuple[PaymentBatch, list[Payment], list[PaymentItem]]:
    """Hold the batch's invoices, then the batch (lock order), and read what is still in it."""
    found = ctx.require(PaymentBatch, batch_id, label="payment batch")
    payments = ctx.uow.all(Payment, batch_id=found.id, taken_out="", order="position")
    ids = [payment.id for payment in payments]
    items = ctx.uow.all(PaymentItem, payment_id=ids, order="id") if ids else []
    ctx.uow.store(PaymentStore).hold(Invoice, {item.invoice_id for item in items})
    batch = ctx.require_locked(PaymentBatch, found.id, label="payment batch")
    payments = ctx.uow.all(Payment, batch_id=batch.id, taken_out="", order="position")
    kept = {payment.id for payment in payments}
    return batch, payments, [item for item in items if item.payment_id in kept]


@use_case(PayPaymentBatch, roles=FINANCE, action="mark payment batches as paid")
def pay_payment_batch(command: PayPaymentBatch, ctx: Context) -> Answer:
    """Mark every invoice of the batch as paid with it; all of them or none."""
    batch, payments, items = standing(ctx, command.batch_id)
    day = command.paid_on or ctx.today
    if day > ctx.today:
        raise FUTURE(field="paid_on", day=day)
    reference = command.reference.strip()
    batch.move("mark_paid", by_id=ctx.actor_id, at=ctx.at)
    batch.paid_on, batch.reference = day, reference
    invoices = ctx.uow.many(Invoice, [item.invoice_id for item in items])
    for item in items:
        ctx.record(pay(ctx, invoices[item.invoice_id], day, reference or batch.number))
        item.live_invoice_id = None
    totals = by_currency(one.amount for one in payments)
    ctx.record(
        PaymentBatchPaid(
            subject_id=batch.id,
            number=batch.number,
            totals=totals,
            paid_on=day,
            reference=reference,
        )
    )
    count = counted(len(items), "document")
    return _answer(batch, f"is paid, and {count} with it", totals)


@use_case(CancelPaymentBatch, roles=FINANCE, action="cancel payment batches")
def cancel_payment_batch(command: CancelPaymentBatch, ctx: Context) -> Answer:
    """Free everything in it for another batch."""
    batch, payments, items = standing(ctx, command.batch_id)
    reason = command.reason.strip()
    if not reason:
        raise REQUIRED(field="reason", label="The reason")
    batch.move("cancel", by_id=ctx.actor_id, at=ctx.at)
    batch.reason = reason
    for item in items:
        item.live_invoice_id = None
    ctx.record(PaymentBatchCancelled(subject_id=batch.id, number=batch.number, reason=reason))
    totals = by_currency(one.amount for one in payments)
    return _answer(batch, "is cancelled; its invoices can be paid another way", totals)


@use_case(NoteBatchExported, roles=FINANCE, action="export payment batches", system=True)
def note_batch_exported(command: NoteBatchExported, ctx: Context) -> Answer:
    """Write down which files of which state of the batch were handed out."""
    batch = ctx.require(PaymentBatch, command.batch_id, label="payment batch")
    ctx.record(
        PaymentBatchExported(
            subject_id=batch.id,
            number=batch.number,
            revision=batch.revision,
            files=command.files,
        )
    )
    return Answer(subject_id=batch.id, number=batch.number, message="Exported.")


Left = InvoiceHeld | InvoiceWithheld | InvoiceRejected | InvoiceCredited


def take_out_invoice(event: Left, ctx: Context) -> None:
    """An invoice that may not be paid any more takes its vendor's payment along, since what was
    netted with it no longer comes to the same."""
    became = _BECAME.get(type(event)) or f"is {event.name.partition(':')[2]}"
    why = f"invoice {event.number} {became}"
    _take_out(ctx, ctx.uow.store(PaymentStore).living(invoice_id=event.subject_id), why)


_BECAME: dict[type[Event], str] = {
    InvoiceHeld: "is on hold",
    InvoiceWithheld: "is to be paid with another amount",
}
reaction(InvoiceHeld)(take_out_invoice)
reaction(InvoiceWithheld)(take_out_invoice)
reaction(InvoiceRejected)(take_out_invoice)
reaction(InvoiceCredited)(take_out_invoice)


@reaction(BankDetailsEntered)
def take_out_vendor(event: BankDetailsEntered, ctx: Context) -> None:
    """Whoever's bank details changed is paid nothing until they are confirmed."""
    found = ctx.uow.store(PaymentStore).living(vendor_id=event.vendor_id)
    _take_out(ctx, found, "its bank details changed and are not confirmed yet")


@reaction(VendorHeld)
def take_out_held(event: VendorHeld, ctx: Context) -> None:
    """Nothing is paid to a vendor whose payments are on hold."""
    if event.kind is HoldKind.PAYMENTS:
        found = ctx.uow.store(PaymentStore).living(vendor_id=event.subject_id)
        _take_out(ctx, found, "the vendor is on hold for payments")


def _take_out(ctx: Context, found: list[tuple[PaymentBatch, Payment]], why: str) -> None:
    for batch, payment in found:
        ctx.require_locked(PaymentBatch, batch.id, label="payment batch")
        left = {row.id for row in ctx.uow.all(Payment, batch_id=batch.id, taken_out="")}
        if batch.state is not BatchState.MADE or payment.id not in left:
            continue  # Somebody else was first while we waited for the batch.
        _free(ctx, batch, payment, why)
        if left == {payment.id}:
            batch.move("cancel", by_id=None, at=ctx.at)
            batch.reason = EMPTIED
            ctx.record(
                PaymentBatchCancelled(subject_id=batch.id, number=batch.number, reason=EMPTIED)
            )


def _free(ctx: Context, batch: PaymentBatch, payment: Payment, why: str) -> None:
    items = ctx.uow.all(PaymentItem, payment_id=payment.id)
    for item in items:
        item.live_invoice_id = None
    payment.taken_out = why
    batch.revision += 1
    invoices = ctx.uow.many(Invoice, [item.invoice_id for item in items])
    ctx.record(
        PaymentTakenOut(
            subject_id=batch.id,
            number=batch.number,
            revision=batch.revision,
            vendor_id=payment.vendor_id,
            amount=payment.amount,
            invoices=sorted(row.number for row in invoices.values()),
            why=why,
        )
    )
