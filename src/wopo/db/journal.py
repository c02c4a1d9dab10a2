"""The door's own rows in plain SQL: every command makes these reads and writes."""

from typing import Any

from sqlalchemy import Table, insert, select, text, update
from sqlmodel import SQLModel

from wopo.db.uow import SqlStore, implements
from wopo.domain.audit import GENESIS, AuditHead
from wopo.domain.outbox import IdempotencyRow
from wopo.usecases.ports.journal import Journal


def _table(kind: type[SQLModel]) -> Table:
    return kind.__table__  # type: ignore[attr-defined, no-any-return]


ANSWERS, HEAD = _table(IdempotencyRow), _table(AuditHead)
EARLIER = select(ANSWERS.c.digest, ANSWERS.c.answer)
LOCK_KEY = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
LOCK_HEAD = select(HEAD.c.seq, HEAD.c.hash).where(HEAD.c.id == 1).with_for_update()


@implements(Journal)
class SqlJournal(SqlStore, Journal):
    """See ``wopo.usecases.ports.journal``."""

    def earlier_answer(self, key: str) -> tuple[str, dict[str, Any]] | None:
        connection = self.session.connection()
        if connection.dialect.name != "sqlite":
            # Two instances given the same key at once: the second waits for the first's answer.
            connection.execute(LOCK_KEY, {"key": key})
        row = connection.execute(EARLIER.where(ANSWERS.c.key == key)).first()
        return (row.digest, row.answer) if row else None

    def lock_head(self) -> tuple[int, str]:
        connection = self.session.connection()
        row = connection.execute(LOCK_HEAD).first()
        if row is not None:
            return row.seq, row.hash
        connection.execute(insert(HEAD).values(id=1, seq=0, hash=GENESIS))
        return 0, GENESIS

    def move_head(self, seq: int, hash: str) -> None:
        statement = update(HEAD).where(HEAD.c.id == 1).values(seq=seq, hash=hash)
        self.session.connection().execute(statement)
