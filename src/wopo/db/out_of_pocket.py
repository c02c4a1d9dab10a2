"""The database's side of out-of-pocket purchases."""

from collections.abc import Collection
from datetime import date

from sqlmodel import col, select

from wopo.db.uow import SqlStore, implements
from wopo.domain.attachments import Attachment
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.money import Money
from wopo.domain.out_of_pocket import OutOfPocket, PocketState
from wopo.domain.purchase_orders import OrderState, PurchaseOrder, PurchaseOrderLine
from wopo.domain.vendors import Vendor
from wopo.usecases.attachments import FileFacts
from wopo.usecases.out_of_pocket import SUBJECT
from wopo.usecases.ports.out_of_pocket import PocketStore

GONE = (PocketState.REJECTED, PocketState.WITHDRAWN)
OFF = (OrderState.REJECTED, OrderState.CANCELLED)


@implements(PocketStore)
class SqlPocket(SqlStore, PocketStore):
    """See ``PocketStore``."""

    def with_receipt(self, files: Collection[FileFacts]) -> OutOfPocket | None:
        slack = [file.slack_file_id for file in files if file.slack_file_id]
        statement = (
            select(OutOfPocket)
            .join(Attachment, col(Attachment.subject_id) == col(OutOfPocket.id))
            .where(
                col(Attachment.subject) == SUBJECT,
                col(Attachment.slack_file_id).in_(slack),
                col(OutOfPocket.state).not_in(GONE),
            )
            .limit(1)
        )
        return self.session.exec(statement).first() if slack else None

    def alike(self, amount: Money, first: date, last: date) -> list[OutOfPocket]:
        statement = (
            select(OutOfPocket)
            .where(
                col(OutOfPocket.amount_minor) == amount.minor,
                col(OutOfPocket.currency) == amount.currency,
                col(OutOfPocket.bought_on).between(first, last),
                col(OutOfPocket.state).not_in(GONE),
            )
            .order_by(col(OutOfPocket.created_at))
        )
        return list(self.session.exec(statement))

    def billed(
        self, amount: Money, first: date, last: date, work_order_id: str
    ) -> list[tuple[str, str]]:
        bills = (
            select(Invoice.number, Vendor.name)
            .join(Vendor, col(Vendor.id) == col(Invoice.vendor_id))
            .where(
                col(Invoice.total_minor) == amount.minor,
                col(Invoice.currency) == amount.currency,
                col(Invoice.invoice_date).between(first, last),
                col(Invoice.state) != InvoiceState.REJECTED,
            )
        )
        orders = (
            select(PurchaseOrder.number, Vendor.name)
            .join(Vendor, col(Vendor.id) == col(PurchaseOrder.vendor_id))
            .join(
                PurchaseOrderLine, col(PurchaseOrderLine.purchase_order_id) == col(PurchaseOrder.id)
            )
            .where(
                col(PurchaseOrderLine.work_order_id) == work_order_id,
                col(PurchaseOrder.total_minor) == amount.minor,
                col(PurchaseOrder.currency) == amount.currency,
                col(PurchaseOrder.state).not_in(OFF),
            )
            .distinct()
        )
        found = [*self.session.exec(bills), *self.session.exec(orders)]
        return [(number, vendor) for number, vendor in found]
