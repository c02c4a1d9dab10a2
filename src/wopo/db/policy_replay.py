"""The database's side of replaying the purchasing policy."""

from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from wopo.db.uow import SqlStore, implements
from wopo.domain.part_requests import PartRequest, PartRequestLine
from wopo.usecases.ports.policy_replay import PolicyReplayStore


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


@implements(PolicyReplayStore)
class SqlPolicyReplay(SqlStore, PolicyReplayStore):
    """See ``PolicyReplayStore``."""

    def lines_since(self, day: date) -> int:
        return int(self.session.exec(_asked(func.count(), day)).one())

    def page_since(self, day: date, after: str, limit: int) -> list[PartRequestLine]:
        ids = col(PartRequestLine.id)
        page = _asked(PartRequestLine, day).where(ids > after).order_by(ids).limit(limit)
        return list(self.session.exec(page))
