"""The database's side of finding invoices."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, case, func, or_, select, union
from sqlmodel import SQLModel

from wopo.db.uow import SqlStore, implements
from wopo.domain.duplicates import NEAR_DAYS
from wopo.domain.invoices import Invoice, InvoiceCharge, InvoiceState, InvoiceType
from wopo.usecases.ports.invoices import InvoiceStore


def _columns(kind: type[SQLModel]) -> Any:
    return kind.__table__.c  # type: ignore[attr-defined]


INV, CHARGE = _columns(Invoice), _columns(InvoiceCharge)


@implements(InvoiceStore)
class SqlInvoices(SqlStore, InvoiceStore):
    """See ``InvoiceStore``."""

    def alike(self, invoices: Sequence[Invoice]) -> list[Invoice]:
        dates = [invoice.invoice_date for invoice in invoices]
        near = timedelta(days=NEAR_DAYS)
        vendors = INV.vendor_id.in_(sorted({invoice.vendor_id for invoice in invoices}))
        totals = INV.total_minor.in_(sorted({invoice.total_minor for invoice in invoices}))
        core = INV.number_core.in_(sorted({invoice.number_core for invoice in invoices}))
        day = INV.invoice_date.between(min(dates) - near, max(dates) + near)
        ways = (
            and_(vendors, INV.number_key.in_(sorted({each.number_key for each in invoices}))),
            and_(vendors, totals, day),
            and_(core, or_(vendors, totals)),
        )
        # Each way has its index; one statement with OR over all of them would have none.
        found = union(*(select(INV.id).where(way) for way in ways)).subquery()
        statement = select(Invoice).where(
            INV.id.in_(select(found.c.id)), INV.state != InvoiceState.REJECTED
        )
        return list(self.session.execute(statement.order_by(INV.sequence)).scalars())

    def value_before(self, order_id: str, sequence: int) -> int:
        signed = case((INV.type == InvoiceType.CREDIT, -INV.net_minor), else_=INV.net_minor)
        statement = select(func.sum(signed)).where(
            INV.purchase_order_id == order_id,
            INV.sequence < sequence,
            INV.state != InvoiceState.REJECTED,
            INV.stopped.is_(False),
        )
        return int(self.session.execute(statement).scalar_one() or 0)

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
