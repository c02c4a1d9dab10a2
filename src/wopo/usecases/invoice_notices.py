"""Who hears of invoices: the one card in the invoice channel, kept up to date in place."""

from collections.abc import Iterable

from wopo.domain.events import Event
from wopo.domain.invoices import (
    InvoiceCorrected,
    InvoiceCredited,
    InvoiceHeld,
    InvoiceMadePayable,
    InvoiceMatched,
    InvoicePaid,
    InvoiceReceived,
    InvoiceRejected,
    InvoiceRejudged,
    InvoiceWithheld,
)
from wopo.domain.outbox import Mode
from wopo.usecases.door import Context, Notice, announces

TOLD: tuple[type[Event], ...] = (
    InvoiceReceived,
    InvoiceMatched,
    InvoiceHeld,
    InvoiceRejudged,
    InvoiceCorrected,
    InvoiceWithheld,
    InvoiceMadePayable,
    InvoicePaid,
    InvoiceRejected,
    InvoiceCredited,
)


def tell_finance(event: Event, ctx: Context) -> Iterable[Notice]:
    """The invoice's card is drawn anew; an import posts nothing but its one summary."""
    if ctx.surface != "import":
        yield Notice("invoice", event.subject_id, "setting:invoices", Mode.KEEP)


for _event in TOLD:
    announces(_event)(tell_finance)
