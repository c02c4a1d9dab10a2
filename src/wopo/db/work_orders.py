"""The database's side of finding jobs and what hangs on them."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, case, func, or_, union_all
from sqlmodel import col, select

from wopo.db.uow import SqlStore, implements
from wopo.domain.columns import ScaledDecimal
from wopo.domain.exception_cases import CaseState, ExceptionCase
from wopo.domain.exchange_rates import ExchangeRate
from wopo.domain.invoices import Invoice, InvoiceLine, InvoiceState
from wopo.domain.labour import LabourEntry
from wopo.domain.ledger import CostKind, LedgerEntry
from wopo.domain.money import Money
from wopo.domain.part_requests import LineState, PartRequestLine
from wopo.domain.people import Person, TeamMember
from wopo.domain.purchase_orders import OrderState, PurchaseOrder, PurchaseOrderLine
from wopo.domain.work_orders import WorkOrder, WorkOrderState
from wopo.domain.work_requests import Priority, WorkRequest, WorkRequestState
from wopo.domain.workflow import words
from wopo.usecases.ports.work_orders import WorkOrderStore

UNDONE = (WorkOrderState.ASSIGNED, WorkOrderState.IN_PROGRESS, WorkOrderState.ON_HOLD)
LINE_DONE = (LineState.ISSUED, LineState.RECEIVED, LineState.NO_ORDER, LineState.CANCELLED)
ORDER_OVER = (OrderState.CLOSED, OrderState.CANCELLED, OrderState.REJECTED)
UNSETTLED = (
    InvoiceState.RECEIVED,
    InvoiceState.MATCHED,
    InvoiceState.ON_HOLD,
    InvoiceState.PAYABLE,
)
UNSPENT = (CostKind.PLANNED, CostKind.COMMITTED, CostKind.ACCRUED)
NAMED = 5
"""How many of each kind are named in a refusal."""

ASSIGNEES = union_all(
    select(Person.id).where(Person.id == bindparam("person")),
    select(TeamMember.team_id).where(TeamMember.person_id == bindparam("person")),
)
"""A person and their teams; asked of the person's own row, so that the database finds the jobs by
whoever has them and not by their state."""
JOBS_OF = (
    select(WorkOrder)
    .where(
        col(WorkOrder.assignee_id).in_(ASSIGNEES),
        col(WorkOrder.state).in_(UNDONE),
    )
    .order_by(
        case({one: rank for rank, one in enumerate(Priority)}, value=col(WorkOrder.priority)),
        col(WorkOrder.created_at),
        col(WorkOrder.number),
    )
    .limit(bindparam("limit"))
)
PART_STATES = (
    select(PartRequestLine.work_order_id, PartRequestLine.state, func.count())
    .where(col(PartRequestLine.work_order_id).in_(bindparam("ids", expanding=True)))
    .group_by(col(PartRequestLine.work_order_id), col(PartRequestLine.state))
)


@cache
def _in_queue(free: bool, one_site: bool) -> Any:
    """Jobs of one state and priority, the oldest first."""
    statement = select(WorkOrder).where(
        col(WorkOrder.state) == bindparam("state"), col(WorkOrder.priority) == bindparam("priority")
    )
    if free:
        statement = statement.where(col(WorkOrder.assignee_id).is_(None))
    if one_site:
        statement = statement.where(col(WorkOrder.site_id) == bindparam("site"))
    return statement.order_by(col(WorkOrder.created_at)).limit(bindparam("limit"))


@implements(WorkOrderStore)
class SqlWorkOrders(SqlStore):
    """See ``WorkOrderStore``."""

    def jobs_of(self, person_id: str, *, limit: int) -> list[WorkOrder]:
        values = {"person": person_id, "limit": limit}
        return self.firsts(JOBS_OF, values, WorkOrder, TeamMember)

    def free_jobs(self, site_id: str | None, *, limit: int) -> list[WorkOrder]:
        return self._by_urgency(WorkOrderState.APPROVED, site_id, free=True, limit=limit)

    def _by_urgency(
        self, state: WorkOrderState, site_id: str | None, *, free: bool = False, limit: int
    ) -> list[WorkOrder]:
        """One short walk over the index per priority, so that a long queue costs no sort."""
        found: list[WorkOrder] = []
        statement = _in_queue(free, site_id is not None)
        for priority in Priority:
            values = {"state": state, "priority": priority, "limit": limit - len(found)}
            if site_id is not None:
                values["site"] = site_id
            found.extend(self.firsts(statement, values, WorkOrder))
            if len(found) >= limit:
                break
        return found

    def to_review(self, site_id: str | None, *, limit: int) -> list[WorkRequest]:
        statement = (
            select(WorkRequest)
            .where(WorkRequest.state == WorkRequestState.NEW)
            .order_by(col(WorkRequest.created_at), col(WorkRequest.number))
            .limit(limit)
        )
        if site_id is not None:
            statement = statement.where(WorkRequest.site_id == site_id)
        return list(self.session.exec(statement).all())

    def to_approve(self, site_id: str | None, *, limit: int) -> list[WorkOrder]:
        return self._by_urgency(WorkOrderState.REQUESTED, site_id, limit=limit)

    def part_states(self, work_order_ids: Collection[str]) -> dict[str, dict[LineState, int]]:
        states: dict[str, dict[LineState, int]] = {}
        found = self.rows(PART_STATES, {"ids": list(work_order_ids)}, PartRequestLine)
        for work_order_id, state, count in found:
            states.setdefault(work_order_id, {})[state] = count
        return states

    def still_open(self, work_order_id: str) -> list[str]:
        return [
            *self._open_needs(work_order_id),
            *self._open_lines(work_order_id),
            *self._open_invoices(work_order_id),
            *self._open_cases(work_order_id),
            *self._unspent(work_order_id),
        ]

    def _open_needs(self, work_order_id: str) -> list[str]:
        statement = (
            select(PartRequestLine)
            .where(
                PartRequestLine.work_order_id == work_order_id,
                col(PartRequestLine.state).not_in(LINE_DONE),
            )
            .limit(NAMED)
        )
        return [
            f"{line.description} is {words(line.state.value)}" for line in self._rows(statement)
        ]

    def _open_lines(self, work_order_id: str) -> list[str]:
        statement = (
            select(PurchaseOrder.number, PurchaseOrder.state)
            .join(
                PurchaseOrderLine,
                col(PurchaseOrderLine.purchase_order_id) == col(PurchaseOrder.id),
            )
            .where(
                PurchaseOrderLine.work_order_id == work_order_id,
                col(PurchaseOrderLine.cancelled).is_(False),
                col(PurchaseOrderLine.closed_short).is_(False),
                col(PurchaseOrder.state).not_in(ORDER_OVER),
            )
            .distinct()
            .order_by(col(PurchaseOrder.number))
            .limit(NAMED)
        )
        return [f"{number} is {words(state.value)}" for number, state in self._rows(statement)]

    def _open_invoices(self, work_order_id: str) -> list[str]:
        statement = (
            select(Invoice.number, Invoice.state, Invoice.withheld_minor)
            .join(InvoiceLine, col(InvoiceLine.invoice_id) == col(Invoice.id))
            .join(
                PurchaseOrderLine,
                col(InvoiceLine.purchase_order_line_id) == col(PurchaseOrderLine.id),
            )
            .where(
                PurchaseOrderLine.work_order_id == work_order_id,
                or_(col(Invoice.state).in_(UNSETTLED), col(Invoice.withheld_minor) > 0),
            )
            .distinct()
            .order_by(col(Invoice.number))
            .limit(NAMED)
        )
        return [
            f"invoice {number} is {'disputed in part' if withheld else words(state.value)}"
            for number, state, withheld in self._rows(statement)
        ]

    def _open_cases(self, work_order_id: str) -> list[str]:
        orders = select(PurchaseOrderLine.purchase_order_id).where(
            PurchaseOrderLine.work_order_id == work_order_id
        )
        lines = select(PurchaseOrderLine.id).where(PurchaseOrderLine.work_order_id == work_order_id)
        statement = (
            select(ExceptionCase.number)
            .where(
                ExceptionCase.state != CaseState.RESOLVED,
                or_(
                    col(ExceptionCase.purchase_order_line_id).in_(lines),
                    and_(
                        col(ExceptionCase.purchase_order_line_id).is_(None),
                        col(ExceptionCase.purchase_order_id).in_(orders),
                    ),
                ),
            )
            .order_by(col(ExceptionCase.number))
            .limit(NAMED)
        )
        return [f"exception {number} is open" for number in self._rows(statement)]

    def _unspent(self, work_order_id: str) -> list[str]:
        left = [
            f"{words(kind.value)} money is not settled"
            for kind, currency, minor in self.costs(work_order_id)
            if kind in UNSPENT and Money(minor, currency)
        ]
        return sorted(set(left))

    def binding_orders(self, work_order_id: str) -> list[str]:
        statement = (
            select(PurchaseOrder.number, PurchaseOrder.state, func.max(PurchaseOrderLine.received))
            .join(
                PurchaseOrderLine,
                col(PurchaseOrderLine.purchase_order_id) == col(PurchaseOrder.id),
            )
            .where(
                PurchaseOrderLine.work_order_id == work_order_id,
                or_(
                    and_(
                        col(PurchaseOrder.state) == OrderState.ISSUED,
                        col(PurchaseOrderLine.cancelled).is_(False),
                        col(PurchaseOrderLine.closed_short).is_(False),
                    ),
                    col(PurchaseOrderLine.received) > Decimal(0),
                ),
            )
            .group_by(col(PurchaseOrder.number), col(PurchaseOrder.state))
            .order_by(col(PurchaseOrder.number))
        )
        return [
            f"goods of {number} are received" if received else f"{number} is {words(state.value)}"
            for number, state, received in self._rows(statement)
        ]

    def order_numbers(self, work_order_id: str) -> list[tuple[str, str, str]]:
        statement = (
            select(PurchaseOrder.id, PurchaseOrder.number, PurchaseOrder.state)
            .join(
                PurchaseOrderLine,
                col(PurchaseOrderLine.purchase_order_id) == col(PurchaseOrder.id),
            )
            .where(PurchaseOrderLine.work_order_id == work_order_id)
            .distinct()
            .order_by(col(PurchaseOrder.number))
            .limit(20)
        )
        return [(id, number, state.value) for id, number, state in self._rows(statement)]

    def costs(self, work_order_id: str) -> list[tuple[CostKind, str, int]]:
        total = func.sum(LedgerEntry.amount_minor)
        statement = (
            select(LedgerEntry.kind, LedgerEntry.currency, total)
            .where(LedgerEntry.work_order_id == work_order_id)
            .group_by(col(LedgerEntry.kind), col(LedgerEntry.currency))
        )
        sums = [(kind, currency, int(minor)) for kind, currency, minor in self._rows(statement)]
        return [entry for entry in sums if entry[2]]

    def hours(self, work_order_ids: Collection[str]) -> dict[str, Decimal]:
        worked = func.sum(LabourEntry.hours, type_=ScaledDecimal)
        statement = (
            select(LabourEntry.work_order_id, worked)
            .where(col(LabourEntry.work_order_id).in_(list(work_order_ids)))
            .group_by(col(LabourEntry.work_order_id))
        )
        return dict(self._rows(statement).all())

    def hours_on(self, person_id: str, day: date) -> Decimal:
        worked: Any = func.sum(LabourEntry.hours, type_=ScaledDecimal)
        statement = select(worked).where(LabourEntry.person_id == person_id, LabourEntry.day == day)
        return next(iter(self._rows(statement)), None) or Decimal(0)

    def exchange_rate(self, source: str, target: str, day: date) -> Decimal | None:
        rate: Any = ExchangeRate.rate
        statement = (
            select(rate)
            .where(
                ExchangeRate.source == source,
                ExchangeRate.target == target,
                ExchangeRate.day <= day,
            )
            .order_by(col(ExchangeRate.day).desc())
            .limit(1)
        )
        return next(iter(self._rows(statement)), None)

    def _rows(self, statement: Any) -> Any:
        """Rows of chosen columns, whose types the statement no longer tells."""
        return self.session.exec(statement)
