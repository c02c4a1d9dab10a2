"""What the form that corrects a captured invoice is filled from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wopo.domain.errors import NOT_FOUND
from wopo.domain.invoices import Invoice, InvoiceCharge, InvoiceLine
from wopo.domain.money import Money
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.vendors import Vendor
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.names import Ref, refs


@dataclass(frozen=True)
class PaperLine:
    """A billed line as it was entered, or (without a quantity) an order line that the invoice does
    not bill. ``key`` is the invoice line's id, else the order line's."""

    key: str
    order_line_id: str | None
    item_number: str | None
    description: str
    unit: str
    quantity: Decimal | None
    unit_price: Decimal
    price_per: Decimal
    charge: Money
    discount: Money


@dataclass(frozen=True)
class PaperView:
    """A captured invoice as its paper was entered. ``order`` is the one it shall bill: another
    than before while one is being chosen; ``order_lines`` are its lines by id."""

    id: str
    number: str
    version: int
    credit: bool
    vendor: Ref
    order: Ref | None
    order_before: str | None
    currency: str
    invoice_date: date
    due_date: date | None
    lines: tuple[PaperLine, ...]
    order_lines: tuple[Ref, ...]
    charges: tuple[tuple[str, Money], ...]
    tax: Money
    discount: Money
    stated_total: Money | None


def paper_view(uow: UnitOfWork, invoice_id: str, *, order_id: str = "") -> PaperView:
    """The invoice, on the order that it bills or on the chosen one. Raises ``NOT_FOUND``. Six
    queries."""
    invoice = uow.get(Invoice, invoice_id)
    if invoice is None:
        raise NOT_FOUND(kind="invoice", wanted=invoice_id, nearest="")
    wanted = order_id or invoice.purchase_order_id
    order = uow.get(PurchaseOrder, wanted) if wanted else None
    if order is None and order_id:
        raise NOT_FOUND(kind="purchase order", wanted=order_id, nearest="", field="order_id")
    on_order = (
        uow.all(PurchaseOrderLine, purchase_order_id=order.id, order="position") if order else []
    )
    entered = uow.all(InvoiceLine, invoice_id=invoice.id, order="position")
    charges = uow.all(InvoiceCharge, invoice_id=invoice.id, order="code")
    stated = invoice.stated_total_minor

    def money(minor: int) -> Money:
        return Money(minor, invoice.currency)

    return PaperView(
        id=invoice.id,
        number=invoice.number,
        version=invoice.version,
        credit=invoice.is_credit,
        vendor=refs(uow, Vendor, [invoice.vendor_id])[invoice.vendor_id],
        order=Ref(order.id, order.number) if order else None,
        order_before=invoice.purchase_order_id,
        currency=invoice.currency,
        invoice_date=invoice.invoice_date,
        due_date=invoice.due_date,
        lines=tuple(_lines(entered, on_order, invoice.currency)),
        order_lines=tuple(
            Ref(line.id, f"{line.position}. {line.description}") for line in on_order
        ),
        charges=tuple((row.code, money(row.amount_minor)) for row in charges),
        tax=money(invoice.tax_minor),
        discount=money(invoice.discount_minor),
        stated_total=None if stated is None else money(stated),
    )


def _lines(
    entered: Sequence[InvoiceLine], on_order: Sequence[PurchaseOrderLine], currency: str
) -> list[PaperLine]:
    known = {line.id for line in on_order}
    found = [
        PaperLine(
            key=row.id,
            order_line_id=row.purchase_order_line_id if row.purchase_order_line_id in known else "",
            item_number=row.item_number,
            description=row.description,
            unit=row.unit,
            quantity=row.quantity,
            unit_price=row.unit_price,
            price_per=row.price_per,
            charge=Money(row.charge_minor, currency),
            discount=Money(row.discount_minor, currency),
        )
        for row in entered
    ]
    billed = {line.order_line_id for line in found}
    nothing = Money(0, currency)
    found += [
        PaperLine(
            key=line.id,
            order_line_id=line.id,
            item_number=None,
            description=line.description,
            unit=line.unit,
            quantity=None,
            unit_price=line.unit_price,
            price_per=line.price_per,
            charge=nothing,
            discount=nothing,
        )
        for line in on_order
        if line.id not in billed and not line.cancelled
    ]
    return found
