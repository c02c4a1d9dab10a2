"""The database's side of orders that belong together."""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Select, and_, bindparam, case, select, union
from sqlalchemy.orm import aliased
from sqlmodel import col

from wopo.db.uow import SqlStore, implements
from wopo.domain.purchase_orders import (
    OrderRevision,
    OrderState,
    PurchaseOrder,
    PurchaseOrderLine,
)
from wopo.domain.split_orders import COUNTED
from wopo.usecases.ports.split_orders import AskedOrder, SplitStore

ASKED = (
    OrderState.PENDING_APPROVAL,
    OrderState.APPROVED,
    OrderState.ISSUED,
    OrderState.CLOSED,
)

_COLUMNS: tuple[Any, ...] = (
    PurchaseOrder.state,
    PurchaseOrder.kind,
    PurchaseOrderLine.work_order_id,
    PurchaseOrderLine.cost_centre_id,
    PurchaseOrder.id,
    PurchaseOrder.number,
    PurchaseOrder.vendor_id,
    PurchaseOrder.requested_by_ids,
    PurchaseOrder.currency,
)


@cache
def _asked(*, one_vendor: bool, jobs: bool) -> Select[Any]:
    """By the index over the vendor and the moment, and that over the job; or over the moment alone.
    State and kind are looked at afterwards, lest an index over them leads through all of
    history."""
    change = aliased(OrderRevision)
    own, later = col(PurchaseOrder.total_minor), col(change.total_minor)
    statement: Select[Any] = (
        select(
            *(col(column) for column in _COLUMNS),
            case((later > own, later), else_=own),
        )
        .join(PurchaseOrderLine, col(PurchaseOrderLine.purchase_order_id) == col(PurchaseOrder.id))
        .outerjoin(
            change,
            and_(
                col(change.purchase_order_id) == col(PurchaseOrder.id),
                col(change.revision) == col(PurchaseOrder.pending_revision),
            ),
        )
        .where(
            col(PurchaseOrder.asked_at) >= bindparam("since"),
            col(PurchaseOrder.id) != bindparam("without"),
            col(PurchaseOrderLine.cancelled).is_(False),
        )
        .order_by(col(PurchaseOrder.asked_at).desc())
    )
    if jobs:
        return statement.where(col(PurchaseOrder.id).in_(_of_vendor_or_jobs()))
    if one_vendor:
        return statement.where(col(PurchaseOrder.vendor_id) == bindparam("vendor_id"))
    return statement


def _of_vendor_or_jobs() -> CompoundSelect[Any]:
    order, line = aliased(PurchaseOrder), aliased(PurchaseOrderLine)
    return union(
        select(col(order.id)).where(
            col(order.vendor_id) == bindparam("vendor_id"),
            col(order.asked_at) >= bindparam("since"),
        ),
        select(col(line.purchase_order_id)).where(
            col(line.work_order_id).in_(bindparam("job_ids", expanding=True)),
            col(line.cancelled).is_(False),
        ),
    )


@implements(SplitStore)
class SqlSplitOrders(SqlStore, SplitStore):
    """See ``SplitStore``."""

    def asked_since(
        self,
        since: datetime,
        *,
        without: str,
        vendor_id: str | None,
        job_ids: Collection[str] = (),
    ) -> list[AskedOrder]:
        given: dict[str, Any] = {"since": since, "without": without}
        given |= {"vendor_id": vendor_id} if vendor_id else {}
        given |= {"job_ids": list(job_ids)} if job_ids else {}
        tables = (PurchaseOrder, PurchaseOrderLine, OrderRevision)
        statement = _asked(one_vendor=vendor_id is not None, jobs=bool(job_ids))
        found: dict[str, AskedOrder] = {}
        for state, kind, job_id, centre_id, *order in self.rows(statement, given, *tables):
            if state not in ASKED or kind not in COUNTED:
                continue
            known = found.setdefault(order[0], AskedOrder(*order))
            known.centre_ids.add(centre_id)
            if job_id:
                known.job_ids.add(job_id)
        return list(found.values())
