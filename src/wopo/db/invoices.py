"""The database's side of finding invoices."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlmodel import SQLModel

from wopo.db.uow import SqlStore, implements
from wopo.domain.invoices import Invoice, InvoiceCharge, InvoiceState, InvoiceType
from wopo.usecases.ports.invoices import InvoiceStore


def _columns(kind: type[SQLModel]) -> Any:
    return kind.__table__.c  # type: ignore[attr-defined]


INV, CHARGE = _columns(Invoice), _columns(InvoiceCharge)


@implements(InvoiceStore)
class SqlInvoices(SqlStore, InvoiceStore):
    """See ``InvoiceStore``."""

    def alike(self, invoices: Sequence[Invoice]) -> list[Invoice]:
        numbers = sorted({invoice.number_key for invoice in invoices})
        totals = sorted({invoice.total_minor for invoice in invoices})
        dates = sorted({invoice.invoice_date for invoice in invoices})
        statement = select(Invoice).where(
            INV.vendor_id.in_(sorted({invoice.vendor_id for invoice in invoices})),
            INV.state != InvoiceState.REJECTED,
            or_(
                INV.number_key.in_(numbers),
                and_(INV.total_minor.in_(totals), INV.invoice_date.in_(dates)),
            ),
        )
        return list(self.session.execute(statement.order_by(INV.sequence)).scalars())

    def charges_before(self, order_id: str, sequence: int) -> dict[str, int]:
        signed = case(
            (INV.type == InvoiceType.CREDIT, -CHARGE.amount_minor), else_=CHARGE.amount_minor
        )
        statement = (
            select(CHARGE.code, func.sum(signed))
            .join(Invoice.__table__, INV.id == CHARGE.invoice_id)  # type: ignore[attr-defined]
            .where(
                INV.purchase_order_id == order_id,
                INV.sequence < sequence,
                INV.state != InvoiceState.REJECTED,
                INV.stopped.is_(False),
            )
            .group_by(CHARGE.code)
        )
        return {code: int(amount) for code, amount in self.session.execute(statement)}
