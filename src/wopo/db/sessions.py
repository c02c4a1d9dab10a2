"""Sessions: what a transaction has read, and what it has still to write.

SQLAlchemy keeps the record of every instance's changes. Writing them is done here, as no table has
relationships: new rows first, in the order in which tables refer to each other, then changed ones,
each table's in the order of their keys, so that two transactions never wait for each other.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import groupby
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Insert, Table, Update, bindparam, event, insert, update
from sqlalchemy.orm import InstanceState
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, SQLModel

from wopo.db import prepared
from wopo.db.seals import SEAL, seal_of

R = TypeVar("R")
STATEMENTS = 2_000


class OwnSession(Session):
    """A session that knows its transaction's connection: asking the session each time costs as
    much as a small statement."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._direct: Connection | None = None

    @property
    def direct(self) -> Connection:
        """The connection of the session's transaction."""
        if self._direct is None or self._direct.closed:
            self._direct = self.connection()
        return self._direct

    def settle(self, *kinds: type[SQLModel]) -> None:
        """Write what waits, before a read of these tables."""
        self.flush()

    def rows(
        self, statement: Any, values: prepared.Values, *kinds: type[SQLModel], anew: bool = False
    ) -> list[tuple[Any, ...]]:
        """What a statement about these tables answers: values, and instances for tables."""
        self.settle(*kinds)
        return prepared.rows(self, self.direct, statement, values, anew=anew)


class KeepingSession(OwnSession):
    """A session that holds what it loaded until it ends: SQLAlchemy alone forgets a row as soon
    as nobody refers to it, and reads it again at the next ``get``.

    ``found`` are the rows of plain reads, by table and question. A write to the table ends that;
    and on PostgreSQL, where others write meanwhile, so does every lock of a document or a number:
    what is read after a lock is read from the database.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.kept: list[Any] = []
        self.found: dict[type[SQLModel], dict[Any, list[Any]]] = {}

    def recall(self, kind: type[SQLModel], question: Any, read: Callable[[], list[Any]]) -> Any:
        """What ``read`` gave to this question about the table, or gives now."""
        known = self.found.setdefault(kind, {})
        found = known.get(question)
        if found is None or self.unwritten(kind):
            # Writing what waits may empty ``found``.
            found = read()
            self.found.setdefault(kind, {})[question] = found
        return list(found)

    def unwritten(self, *kinds: type[SQLModel]) -> bool:
        """Whether rows of one of these tables may have changed and are not written yet."""
        return any(
            issubclass(state.class_, kinds)
            for states in (self._new, self.identity_map._dirty_states(), self._deleted)
            for state in states
        )

    def settle(self, *kinds: type[SQLModel]) -> None:
        """Write what waits only if it concerns these tables, so that a row changed in several
        steps is written once."""
        if self.unwritten(*kinds):
            self.flush()

    def flush(self, objects: Any = None) -> None:
        """Write everything that waits. Raises ``StaleDataError`` where a row is no more there."""
        if self._is_clean():
            return
        new = list(self._new)
        dirty = [one for one in self.identity_map._dirty_states() if one not in self._deleted]
        by_kind = groupby(sorted(new, key=_rank), key=lambda state: state.class_)
        for kind, states in by_kind:
            insert_rows(self.direct, kind, [state.dict for state in states])
        _update_rows(self.direct, dirty)
        for state in (*new, *dirty):
            self.found.pop(state.class_, None)
        self._register_persistent({*new, *dirty})
        if self._deleted:
            # What is left for SQLAlchemy are the deletions alone.
            super().flush(objects)


def _keep(session: KeepingSession, row: Any) -> None:
    session.kept.append(row)


def _forget(session: KeepingSession, _flush: Any) -> None:
    session.found.clear()


event.listen(KeepingSession, "loaded_as_persistent", _keep)
event.listen(KeepingSession, "pending_to_persistent", _keep)
event.listen(KeepingSession, "after_flush", _forget)


def recall(
    session: OwnSession, kind: type[SQLModel], question: Any, read: Callable[[], list[R]]
) -> list[R]:
    """What ``read`` gives, asked of the database once while nothing is written to the table."""
    if isinstance(session, KeepingSession):
        return cast(list[R], session.recall(kind, question, read))
    return read()


def forget(session: OwnSession, kind: type[SQLModel]) -> None:
    """Ask the database again about this table."""
    if isinstance(session, KeepingSession):
        session.found.pop(kind, None)


def remember(session: OwnSession, kind: type[SQLModel], question: Any, found: list[Any]) -> None:
    """Keep what was just read, with the answer to another question, for ``recall``."""
    if isinstance(session, KeepingSession):
        session.found.setdefault(kind, {})[question] = found


def insert_rows(connection: Connection, kind: type[SQLModel], states: list[dict[str, Any]]) -> None:
    """Insert new rows of one table, sealed where the table has seals."""
    statement, names, sealed = _insert_into(kind)
    if not all(state.keys() >= names for state in states):
        states = [{**dict.fromkeys(names), **state} for state in states]
    if sealed is not None:
        states = [{**state, SEAL: seal_of(sealed, state)} for state in states]
    prepared.change_many(connection, statement, states)


@lru_cache(maxsize=STATEMENTS)
def _insert_into(kind: type[SQLModel]) -> tuple[Insert, frozenset[str], Table | None]:
    """How rows are inserted: the statement, the columns but the seal, and the table if they are
    sealed."""
    table = _table(kind)
    return insert(table), frozenset(table.c.keys()) - {SEAL}, table if SEAL in table.c else None


def _update_rows(connection: Connection, states: Iterable[InstanceState[Any]]) -> None:
    ranked = sorted(states, key=lambda state: (_rank(state), cast(Any, state.key)[1]))
    changes = [(state.class_, names, state) for state in ranked if (names := _changed(state))]
    for (kind, names), group in groupby(changes, key=lambda change: change[:2]):
        rows = [_new_values(names, state) for _, _, state in group]
        if prepared.change_many(connection, _update_of(kind, names), rows) != len(rows):
            raise StaleDataError(f"rows of {kind.__name__} are no more there")


def _changed(state: InstanceState[Any]) -> tuple[str, ...]:
    """The columns whose values are not what the database has."""
    now, before = state.dict, state.committed_state
    return tuple(sorted(name for name, old in before.items() if now[name] != old))


def _new_values(names: tuple[str, ...], state: InstanceState[Any]) -> dict[str, Any]:
    values = {f"new_{name}": state.dict[name] for name in names}
    key = cast(Any, state.key)[1]
    return values | {f"key_{place}": part for place, part in enumerate(key)}


@lru_cache(maxsize=STATEMENTS)
def _update_of(kind: type[SQLModel], names: tuple[str, ...]) -> Update:
    table = _table(kind)
    keys = [column == bindparam(f"key_{place}") for place, column in enumerate(table.primary_key)]
    values: dict[Any, Any] = {table.c[name]: bindparam(f"new_{name}") for name in names}
    return update(table).where(*keys).values(values)


def _table(kind: type[SQLModel]) -> Table:
    return kind.__table__  # type: ignore[attr-defined, no-any-return]


def _rank(state: InstanceState[Any]) -> int:
    return _ranks()[_table(state.class_)]


@lru_cache(maxsize=1)
def _ranks() -> dict[Table, int]:
    """Tables in an order in which each refers to earlier ones only."""
    return {table: place for place, table in enumerate(SQLModel.metadata.sorted_tables)}
