"""The database's side of part requests."""

from collections.abc import Collection

from sqlalchemy import bindparam, func
from sqlmodel import col, select

from wopo.db.uow import SqlStore, implements
from wopo.domain.part_requests import Allocation, PartRequest, PartRequestLine
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.usecases.ports.part_requests import Link, PartRequestStore

LINKS = (
    select(Allocation, PurchaseOrderLine, PurchaseOrder)
    .join(PurchaseOrderLine, col(PurchaseOrderLine.id) == col(Allocation.purchase_order_line_id))
    .join(PurchaseOrder, col(PurchaseOrder.id) == col(PurchaseOrderLine.purchase_order_id))
    .where(
        col(Allocation.part_request_line_id).in_(bindparam("ids", expanding=True)),
        col(Allocation.cancelled).is_(False),
    )
    .order_by(col(Allocation.id))
)
UNSOURCED = (
    select(PartRequestLine, PartRequest)
    .join(PartRequest, col(PartRequest.id) == col(PartRequestLine.part_request_id))
    .where(col(PartRequestLine.unsourced) > 0)
    .order_by(
        col(PartRequestLine.needed_by).is_(None),
        col(PartRequestLine.needed_by),
        col(PartRequestLine.id),
    )
    .limit(bindparam("limit"))
    .offset(bindparam("offset"))
)
COUNT_UNSOURCED = (
    select(func.count()).select_from(PartRequestLine).where(col(PartRequestLine.unsourced) > 0)
)


@implements(PartRequestStore)
class SqlPartRequests(SqlStore):
    """See ``PartRequestStore``."""

    def links(self, line_ids: Collection[str]) -> list[Link]:
        found = self.session.execute(LINKS, {"ids": list(line_ids)})
        return [Link(*row) for row in found]

    def lines_on(self, order_id: str) -> list[PartRequestLine]:
        statement = (
            select(PartRequestLine)
            .join(Allocation, col(Allocation.part_request_line_id) == col(PartRequestLine.id))
            .join(
                PurchaseOrderLine,
                col(PurchaseOrderLine.id) == col(Allocation.purchase_order_line_id),
            )
            .where(col(PurchaseOrderLine.purchase_order_id) == order_id)
            .order_by(col(PartRequestLine.id))
        )
        return list({line.id: line for line in self.session.exec(statement)}.values())

    def unsourced(self, *, limit: int, offset: int) -> list[tuple[PartRequestLine, PartRequest]]:
        values = {"limit": limit, "offset": offset}
        found = self.session.execute(UNSOURCED, values)
        return [(line, request) for line, request in found]

    def count_unsourced(self) -> int:
        self.session.flush()
        return int(self.session.connection().execute(COUNT_UNSOURCED).scalar_one())
