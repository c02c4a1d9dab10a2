"""The door's own rows in plain SQL: every command makes these reads and writes."""

from typing import Any

from sqlalchemy import Table, bindparam, insert, select, text, update
from sqlmodel import SQLModel

from wopo.db.uow import SqlStore, implements
from wopo.domain.audit import GENESIS, AuditHead
from wopo.domain.outbox import IdempotencyRow
from wopo.domain.people import Person
from wopo.usecases.ports.journal import Journal


def _table(kind: type[SQLModel]) -> Table:
    return kind.__table__  # type: ignore[attr-defined, no-any-return]


ANSWERS, HEAD = _table(IdempotencyRow), _table(AuditHead)
EARLIER = select(ANSWERS.c.digest, ANSWERS.c.answer).where(ANSWERS.c.key == bindparam("given"))
EARLIER_AND_ACTOR = (
    select(ANSWERS.c.digest, ANSWERS.c.answer, Person)
    .select_from(Person)
    .outerjoin(ANSWERS, ANSWERS.c.key == bindparam("given"))
    .where(Person.__table__.c.id == bindparam("actor_id"))  # type: ignore[attr-defined]
)
LOCK_KEY = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
MOVE_HEAD = update(HEAD).where(HEAD.c.id == 1)
LOCK_HEAD = select(HEAD.c.seq, HEAD.c.hash).where(HEAD.c.id == 1).with_for_update()


@implements(Journal)
class SqlJournal(SqlStore, Journal):
    """See ``wopo.usecases.ports.journal``."""

    def earlier_answer(self, key: str, actor_id: str | None) -> tuple[str, dict[str, Any]] | None:
        connection = self.connection
        if connection.dialect.name != "sqlite":
            # Two instances given the same key at once: the second waits for the first's answer.
            connection.execute(LOCK_KEY, {"key": key})
        row = None
        if actor_id is not None:
            asked = {"given": key, "actor_id": actor_id}
            row = self.session.execute(EARLIER_AND_ACTOR, asked).first()
        if row is None:
            row = connection.execute(EARLIER, {"given": key}).first()
        return (row.digest, row.answer) if row and row.digest is not None else None

    def lock_head(self) -> tuple[int, str]:
        connection = self.connection
        row = connection.execute(LOCK_HEAD).first()
        if row is not None:
            return row.seq, row.hash
        connection.execute(insert(HEAD).values(id=1, seq=0, hash=GENESIS))
        return 0, GENESIS

    def move_head(self, seq: int, hash: str) -> None:
        self.connection.execute(MOVE_HEAD, {"seq": seq, "hash": hash})
