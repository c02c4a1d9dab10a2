"""The database's side of purchases at counters."""

from datetime import datetime

from sqlalchemy import bindparam, exists, literal, or_
from sqlmodel import col, select

from wopo.db.uow import SqlStore, implements
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.attachments import Attachment
from wopo.domain.lookup import Kind
from wopo.domain.outbox import JobRun
from wopo.domain.purchase_orders import (
    OrderKind,
    OrderState,
    Progress,
    PurchaseOrder,
    PurchaseOrderLine,
)
from wopo.usecases.ports.counter_purchases import ByRule, CounterStore, Out

OUT = (
    select(PurchaseOrder.id, PurchaseOrder.requested_by_ids, PurchaseOrder.receipt_progress)
    .where(
        col(PurchaseOrder.kind) == OrderKind.COUNTER,
        col(PurchaseOrder.state) == OrderState.ISSUED,
    )
    .order_by(col(PurchaseOrder.created_at).desc(), col(PurchaseOrder.id).desc())
    .limit(bindparam("limit"))
)


@implements(CounterStore)
class SqlCounterPurchases(SqlStore, CounterStore):
    """See ``CounterStore``."""

    def by_rule(self, rule: str, *, since: datetime) -> list[ByRule]:
        statement = (
            select(Approval, PurchaseOrder, PurchaseOrderLine.work_order_id)
            .join(PurchaseOrder, col(PurchaseOrder.id) == col(Approval.purchase_order_id))
            .join(
                PurchaseOrderLine,
                col(PurchaseOrderLine.purchase_order_id) == col(PurchaseOrder.id),
            )
            .where(
                col(Approval.rule) == rule,
                col(Approval.state) == ApprovalState.APPROVED,
                col(Approval.asked_at) >= since,
                col(PurchaseOrder.state) != OrderState.CANCELLED,
            )
        )
        found: dict[str, ByRule] = {}
        for approval, order, job_id in self.session.exec(statement):
            known = found.get(approval.id)
            jobs = known.job_ids if known else frozenset()
            found[approval.id] = ByRule(
                approval.amount, frozenset(order.requested_by_ids), jobs | {job_id or ""}
            )
        return list(found.values())

    def without_till_receipt(self, before: datetime, stage: str, limit: int) -> list[PurchaseOrder]:
        photo = exists().where(
            col(Attachment.subject) == Kind.PURCHASE_ORDER.value,
            col(Attachment.subject_id) == col(PurchaseOrder.id),
        )
        statement = (
            select(PurchaseOrder)
            .where(
                col(PurchaseOrder.kind) == OrderKind.COUNTER,
                col(PurchaseOrder.state) == OrderState.ISSUED,
                col(PurchaseOrder.issued_at) <= before,
                col(PurchaseOrder.imported).is_(False),
                or_(~photo, col(PurchaseOrder.receipt_progress) == Progress.NONE),
                ~exists().where(
                    col(JobRun.job) == literal("till:") + col(PurchaseOrder.id),
                    col(JobRun.period).in_([stage, "last"]),
                ),
            )
            .order_by(col(PurchaseOrder.issued_at), col(PurchaseOrder.id))
            .limit(limit)
        )
        return list(self.session.exec(statement).all())

    def out(self, limit: int) -> list[Out]:
        return [Out(*row) for row in self.rows(OUT, {"limit": limit}, PurchaseOrder)]
