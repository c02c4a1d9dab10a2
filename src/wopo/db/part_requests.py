"""The database's side of part requests."""

from collections.abc import Collection

from sqlalchemy import bindparam, func
from sqlmodel import col, select

from wopo.db.sessions import recall, remember
from wopo.db.uow import SqlStore, implements
from wopo.domain.part_requests import TO_BUY, Allocation, PartRequestLine
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.usecases.ports.part_requests import Link, PartRequestStore

LINKS = (
    select(Allocation, PurchaseOrderLine, PurchaseOrder)
    .join(PurchaseOrderLine, col(PurchaseOrderLine.id) == col(Allocation.purchase_order_line_id))
    .join(PurchaseOrder, col(PurchaseOrder.id) == col(PurchaseOrderLine.purchase_order_id))
    .where(
        col(Allocation.part_request_line_id).in_(bindparam("line_ids", expanding=True)),
        col(Allocation.cancelled).is_(False),
    )
    .order_by(col(Allocation.id))
)
COUNT_UNSOURCED = select(func.count()).select_from(PartRequestLine).where(TO_BUY)

WANTED_BY = (
    select(Allocation.part_request_line_id)
    .join(PurchaseOrderLine, col(PurchaseOrderLine.id) == col(Allocation.purchase_order_line_id))
    .where(col(PurchaseOrderLine.purchase_order_id) == bindparam("order_id"))
)
LINES_ON = (
    select(PartRequestLine, Allocation, PurchaseOrderLine, PurchaseOrder)
    .join(Allocation, col(Allocation.part_request_line_id) == col(PartRequestLine.id))
    .join(PurchaseOrderLine, col(PurchaseOrderLine.id) == col(Allocation.purchase_order_line_id))
    .join(PurchaseOrder, col(PurchaseOrder.id) == col(PurchaseOrderLine.purchase_order_id))
    .where(col(PartRequestLine.id).in_(WANTED_BY))
    .order_by(col(PartRequestLine.id), col(Allocation.id))
)


def _where_bought(line_ids: Collection[str]) -> tuple[str, ...]:
    return ("links", *sorted(line_ids))


@implements(PartRequestStore)
class SqlPartRequests(SqlStore):
    """See ``PartRequestStore``."""

    def links(self, line_ids: Collection[str]) -> list[Link]:
        wanted = sorted(line_ids)

        def read() -> list[Link]:
            asked = {"line_ids": wanted}
            return [Link(*row) for row in self.rows(LINKS, asked, Allocation, PurchaseOrderLine)]

        return recall(self.session, Allocation, _where_bought(wanted), read)

    def lines_on(self, order_id: str) -> list[PartRequestLine]:
        tables, asked = (Allocation, PartRequestLine, PurchaseOrderLine), {"order_id": order_id}
        lines: dict[str, PartRequestLine] = {}
        links: list[Link] = []
        for line, *link in self.rows(LINES_ON, asked, *tables):
            lines[line.id] = line
            if not link[0].cancelled:
                links.append(Link(*link))
        # Where the lines are bought is asked for next.
        remember(self.session, Allocation, _where_bought(lines), links)
        return list(lines.values())

    def count_unsourced(self) -> int:
        ((number,),) = self.rows(COUNT_UNSOURCED, {}, PartRequestLine)
        return int(number)
