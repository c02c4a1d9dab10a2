"""The door's own rows in plain SQL: every command makes these reads and writes."""

from typing import Any

from sqlalchemy import Table, bindparam, insert, select, text, update
from sqlmodel import SQLModel

from wopo.db.prepared import change, rows
from wopo.db.uow import SqlStore, implements
from wopo.domain.audit import GENESIS, AuditHead
from wopo.domain.outbox import IdempotencyRow
from wopo.domain.people import Person
from wopo.usecases.ports.journal import Journal, Place


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
ADVANCE = (
    update(HEAD)
    .where(HEAD.c.id == 1)
    .values(seq=HEAD.c.seq + bindparam("entries"), told=HEAD.c.told + bindparam("messages"))
    .returning(HEAD.c.seq, HEAD.c.hash, HEAD.c.told)
)
SEAL_HEAD = update(HEAD).where(HEAD.c.id == 1).values(hash=bindparam("newest"))


@implements(Journal)
class SqlJournal(SqlStore, Journal):
    """See ``wopo.usecases.ports.journal``."""

    def earlier_answer(self, key: str, actor_id: str | None) -> tuple[str, dict[str, Any]] | None:
        connection = self.connection
        if connection.dialect.name != "sqlite":
            # Two instances given the same key at once: the second waits for the first's answer.
            connection.execute(LOCK_KEY, {"key": key})
        found: list[Any] = []
        if actor_id is not None:
            asked = {"given": key, "actor_id": actor_id}
            found = self.rows(EARLIER_AND_ACTOR, asked, Person)
        if not found:
            found = self.rows(EARLIER, {"given": key}, IdempotencyRow)
        digest, answer, *_ = found[0] if found else (None, {})
        return None if digest is None else (digest, answer)

    def advance(self, *, entries: int = 0, messages: int = 0) -> Place:
        counted = {"entries": entries, "messages": messages}
        found = rows(self.session, self.connection, ADVANCE, counted)
        if not found:
            self.connection.execute(
                insert(HEAD).values(id=1, seq=entries, hash=GENESIS, told=messages)
            )
            return Place(0, GENESIS, 0)
        ((seq, newest, told),) = found
        return Place(seq - entries, newest, told - messages)

    def seal(self, hash: str) -> None:
        change(self.connection, SEAL_HEAD, {"newest": hash})
