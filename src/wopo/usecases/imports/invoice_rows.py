"""Invoices as rows of a table: one record per invoice with its lines under it, as a document."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from wopo.domain.invoices import InvoiceType
from wopo.usecases.imports.documents import (
    Adjustment,
    Document,
    DocumentKind,
    DocumentLine,
    Party,
    Totals,
)
from wopo.usecases.imports.rows import (
    Currency,
    Exact,
    LongCode,
    Positive,
    Quantity,
    Row,
    Sourced,
    text,
)


class InvoiceLineRow(Row):
    """One billed line; ``order_line`` is the order line's position or its id in the source."""

    KEY = ("position",)
    position: int = Field(ge=1)
    order_line: str | None = Field(default=None, max_length=60)
    item: str | None = Field(default=None, max_length=60)
    description: str = text(300)
    quantity: Exact
    unit: str = text(20)
    unit_price: Quantity
    price_per: Positive = Decimal(1)
    discount: Quantity = Decimal(0)
    line_total: Exact | None = None


class InvoiceRow(Row):
    """An invoice or a credit note. ``vendor`` is the vendor's code or name; ``tax``, ``freight``
    and ``discount`` are of the whole, ``total`` is what it says it comes to."""

    KEY = ("vendor", "number")
    number: LongCode
    type: InvoiceType = InvoiceType.INVOICE
    vendor: str = Field(min_length=1, max_length=150)
    order: str | None = Field(default=None, max_length=60)
    currency: Currency
    invoice_date: date
    due_date: date | None = None
    credits: str | None = Field(default=None, max_length=60)
    tax: Quantity = Decimal(0)
    freight: Quantity = Decimal(0)
    discount: Quantity = Decimal(0)
    total: Exact | None = None
    lines: tuple[Sourced[InvoiceLineRow], ...] = ()


def document_of(found: Sourced[InvoiceRow]) -> Document:
    """The record as a trade document, so that it is taken in like any other."""
    row = found.row
    adjustments = []
    if row.freight:
        adjustments.append(Adjustment(charge=True, amount=row.freight, reason="Freight"))
    if row.discount:
        adjustments.append(Adjustment(charge=False, amount=row.discount, reason="Discount"))
    credit = row.type is InvoiceType.CREDIT
    return Document(
        kind=DocumentKind.CREDIT if credit else DocumentKind.INVOICE,
        file=found.place.file,
        number=row.number,
        issued=row.invoice_date,
        due=row.due_date,
        currency=row.currency,
        vendor=Party(code=row.vendor, name=row.vendor),
        order=row.order,
        corrects=(row.credits,) if row.credits else (),
        adjustments=tuple(adjustments),
        tax=row.tax,
        totals=Totals(with_tax=row.total),
        lines=tuple(_line(line) for line in row.lines),
    )


def _line(found: Sourced[InvoiceLineRow]) -> DocumentLine:
    row = found.row
    discount = (Adjustment(charge=False, amount=row.discount),) if row.discount else ()
    return DocumentLine(
        id=str(row.position),
        line=found.place.line,
        quantity=row.quantity,
        unit=row.unit,
        amount=row.line_total,
        price=row.unit_price,
        price_per=row.price_per,
        adjustments=discount,
        order_line=row.order_line,
        seller_item=row.item,
        name=row.description,
    )
