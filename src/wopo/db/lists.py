"""The database's side of lists: statements built once, rows without objects."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Date,
    Select,
    bindparam,
    exists,
    func,
    literal_column,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import SQLModel

from wopo.db.uow import SqlStore, implements
from wopo.domain.approvals import Approval, ApprovalAsk
from wopo.domain.assets import Asset
from wopo.domain.case_snoozes import CaseSnooze
from wopo.domain.exception_cases import CaseState, ExceptionCase
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.part_requests import TO_BUY, PartRequest, PartRequestLine
from wopo.domain.purchase_orders import OrderState, PurchaseOrder, PurchaseOrderLine
from wopo.domain.vendors import Vendor
from wopo.domain.work_orders import WorkOrder
from wopo.domain.work_requests import Priority
from wopo.usecases.ports.lists import (
    DecisionRow,
    InvoiceRow,
    JobRow,
    LineRow,
    ListStore,
    NeedRow,
    OrderRow,
)


def _table(kind: type[SQLModel]) -> Any:
    return kind.__table__  # type: ignore[attr-defined]


ORDER, LINE, VENDOR = _table(PurchaseOrder), _table(PurchaseOrderLine), _table(Vendor)
JOB, ASSET = _table(WorkOrder), _table(Asset)
PO, L, W = ORDER.c, LINE.c, JOB.c
CASE, INV = _table(ExceptionCase).c, _table(Invoice).c
ASK, ASKED = _table(ApprovalAsk).c, _table(Approval).c
NEED, REQUEST = _table(PartRequestLine).c, _table(PartRequest).c
SNOOZE = _table(CaseSnooze).c
IDS: Any = bindparam("ids", expanding=True)

_ORDERS = select(
    PO.id, PO.number, PO.version, PO.state, PO.vendor_id, VENDOR.c.name, PO.total_minor,
    PO.currency, PO.receipt_progress,
).join(VENDOR, VENDOR.c.id == PO.vendor_id)  # fmt: skip
_JOB = (
    W.id, W.number, W.title, func.coalesce(ASSET.c.name, ""), W.required_by,
    W.priority == Priority.EMERGENCY,
)  # fmt: skip
_JOBS = select(*_JOB).outerjoin(ASSET, ASSET.c.id == W.asset_id)
_JOBS_BY_ID = _JOBS.where(W.id.in_(IDS)).order_by(W.number)
_LINES = (
    select(L.purchase_order_id, ~L.closed_short & (L.accepted < L.quantity), L.promised_on, *_JOB)
    .select_from(LINE)
    .outerjoin(JOB, W.id == L.work_order_id)
    .outerjoin(ASSET, ASSET.c.id == W.asset_id)
    .where(L.purchase_order_id.in_(IDS), L.cancelled.is_(False))
    .order_by(L.position)
)


def put_off(case: Any, today: Any) -> ColumnElement[bool]:
    """Whether a case (its table's columns) is put off on a day: see ``CaseSnooze.hides``."""
    return exists().where(
        SNOOZE.case_id == case.id, SNOOZE.until > today, SNOOZE.at >= case.changed_at
    )


# Written as the partial indexes are, so that they are used.
_OPEN = (
    select(CASE.id)
    .where(CASE.state != literal_column(f"'{CaseState.RESOLVED.value}'"))
    .order_by(CASE.raised_at, CASE.id)
    .limit(bindparam("limit"))
)
_IN_HAND = _OPEN.where(CASE.owner_id == bindparam("owner_id"))
_OF_OTHERS = _OPEN.where(CASE.owner_id.is_distinct_from(bindparam("owner_id")))
_OWN_CASES = _IN_HAND.where(~put_off(CASE, bindparam("today", type_=Date)))
_BEHIND = tuple_(CASE.raised_at, CASE.id) > tuple_(
    bindparam("raised_at", type_=CASE.raised_at.type), bindparam("case_id")
)
_OPEN_CASES = {
    (own, behind): statement.where(_BEHIND) if behind else statement
    for own, statement in ((True, _IN_HAND), (False, _OF_OTHERS))
    for behind in (True, False)
}
_DECISIONS = (
    select(
        ASKED.id, ASKED.revision, ASKED.content_hash, ASKED.amount_minor, ASKED.currency,
        ASKED.asked_at, PO.id, PO.number, PO.vendor_id, VENDOR.c.name,
    )
    .select_from(_table(ApprovalAsk))
    .join(_table(Approval), ASKED.id == ASK.approval_id)
    .join(ORDER, PO.id == ASKED.purchase_order_id)
    .join(VENDOR, VENDOR.c.id == PO.vendor_id)
    .where(ASK.person_id == bindparam("person"), ASK.waiting)
    .order_by(ASK.asked_at, ASK.approval_id)
    .limit(bindparam("limit"))
)  # fmt: skip
_TO_RELEASE = (
    select(
        INV.id, INV.number, INV.version, INV.type, INV.vendor_id, VENDOR.c.name,
        (INV.total_minor - INV.withheld_minor - INV.settled_minor).label("to_pay_minor"),
        INV.currency, INV.due_date,
    )
    .join(VENDOR, VENDOR.c.id == INV.vendor_id)
    .where(INV.state == InvoiceState.MATCHED)
    .order_by(INV.sequence)
    .limit(bindparam("limit"))
)  # fmt: skip
_UNSOURCED = (
    select(
        NEED.id, REQUEST.number, NEED.description, NEED.unsourced, NEED.unit, NEED.needed_by,
        NEED.work_order_id, W.number, W.title, NEED.vendor_id, NEED.unit_price,
    )
    .select_from(_table(PartRequestLine))
    .join(_table(PartRequest), REQUEST.id == NEED.part_request_id)
    .join(JOB, W.id == NEED.work_order_id)
    .where(TO_BUY)
    .order_by(NEED.needed_by.asc().nulls_last(), NEED.id)
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)  # fmt: skip
_HELD = (
    select(INV.id)
    .where(INV.state == InvoiceState.ON_HOLD)
    .order_by(INV.sequence)
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)


@cache
def _names(kinds: tuple[type[SQLModel], ...]) -> Any:
    tables = [_table(kind) for kind in kinds]
    return union_all(
        *(
            select(table.c.id, table.c.name).where(
                table.c.id.in_(bindparam(table.name, expanding=True))
            )
            for table in tables
        )
    )


@cache
def _free_cases(desks: int) -> Select[Any]:
    """The oldest of each desk by a short walk over its index, and of these the oldest."""
    walks = [
        select(CASE.id, CASE.raised_at)
        .where(
            CASE.owner_kind == bindparam(f"desk_{place}"),
            CASE.state == CaseState.OPEN,
            ~put_off(CASE, bindparam("today", type_=Date)),
        )
        .order_by(CASE.raised_at, CASE.id)
        .limit(bindparam("limit"))
        .subquery(f"desk_{place}")
        for place in range(desks)
    ]
    found = union_all(*(select(walk.c.id, walk.c.raised_at) for walk in walks)).subquery("found")
    return select(found.c.id).order_by(found.c.raised_at, found.c.id).limit(bindparam("limit"))


@cache
def _in_state(newest: bool, imported: bool) -> Select[Any]:
    statement = _ORDERS.where(PO.state == bindparam("state"))
    if not imported:
        statement = statement.where(PO.imported.is_(False))
    ordered = statement.order_by(PO.created_at.desc() if newest else PO.created_at)
    return ordered.limit(bindparam("limit"))


@implements(ListStore)
class SqlLists(SqlStore, ListStore):
    """See ``ListStore``."""

    def names(self, wanted: Mapping[Any, Collection[str]]) -> dict[str, str]:
        values = {_table(kind).name: list(ids) for kind, ids in wanted.items()}
        return dict(self._rows(_names(tuple(wanted)), **values))

    def orders(
        self, state: OrderState, *, newest: bool, limit: int, imported: bool = True
    ) -> list[OrderRow]:
        statement = _in_state(newest, imported)
        return [OrderRow(*row) for row in self._rows(statement, state=state, limit=limit)]

    def order_lines(self, order_ids: Collection[str]) -> dict[str, list[LineRow]]:
        found: dict[str, list[LineRow]] = {id: [] for id in order_ids}
        for order_id, to_come, promised_on, *job in self._rows(_LINES, ids=list(order_ids)):
            line = LineRow(order_id, bool(to_come), promised_on, JobRow(*job) if job[0] else None)
            found[order_id].append(line)
        return found

    def decisions(self, person_id: str, *, limit: int) -> list[DecisionRow]:
        rows = self._rows(_DECISIONS, person=person_id, limit=limit)
        return [DecisionRow(*row) for row in rows]

    def invoices_to_release(self, *, limit: int) -> list[InvoiceRow]:
        return [InvoiceRow(*row) for row in self._rows(_TO_RELEASE, limit=limit)]

    def unsourced(self, *, limit: int, offset: int) -> list[NeedRow]:
        return [NeedRow(*row) for row in self._rows(_UNSOURCED, limit=limit, offset=offset)]

    def jobs(self, ids: Collection[str]) -> list[JobRow]:
        return [JobRow(*row) for row in self._rows(_JOBS_BY_ID, ids=list(ids))]

    def own_cases(self, owner_id: str, *, today: date, limit: int) -> list[str]:
        asked = {"owner_id": owner_id, "today": today, "limit": limit}
        return [id for (id,) in self._rows(_OWN_CASES, **asked)]

    def free_cases(self, desks: Collection[str], *, today: date, limit: int) -> list[str]:
        asked = {f"desk_{place}": desk for place, desk in enumerate(desks)}
        found = self._rows(_free_cases(len(desks)), **asked, today=today, limit=limit)
        return [id for (id,) in found]

    def open_cases(
        self, owner_id: str, *, own: bool, behind: tuple[datetime, str] | None, limit: int
    ) -> list[str]:
        asked: dict[str, Any] = {"owner_id": owner_id, "limit": limit}
        if behind is not None:
            asked |= {"raised_at": behind[0], "case_id": behind[1]}
        found = self._rows(_OPEN_CASES[own, behind is not None], **asked)
        return [id for (id,) in found]

    def held_invoices(self, *, offset: int, limit: int) -> list[str]:
        return [id for (id,) in self._rows(_HELD, offset=offset, limit=limit)]

    def _rows(self, statement: Any, **values: Any) -> list[Any]:
        # What the session holds back must be seen by rows that pass it by.
        self.session.flush()
        return self.rows(statement, values)
