"""The database's side of sweeps."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import String, and_, case, cast, delete, exists, literal, or_
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select

from wopo.db.lists import put_off
from wopo.db.uow import SqlStore, implements
from wopo.domain.audit import AuditEntry
from wopo.domain.case_notes import TO_ASK, CaseNote
from wopo.domain.case_snoozes import CaseSnooze
from wopo.domain.exception_cases import (
    OPEN_CASES,
    ExceptionCase,
    ExceptionChanged,
    ExceptionReopened,
)
from wopo.domain.locations import Location
from wopo.domain.outbox import IdempotencyRow, JobRun
from wopo.domain.purchase_orders import OrderState, PurchaseOrder, PurchaseOrderLine
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.ports.sweeps import TICK, SweepStore


def _moved(since: datetime) -> ColumnElement[bool]:
    """Whether a case is open, or was changed since a moment."""
    return or_(col(ExceptionCase.state).in_(OPEN_CASES), col(ExceptionCase.changed_at) >= since)


def _waits(before: datetime, at: datetime) -> tuple[ColumnElement[bool], ...]:
    """Whether a case is open since before a moment, and not kept quiet now."""
    quiet = col(ExceptionCase.quiet_until)
    return (
        col(ExceptionCase.state).in_(OPEN_CASES),
        col(ExceptionCase.raised_at) <= before,
        or_(quiet.is_(None), quiet <= at),
    )


@implements(SweepStore)
class SqlSweeps(SqlStore, SweepStore):
    """See ``SweepStore``."""

    def done(self, job: str, periods: Collection[str]) -> set[str]:
        statement = select(JobRun.period).where(
            col(JobRun.job) == job, col(JobRun.period).in_(list(periods))
        )
        return set(self.session.exec(statement).all())

    def last_period(self, job: str) -> tuple[str, datetime] | None:
        statement = (
            select(JobRun.period, JobRun.at)
            .where(col(JobRun.job) == job)
            .order_by(col(JobRun.period).desc())
            .limit(1)
        )
        found = self.session.exec(statement).first()
        return (found[0], found[1]) if found else None

    def late_lines(self, day: date, limit: int) -> list[tuple[PurchaseOrder, PurchaseOrderLine]]:
        statement = (
            select(PurchaseOrder, PurchaseOrderLine)
            .join(PurchaseOrder, col(PurchaseOrder.id) == col(PurchaseOrderLine.purchase_order_id))
            .where(
                col(PurchaseOrderLine.promised_on) < day,
                # Not by the index over states, which leads through every order that is out.
                case((col(PurchaseOrder.state) == OrderState.ISSUED, 1), else_=0) == 1,
                col(PurchaseOrder.imported).is_(False),
                col(PurchaseOrderLine.cancelled).is_(False),
                col(PurchaseOrderLine.closed_short).is_(False),
                col(PurchaseOrderLine.accepted) < col(PurchaseOrderLine.quantity),
                ~exists().where(
                    col(JobRun.job) == literal("late:") + col(PurchaseOrderLine.id),
                    col(JobRun.period) == cast(PurchaseOrderLine.promised_on, String),
                ),
            )
            .order_by(col(PurchaseOrderLine.promised_on), col(PurchaseOrderLine.id))
            .limit(limit)
        )
        return [(order, line) for order, line in self.session.exec(statement)]

    def quiet_over(self, at: datetime, limit: int) -> list[ExceptionCase]:
        statement = (
            select(ExceptionCase)
            .where(
                col(ExceptionCase.quiet_until) <= at,
                col(ExceptionCase.state).in_(OPEN_CASES),
                ~exists().where(
                    col(JobRun.job) == "not_received",
                    col(JobRun.period) == col(ExceptionCase.id),
                ),
            )
            .order_by(col(ExceptionCase.raised_at))
            .limit(limit)
        )
        return list(self.session.exec(statement).all())

    def sites(
        self, *, since: datetime | None = None, case_id: str | None = None
    ) -> dict[str, set[str]]:
        wanted = col(ExceptionCase.id) == case_id if since is None else _moved(since)
        line = or_(
            col(PurchaseOrderLine.id) == col(ExceptionCase.purchase_order_line_id),
            and_(
                col(ExceptionCase.purchase_order_line_id).is_(None),
                col(PurchaseOrderLine.purchase_order_id) == col(ExceptionCase.purchase_order_id),
            ),
        )
        statement = (
            select(ExceptionCase.id, WorkOrder.site_id, Location.site_id)
            .join(PurchaseOrder, col(PurchaseOrder.id) == col(ExceptionCase.purchase_order_id))
            .join(
                PurchaseOrderLine,
                and_(col(PurchaseOrderLine.purchase_order_id) == col(PurchaseOrder.id), line),
            )
            .outerjoin(WorkOrder, col(WorkOrder.id) == col(PurchaseOrderLine.work_order_id))
            .outerjoin(Location, col(Location.id) == col(PurchaseOrder.ship_to_id))
            .where(wanted)
            .distinct()
        )
        found: dict[str, set[str]] = {}
        for id, of_job, of_delivery in self.session.exec(statement):
            site = of_job or of_delivery
            if site:
                found.setdefault(id, set()).add(site)
        return found

    def turns(self, since: datetime, until: datetime) -> list[tuple[str, str, dict[str, Any]]]:
        statement = (
            select(AuditEntry.seq, AuditEntry.subject_id, AuditEntry.event, AuditEntry.facts)
            .join(ExceptionCase, col(ExceptionCase.id) == col(AuditEntry.subject_id))
            .where(
                col(ExceptionCase.changed_at) >= since,
                col(AuditEntry.at) >= since,
                col(AuditEntry.at) < until,
                col(AuditEntry.event).in_((ExceptionChanged.name, ExceptionReopened.name)),
            )
        )
        # Sorted here: asked for in order, SQLite would walk through the whole audit.
        found = sorted(self.session.exec(statement), key=lambda row: row[0])
        return [(id, name, dict(facts)) for _, id, name, facts in found]

    def moved_since(self, since: datetime) -> list[ExceptionCase]:
        statement = select(ExceptionCase).where(_moved(since))
        return list(self.session.exec(statement).all())

    def owners(self, before: datetime, at: datetime) -> set[str]:
        statement = select(ExceptionCase.owner_id).where(*_waits(before, at)).distinct()
        return {id for id in self.session.exec(statement) if id is not None}

    def to_remind(
        self, owner_id: str, before: datetime, at: datetime, today: date, limit: int
    ) -> list[str]:
        statement = (
            select(ExceptionCase.id)
            .where(
                col(ExceptionCase.owner_id) == owner_id,
                *_waits(before, at),
                ~put_off(ExceptionCase, today),
                ~exists().where(
                    col(CaseNote.case_id) == col(ExceptionCase.id),
                    col(CaseNote.by_id) == owner_id,
                    col(CaseNote.ask_on) > today,
                    col(CaseNote.asked_at).is_(None),
                ),
            )
            .order_by(col(ExceptionCase.due_at), col(ExceptionCase.id))
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def arrivals_to_ask(self, day: date, limit: int) -> list[CaseNote]:
        statement = (
            select(CaseNote)
            .where(TO_ASK, col(CaseNote.ask_on) <= day)
            .order_by(col(CaseNote.ask_on), col(CaseNote.id))
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def to_escalate(self, before: datetime, at: datetime, limit: int) -> list[ExceptionCase]:
        statement = (
            select(ExceptionCase)
            .where(
                *_waits(at, at),
                col(ExceptionCase.due_at) <= before,
                ~exists().where(
                    col(JobRun.job) == "escalated", col(JobRun.period) == col(ExceptionCase.id)
                ),
            )
            .order_by(col(ExceptionCase.due_at), col(ExceptionCase.id))
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def snoozes_over(self, day: date, limit: int) -> list[CaseSnooze]:
        statement = (
            select(CaseSnooze)
            .where(col(CaseSnooze.until) <= day)
            .order_by(col(CaseSnooze.until), col(CaseSnooze.id))
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def forget_ticks(self, before: datetime) -> int:
        statement = delete(IdempotencyRow).where(
            col(IdempotencyRow.at) < before, col(IdempotencyRow.key).startswith(TICK)
        )
        return int(self.session.connection().execute(statement).rowcount)
