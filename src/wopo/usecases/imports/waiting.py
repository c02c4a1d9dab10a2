"""What depends on a contradiction waits for a person.

While an order (or a receipt on it) has an open case about a contradiction in it, every invoice on
that order is held by a case of its own; settling the first lets the others go.
"""

from wopo.domain.exception_cases import OPEN_CASES, ExceptionCase, ExceptionResolved
from wopo.domain.exception_kinds import DOCUMENT_CONTRADICTS
from wopo.domain.invoices import Invoice, InvoiceReceived
from wopo.domain.purchase_orders import PurchaseOrder
from wopo.usecases.case_raising import Draft, raise_case
from wopo.usecases.door import Context, reaction
from wopo.usecases.imports.flags import contradiction
from wopo.usecases.invoices import follow
from wopo.usecases.judging import Judging
from wopo.usecases.receipts import order_lines

SOURCES = ("purchase_order", "receipt")
DEPENDS_ON = "depends_on"


@reaction(InvoiceReceived)
def hold_dependent(event: InvoiceReceived, ctx: Context) -> None:
    """Hold a new invoice whose order contradicts itself until somebody has looked."""
    if event.order_id is None or event.type != "invoice":
        return
    open_cases = ctx.uow.all(
        ExceptionCase,
        purchase_order_id=event.order_id,
        code=DOCUMENT_CONTRADICTS,
        subject=list(SOURCES),
        state=list(OPEN_CASES),
        order="number",
    )
    if not open_cases:
        return
    ctx.uow.flush()
    order = ctx.require_locked(PurchaseOrder, event.order_id, label="purchase order")
    invoice = ctx.require(Invoice, event.subject_id, label="invoice")
    lines = order_lines(ctx, order)
    for case in open_cases:
        document = str(case.facts.get("document", "the order"))
        problem = f"it is judged by {document}, which waits as {case.number}."
        centres = [line.cost_centre_id for line in lines.values()]
        finding = contradiction(document, [problem], invoice.total_minor, centres)
        finding.facts["document"] = f"invoice {invoice.number}"
        finding.facts[DEPENDS_ON] = case.id
        raise_case(
            ctx,
            Draft(
                finding,
                "invoice",
                invoice.id,
                invoice.currency,
                invoice.vendor_id,
                order,
                None,
                invoice_id=invoice.id,
            ),
        )
    ctx.uow.flush()
    _judge_again(ctx, order, invoice, f"contradiction in order {order.number}")


@reaction(ExceptionResolved)
def release_dependent(event: ExceptionResolved, ctx: Context) -> None:
    """A person settled the contradiction: what waited for it is judged without it."""
    if event.code != DOCUMENT_CONTRADICTS:
        return
    settled = ctx.require(ExceptionCase, event.subject_id, label="exception")
    if settled.subject not in SOURCES or settled.purchase_order_id is None:
        return
    waiting = [
        case
        for case in ctx.uow.all(
            ExceptionCase,
            purchase_order_id=settled.purchase_order_id,
            code=DOCUMENT_CONTRADICTS,
            state=list(OPEN_CASES),
        )
        if case.facts.get(DEPENDS_ON) == settled.id
    ]
    for case in waiting:
        gone = case.gone(at=ctx.at, cause=f"{settled.number} is settled")
        if gone is not None:
            ctx.record(gone)
    ctx.uow.flush()
    for invoice_id in sorted({case.invoice_id for case in waiting if case.invoice_id}):
        order = ctx.require_locked(PurchaseOrder, settled.purchase_order_id, label="purchase order")
        invoice = ctx.require(Invoice, invoice_id, label="invoice")
        _judge_again(ctx, order, invoice, f"{settled.number} is settled")


def _judge_again(ctx: Context, order: PurchaseOrder, invoice: Invoice, cause: str) -> None:
    judging = Judging(ctx, order, order_lines(ctx, order), cause)
    judging.again()
    follow(ctx, judging, invoice)
