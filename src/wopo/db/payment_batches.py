"""The database's side of payment batches."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Date, and_, bindparam, func, or_
from sqlalchemy import select as sa_select
from sqlmodel import col, select

from wopo.db.sessions import KeepingSession
from wopo.db.uow import SqlStore, implements
from wopo.domain.invoices import Invoice, InvoiceState, InvoiceType
from wopo.domain.payment_batches import (
    BatchState,
    Payable,
    Payment,
    PaymentBatch,
    PaymentItem,
)
from wopo.domain.vendors import Vendor
from wopo.usecases.ports.payment_batches import PaymentStore

DAY = func.coalesce(col(Invoice.due_date), col(Invoice.invoice_date))
UP_TO = bindparam("up_to", type_=Date)
CREDIT = col(Invoice.type) == InvoiceType.CREDIT
DUE = (
    sa_select(
        col(Invoice.id), col(Invoice.number), col(Invoice.vendor_id), col(Invoice.currency),
        col(Invoice.type),
        col(Invoice.total_minor) - col(Invoice.withheld_minor) - col(Invoice.settled_minor),
        DAY, col(Invoice.sequence),
    )
    .outerjoin(PaymentItem, col(PaymentItem.live_invoice_id) == col(Invoice.id))
    .where(
        col(Invoice.state) == InvoiceState.PAYABLE,
        col(PaymentItem.id).is_(None),
        or_(CREDIT, UP_TO >= DAY),
    )
    .order_by(col(Invoice.sequence))
)  # fmt: skip
NOT_RELEASED = (
    select(Invoice)
    .where(
        col(Invoice.state).in_([InvoiceState.ON_HOLD, InvoiceState.MATCHED]),
        and_(~CREDIT, UP_TO >= DAY),
    )
    .order_by(col(Invoice.state).desc(), col(Invoice.sequence))
    .limit(bindparam("limit"))
)
HELD_BACK = (
    select(Invoice)
    .where(col(Invoice.withheld_minor) > 0, UP_TO >= DAY)
    .order_by(col(Invoice.vendor_id), col(Invoice.sequence))
    .limit(bindparam("limit"))
)
LIVING = (
    select(PaymentBatch, Payment)
    .join(Payment, col(Payment.batch_id) == col(PaymentBatch.id))
    .where(col(PaymentBatch.state) == BatchState.MADE, col(Payment.taken_out) == "")
    .order_by(col(PaymentBatch.id), col(Payment.position))
)


@implements(PaymentStore)
class SqlPayments(SqlStore, PaymentStore):
    """See ``PaymentStore``."""

    def due(self, up_to: date) -> list[Payable]:
        self.session.flush()
        rows = self.session.execute(DUE, {"up_to": up_to})
        return [
            Payable(id, number, vendor, currency, kind is InvoiceType.CREDIT, minor, day, sequence)
            for id, number, vendor, currency, kind, minor, day, sequence in rows
        ]

    def not_released(self, up_to: date, limit: int) -> list[Invoice]:
        self.session.flush()
        asked = {"up_to": up_to, "limit": limit}
        return list(self.session.execute(NOT_RELEASED, asked).scalars())

    def held_back(self, up_to: date, limit: int, *, vendor_id: str | None = None) -> list[Invoice]:
        self.session.flush()
        statement = HELD_BACK
        if vendor_id is not None:
            statement = statement.where(col(Invoice.vendor_id) == vendor_id)
        asked = {"up_to": up_to, "limit": limit}
        return list(self.session.execute(statement, asked).scalars())

    def hold(self, kind: type[Vendor] | type[Invoice], ids: Collection[str]) -> None:
        self.session.flush()
        statement = (
            select(kind)
            .where(col(kind.id).in_(sorted(ids)))
            .order_by(col(kind.id))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        self.session.execute(statement).all()
        if isinstance(self.session, KeepingSession):
            self.session.found.clear()  # Others may have written while we waited.

    def living(
        self, *, vendor_id: str | None = None, invoice_id: str | None = None
    ) -> list[tuple[PaymentBatch, Payment]]:
        self.session.flush()
        statement = LIVING
        if vendor_id is not None:
            statement = statement.where(col(Payment.vendor_id) == vendor_id)
        if invoice_id is not None:
            statement = statement.join(
                PaymentItem, col(PaymentItem.payment_id) == col(Payment.id)
            ).where(col(PaymentItem.live_invoice_id) == invoice_id)
        return [(batch, payment) for batch, payment in self.session.execute(statement)]
