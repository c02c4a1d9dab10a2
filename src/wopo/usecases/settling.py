"""What judging and deciding make of an invoice: held, let go, or paid but for what is disputed."""

from collections.abc import Mapping, Sequence

from wopo.domain.billing import Document
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.invoices import (
    INVOICE,
    Invoice,
    InvoiceHeld,
    InvoiceMatched,
    InvoiceState,
    InvoiceWithheld,
)
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.domain.short_pay import NOTHING, Withheld, spread, withheld
from wopo.usecases.door import Context

OVER = (InvoiceState.CREDITED, InvoiceState.REJECTED)


def settle(
    ctx: Context,
    document: Document,
    lines: Mapping[str, PurchaseOrderLine],
    cases: Sequence[ExceptionCase],
    *,
    held: bool,
    gross: bool,
    cause: str,
) -> None:
    """Hold the invoice, or let it go but for what is held back; one that is paid stays so.

    ``held``: something stands against the whole of it. ``cases`` are all of the invoice.
    ``gross``: budgets count tax.
    """
    invoice = document.invoice
    if invoice.state in OVER:
        return
    part = NOTHING
    disputed = [case for case in cases if case.holds_back]
    if disputed and not held:
        found = withheld(document, disputed, lines, gross=gross)
        held, part = found is None, found or NOTHING
    if invoice.settled_minor:
        rest = None if held else part
        _settle_rest(ctx, document, lines, cases, part=rest, gross=gross, cause=cause)
        return
    changed = _hold_back(ctx, invoice, NOTHING if held else part, cause)
    verb = "hold" if held else "match"
    if INVOICE.can(invoice.state, verb):
        _move(invoice, verb)
        ctx.record(_held(invoice) if held else _matched(invoice))
    elif changed and invoice.state is InvoiceState.PAYABLE:
        _move(invoice, "free_rest")


def _settle_rest(
    ctx: Context,
    document: Document,
    lines: Mapping[str, PurchaseOrderLine],
    cases: Sequence[ExceptionCase],
    *,
    part: Withheld | None,
    gross: bool,
    cause: str,
) -> None:
    """An invoice that was paid in part: the rest is held back, or may be released. What was paid
    stays paid, so it never goes on hold again. ``part`` none: the whole rest is held back."""
    invoice = document.invoice
    rest = invoice.total_minor - invoice.settled_minor
    if rest <= 0:
        return
    if part is None:
        against = [case for case in cases if case.holds or case.holds_back]
        part = withheld(document, against, lines, gross=gross) or NOTHING
        part = part if part.minor == rest else spread(document, rest, lines)
    elif part.minor > rest:
        part = spread(document, rest, lines)
    changed = _hold_back(ctx, invoice, part, cause)
    if part.minor == rest:
        if INVOICE.can(invoice.state, "withhold_rest"):
            _move(invoice, "withhold_rest")
    elif changed and INVOICE.can(invoice.state, "free_rest"):
        _move(invoice, "free_rest")


def _hold_back(ctx: Context, invoice: Invoice, part: Withheld, cause: str) -> bool:
    """Keep what is held back; whether it is another part than before."""
    before, kept = invoice.held_back, part.kept()
    if (invoice.withheld_minor, invoice.withheld) == (part.minor, kept):
        return False
    invoice.withheld_minor, invoice.withheld = part.minor, kept
    invoice.version += 1
    ctx.record(
        InvoiceWithheld(
            subject_id=invoice.id,
            number=invoice.number,
            order_id=invoice.purchase_order_id,
            before=before,
            withheld=invoice.held_back,
            to_pay=invoice.to_pay,
            cause=cause,
        )
    )
    return True


def _move(invoice: Invoice, verb: str) -> None:
    invoice.state = INVOICE.move(invoice.state, verb, subject=f"Invoice {invoice.number}")
    invoice.version += 1


def _held(invoice: Invoice) -> InvoiceHeld:
    return InvoiceHeld(
        subject_id=invoice.id,
        number=invoice.number,
        order_id=invoice.purchase_order_id,
        total=invoice.total,
        codes=invoice.codes,
    )


def _matched(invoice: Invoice) -> InvoiceMatched:
    return InvoiceMatched(
        subject_id=invoice.id,
        number=invoice.number,
        order_id=invoice.purchase_order_id,
        total=invoice.total,
        accepted=invoice.codes,
    )
