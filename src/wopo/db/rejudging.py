"""The database's side of judging again: plain columns, no objects."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Select,
    Text,
    bindparam,
    cast,
    func,
    select,
    type_coerce,
    union,
)
from sqlmodel import SQLModel

from wopo.db.uow import SqlStore, implements
from wopo.domain.audit import AuditEntry
from wopo.domain.columns import ScaledDecimal
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.invoices import Invoice, InvoiceLine, InvoiceState
from wopo.domain.outbox import JobRun
from wopo.domain.purchase_orders import OVER, PurchaseOrder, PurchaseOrderLine
from wopo.domain.receipts import Receipt
from wopo.domain.rejudging import (
    VERDICT_BEGINS,
    BilledFigures,
    Figures,
    InvoiceFigures,
    LineFigures,
    OrderFigures,
)
from wopo.usecases.ports.rejudging import JOB, Place, RejudgingStore

F = TypeVar("F", bound=NamedTuple)


def _table(kind: type[SQLModel]) -> Any:
    return kind.__table__  # type: ignore[attr-defined]


ORDER, LINE, RECEIPT = _table(PurchaseOrder), _table(PurchaseOrderLine), _table(Receipt)
INV, BILLED, CASE = _table(Invoice), _table(InvoiceLine), _table(ExceptionCase)
ENTRY, RUN = _table(AuditEntry), _table(JobRun)
IDS: Any = bindparam("ids", expanding=True)
LIVE = INV.c.state != InvoiceState.REJECTED


def _figures(kind: type[F], table: Any, **renamed: str) -> Select[Any]:
    """The columns of the table that the figures are named by: decimals as the millionths that are
    kept, and of a verdict the beginning."""
    columns = [table.c[renamed.get(name, name)] for name in kind._fields]
    return select(*(_raw(column) for column in columns))


def _raw(column: Any) -> Any:
    if isinstance(column.type, ScaledDecimal):
        return type_coerce(column, BigInteger)
    if isinstance(column.type, JSON):
        return func.substr(cast(column, Text), 1, VERDICT_BEGINS)
    return column


_ORDERS = _figures(OrderFigures, ORDER).where(ORDER.c.id.in_(IDS))
_LINES = _figures(LineFigures, LINE, order_id="purchase_order_id").where(
    LINE.c.purchase_order_id.in_(IDS)
)
_INVOICES = _figures(InvoiceFigures, INV, order_id="purchase_order_id").where(
    INV.c.purchase_order_id.in_(IDS), LIVE
)
_BILLED = (
    _figures(BilledFigures, BILLED, line_id="purchase_order_line_id")
    .join(INV, INV.c.id == BILLED.c.invoice_id)
    .where(INV.c.purchase_order_id.in_(IDS), LIVE)
)
_CASED = select(CASE.c.purchase_order_id).where(CASE.c.purchase_order_id.in_(IDS)).distinct()


def _about(table: Any, order_id: Any) -> Select[Any]:
    """Orders that entries about rows of the table belong to."""
    return (
        select(order_id)
        .select_from(ENTRY)
        .join(table, table.c.id == ENTRY.c.subject_id)
        .where(
            ENTRY.c.seq > bindparam("after"),
            ENTRY.c.seq <= bindparam("upto"),
            order_id.is_not(None),
        )
    )


_TOUCHED = union(
    _about(ORDER, ORDER.c.id),
    _about(INV, INV.c.purchase_order_id),
    _about(RECEIPT, RECEIPT.c.purchase_order_id),
    _about(CASE, CASE.c.purchase_order_id),
)
_WAITING = union(
    select(INV.c.purchase_order_id).where(
        INV.c.state == InvoiceState.ON_HOLD, INV.c.purchase_order_id.is_not(None)
    ),
    # Every order's id is more; but said so, the small index is searched.
    select(LINE.c.purchase_order_id).where(OVER, LINE.c.purchase_order_id > ""),
)


@implements(RejudgingStore)
class SqlRejudging(SqlStore, RejudgingStore):
    """See ``RejudgingStore``."""

    def place(self) -> Place | None:
        statement = select(RUN.c.facts).where(RUN.c.job == JOB).order_by(RUN.c.period.desc())
        facts = self.connection.execute(statement.limit(1)).scalar_one_or_none()
        if facts is None:
            return None
        day = date.fromisoformat(facts["day"])
        return Place(facts["seq"], facts["policy"], day, tuple(facts["left"]))

    def touched(self, after: int, upto: int) -> list[str]:
        found = self.connection.execute(_TOUCHED, {"after": after, "upto": upto})
        return list(found.scalars())

    def waiting(self) -> list[str]:
        return list(self.connection.execute(_WAITING).scalars())

    def count(self) -> int:
        return int(self.connection.execute(select(func.count()).select_from(ORDER)).scalar_one())

    def page(self, after: str, limit: int) -> list[str]:
        statement = select(ORDER.c.id).where(ORDER.c.id > after).order_by(ORDER.c.id).limit(limit)
        return list(self.connection.execute(statement).scalars())

    def figures(self, ids: Sequence[str]) -> Figures:
        def rows(statement: Select[Any], kind: type[F]) -> list[F]:
            found = self.connection.execute(statement, {"ids": list(ids)})
            return [kind._make(row) for row in found]

        return Figures(
            orders=rows(_ORDERS, OrderFigures),
            lines=rows(_LINES, LineFigures),
            invoices=rows(_INVOICES, InvoiceFigures),
            billed=rows(_BILLED, BilledFigures),
            cased=set(self.connection.execute(_CASED, {"ids": list(ids)}).scalars()),
        )
