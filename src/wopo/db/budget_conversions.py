"""The database's side of what budgets count in another currency."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from sqlalchemy import Select, bindparam, case, func, null, or_, select
from sqlmodel import SQLModel

from wopo.db.uow import SqlStore, implements
from wopo.domain.budget_conversions import BudgetConversion, Cell, CellSum, Conversion
from wopo.domain.budgets import Budget
from wopo.domain.ledger import CostKind, Dimensions, LedgerEntry
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.usecases.ports.budget_conversions import CentreDays, ConversionStore


def _table(kind: type[SQLModel]) -> Any:
    return kind.__table__  # type: ignore[attr-defined]


B, L, K = _table(Budget).c, _table(LedgerEntry).c, _table(BudgetConversion).c
LINE, ORDER = _table(PurchaseOrderLine).c, _table(PurchaseOrder).c
LINE_ID = L.purchase_order_line_id
SUM = func.sum(L.amount_minor)
CELL = (
    LINE_ID, case((LINE_ID.is_(None), L.day), else_=null()),
    L.cost_centre_id, L.work_order_id, L.project_id, L.budget_id, L.project_budget_id,
    L.kind, L.currency,
)  # fmt: skip
STANDING = (
    select(*CELL, L.rate, ORDER.currency, func.max(L.id), func.max(L.day), SUM)
    .select_from(_table(LedgerEntry))
    .outerjoin(_table(PurchaseOrderLine), LINE.id == LINE_ID)
    .outerjoin(_table(PurchaseOrder), ORDER.id == LINE.purchase_order_id)
    .group_by(*CELL, L.rate, ORDER.currency)
)
COUNTED = (
    select(*CELL, K.budget_id, K.rate, func.sum(K.amount_minor))
    .select_from(_table(LedgerEntry))
    .join(_table(BudgetConversion), K.ledger_entry_id == L.id)
    .group_by(*CELL, K.budget_id, K.rate)
)


def _of_lines(statement: Select[Any]) -> Select[Any]:
    return statement.where(LINE_ID.in_(bindparam("lines", expanding=True)))


def _of_days(statement: Select[Any]) -> Select[Any]:
    return statement.where(
        LINE_ID.is_(None),
        L.cost_centre_id.in_(bindparam("centres", expanding=True)),
        L.day.in_(bindparam("days", expanding=True)),
    )


OTHER = L.currency != bindparam("currency")
IN = L.budget_id.in_(bindparam("budgets", expanding=True))
FOREIGN = STANDING.where(IN, OTHER).having(SUM != 0)
OWN = select(L.kind, SUM).where(IN, L.currency == bindparam("currency")).group_by(L.kind)
OF_JOB = STANDING.where(L.work_order_id == bindparam("job"), OTHER).having(SUM != 0)
OF_LINES, OF_DAYS = _of_lines(STANDING), _of_days(STANDING)
COUNTED_OF_LINES, COUNTED_OF_DAYS = _of_lines(COUNTED), _of_days(COUNTED)


def _convertible() -> Select[Any]:
    held = B.currency == bindparam("target")
    top = select(B.id).where(held, B.cost_centre_id.is_not(None)).cte("below", recursive=True)
    below = top.union(select(B.id).where(B.parent_id == top.c.id))
    counted = or_(
        L.budget_id.in_(select(below.c.id)),
        L.project_budget_id.in_(select(B.id).where(held, B.project_id.is_not(None))),
        L.work_order_id.in_(select(B.work_order_id).where(held, B.work_order_id.is_not(None))),
    )
    newest = (
        select(func.max(L.id))
        .where(
            L.currency == bindparam("source"),
            L.day >= bindparam("begin"),
            L.day < bindparam("end"),
            counted,
        )
        .group_by(*CELL)
        .having(SUM != 0)
    )
    return select(LedgerEntry).where(L.id.in_(newest)).order_by(LINE_ID, L.id)


CONVERTIBLE = _convertible()
TABLES = (LedgerEntry, BudgetConversion, PurchaseOrder, PurchaseOrderLine)


@implements(ConversionStore)
class SqlConversions(SqlStore, ConversionStore):
    """See ``ConversionStore``."""

    def cells(self, line_ids: Collection[str], others: CentreDays) -> list[CellSum]:
        return _cells(self._both(OF_LINES, OF_DAYS, line_ids, others))

    def counted(self, line_ids: Collection[str], others: CentreDays) -> list[Conversion]:
        rows = self._both(COUNTED_OF_LINES, COUNTED_OF_DAYS, line_ids, others)
        return [
            Conversion(_cell(cell), budget_id, rate, int(amount))
            for *cell, budget_id, rate, amount in rows
        ]

    def _both(
        self, of_lines: Any, of_days: Any, line_ids: Collection[str], others: CentreDays
    ) -> list[Any]:
        found: list[Any] = []
        if line_ids:
            found += self.rows(of_lines, {"lines": sorted(line_ids)}, *TABLES)
        if all(others):
            centres, days = (sorted(each) for each in others)
            found += self.rows(of_days, {"centres": centres, "days": days}, *TABLES)
        return found

    def foreign(self, budget_ids: Collection[str], currency: str) -> list[CellSum]:
        asked = {"budgets": sorted(budget_ids), "currency": currency}
        return _cells(self.rows(FOREIGN, asked, *TABLES))

    def own(self, budget_ids: Collection[str], currency: str) -> dict[CostKind, int]:
        asked = {"budgets": sorted(budget_ids), "currency": currency}
        return {kind: int(amount) for kind, amount in self.rows(OWN, asked, *TABLES)}

    def foreign_of_job(self, work_order_id: str, currency: str) -> list[CellSum]:
        asked = {"job": work_order_id, "currency": currency}
        return _cells(self.rows(OF_JOB, asked, *TABLES))

    def convertible(
        self, source: str, target: str, begin: date, end: date | None
    ) -> list[LedgerEntry]:
        asked = {"source": source, "target": target, "begin": begin, "end": end or date.max}
        return self.firsts(CONVERTIBLE, asked, Budget, *TABLES)


def _cells(rows: Iterable[Any]) -> list[CellSum]:
    return [
        CellSum(_cell(cell), int(amount), rate, order_currency, entry_id, day)
        for *cell, rate, order_currency, entry_id, day, amount in rows
    ]


def _cell(values: Iterable[Any]) -> Cell:
    line_id, day, *owner, kind, currency = values
    return Cell(line_id, day, Dimensions(*owner), kind, currency)
