"""The database's side of orders that belong together."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, select
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
def _asked(*, one_vendor: bool) -> Select[Any]:
    """By the index over the vendor and the moment, or over the moment alone; state and kind are
    looked at afterwards, lest an index over them leads through all of history."""
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
    if one_vendor:
        statement = statement.where(col(PurchaseOrder.vendor_id) == bindparam("vendor_id"))
    return statement


@implements(SplitStore)
class SqlSplitOrders(SqlStore, SplitStore):
    """See ``SplitStore``."""

    def asked_since(
        self, since: datetime, *, without: str, vendor_id: str | None
    ) -> list[AskedOrder]:
        given = {"since": since, "without": without}
        given |= {"vendor_id": vendor_id} if vendor_id else {}
        tables = (PurchaseOrder, PurchaseOrderLine, OrderRevision)
        statement = _asked(one_vendor=vendor_id is not None)
        found: dict[str, AskedOrder] = {}
        for state, kind, job_id, centre_id, *order in self.rows(statement, given, *tables):
            if state not in ASKED or kind not in COUNTED:
                continue
            known = found.setdefault(order[0], AskedOrder(*order))
            known.centre_ids.add(centre_id)
            if job_id:
                known.job_ids.add(job_id)
        return list(found.values())
