"""Invoices and credit notes: entering them. Each is judged at once."""

from typing import Any

from pydantic import Field

from wopo.domain.billing import Document, covered_by, takes_back_whole
from wopo.domain.duplicates import number_core
from wopo.domain.exception_kinds import DOCUMENT_CONTRADICTS
from wopo.domain.findings import Finding
from wopo.domain.invoices import (
    DATED_AHEAD,
    INVOICE,
    NO_VENDOR,
    UNKNOWN_CREDITED,
    Invoice,
    InvoiceCredited,
    InvoiceReceived,
    InvoiceState,
    InvoiceType,
    number_key,
)
from wopo.domain.order_life import refresh_progress
from wopo.domain.people import Role
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.settings import Stage
from wopo.domain.vendors import Vendor
from wopo.usecases.attachments import FileFacts, attach
from wopo.usecases.door import Answer, Context, use_case
from wopo.usecases.invoice_papers import Papers, figures, load_documents, positive, rows_of, tied
from wopo.usecases.judging import BY_HAND, Judging
from wopo.usecases.ledger import post_order
from wopo.usecases.receipts import order_lines
from wopo.usecases.settings import company

MAX_DAYS_AHEAD = 31
FINANCE = frozenset({Role.FINANCE})


class EnterInvoice(Papers):
    """Enter an invoice or a credit note.

    The order is named by id, or by the reference on the paper (a number of ours that no order
    has is kept and held). Without an order the vendor must be named. ``warnings`` are shown with
    the invoice; ``contradictions`` hold it until a person has looked.
    """

    type: InvoiceType = InvoiceType.INVOICE
    vendor_id: str | None = None
    order_id: str | None = None
    order_reference: str = Field(default="", max_length=60)
    credits_invoice_id: str | None = None
    credits_number: str = Field(default="", max_length=60)
    warnings: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()
    imported: bool = False
    files: tuple[FileFacts, ...] = ()


@use_case(EnterInvoice, roles=FINANCE, action="enter invoices", system=True)
def enter_invoice(command: EnterInvoice, ctx: Context) -> Answer:
    """Take in the paper and judge it at once: it is matched, or on hold with its exceptions."""
    invoice = record_invoice(ctx, command)
    kind = "Credit note" if invoice.is_credit else "Invoice"
    said = "is on hold" if invoice.state is InvoiceState.ON_HOLD else f"is {invoice.state.value}"
    codes = f": {', '.join(invoice.codes)}" if invoice.codes else ""
    return Answer(
        subject_id=invoice.id,
        number=invoice.number,
        message=f"{kind} {invoice.number} over {invoice.total} {said}{codes}.",
        facts={"state": invoice.state.value, "codes": invoice.codes},
    )


def record_invoice(ctx: Context, command: EnterInvoice) -> Invoice:
    """Take in and judge one invoice within the transaction of whoever calls it."""
    order = _order_of(ctx, command)
    lines = order_lines(ctx, order) if order is not None else {}
    vendor = _vendor_of(ctx, command, order)
    currency = command.currency.strip().upper() or (order or vendor).currency
    paper = positive(command, command.type)
    counted = figures(paper, currency)
    check_date(ctx, command)
    invoice = Invoice(
        id=ctx.new_id(),
        sequence=ctx.uow.next_seq("invoice"),
        number=command.number.strip(),
        number_key=number_key(command.number),
        number_core=number_core(command.number),
        type=command.type,
        vendor_id=vendor.id,
        purchase_order_id=order.id if order else None,
        order_reference=command.order_reference.strip() or (order.number if order else ""),
        currency=currency,
        invoice_date=command.invoice_date,
        due_date=command.due_date,
        entered_by_id=ctx.actor_id,
        entered_at=ctx.at,
        warnings=[*command.warnings, *command.contradictions],
        imported=command.imported,
    )
    invoice.credits_invoice_id = _named_target(ctx, command, invoice)
    ties = tied(ctx, paper.lines, lines)
    gross = company(ctx.uow).budgets_gross
    document = rows_of(ctx, invoice, paper, counted, ties, gross=gross, keep=False)
    ctx.record(_received(invoice))
    attach(ctx, "invoice", invoice.id, command.files)
    _judge(ctx, order, lines, document, command)
    return invoice


def _received(invoice: Invoice) -> InvoiceReceived:
    return InvoiceReceived(
        subject_id=invoice.id,
        number=invoice.number,
        type=invoice.type,
        vendor_id=invoice.vendor_id,
        order_id=invoice.purchase_order_id,
        total=invoice.total,
        invoice_date=invoice.invoice_date,
        warnings=invoice.warnings,
        imported=invoice.imported,
    )


def _order_of(ctx: Context, command: EnterInvoice) -> PurchaseOrder | None:
    if command.order_id is not None:
        return ctx.require_locked(
            PurchaseOrder, command.order_id, label="purchase order", beside=(Vendor,)
        )
    reference = command.order_reference.strip()
    found = ctx.uow.find(PurchaseOrder, number=reference) if reference else None
    if found is None:
        return None
    return ctx.require_locked(PurchaseOrder, found.id, label="purchase order")


def _vendor_of(ctx: Context, command: EnterInvoice, order: PurchaseOrder | None) -> Vendor:
    vendor_id = command.vendor_id or (order.vendor_id if order else None)
    if vendor_id is None:
        raise NO_VENDOR(field="vendor_id")
    return ctx.require(Vendor, vendor_id, label="vendor", field="vendor_id")


def check_date(ctx: Context, paper: Papers) -> None:
    """Refuse a date further ahead than any vendor would write."""
    if (paper.invoice_date - ctx.at.date()).days > MAX_DAYS_AHEAD:
        raise DATED_AHEAD(field="invoice_date", day=paper.invoice_date, days=MAX_DAYS_AHEAD)


def _named_target(ctx: Context, command: EnterInvoice, credit: Invoice) -> str | None:
    """The invoice that a credit note says it takes back."""
    if not credit.is_credit:
        return None
    if command.credits_invoice_id is not None:
        found = ctx.require(Invoice, command.credits_invoice_id, label="invoice")
        return found.id
    wanted = number_key(command.credits_number)
    if not wanted:
        return None
    rows = ctx.uow.all(
        Invoice, vendor_id=credit.vendor_id, number_key=wanted, type=InvoiceType.INVOICE
    )
    live = [row for row in rows if row.state is not InvoiceState.REJECTED]
    if not live:
        raise UNKNOWN_CREDITED(field="credits_number", wanted=command.credits_number)
    return live[0].id


def _judge(
    ctx: Context,
    order: PurchaseOrder | None,
    lines: dict[str, PurchaseOrderLine],
    document: Document,
    command: EnterInvoice,
) -> None:
    invoice = document.invoice
    kind = "credit note" if invoice.is_credit else "invoice"
    judging = Judging(ctx, order, lines, f"{kind} {invoice.number}")
    judging.judge_new(document, also=_contradictions(invoice, lines, command))
    ctx.uow.add(invoice, *document.lines, *document.charges)
    if invoice.is_credit and order is not None:
        _credit(ctx, judging, document)
        judging.again()
    else:
        judging.keep_sums(document)
    follow(ctx, judging, invoice)


def follow(ctx: Context, judging: Judging, invoice: Invoice) -> None:
    """What follows from judging: the ledger and budgets, the new cases, the order's progress."""
    order, lines = judging.order, judging.lines
    if order is not None:
        posted = list(lines.values())
        post_order(
            ctx,
            order,
            posted,
            source="invoice",
            source_id=invoice.id,
            stage=Stage.INVOICE,
        )
    judging.finish()
    if order is not None:
        refresh_progress(order, lines.values())


def _contradictions(
    invoice: Invoice, lines: dict[str, PurchaseOrderLine], command: EnterInvoice
) -> list[Finding]:
    if not command.contradictions:
        return []
    kind = "credit note" if invoice.is_credit else "invoice"
    facts: dict[str, Any] = {
        BY_HAND: True,
        "document": f"{kind} {invoice.number}",
        "problem": " ".join(command.contradictions),
        "sentence": " ".join(command.contradictions),
    }
    centres = tuple(dict.fromkeys(line.cost_centre_id for line in lines.values()))
    return [
        Finding(
            code=DOCUMENT_CONTRADICTS,
            amount_minor=invoice.total_minor,
            variance=invoice.total.amount,
            cost_centre_ids=centres,
            facts=facts,
        )
    ]


def _credit(ctx: Context, judging: Judging, credit: Document) -> None:
    """Find what the credit note takes back, and mark an invoice that it takes back as a whole.

    Without a reference it is the one live invoice that billed at least what is given back; with
    none or several such, only the order's lines are credited.
    """
    own = credit.invoice
    targets = _live_invoices(ctx, own)
    if own.credits_invoice_id is None:
        fits = [target for target in targets if covered_by(credit, target)]
        if len(fits) == 1:
            own.credits_invoice_id = fits[0].invoice.id
    target = next((t for t in targets if t.invoice.id == own.credits_invoice_id), None)
    if target is None or own.state is not InvoiceState.MATCHED:
        return
    if not takes_back_whole(credit, target):
        return
    credit_invoice(ctx, judging, own, target.invoice)


def _live_invoices(ctx: Context, credit: Invoice) -> list[Document]:
    rows = ctx.uow.all(
        Invoice,
        purchase_order_id=credit.purchase_order_id,
        vendor_id=credit.vendor_id,
        type=InvoiceType.INVOICE,
        order="sequence",
    )
    over = (InvoiceState.REJECTED, InvoiceState.CREDITED)
    live = [r for r in rows if r.state not in over and r.sequence < credit.sequence]
    return load_documents(ctx.uow, live)


def credit_invoice(ctx: Context, judging: Judging, credit: Invoice, taken_back: Invoice) -> None:
    """Mark an invoice as taken back; a credit note for one that was not paid is used up by it,
    one for a paid invoice waits for the money, less what was held back of it and never paid."""
    was_paid = taken_back.state is InvoiceState.PAID or taken_back.settled_minor > 0
    if taken_back.settled_minor:
        credit.settled_minor = taken_back.total_minor - taken_back.settled_minor
    taken_back.withheld_minor, taken_back.withheld = 0, {}
    subject = f"Invoice {taken_back.number}"
    taken_back.state = INVOICE.move(taken_back.state, "credit", subject=subject)
    taken_back.version += 1
    if not was_paid:
        credit.state = INVOICE.move(credit.state, "credit", subject=f"Credit note {credit.number}")
    judging.cases_gone(taken_back.id)
    ctx.record(
        InvoiceCredited(
            subject_id=taken_back.id,
            number=taken_back.number,
            order_id=taken_back.purchase_order_id,
            credit_id=credit.id,
            credit_number=credit.number,
        )
    )
