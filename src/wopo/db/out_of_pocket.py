"""The database's side of out-of-pocket purchases."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import bindparam, func, or_
from sqlmodel import col, select

from wopo.db.uow import SqlStore, implements
from wopo.domain.attachments import Attachment
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.money import Money
from wopo.domain.out_of_pocket import OutOfPocket, PocketAsk, PocketState
from wopo.domain.purchase_orders import OrderState, PurchaseOrder, PurchaseOrderLine
from wopo.domain.vendors import Vendor
from wopo.usecases.attachments import FileFacts
from wopo.usecases.out_of_pocket_documents import SUBJECT
from wopo.usecases.ports.out_of_pocket import PocketStore

GONE = (PocketState.REJECTED, PocketState.WITHDRAWN)
OFF = (OrderState.REJECTED, OrderState.CANCELLED)
WAITING_FOR = (
    select(OutOfPocket)
    .join(PocketAsk, col(PocketAsk.out_of_pocket_id) == col(OutOfPocket.id))
    .where(col(PocketAsk.person_id) == bindparam("person_id"), col(PocketAsk.waiting).is_(True))
    .order_by(col(PocketAsk.asked_at))
    .limit(bindparam("limit"))
)
APPROVED_SUMS = (
    select(col(OutOfPocket.currency), func.count(), func.sum(col(OutOfPocket.amount_minor)))
    .where(col(OutOfPocket.state) == PocketState.APPROVED)
    .group_by(col(OutOfPocket.currency))
    .order_by(col(OutOfPocket.currency))
)


@implements(PocketStore)
class SqlPocket(SqlStore, PocketStore):
    """See ``PocketStore``."""

    def with_receipt(self, files: Collection[FileFacts]) -> OutOfPocket | None:
        slack = [file.slack_file_id for file in files if file.slack_file_id]
        contents = [file.sha256 for file in files if file.sha256]
        statement = (
            select(OutOfPocket)
            .join(Attachment, col(Attachment.subject_id) == col(OutOfPocket.id))
            .where(
                col(Attachment.subject) == SUBJECT,
                or_(col(Attachment.slack_file_id).in_(slack), col(Attachment.sha256).in_(contents)),
                col(OutOfPocket.state).not_in(GONE),
            )
            .limit(1)
        )
        return self.session.exec(statement).first() if slack or contents else None

    def with_contents(self, digests: Collection[str], *, without: str) -> list[OutOfPocket]:
        ids = select(Attachment.subject_id).where(
            col(Attachment.subject) == SUBJECT, col(Attachment.sha256).in_(sorted(digests))
        )
        statement = (
            select(OutOfPocket)
            .where(
                col(OutOfPocket.id).in_(ids),
                col(OutOfPocket.id) != without,
                col(OutOfPocket.state).not_in(GONE),
            )
            .order_by(col(OutOfPocket.number))
        )
        return list(self.session.exec(statement))

    def near(self, purchase: OutOfPocket, since: datetime) -> list[OutOfPocket]:
        statement = (
            select(OutOfPocket)
            .where(
                or_(
                    col(OutOfPocket.person_id) == purchase.person_id,
                    col(OutOfPocket.work_order_id) == purchase.work_order_id,
                ),
                col(OutOfPocket.created_at) >= since,
                col(OutOfPocket.id) != purchase.id,
                col(OutOfPocket.state).not_in(GONE),
            )
            .order_by(col(OutOfPocket.created_at).desc(), col(OutOfPocket.number).desc())
        )
        return list(self.session.exec(statement))

    def waiting_for(self, person_id: str, limit: int) -> list[OutOfPocket]:
        asked = {"person_id": person_id, "limit": limit}
        return self.firsts(WAITING_FOR, asked, OutOfPocket, PocketAsk)

    def approved_sums(self) -> tuple[int, list[Money]]:
        rows = self.rows(APPROVED_SUMS, {}, OutOfPocket)
        return sum(count for _, count, _ in rows), [
            Money(int(total), code) for code, _, total in rows
        ]

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
