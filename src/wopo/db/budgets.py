"""The database's side of budgets."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any, cast

from sqlalchemy import (
    Select,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlmodel import SQLModel, col

from wopo.db.sessions import forget, recall
from wopo.db.uow import SqlStore, implements
from wopo.domain.budget_conversions import BudgetConversion
from wopo.domain.budget_tree import Held
from wopo.domain.budgets import COLUMN, SPENT, Budget
from wopo.domain.cost_centres import CostCentre, Project
from wopo.domain.ledger import CostKind, Dimensions, LedgerEntry
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.vendors import Vendor
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.ports.budgets import BudgetStore, BudgetSum, Committed, Posted


def _table(kind: type[SQLModel]) -> Any:
    return kind.__table__  # type: ignore[attr-defined]


B, C, L = _table(Budget).c, _table(CostCentre).c, _table(LedgerEntry).c
K = _table(BudgetConversion).c
LINE, ORDER, V = (_table(kind).c for kind in (PurchaseOrderLine, PurchaseOrder, Vendor))
SUM = func.sum(L.amount_minor)


def _given(column: Any) -> Any:
    """The value of a small result, so that the other side is searched by its index: SQLite would
    rather walk through all budgets and look each up in the result."""
    return column.concat("")


def _holding() -> Select[Any]:
    begin = select(
        C.id.label("start"), C.id.label("id"), C.parent_id, literal_column("0").label("above")
    ).where(C.id.in_(bindparam("centres", expanding=True)))
    up = begin.cte("up", recursive=True)
    up = up.union_all(
        select(up.c.start, C.id, C.parent_id, up.c.above + literal_column("1")).where(
            C.id == up.c.parent_id
        )
    )
    found = union_all(
        select(B.id, up.c.start, up.c.above).where(B.cost_centre_id == _given(up.c.id)),
        select(B.id, null(), null()).where(B.project_id.in_(bindparam("projects", expanding=True))),
        select(B.id, null(), null()).where(B.work_order_id.in_(bindparam("jobs", expanding=True))),
    ).subquery("found")
    return select(Budget, found.c.start, found.c.above).join(
        found, _given(found.c.id) == col(Budget.id)
    )


HOLDING = _holding()
PER_OWNER = (
    L.purchase_order_line_id, L.cost_centre_id, L.work_order_id, L.project_id, L.budget_id,
    L.project_budget_id, L.kind, L.currency, L.rate, L.day, ORDER.order_date, ORDER.created_at,
)  # fmt: skip
POSTED = (
    select(*PER_OWNER, SUM)
    .select_from(_table(LedgerEntry))
    .outerjoin(_table(PurchaseOrderLine), LINE.id == L.purchase_order_line_id)
    .outerjoin(_table(PurchaseOrder), ORDER.id == LINE.purchase_order_id)
    .group_by(*PER_OWNER)
    .having(SUM != 0)
)
SUMS = (
    select(L.budget_id, L.kind, L.currency, SUM)
    .where(L.budget_id.is_not(None))
    .group_by(L.budget_id, L.kind, L.currency),
    select(L.project_budget_id, L.kind, L.currency, SUM)
    .where(L.project_budget_id.is_not(None))
    .group_by(L.project_budget_id, L.kind, L.currency),
    select(B.id, L.kind, L.currency, SUM)
    .where(and_(L.work_order_id == B.work_order_id, L.currency == B.currency))
    .group_by(B.id, L.kind, L.currency),
)
CONVERTED = (
    select(K.budget_id, L.kind, K.currency, func.sum(K.amount_minor))
    .join(_table(LedgerEntry), L.id == K.ledger_entry_id)
    .group_by(K.budget_id, L.kind, K.currency)
)


ONES: Any = bindparam("ids", expanding=True)
IN = or_(L.budget_id.in_(ONES), L.project_budget_id.in_(ONES))
DAY = case((L.source == literal_column("'budget'"), L.day), else_=func.date(L.at))
"""When it was spent. What a budget took over when it was set counts on its own day."""
SPENT_KINDS = [kind for kind, column in COLUMN.items() if column in SPENT]
COUNTED = func.sum(case((L.currency == B.currency, L.amount_minor), else_=K.amount_minor))
"""As one budget counts it; without a rate, nothing."""


def _counted_in(statement: Select[Any]) -> Select[Any]:
    """With the budget that counts it, and what it counts of costs in another currency."""
    one: Any = bindparam("budget")
    of_entry = and_(K.ledger_entry_id == L.id, K.budget_id == one)
    return statement.join(_table(Budget), B.id == one).outerjoin(_table(BudgetConversion), of_entry)


BY_DAY = (
    _counted_in(select(DAY, COUNTED).select_from(_table(LedgerEntry)))
    .where(IN, L.kind.in_([kind for kind in SPENT_KINDS if kind is not CostKind.COMMITTED]))
    .group_by(DAY)
    .order_by(DAY)
)
PROMISED = (
    _counted_in(select(ORDER.id, ORDER.number, V.name, COUNTED).select_from(_table(LedgerEntry)))
    .join(_table(PurchaseOrderLine), LINE.id == L.purchase_order_line_id)
    .join(_table(PurchaseOrder), ORDER.id == LINE.purchase_order_id)
    .join(_table(Vendor), V.id == ORDER.vendor_id)
    .where(IN, L.kind == CostKind.COMMITTED)
    .group_by(ORDER.id, ORDER.number, V.name)
    .having(COUNTED > 0)
    .order_by(COUNTED.desc(), ORDER.number)
    .limit(bindparam("limit"))
)


def _held(kind: type[SQLModel], name: str) -> Any:
    """Rows of one table as the ledger's reference to them holds them: against whoever locks them
    to set a budget, not against each other."""
    id = _table(kind).c.id
    chosen = select(id).where(id.in_(bindparam(name, expanding=True))).order_by(id)
    return chosen.with_for_update(read=True, key_share=True).cte(name)


POSTING_TO = union_all(
    *(
        select(_held(kind, name).c.id)
        for kind, name in ((CostCentre, "centres"), (Project, "projects"), (WorkOrder, "jobs"))
    )
)


def _below() -> Select[Any]:
    begin = select(C.id).where(C.id == bindparam("top"))
    down = begin.cte("down", recursive=True)
    return select(down.union_all(select(C.id).where(C.parent_id == down.c.id)).c.id)


BELOW = _below()
SETTING = select(CostCentre).where(C.id.in_(bindparam("ids", expanding=True))).order_by(C.id)
SETTING = SETTING.with_for_update()
KNOWN = select(Budget).where(B.id.in_(bindparam("ids", expanding=True)))

OVER = (
    select(Budget)
    .where(
        B.work_order_id.is_(None),
        B.ends < bindparam("today"),
        or_(B.ended_at.is_(None), B.committed_minor != 0),
    )
    .order_by(B.ends, B.id)
)


def _promised_until() -> Select[Any]:
    def of(column: Any) -> Select[Any]:
        of_entry = and_(K.ledger_entry_id == L.id, K.budget_id == B.id)
        return (
            select(B.id.label("budget"), func.coalesce(COUNTED, 0).label("amount"))
            .select_from(_table(Budget))
            .join(_table(LedgerEntry), column == B.id)
            .outerjoin(_table(BudgetConversion), of_entry)
            .where(B.ends == bindparam("ends"), L.kind == CostKind.COMMITTED)
            .group_by(B.id)
            .having(SUM != 0)
        )

    found = union_all(of(L.budget_id), of(L.project_budget_id)).subquery("found")
    return (
        select(Budget, found.c.amount)
        .join(found, found.c.budget == col(Budget.id))
        .order_by(found.c.amount.desc(), B.id)
    )


PROMISED_UNTIL = _promised_until()


@implements(BudgetStore)
class SqlBudgets(SqlStore, BudgetStore):
    """See ``BudgetStore``."""

    def hold(
        self, cost_centres: Collection[str], projects: Collection[str], jobs: Collection[str]
    ) -> None:
        if not self._others_write():
            return
        asked = {
            "centres": sorted(cost_centres),
            "projects": sorted(projects),
            "jobs": sorted(jobs),
        }
        self.rows(POSTING_TO, asked, CostCentre, Project, WorkOrder)
        self._look_again()

    def hold_below(self, cost_centre_id: str) -> None:
        if not self._others_write():
            return
        held: set[str] = set()
        while below := set(self.firsts(BELOW, {"top": cost_centre_id}, CostCentre)) - held:
            # One that came below meanwhile is held too.
            self.rows(SETTING, {"ids": sorted(below)}, CostCentre, anew=True)
            held |= below
        self.forget()
        self._look_again()

    def _others_write(self) -> bool:
        return self.connection.dialect.name != "sqlite"

    def _look_again(self) -> None:
        """What was read of budgets before they were held may be old."""
        forget(self.session, Budget)
        known = [row.id for row in self.session.identity_map.values() if isinstance(row, Budget)]
        if known:
            self.rows(KNOWN, {"ids": sorted(known)}, Budget, anew=True)

    def holding(
        self, cost_centres: Collection[str], projects: Collection[str], jobs: Collection[str]
    ) -> list[Held]:
        asked = {
            "centres": sorted(cost_centres),
            "projects": sorted(projects),
            "jobs": sorted(jobs),
        }

        def read() -> list[Held]:
            rows = self.rows(HOLDING, asked, Budget, CostCentre)
            return [Held(budget, start, above or 0) for budget, start, above in rows]

        question = ("holding", *(tuple(ids) for ids in asked.values()))
        return recall(self.session, Budget, question, read)

    def posted(
        self, cost_centres: Collection[str], *, budget_ids: Collection[str] = ()
    ) -> list[Posted]:
        budget = or_(L.budget_id.is_(None), L.budget_id.in_(list(budget_ids)))
        return self._posted(POSTED.where(L.cost_centre_id.in_(list(cost_centres)), budget))

    def posted_for(self, project_id: str) -> list[Posted]:
        return self._posted(POSTED.where(L.project_id == project_id, L.project_budget_id.is_(None)))

    def _posted(self, statement: Select[Any]) -> list[Posted]:
        return [_row(row) for row in self.session.connection().execute(statement)]

    def spent_by_day(self, budget_id: str, below: Collection[str]) -> list[tuple[date, int]]:
        asked = {"budget": budget_id, "ids": sorted({budget_id, *below})}
        rows = self.session.connection().execute(BY_DAY, asked)
        return [(_day(day), int(amount or 0)) for day, amount in rows]

    def committed(self, budget_id: str, below: Collection[str], *, limit: int) -> list[Committed]:
        asked = {"budget": budget_id, "ids": sorted({budget_id, *below}), "limit": limit}
        rows = self.session.connection().execute(PROMISED, asked)
        return [Committed(id, number, vendor, int(amount)) for id, number, vendor, amount in rows]

    def over(self, today: date) -> list[Budget]:
        return self.firsts(OVER, {"today": today}, Budget)

    def promised_until(self, ends: date) -> list[tuple[Budget, int]]:
        rows = self.rows(PROMISED_UNTIL, {"ends": ends}, Budget, LedgerEntry, BudgetConversion)
        return [(budget, int(amount)) for budget, amount in rows]

    def promised(self, budget_id: str) -> list[Posted]:
        own = or_(L.budget_id == budget_id, L.project_budget_id == budget_id)
        statement = _counted_in(POSTED.add_columns(COUNTED))
        statement = statement.where(own, L.kind == CostKind.COMMITTED)
        rows = self.session.connection().execute(statement, {"budget": budget_id})
        return [replace(_row(row[:-1]), counted=int(row[-1] or 0)) for row in rows]

    def sums(self) -> list[BudgetSum]:
        connection = self.session.connection()
        return [
            BudgetSum(budget, kind, currency, int(amount), converted=statement is CONVERTED)
            for statement in (*SUMS, CONVERTED)
            for budget, kind, currency, amount in connection.execute(statement)
        ]


def _day(found: Any) -> date:
    """SQLite gives a day as text."""
    return date.fromisoformat(found) if isinstance(found, str) else cast(date, found)


def _row(row: Any) -> Posted:
    line, *owner, kind, currency, rate, day, ordered, created, amount = row
    counted: date = day if created is None else ordered or created.date()
    return Posted(line, Dimensions(*owner), kind, currency, rate, counted, int(amount))
