"""Long commands on SQLite without a long lock: carried out on a copy, then written in one go.

SQLite has one writer at a time, and an import of some thousand orders takes half a minute. So the
command runs on a copy of the live database, with every rule and every check, while people go on
working. What it wrote there is then written to the live database in one short transaction. That
holds only if nothing the command may have read was changed meanwhile: what has changed is asked of
the audit chain, which has a row for every event (domain.md, invariant 5), of the counters that gave
out numbers, and of how many rows each statement met. When in doubt the command runs again on a
fresh copy, and at last under the lock.
"""

import re
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine, event, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from wopo.db.engine import make_engine
from wopo.db.uow import SqlTransactions, SqlUnitOfWork
from wopo.domain.audit import AuditEntry, hash_of
from wopo.domain.errors import BUSY, DomainError
from wopo.domain.outbox import OutboxRow
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import Door, execute
from wopo.usecases.ports.journal import Journal

REHEARSALS = 3
"""Copies tried before the command runs under the lock."""
WAITS = 40
"""How often the short transaction waits for the lock, ``engine.LOCK_SECONDS`` each."""
APART = frozenset(
    {
        "approval",
        "approver",
        "attachment",
        "cost",
        "delivery",
        "digest",
        "identity",
        "outbox",
        "part_request",
        "part_request_line",
        "subscription",
        "task",
        "work_order",
        "work_request",
        "workspace",
    }
)
"""Subjects of events that no import or billing reads. Budgets are among what they move, but only
by guarded additions, which hold whatever else was added."""

_CHANGE = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
_OWN = re.compile(r"\s*(INSERT INTO|UPDATE) (number_series|audit_head)\b")
"""The door's own counters: their live values are asked for when the live transaction is there."""


class OvertakenError(Exception):
    """What was rehearsed may not hold any more: something it may have read was changed."""


@dataclass
class Step:
    """One statement of the rehearsal; ``hit`` is how many rows it met, none where that says
    nothing."""

    statement: str
    parameters: Any
    many: bool
    hit: int | None


class _Script:
    """What a rehearsal wrote, in order."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def listen(self, engine: Engine) -> None:
        event.listen(engine, "after_cursor_execute", self._heard)

    def _heard(
        self, _connection: Any, cursor: Any, statement: str, parameters: Any, _context: Any,
        many: bool,
    ) -> None:  # fmt: skip
        found = _CHANGE.match(statement)
        if found is None or _OWN.match(statement):
            return
        hit = None if found[1].upper() == "INSERT" else int(cursor.rowcount)
        self.steps.append(Step(statement, parameters, many, hit))


class RehearsedUnitOfWork(SqlUnitOfWork):
    """A unit of work on a copy; its commit writes to the live database."""

    def __init__(self, live: SqlTransactions) -> None:
        self._live = live
        self._folder = TemporaryDirectory(prefix="wopo-rehearsal-")
        self._copy = _copy_of(live.engine, Path(self._folder.name))
        self._script = _Script()
        self._script.listen(self._copy)
        self._entries: list[AuditEntry] = []
        self._told: list[OutboxRow] = []
        self._counted: list[tuple[str, int, int, int]] = []
        super().__init__(self._copy, write=True)

    def __enter__(self) -> Self:
        super().__enter__()
        self._place = self.store(Journal).advance()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            super().__exit__(kind, error, trace)
        finally:
            self._copy.dispose()
            self._folder.cleanup()

    def add(self, *entities: SQLModel) -> None:
        super().add(*self._kept_apart(entities))

    def append(self, *entities: SQLModel) -> None:
        super().append(*self._kept_apart(entities))

    def _kept_apart(self, entities: tuple[SQLModel, ...]) -> list[SQLModel]:
        """All but audit and outbox rows: the live database gives out their places in line."""
        others: list[SQLModel] = []
        for entity in entities:
            if isinstance(entity, AuditEntry):
                self._entries.append(entity)
            elif isinstance(entity, OutboxRow):
                self._told.append(entity)
            else:
                others.append(entity)
        return others

    def _count_on(self, prefix: str, year: int, count: int) -> int:
        last = super()._count_on(prefix, year, count)
        self._counted.append((prefix, year, count, last))
        return last

    def commit(self) -> None:
        """Write everything to the live database. Raises ``OvertakenError``, or what the database
        refuses; then nothing was written."""
        self.flush()
        entries = self._entries_as_steps()
        with ExitStack() as stack:
            live = _entered(stack, self._live)
            self._check(live)
            try:
                _replay(live, self._script.steps)
                self._write_journal(live, entries)
            except IntegrityError as error:
                raise OvertakenError(str(error.orig)) from error
            live.commit()

    def _check(self, live: SqlUnitOfWork) -> None:
        table = AuditEntry.__table__  # type: ignore[attr-defined]
        since = select(table.c.event).where(table.c.seq > self._place.seq).distinct()
        for name in live.session.connection().execute(since).scalars():
            if name.partition(":")[0] not in APART:
                raise OvertakenError(name)
        for prefix, year, count, last in self._counted:
            if live._count_on(prefix, year, count) != last:
                raise OvertakenError(f"{prefix} {year}")

    def _entries_as_steps(self) -> list[Step]:
        """The audit rows as they will be when nothing else is written meanwhile."""
        before = len(self._script.steps)
        super().append(*self._entries)
        steps = self._script.steps[before:]
        del self._script.steps[before:]
        return steps

    def _write_journal(self, live: SqlUnitOfWork, steps: list[Step]) -> None:
        """Messages and audit rows, in the places that the live database gives out."""
        journal = live.store(Journal)
        place = journal.advance(entries=len(self._entries), messages=len(self._told))
        for seq, row in enumerate(self._told, place.message + 1):
            row.seq = seq
        if self._told:
            live.append(*self._told)
        if not self._entries:
            return
        if (place.seq, place.hash) == (self._place.seq, self._place.hash):
            _replay(live, steps)
        else:
            _chain_on(self._entries, place.seq, place.hash)
            live.append(*self._entries)
        journal.seal(self._entries[-1].hash)


class Rehearsal:
    """Transactions of which the first is rehearsed; later ones (a refusal to be kept) are plain."""

    def __init__(self, live: SqlTransactions) -> None:
        self._live = live
        self._begun = False

    def write(self) -> SqlUnitOfWork:
        """The rehearsed transaction, the first time."""
        if self._begun:
            return self._live.write()
        self._begun = True
        return RehearsedUnitOfWork(self._live)

    def read(self) -> SqlUnitOfWork:
        """A transaction that only reads the live database."""
        return self._live.read()


def execute_rehearsed(door: Door, command: Command, *, actor: ActorRef, key: str) -> Answer:
    """``execute`` for a command that takes long: on a file of SQLite's others can write meanwhile;
    elsewhere it is ``execute`` itself. Rows and files that the command streams are read once per
    rehearsal. Raises ``DomainError`` as ``execute`` does."""
    live = door.transactions
    if isinstance(live, SqlTransactions) and _is_file(live.engine):
        for _ in range(REHEARSALS):
            try:
                rehearsed = replace(door, transactions=Rehearsal(live))
                return execute(rehearsed, command, actor=actor, key=key)
            except OvertakenError:
                continue
    return execute(door, command, actor=actor, key=key)


def _is_file(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite" and engine.url.database not in (None, "", ":memory:")


def _copy_of(engine: Engine, folder: Path) -> Engine:
    """A copy of the live database as it stands, made while others read and write."""
    copy = make_engine(f"sqlite:///{folder}/copy.db")
    event.listen(copy, "connect", _needs_not_last)
    source, target = engine.raw_connection(), copy.raw_connection()
    try:
        source.driver_connection.backup(target.driver_connection)  # type: ignore[union-attr]
    finally:
        source.close()
        target.close()
    return copy


def _needs_not_last(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _replay(live: SqlUnitOfWork, steps: list[Step]) -> None:
    connection = live.session.connection()
    for step in steps:
        done = connection.exec_driver_sql(step.statement, step.parameters)
        if step.hit is not None and done.rowcount != step.hit:
            raise OvertakenError(step.statement)


def _chain_on(entries: list[AuditEntry], seq: int, previous: str) -> None:
    """Give entries the places after this one."""
    for entry in entries:
        seq += 1
        entry.seq, entry.prev_hash = seq, previous
        entry.hash = previous = hash_of(entry)


def _entered(stack: ExitStack, live: SqlTransactions) -> SqlUnitOfWork:
    """The live transaction, waited for: what was rehearsed is worth more than a moment."""
    for _ in range(WAITS):
        try:
            return stack.enter_context(live.write())
        except DomainError as error:
            if error.code != BUSY.code:
                raise
    raise BUSY()
