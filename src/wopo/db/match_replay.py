"""The database's side of replaying the match."""

from datetime import UTC, date, datetime, time

from sqlalchemy import ColumnElement, func
from sqlmodel import col, select

from wopo.db.uow import SqlStore, implements
from wopo.domain.invoices import Invoice
from wopo.usecases.ports.match_replay import ReplayStore


def _since(day: date) -> ColumnElement[bool]:
    return col(Invoice.entered_at) >= datetime.combine(day, time.min, UTC)


@implements(ReplayStore)
class SqlReplay(SqlStore, ReplayStore):
    """See ``ReplayStore``."""

    def orders_since(self, day: date) -> int:
        distinct = func.count(func.distinct(col(Invoice.purchase_order_id)))
        return self.session.exec(select(distinct).where(_since(day))).one()

    def page_since(self, day: date, after: str, limit: int) -> list[str]:
        order_id = col(Invoice.purchase_order_id)
        statement = (
            select(order_id)
            .where(order_id > after, _since(day))
            .distinct()
            .order_by(order_id)
            .limit(limit)
        )
        return [id for id in self.session.exec(statement) if id is not None]
