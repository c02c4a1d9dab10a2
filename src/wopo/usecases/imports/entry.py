"""Many invoices entered together: the same papers, the same judge, the same cases and ledger as
one by one, with what they need of the database read for all of them at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wopo.domain.billing import Document, LineSums
from wopo.domain.billing_context import Around, Ordered
from wopo.domain.duplicates import number_core
from wopo.domain.invoices import Invoice, InvoiceReceived, number_key
from wopo.domain.matching import Tolerances
from wopo.domain.order_life import refresh_progress
from wopo.domain.purchase_orders import OrderCharge, PurchaseOrder, PurchaseOrderLine
from wopo.usecases.door import Context
from wopo.usecases.duplicates import Twin, search
from wopo.usecases.imports.ledger import Posted, post_lines
from wopo.usecases.invoice_papers import figures, rows_of
from wopo.usecases.invoices import EnterInvoice, record_invoice
from wopo.usecases.judging import Judging
from wopo.usecases.purchasing_policy import PolicyBook
from wopo.usecases.settings import company
from wopo.usecases.unit_conversions import convert_billed


@dataclass(frozen=True)
class Billing:
    """An order and the invoice for it; every billed line names its order line by id."""

    order: PurchaseOrder
    lines: Mapping[str, PurchaseOrderLine]
    charges: Sequence[OrderCharge]
    paper: EnterInvoice


@dataclass
class _Judging(Judging):
    """Judging with everything at hand, for an order that was never billed before."""

    def first(self, document: Document, ordered: Ordered, twins: Sequence[Twin]) -> None:
        self._cases = {}
        around = Around(
            {id: LineSums(line.billed, line.billed_minor) for id, line in self.lines.items()}
        )
        self._judge(ordered, document, around, twins)
        self.keep_sums(document)


def enter_together(ctx: Context, papers: Sequence[Billing]) -> list[Invoice]:
    """Enter a batch. Orders that were billed before take the way of a single invoice."""
    ids = [billing.order.id for billing in papers]
    before = {row.purchase_order_id for row in ctx.uow.all(Invoice, purchase_order_id=ids)}
    fresh = [billing for billing in papers if billing.order.id not in before]
    others = [billing for billing in papers if billing.order.id in before]
    return _enter(ctx, fresh) + [record_invoice(ctx, billing.paper) for billing in others]


def _enter(ctx: Context, papers: Sequence[Billing]) -> list[Invoice]:
    if not papers:
        return []
    sequence = ctx.uow.next_seq("invoice", len(papers))
    gross = company(ctx.uow).budgets_gross
    documents = [
        _document(ctx, billing, sequence + place, gross=gross)
        for place, billing in enumerate(papers)
    ]
    for billing, document in zip(papers, documents, strict=True):
        convert_billed(ctx.uow, [document], billing.lines)
    ctx.uow.flush()
    book = PolicyBook(ctx.uow, ctx.at.date())
    found = search(ctx.uow, [each.invoice for each in documents])
    judged = [
        _judge(ctx, billing, document, found[document.invoice.id], book)
        for billing, document in zip(papers, documents, strict=True)
    ]
    post_lines(
        ctx,
        [
            Posted(billing.order, list(billing.lines.values()), "invoice", document.invoice.id)
            for billing, document in zip(papers, documents, strict=True)
        ],
    )
    for judging in judged:
        judging.finish()
    return [document.invoice for document in documents]


def _document(ctx: Context, billing: Billing, sequence: int, *, gross: bool) -> Document:
    paper, order = billing.paper, billing.order
    counted = figures(paper, paper.currency)
    invoice = Invoice(
        id=ctx.new_id(),
        sequence=sequence,
        number=paper.number,
        number_key=number_key(paper.number),
        number_core=number_core(paper.number),
        type=paper.type,
        vendor_id=order.vendor_id,
        purchase_order_id=order.id,
        order_reference=order.number,
        currency=counted.currency,
        invoice_date=paper.invoice_date,
        entered_by_id=ctx.actor_id,
        entered_at=ctx.at,
        imported=paper.imported,
    )
    ties = [billing.lines[line.order_line_id or ""] for line in paper.lines]
    document = rows_of(ctx, invoice, paper, counted, ties, gross=gross)
    ctx.uow.add(invoice)
    return document


def _judge(
    ctx: Context,
    billing: Billing,
    document: Document,
    twins: Sequence[Twin],
    book: PolicyBook,
) -> _Judging:
    invoice, order = document.invoice, billing.order
    ctx.record(
        InvoiceReceived(
            subject_id=invoice.id,
            number=invoice.number,
            type=invoice.type,
            vendor_id=invoice.vendor_id,
            order_id=order.id,
            total=invoice.total,
            invoice_date=invoice.invoice_date,
            warnings=[],
            imported=invoice.imported,
        )
    )
    judging = _Judging(ctx, order, billing.lines, f"invoice {invoice.number}", book=book)
    ordered = Ordered(order, billing.lines, billing.charges, Tolerances(), order.vendor_id)
    judging.first(document, ordered, twins)
    refresh_progress(order, billing.lines.values())
    return judging
