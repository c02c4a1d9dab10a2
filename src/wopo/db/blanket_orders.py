"""The database's side of blanket orders."""

from datetime import date

from sqlalchemy import bindparam, or_
from sqlmodel import col, select

from wopo.db.uow import SqlStore, implements
from wopo.domain.purchase_orders import OrderKind, OrderState, PurchaseOrder
from wopo.usecases.ports.blanket_orders import BlanketStore

OPEN = (
    select(PurchaseOrder)
    .where(
        PurchaseOrder.kind == OrderKind.BLANKET,
        PurchaseOrder.state == OrderState.ISSUED,
        or_(col(PurchaseOrder.valid_to).is_(None), col(PurchaseOrder.valid_to) >= bindparam("day")),
    )
    .order_by(col(PurchaseOrder.number))
)


@implements(BlanketStore)
class SqlBlankets(SqlStore):
    """See ``BlanketStore``."""

    def open_on(self, day: date) -> list[PurchaseOrder]:
        return self.firsts(OPEN, {"day": day}, PurchaseOrder)
