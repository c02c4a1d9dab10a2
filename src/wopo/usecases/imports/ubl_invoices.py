"""Invoices and credit notes: entered by the very use case that people have, and judged at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from wopo.domain.imports import NO_ORDER
from wopo.domain.invoices import Invoice, InvoiceType, number_key
from wopo.domain.money import Money, plain
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.vendors import Vendor
from wopo.usecases.attachments import FileFacts
from wopo.usecases.case_raising import Draft, raise_case
from wopo.usecases.door import Answer, Context
from wopo.usecases.imports.contradictions import Contradiction, Doubt, contradictions, rounded_price
from wopo.usecases.imports.documents import Document, DocumentKind, DocumentLine, as_credit
from wopo.usecases.imports.flags import contradiction
from wopo.usecases.imports.ties import tie
from wopo.usecases.imports.ubl_orders import charge_code
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.invoices import EnterInvoice, record_invoice
from wopo.usecases.receipts import order_lines


@dataclass(frozen=True)
class Chosen:
    """What a person said about a document: the order it bills (an id; empty: none of ours), and by
    place of a line its order line (empty: none of them)."""

    order: str | None = None
    lines: Mapping[int, str] = field(default_factory=dict)


def take_invoice(
    ctx: Context,
    document: Document,
    vendor: Vendor,
    *,
    chosen: Chosen = Chosen(),
    imported: bool = True,
    files: tuple[FileFacts, ...] = (),
) -> Answer:
    """Enter the document. What is in doubt by its own contradictions holds it; a credit note whose
    total alone is in doubt still takes back what it names, and the total waits for a person. An
    invoice over a negative sum is a credit note."""
    document = as_meant(document)
    credit = document.kind is DocumentKind.CREDIT
    order = order_for(ctx, document, vendor, chosen)
    lines = order_lines(ctx, order) if order is not None else {}
    ties: Sequence[PurchaseOrderLine | None] = [None] * len(document.lines)
    if order is not None:
        ties = tie(ctx, order, lines, document, chosen.lines).lines
    found = contradictions(document)
    only_total = credit and all(each.doubt is Doubt.AMOUNT for each in found)
    sentences = tuple(each.sentence for each in found)
    unnamed = _unnamed_allowance(document) if only_total else Decimal(0)
    if unnamed:
        sentences += (f"{plain(unnamed)} less is taken as an allowance it does not name.",)
    invoice = record_invoice(
        ctx,
        EnterInvoice(
            **_paper(document, ties, found, unnamed),
            type=InvoiceType.CREDIT if credit else InvoiceType.INVOICE,
            vendor_id=vendor.id,
            order_id=order.id if order else None,
            order_reference=document.order or "",
            credits_number=_credited(ctx, document, vendor),
            warnings=sentences if only_total else (),
            contradictions=() if only_total else sentences,
            imported=imported,
            files=files,
        ),
    )
    if only_total and found:
        raise_case(ctx, _total_case(invoice, order, lines.values(), sentences))
    codes = f": {', '.join(invoice.codes)}" if invoice.codes else ""
    said = f"{document.kind.value.capitalize()} {invoice.number} over {invoice.total} is "
    said += f"{invoice.state.value.replace('_', ' ')}{codes}."
    return Answer(
        subject_id=invoice.id,
        number=invoice.number,
        message=" ".join([said, *sentences]),
        facts={
            "outcome": "added",
            "warnings": list(sentences),
            "state": invoice.state.value,
            "codes": invoice.codes,
        },
    )


def as_meant(document: Document) -> Document:
    """An invoice that asks for less than nothing takes back (Peppol BIS Billing 3, negative
    invoices)."""
    total = document.total
    if document.kind is DocumentKind.INVOICE and total is not None and total < 0:
        return as_credit(document)
    return document


def order_for(
    ctx: Context, document: Document, vendor: Vendor, chosen: Chosen
) -> PurchaseOrder | None:
    """The order that a person chose, else the one that the document leads to."""
    if chosen.order is None:
        return _order_of(ctx, document, vendor)
    return ctx.uow.get(PurchaseOrder, chosen.order) if chosen.order else None


def _order_of(ctx: Context, document: Document, vendor: Vendor) -> PurchaseOrder | None:
    """The order it names, or for a credit note the one of the invoice that it takes back. An
    invoice for an order we do not have is entered and held; a credit note then has nothing."""
    if document.order:
        return ctx.uow.find(PurchaseOrder, number=document.order)
    for number in document.corrects:
        invoice = _invoice(ctx, vendor, number)
        if invoice is not None and invoice.purchase_order_id:
            return ctx.uow.get(PurchaseOrder, invoice.purchase_order_id)
    if document.kind is DocumentKind.CREDIT and not document.corrects:
        raise NO_ORDER(file=document.file, number="without a number", nearest="")
    return None


def _invoice(ctx: Context, vendor: Vendor, number: str) -> Invoice | None:
    key = number_key(number)
    return ctx.uow.find(Invoice, vendor_id=vendor.id, number_key=key, type=InvoiceType.INVOICE)


def _credited(ctx: Context, document: Document, vendor: Vendor) -> str:
    """The one invoice that a credit note names; with several the lines alone are credited."""
    known = [number for number in document.corrects if _invoice(ctx, vendor, number) is not None]
    if document.kind is not DocumentKind.CREDIT:
        return ""
    return (known or [*document.corrects, ""])[0] if len(document.corrects) <= 1 else ""


def _paper(
    document: Document,
    ties: Sequence[PurchaseOrderLine | None],
    found: Sequence[Contradiction],
    unnamed: Decimal,
) -> dict[str, object]:
    charges: dict[str, Decimal] = {}
    for each in document.adjustments:
        if each.charge:
            code = charge_code(each)
            charges[code] = charges.get(code, Decimal(0)) + each.amount
    off = sum((a.amount for a in document.adjustments if not a.charge), Decimal(0))
    doubtful = {each.line for each in found if each.doubt is Doubt.PRICE}
    currency = document.currency or ""
    return {
        "number": document.number,
        "invoice_date": document.issued,
        "due_date": document.due,
        "currency": currency,
        "lines": tuple(
            _line(said, line, said.id in doubtful)
            for said, line in zip(document.lines, ties, strict=True)
        ),
        "charges": {code: _minor(amount, currency) for code, amount in charges.items()},
        "tax": _minor(_tax(document), currency),
        "discount": _minor(off + unnamed, currency),
        "stated_total": stated_total(document),
    }


def _line(said: DocumentLine, line: PurchaseOrderLine | None, by_amount: bool) -> BilledLine:
    """Where price and amount contradict each other, the amount is what is asked for."""
    extra = said.adjusted()
    price, per = said.price, said.price_per
    if said.amount is not None and said.quantity and (by_amount or price is None):
        price, per = said.amount - extra, abs(said.quantity)
        price = price if said.quantity > 0 else -price
    return BilledLine(
        order_line_id=line.id if line else None,
        item_number=next(iter(said.items()), None),
        description=(said.name or said.description)[:300],
        quantity=said.quantity,
        unit=said.unit,
        unit_price=rounded_price(said) if price is None else price,
        price_per=per,
        charge=max(extra, Decimal(0)),
        discount=max(-extra, Decimal(0)),
    )


def _tax(document: Document) -> Decimal:
    if document.tax is not None:
        return document.tax
    return sum((line.tax for line in document.lines if line.tax is not None), Decimal(0))


def _minor(amount: Decimal, currency: str) -> Decimal:
    return Money.of(amount, currency).amount if currency else amount


def stated_total(document: Document) -> Decimal | None:
    """What the document comes to with tax, whatever was paid before and however the sum to be
    paid is rounded."""
    totals = document.totals
    rounding = totals.rounding or Decimal(0)
    if totals.with_tax is not None:
        before_tax = totals.before_tax
        rounded = (
            before_tax is not None and totals.with_tax == before_tax + _tax(document) + rounding
        )
        return totals.with_tax - (rounding if rounded else Decimal(0))
    if totals.payable is None:
        return None
    return totals.payable + (totals.prepaid or Decimal(0)) - rounding


def _unnamed_allowance(document: Document) -> Decimal:
    """What the total before tax is less than its lines, charges and allowances come to, where the
    sum to be paid follows from that total: then the vendor meant it."""
    totals = document.totals
    if totals.before_tax is None or totals.lines is None:
        return Decimal(0)
    named = sum((a.amount if a.charge else -a.amount for a in document.adjustments), Decimal(0))
    stated = stated_total(document)
    if stated is None or stated != totals.before_tax + _tax(document):
        return Decimal(0)
    return max(totals.lines + named - totals.before_tax, Decimal(0))


def _total_case(
    invoice: Invoice,
    order: PurchaseOrder | None,
    lines: Iterable[PurchaseOrderLine],
    sentences: Sequence[str],
) -> Draft:
    """The total of a credit note is in doubt: a person asks the vendor, nothing else waits."""
    centres = [line.cost_centre_id for line in lines]
    finding = contradiction(
        f"credit note {invoice.number}", sentences, invoice.total_minor, centres
    )
    return Draft(finding, "invoice", invoice.id, invoice.currency, invoice.vendor_id, order, None)
