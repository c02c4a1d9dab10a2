"""The database's side of needs that nobody was asked about."""

from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlmodel import col

from wopo.db.uow import SqlStore, implements
from wopo.domain.part_requests import PartRequest, PartRequestLine
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.ports.small_needs import SmallAsked, SmallNeedStore

_BY = (
    col(PartRequest.requested_by_id),
    col(PartRequestLine.work_order_id),
    col(WorkOrder.cost_centre_id),
    col(PartRequestLine.vendor_id),
)
_SINCE = (
    select(*_BY, func.sum(col(PartRequestLine.small_minor)))
    .select_from(PartRequestLine)
    .join(PartRequest, col(PartRequest.id) == col(PartRequestLine.part_request_id))
    .join(WorkOrder, col(WorkOrder.id) == col(PartRequestLine.work_order_id))
    .where(
        col(PartRequestLine.small_at) >= bindparam("since"),
        col(PartRequestLine.id) != bindparam("without"),
        col(PartRequestLine.cancelled).is_(False),
    )
    .group_by(*_BY)
)


@implements(SmallNeedStore)
class SqlSmallNeeds(SqlStore, SmallNeedStore):
    """See ``SmallNeedStore``."""

    def asked_since(self, since: datetime, *, without: str) -> list[SmallAsked]:
        given = {"since": since, "without": without}
        tables = (PartRequestLine, PartRequest, WorkOrder)
        rows = self.rows(_SINCE, given, *tables)
        return [
            SmallAsked(by, job, centre, vendor, int(minor))
            for by, job, centre, vendor, minor in rows
        ]
