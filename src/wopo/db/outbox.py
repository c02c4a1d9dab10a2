"""The outbox in the database."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, func, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from wopo.db.uow import SqlStore, implements
from wopo.domain.outbox import Delivery, Mode, OutboxRow
from wopo.usecases.ports.outbox import DOUBT, TASK, Claim, OutboxStore

UNFINISHED = (Delivery.PENDING, Delivery.SENDING)


@implements(OutboxStore)
class SqlOutbox(SqlStore):
    """See ``OutboxStore``."""

    def claim(
        self, *, worker: str, now: datetime, lease: timedelta, tasks: bool, skip: Collection[str]
    ) -> Claim | None:
        row = self.session.exec(self._due(now, now - lease, tasks, skip)).first()
        if row is None:
            return None
        doubtful = row.state is Delivery.SENDING or (row.problem or "").startswith(DOUBT)
        row.state = Delivery.SENDING
        row.claimed_by, row.claimed_at = worker, now
        row.attempts += 1
        self.session.flush()
        return Claim(row, doubtful)

    def _due(self, now: datetime, expired: datetime, tasks: bool, skip: Collection[str]) -> Any:
        earlier = aliased(OutboxRow)
        blocked = exists().where(
            col(earlier.stream) == col(OutboxRow.stream),
            col(earlier.audience) == col(OutboxRow.audience),
            col(earlier.seq) < col(OutboxRow.seq),
            col(earlier.state).in_(UNFINISHED),
        )
        is_task = col(OutboxRow.audience).startswith(TASK)
        statement = (
            select(OutboxRow)
            .where(
                or_(
                    and_(
                        col(OutboxRow.state) == Delivery.PENDING,
                        col(OutboxRow.next_at) <= now,
                    ),
                    and_(
                        col(OutboxRow.state) == Delivery.SENDING,
                        col(OutboxRow.claimed_at) < expired,
                    ),
                ),
                is_task if tasks else ~is_task,
                ~blocked,
            )
            .order_by(col(OutboxRow.seq))
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if skip:
            statement = statement.where(col(OutboxRow.audience).not_in(list(skip)))
        return statement

    def finish(
        self, row_id: str, worker: str, state: Delivery, *, at: datetime, problem: str | None = None
    ) -> bool:
        return self._move(row_id, worker, state=state, sent_at=at, problem=_cut(problem))

    def give_back(
        self, row_id: str, worker: str, *, next_at: datetime, problem: str | None, counted: bool
    ) -> bool:
        values: dict[str, Any] = {
            "state": Delivery.PENDING,
            "next_at": next_at,
            "claimed_by": None,
            "claimed_at": None,
        }
        if problem is not None:
            values["problem"] = _cut(problem)
        if not counted:
            values["attempts"] = OutboxRow.attempts - 1
        return self._move(row_id, worker, **values)

    def _move(self, row_id: str, worker: str, **values: Any) -> bool:
        statement = (
            update(OutboxRow)
            .where(
                col(OutboxRow.id) == row_id,
                col(OutboxRow.state) == Delivery.SENDING,
                col(OutboxRow.claimed_by) == worker,
            )
            .values(**values)
        )
        return bool(self.session.connection().execute(statement).rowcount == 1)

    def newest_seq(self, card: str, subject_id: str, audience: str) -> int:
        statement = select(func.max(OutboxRow.seq)).where(*_of(card, subject_id, audience))
        return int(self.session.exec(statement).one() or 0)

    def pass_over(
        self, card: str, subject_id: str, audience: str, *, up_to: int, at: datetime
    ) -> int:
        statement = (
            update(OutboxRow)
            .where(
                *_of(card, subject_id, audience),
                col(OutboxRow.state) == Delivery.PENDING,
                col(OutboxRow.mode).in_([Mode.KEEP, Mode.HOME]),
                col(OutboxRow.seq) <= up_to,
            )
            .values(state=Delivery.SKIPPED, sent_at=at, problem="a newer card shows it")
        )
        return int(self.session.connection().execute(statement).rowcount)

    def waiting(self, card: str, subject_id: str) -> bool:
        statement = (
            select(OutboxRow.id)
            .where(
                OutboxRow.stream == subject_id,
                OutboxRow.card == card,
                OutboxRow.subject_id == subject_id,
                col(OutboxRow.state).in_(UNFINISHED),
            )
            .limit(1)
        )
        return self.session.exec(statement).first() is not None

    def next_due(self) -> datetime | None:
        statement = select(func.min(OutboxRow.next_at)).where(
            OutboxRow.state == Delivery.PENDING, ~col(OutboxRow.audience).startswith(TASK)
        )
        return self.session.exec(statement).one()

    def told_since(self, stream: str, since: datetime) -> bool:
        statement = (
            select(OutboxRow.id)
            .where(OutboxRow.stream == stream, OutboxRow.created_at > since)
            .limit(1)
        )
        return self.session.exec(statement).first() is not None

    def hurry(self, problems: Collection[str], *, now: datetime) -> int:
        statement = (
            update(OutboxRow)
            .where(
                col(OutboxRow.state) == Delivery.PENDING,
                col(OutboxRow.problem).in_(list(problems)),
            )
            .values(next_at=now)
        )
        return int(self.session.connection().execute(statement).rowcount)


def _of(card: str, subject_id: str, audience: str) -> list[Any]:
    """A kept card's rows: they are in their subject's own stream, by which they are found."""
    return [
        OutboxRow.stream == subject_id,
        OutboxRow.card == card,
        OutboxRow.subject_id == subject_id,
        OutboxRow.audience == audience,
    ]


def _cut(problem: str | None) -> str | None:
    return problem[:500] if problem else problem
