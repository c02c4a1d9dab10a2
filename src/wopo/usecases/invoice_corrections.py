"""Correcting a captured invoice: what the paper says in place of what was entered, judged anew."""

from typing import Any

from pydantic import Field

from wopo.domain.billing import Document
from wopo.domain.duplicates import number_core
from wopo.domain.events import as_json
from wopo.domain.invoices import (
    INVOICE,
    Invoice,
    InvoiceCharge,
    InvoiceCorrected,
    InvoiceLine,
    number_key,
)
from wopo.domain.money import plain
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.vendors import Vendor
from wopo.usecases.door import Answer, Context, use_case
from wopo.usecases.invoice_papers import Papers, figures, load_documents, positive, rows_of, tied
from wopo.usecases.invoices import FINANCE, check_date, follow
from wopo.usecases.judging import Judging
from wopo.usecases.payables import check_unpaid
from wopo.usecases.receipts import order_lines
from wopo.usecases.settings import company


class CorrectInvoice(Papers):
    """Enter anew what the paper says; number and history stay. A named order or vendor replaces
    the one that was entered."""

    invoice_id: str
    order_id: str | None = None
    vendor_id: str | None = None
    reason: str = Field(default="", max_length=500)


@use_case(CorrectInvoice, roles=FINANCE, action="correct invoices")
def correct_invoice(command: CorrectInvoice, ctx: Context) -> Answer:
    """Put the right figures in place of wrong ones and judge anew, also the order it was entered
    on before. Only while it is matched or on hold."""
    found = ctx.require(Invoice, command.invoice_id, label="invoice")
    order_id = command.order_id or found.purchase_order_id
    concerned = {id for id in (order_id, found.purchase_order_id) if id is not None}
    held = {
        id: ctx.require_locked(PurchaseOrder, id, label="purchase order")
        for id in sorted(concerned)
    }
    invoice = ctx.require_locked(Invoice, found.id, label="invoice")
    check_unpaid(invoice)
    former = invoice.purchase_order_id
    subject = f"Invoice {invoice.number}"
    invoice.state = INVOICE.move(invoice.state, "correct", subject=subject)
    order = held.get(order_id or "")
    lines = order_lines(ctx, order) if order is not None else {}
    before = _facts(load_documents(ctx.uow, [invoice])[0])
    document = _rewritten(ctx, invoice, command, order, lines)
    ctx.record(
        InvoiceCorrected(
            subject_id=invoice.id,
            number=invoice.number,
            order_id=invoice.purchase_order_id,
            reason=command.reason.strip(),
            before=before,
            after=_facts(document),
        )
    )
    cause = f"correction of invoice {invoice.number}"
    if former is not None and former != order_id:
        left = Judging(ctx, held[former], order_lines(ctx, held[former]), cause)
        left.again()
        follow(ctx, left, invoice)
    judging = Judging(ctx, order, lines, cause).with_cases_of(invoice)
    if order is None:
        judging.judge_new(document)
    else:
        judging.again(search=True)
    follow(ctx, judging, invoice)
    return Answer(
        subject_id=invoice.id,
        number=invoice.number,
        message=f"Invoice {invoice.number} is corrected and {invoice.state.value}.".replace(
            "_", " "
        ),
        facts={"state": invoice.state.value, "codes": invoice.codes},
    )


def _rewritten(
    ctx: Context,
    invoice: Invoice,
    command: CorrectInvoice,
    order: PurchaseOrder | None,
    lines: dict[str, PurchaseOrderLine],
) -> Document:
    paper = positive(command, invoice.type)
    counted = figures(paper, command.currency.strip().upper() or invoice.currency)
    check_date(ctx, command)
    for kind in (InvoiceLine, InvoiceCharge):
        for row in ctx.uow.all(kind, invoice_id=invoice.id):
            ctx.uow.delete(row)
    ctx.uow.flush()
    if command.vendor_id is not None:
        invoice.vendor_id = ctx.require(Vendor, command.vendor_id, label="vendor").id
    invoice.purchase_order_id = order.id if order is not None else None
    if command.order_id is not None and order is not None:
        invoice.order_reference = order.number
        invoice.verdict = {}
    invoice.number, invoice.number_key = command.number.strip(), number_key(command.number)
    invoice.number_core = number_core(command.number)
    invoice.invoice_date, invoice.due_date = command.invoice_date, command.due_date
    invoice.currency = counted.currency
    invoice.version += 1
    ties = tied(ctx, paper.lines, lines)
    gross = company(ctx.uow).budgets_gross
    return rows_of(ctx, invoice, paper, counted, ties, gross=gross)


def _facts(document: Document) -> dict[str, Any]:
    """What a correction may change, for the audit."""
    invoice = document.invoice
    return {
        "number": invoice.number,
        "vendor_id": invoice.vendor_id,
        "order_id": invoice.purchase_order_id,
        "invoice_date": as_json(invoice.invoice_date),
        "due_date": as_json(invoice.due_date),
        "lines": [_line_facts(row) for row in document.lines],
        "charges": {row.code: row.amount_minor for row in document.charges},
        **{name: getattr(invoice, name) for name in _AMOUNTS},
        "currency": invoice.currency,
    }


_AMOUNTS = (
    "net_minor", "charges_minor", "tax_minor", "discount_minor", "total_minor",
    "stated_total_minor",
)  # fmt: skip


def _line_facts(row: InvoiceLine) -> dict[str, Any]:
    return {
        "position": row.position,
        "order_line_id": row.purchase_order_line_id,
        "description": row.description,
        "quantity": plain(row.quantity),
        "unit_price": plain(row.unit_price),
        "price_per": plain(row.price_per),
        "net_minor": row.net_minor,
    }
