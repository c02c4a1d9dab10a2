"""The database's side of part requests."""

from collections.abc import Collection

from sqlalchemy import func
from sqlmodel import col, select

from wopo.db.uow import SqlStore, implements
from wopo.domain.part_requests import Allocation, PartRequest, PartRequestLine
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.usecases.ports.part_requests import Link, PartRequestStore


@implements(PartRequestStore)
class SqlPartRequests(SqlStore):
    """See ``PartRequestStore``."""

    def links(self, line_ids: Collection[str]) -> list[Link]:
        statement = (
            select(Allocation, PurchaseOrderLine, PurchaseOrder)
            .join(
                PurchaseOrderLine,
                col(PurchaseOrderLine.id) == col(Allocation.purchase_order_line_id),
            )
            .join(PurchaseOrder, col(PurchaseOrder.id) == col(PurchaseOrderLine.purchase_order_id))
            .where(
                col(Allocation.part_request_line_id).in_(list(line_ids)),
                col(Allocation.cancelled).is_(False),
            )
            .order_by(col(Allocation.id))
        )
        return [Link(*row) for row in self.session.exec(statement)]

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
        statement = (
            select(PartRequestLine, PartRequest)
            .join(PartRequest, col(PartRequest.id) == col(PartRequestLine.part_request_id))
            .where(col(PartRequestLine.unsourced) > 0)
            .order_by(
                col(PartRequestLine.needed_by).is_(None),
                col(PartRequestLine.needed_by),
                col(PartRequestLine.id),
            )
            .limit(limit)
            .offset(offset)
        )
        return list(self.session.exec(statement).all())

    def count_unsourced(self) -> int:
        statement = select(func.count()).select_from(PartRequestLine)
        return int(self.session.exec(statement.where(col(PartRequestLine.unsourced) > 0)).one())
