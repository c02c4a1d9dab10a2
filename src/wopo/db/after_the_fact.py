"""The database's side of orders after the fact."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlmodel import col

from wopo.db.uow import SqlStore, implements
from wopo.domain.after_the_fact import AfterTheFact
from wopo.domain.invoices import Invoice, InvoiceState, InvoiceType
from wopo.domain.money import Money
from wopo.domain.purchase_orders import OrderKind, OrderRevision, PurchaseOrder
from wopo.domain.receipts import Receipt, ReceiptKind, ReceiptState
from wopo.domain.vendors import Vendor
from wopo.usecases.ports.after_the_fact import AfterTheFactStore, DatedOrder

_FOUND: tuple[Any, ...] = (col(Invoice.number), col(Invoice.invoice_date))
_DATED: tuple[Any, ...] = (
    col(PurchaseOrder.id),
    col(PurchaseOrder.number),
    col(Vendor.name),
    col(PurchaseOrder.currency),
    col(PurchaseOrder.total_minor),
    col(OrderRevision.at),
    col(AfterTheFact.happened_on),
    col(AfterTheFact.reason),
)
OVER_JUST_THIS = (
    col(Invoice.total_minor) == bindparam("minor"),
    col(Invoice.currency) == bindparam("currency"),
)
WITHOUT_ORDER = (
    col(Invoice.purchase_order_id).is_(None),
    col(Invoice.type) == InvoiceType.INVOICE,
    col(Invoice.state) != InvoiceState.REJECTED,
)
UNORDERED: Select[Any] = (
    select(*_FOUND)
    .where(*OVER_JUST_THIS, col(Invoice.vendor_id) == bindparam("vendor_id"), *WITHOUT_ORDER)
    .order_by(col(Invoice.invoice_date))
    .limit(1)
)
RECEIVED = (
    select(func.min(col(Receipt.received_on)))
    .where(
        col(Receipt.purchase_order_id) == col(PurchaseOrder.id),
        col(Receipt.kind).in_((ReceiptKind.GOODS, ReceiptKind.SERVICE)),
        col(Receipt.state) == ReceiptState.POSTED,
    )
    .scalar_subquery()
)
BILLED = (
    select(func.min(col(Invoice.invoice_date)))
    .where(
        col(Invoice.purchase_order_id) == col(PurchaseOrder.id),
        col(Invoice.type) == InvoiceType.INVOICE,
        col(Invoice.state) != InvoiceState.REJECTED,
    )
    .scalar_subquery()
)
BETWEEN: Select[Any] = (
    select(*_DATED, RECEIVED, BILLED)
    .join(OrderRevision, col(OrderRevision.purchase_order_id) == col(PurchaseOrder.id))
    .join(Vendor, col(Vendor.id) == col(PurchaseOrder.vendor_id))
    .outerjoin(AfterTheFact, col(AfterTheFact.purchase_order_id) == col(PurchaseOrder.id))
    .where(
        col(OrderRevision.at) >= bindparam("start"),
        col(OrderRevision.at) < bindparam("end"),
        col(OrderRevision.revision) == 1,
        col(PurchaseOrder.kind).not_in((OrderKind.BLANKET, OrderKind.RELEASE)),
        col(PurchaseOrder.imported).is_(False),
    )
    .order_by(col(PurchaseOrder.number))
)


@implements(AfterTheFactStore)
class SqlAfterTheFact(SqlStore, AfterTheFactStore):
    """See ``AfterTheFactStore``."""

    def unordered_invoice(self, vendor_id: str, total: Money) -> tuple[str, date] | None:
        asked = {"vendor_id": vendor_id, "minor": total.minor, "currency": total.currency}
        found = self.rows(UNORDERED, asked, Invoice)
        return (found[0][0], found[0][1]) if found else None

    def asked_between(self, start: datetime, end: datetime) -> list[DatedOrder]:
        rows = self.session.execute(BETWEEN, {"start": start, "end": end})
        return [DatedOrder(*row) for row in rows]
