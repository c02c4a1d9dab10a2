"""The database's side of finding invoices."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, func, or_, select, union
from sqlmodel import SQLModel

from wopo.db.uow import SqlStore, implements
from wopo.domain.duplicates import NEAR_DAYS
from wopo.domain.invoices import Invoice, InvoiceCharge, InvoiceState, InvoiceType
from wopo.usecases.ports.invoices import InvoiceStore


def _columns(kind: type[SQLModel]) -> Any:
    return kind.__table__.c  # type: ignore[attr-defined]


INV, CHARGE = _columns(Invoice), _columns(InvoiceCharge)


def _one_of(name: str) -> Any:
    return bindparam(name, expanding=True)


VENDORS, TOTALS = INV.vendor_id.in_(_one_of("vendor_ids")), INV.total_minor.in_(_one_of("totals"))
BY_NUMBER = (
    and_(VENDORS, INV.number_key.in_(_one_of("numbers"))),
    and_(INV.number_core.in_(_one_of("cores")), or_(VENDORS, TOTALS)),
)
BY_TOTAL = and_(VENDORS, TOTALS, INV.invoice_date.between(bindparam("first"), bindparam("last")))


def _by(*ways: Any) -> Any:
    # Each way has its index; one statement with OR over all of them would have none.
    like_them = union(*(select(INV.id).where(way) for way in ways)).subquery()
    return (
        select(Invoice)
        .where(INV.id.in_(select(like_them.c.id)), INV.state != InvoiceState.REJECTED)
        .order_by(INV.sequence)
    )


ALIKE, NUMBERED_ALIKE = _by(*BY_NUMBER, BY_TOTAL), _by(*BY_NUMBER)
SIGNED = case((INV.type == InvoiceType.CREDIT, -CHARGE.amount_minor), else_=CHARGE.amount_minor)
BEFORE = (
    INV.purchase_order_id == bindparam("order_id"),
    INV.sequence < bindparam("sequence"),
    INV.state != InvoiceState.REJECTED,
    INV.stopped.is_(False),
)
VALUE_BEFORE = select(
    func.sum(case((INV.type == InvoiceType.CREDIT, -INV.net_minor), else_=INV.net_minor))
).where(*BEFORE)
CHARGES_BEFORE = (
    select(CHARGE.code, func.sum(SIGNED))
    .join(Invoice.__table__, INV.id == CHARGE.invoice_id)  # type: ignore[attr-defined]
    .where(*BEFORE)
    .group_by(CHARGE.code)
)


def _told(invoices: Sequence[Invoice]) -> dict[str, Any]:
    return {
        "vendor_ids": sorted({invoice.vendor_id for invoice in invoices}),
        "numbers": sorted({invoice.number_key for invoice in invoices}),
        "cores": sorted({invoice.number_core for invoice in invoices}),
        "totals": sorted({invoice.total_minor for invoice in invoices}),
    }


@implements(InvoiceStore)
class SqlInvoices(SqlStore, InvoiceStore):
    """See ``InvoiceStore``."""

    def alike(self, invoices: Sequence[Invoice]) -> list[Invoice]:
        dates = [invoice.invoice_date for invoice in invoices]
        near = timedelta(days=NEAR_DAYS)
        days = {"first": min(dates) - near, "last": max(dates) + near}
        return self.firsts(ALIKE, {**_told(invoices), **days}, Invoice)

    def numbered_alike(self, invoices: Sequence[Invoice]) -> list[Invoice]:
        return self.firsts(NUMBERED_ALIKE, _told(invoices), Invoice)

    def value_before(self, order_id: str, sequence: int) -> int:
        asked = {"order_id": order_id, "sequence": sequence}
        ((value,),) = self.rows(VALUE_BEFORE, asked, Invoice)
        return int(value or 0)

    def charges_before(self, order_id: str, sequence: int) -> dict[str, int]:
        asked = {"order_id": order_id, "sequence": sequence}
        rows = self.rows(CHARGES_BEFORE, asked, Invoice, InvoiceCharge)
        return {code: int(amount) for code, amount in rows}
