"""Who hears of payment batches: a card in finance's channel, and files for whoever made it."""

from collections.abc import Iterable

from wopo.domain.events import Event
from wopo.domain.outbox import Mode
from wopo.domain.payment_batches import (
    BatchState,
    PaymentBatch,
    PaymentBatchCancelled,
    PaymentBatchExported,
    PaymentBatchMade,
    PaymentBatchPaid,
    PaymentTakenOut,
)
from wopo.domain.vendors import Vendor
from wopo.usecases.door import Context, Notice, announces, silent
from wopo.usecases.people import direct
from wopo.usecases.ports.outbox import TASK

CARD = "payment_batch"
ATTACH_PAYMENTS = "attach_payments"

silent(PaymentBatchExported, "the files themselves are what is told")


def _files(batch: PaymentBatch) -> Notice:
    """The files for whoever made the batch: accounts are on them, so they go into no channel."""
    facts = {"person_id": batch.made_by_id, "revision": batch.revision}
    to, stream = f"{TASK}{ATTACH_PAYMENTS}", f"files:{batch.made_by_id}"
    return Notice("task", batch.id, to, facts=facts, stream=stream)


def keep_card(event: Event, ctx: Context) -> Iterable[Notice]:
    """The batch's card is drawn anew."""
    yield Notice(CARD, event.subject_id, "setting:finance", Mode.KEEP)


for _event in (PaymentBatchMade, PaymentTakenOut, PaymentBatchPaid, PaymentBatchCancelled):
    announces(_event)(keep_card)


@announces(PaymentBatchMade)
def hand_out_files(event: PaymentBatchMade, ctx: Context) -> Iterable[Notice]:
    """The table and, where there is one, the SEPA file."""
    yield _files(ctx.require(PaymentBatch, event.subject_id, label="payment batch"))


@announces(PaymentTakenOut)
def tell_taken_out(event: PaymentTakenOut, ctx: Context) -> Iterable[Notice]:
    """Whoever made the batch must stop the earlier file, and gets the one that is right now."""
    batch = ctx.require(PaymentBatch, event.subject_id, label="payment batch")
    vendor = ctx.require(Vendor, event.vendor_id, label="vendor")
    living = batch.state is BatchState.MADE
    then = "Use the new file only" if living else "Nothing is left in the batch"
    text = (
        f"{vendor.name} is out of payment batch {event.number} ({event.amount}, "
        f"{', '.join(event.invoices)}): {event.why}. {then}. If the bank has the earlier file, "
        "stop it there; what it paid already is marked as paid invoice by invoice."
    )
    yield direct(batch.made_by_id, batch.id, text)
    if living:
        yield _files(batch)
