"""The database's side of replaying the purchasing policy."""

from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import exists, func
from sqlmodel import col, select

from wopo.db.uow import SqlStore, implements
from wopo.domain.part_requests import Allocation, PartRequest, PartRequestLine
from wopo.domain.purchase_orders import OrderKind, OrderState, PurchaseOrder, PurchaseOrderLine
from wopo.usecases.ports.policy_replay import Bought, PolicyReplayStore


def _asked(what: Any, day: date) -> Any:
    """``what`` of the lines asked for since a day that still stand."""
    return (
        select(what)
        .select_from(PartRequestLine)
        .join(PartRequest, col(PartRequest.id) == col(PartRequestLine.part_request_id))
        .where(
            col(PartRequest.created_at) >= datetime.combine(day, time.min, UTC),
            col(PartRequestLine.cancelled).is_(False),
        )
    )


def _bought(day: date, *what: Any) -> Any:
    """``what`` of the order lines since a day that no request asked for."""
    line, order = PurchaseOrderLine, PurchaseOrder
    return (
        select(*what)
        .select_from(line)
        .join(order, col(order.id) == col(line.purchase_order_id))
        .where(
            col(order.order_date) >= day,
            col(order.kind) != OrderKind.BLANKET,
            col(order.state).not_in((OrderState.DRAFT, OrderState.REJECTED, OrderState.CANCELLED)),
            col(line.cancelled).is_(False),
            ~exists().where(col(Allocation.purchase_order_line_id) == col(line.id)),
        )
    )


@implements(PolicyReplayStore)
class SqlPolicyReplay(SqlStore, PolicyReplayStore):
    """See ``PolicyReplayStore``."""

    def lines_since(self, day: date) -> int:
        counts = (_asked(func.count(), day), _bought(day, func.count()))
        return sum(int(self.session.execute(count).scalar_one()) for count in counts)

    def bought_since(self, day: date, after: str, limit: int) -> list[Bought]:
        ids = col(PurchaseOrderLine.id)
        page = _bought(day, PurchaseOrderLine, PurchaseOrder).where(ids > after)
        rows = self.session.execute(page.order_by(ids).limit(limit))
        return [(line, order) for line, order in rows]

    def page_since(self, day: date, after: str, limit: int) -> list[PartRequestLine]:
        ids = col(PartRequestLine.id)
        page = _asked(PartRequestLine, day).where(ids > after).order_by(ids).limit(limit)
        return list(self.session.exec(page))
