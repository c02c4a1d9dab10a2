"""The database's side of finding what is on order already."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, bindparam, or_, select
from sqlmodel import col

from wopo.db.uow import SqlStore, implements
from wopo.domain.demand import JOINABLE
from wopo.domain.locations import Location
from wopo.domain.purchase_orders import OrderKind, PurchaseOrder, PurchaseOrderLine
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.ports.demand import DemandStore, OpenLine

_COLUMNS: tuple[Any, ...] = (
    PurchaseOrderLine.id,
    PurchaseOrderLine.part_id,
    PurchaseOrder.number,
    WorkOrder.number,
    PurchaseOrderLine.quantity,
    PurchaseOrderLine.accepted,
    PurchaseOrderLine.promised_on,
)
OPEN: Select[Any] = (
    select(*(col(column) for column in _COLUMNS))
    .join(PurchaseOrder, col(PurchaseOrder.id) == col(PurchaseOrderLine.purchase_order_id))
    .outerjoin(WorkOrder, col(WorkOrder.id) == col(PurchaseOrderLine.work_order_id))
    .outerjoin(Location, col(Location.id) == col(PurchaseOrder.ship_to_id))
    .where(
        col(PurchaseOrderLine.part_id).in_(bindparam("part_ids", expanding=True)),
        col(PurchaseOrderLine.accepted) < col(PurchaseOrderLine.quantity),
        col(PurchaseOrderLine.cancelled).is_(False),
        col(PurchaseOrderLine.closed_short).is_(False),
        col(PurchaseOrder.state).in_(JOINABLE),
        col(PurchaseOrder.kind) == OrderKind.STANDARD,
        col(PurchaseOrder.pending_revision).is_(None),
        col(PurchaseOrder.imported).is_(False),
        or_(col(PurchaseOrder.ship_to_id).is_(None), col(Location.site_id) == bindparam("site_id")),
    )
    .order_by(
        col(PurchaseOrderLine.promised_on).is_(None),
        col(PurchaseOrderLine.promised_on),
        col(PurchaseOrderLine.id),
    )
)


@implements(DemandStore)
class SqlDemand(SqlStore, DemandStore):
    """See ``DemandStore``."""

    def joinable(self, part_ids: Collection[str], site_id: str) -> list[OpenLine]:
        asked = {"part_ids": sorted(part_ids), "site_id": site_id}
        return [OpenLine(*row) for row in self.session.execute(OPEN, asked)]
