"""The unit of work: one transaction of either database behind ``ports.UnitOfWork``."""

from collections.abc import Callable, Collection, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from sqlalchemy import Connection, Engine, Integer, column, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import SQLModel

from wopo.db import selects
from wopo.db.engine import WRITE
from wopo.db.prepared import Values, rows
from wopo.db.sessions import KeepingSession, OwnSession, insert_rows, recall
from wopo.domain.errors import BUSY, STALE, STORAGE_DOWN
from wopo.domain.numbers import document_number

M = TypeVar("M", bound=SQLModel)
P = TypeVar("P")
S = TypeVar("S", bound="SqlStore")

_COUNT_ON = text(
    "INSERT INTO number_series (prefix, year, last) VALUES (:prefix, :year, :count) "
    "ON CONFLICT (prefix, year) DO UPDATE SET last = number_series.last + :count RETURNING last"
).columns(column("last", Integer))

IMPLEMENTATIONS: dict[type[Any], type["SqlStore"]] = {}


class SqlStore:
    """Base of a concept's own finders. One that writes past the session says ``forget`` after."""

    def __init__(self, session: OwnSession) -> None:
        self.session = session

    @property
    def connection(self) -> Connection:
        """The transaction's connection, for statements past the session."""
        return self.session.direct

    def rows(
        self, statement: Any, values: Values, *kinds: type[SQLModel], anew: bool = False
    ) -> list[Any]:
        """Rows of a statement that is a constant, about these tables: what waits to be written to
        them is written first. Instances the session has are brought up to date if ``anew``."""
        return self.session.rows(statement, values, *kinds, anew=anew)

    def firsts(self, statement: Any, values: Values, *kinds: type[SQLModel]) -> list[Any]:
        """The first of each row's values."""
        return [row[0] for row in self.session.rows(statement, values, *kinds)]

    def forget(self) -> None:
        """Rows were written that the session does not know of: read everything anew."""
        if isinstance(self.session, KeepingSession):
            self.session.found.clear()


def implements(port: type[Any]) -> Callable[[type[S]], type[S]]:
    """Class decorator: this class is the database's side of ``port``."""

    def register(store: type[S]) -> type[S]:
        IMPLEMENTATIONS[port] = store
        return store

    return register


class SqlUnitOfWork:
    """See ``wopo.usecases.ports.UnitOfWork``."""

    def __init__(self, engine: Engine, *, write: bool) -> None:
        if write and not engine.get_execution_options().get("wopo_write"):
            engine = engine.execution_options(**WRITE)
        # Only writing ones keep rows: reading ones may stream a million.
        kind = KeepingSession if write else OwnSession
        self.session = kind(engine, expire_on_commit=False)
        self._locking = engine.dialect.name != "sqlite"
        self._stores: dict[type[Any], Any] = {}

    @property
    def connection(self) -> Connection:
        """The transaction's connection, for statements past the session."""
        return self.session.direct

    def __enter__(self) -> Self:
        try:
            self.session.connection()
        except DBAPIError as error:
            self.session.close()
            raise (self._refusal(error) or error) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # What was read stays readable afterwards: a rollback would empty the loaded rows.
        self.session.expunge_all()
        try:
            self.session.rollback()
        finally:
            self.session.close()
        refusal = self._refusal(error)
        if refusal is not None:
            raise refusal from error

    def _refusal(self, error: BaseException | None) -> Exception | None:
        """What a database error means to a person; none for what is not one of these."""
        if isinstance(error, StaleDataError):
            return STALE(subject="This record")
        if isinstance(error, IntegrityError) or not isinstance(error, DBAPIError):
            return None
        said = str(error.orig).lower()
        if "locked" in said or "lock timeout" in said or "deadlock" in said or "busy" in said:
            return BUSY()
        outage = isinstance(error, OperationalError) and "no such" not in said
        if outage or "disk" in said or "readonly" in said:
            return STORAGE_DOWN()
        return None

    def add(self, *entities: SQLModel) -> None:
        self.session.add_all(entities)

    def append(self, *entities: SQLModel) -> None:
        if self.session.new:
            # What the rows refer to.
            self.session.flush()
        kinds: dict[type[SQLModel], list[dict[str, Any]]] = {}
        for entity in entities:
            kinds.setdefault(type(entity), []).append(vars(entity))
        for kind, states in kinds.items():
            insert_rows(self.connection, kind, states)
            self._written(kind)

    def delete(self, entity: SQLModel) -> None:
        self.session.delete(entity)

    def get(self, kind: type[M], id: Any, *, beside: selects.Beside = ()) -> M | None:
        held = self._held(kind, id)
        if held is not None:
            return held
        self.session.settle(kind)
        held = self._held(kind, id)
        if held is not None:
            return held
        if beside:
            return self.find(kind, beside=beside, id=id)
        statement, values = selects.by_key(kind), selects.key_values(kind, id)
        found = self.session.rows(statement, values, kind)
        return cast(M, found[0][0]) if found else None

    def _held(self, kind: type[M], id: Any) -> M | None:
        key = (kind, id if isinstance(id, tuple) else (id,), None)
        return cast(M | None, self.session.identity_map.get(key))

    def many(self, kind: type[M], ids: Collection[str]) -> dict[str, M]:
        found = {id: self._held(kind, id) for id in sorted(ids)}
        missing = [id for id, row in found.items() if row is None]
        if missing:
            found |= {str(row.id): row for row in self.all(kind, id=missing)}  # type: ignore[attr-defined]
        return {id: row for id, row in found.items() if row is not None}

    def lock(self, kind: type[M], id: Any, *, beside: selects.Beside = ()) -> M | None:
        if not self._locking:
            return self.get(kind, id, beside=beside)
        self._forget()
        statement, values = selects.locking(kind, beside), selects.key_values(kind, id)
        found = self.session.rows(statement, values, kind, *beside, anew=True)
        return cast(M, found[0][0]) if found else None

    def _forget(self) -> None:
        if isinstance(self.session, KeepingSession):
            self.session.found.clear()

    def _written(self, kind: type[SQLModel]) -> None:
        if isinstance(self.session, KeepingSession):
            self.session.found.pop(kind, None)

    def find(self, kind: type[M], *, beside: selects.Beside = (), **equal: Any) -> M | None:
        found = self.all(kind, limit=1, beside=beside, **equal)
        return found[0] if found else None

    def all(
        self,
        kind: type[M],
        *,
        order: str | Sequence[str] = (),
        limit: int | None = None,
        beside: selects.Beside = (),
        **equal: Any,
    ) -> list[M]:
        shape, values = selects.shape_of(equal)
        ordered = (order,) if isinstance(order, str) else tuple(order)
        statement = selects.rows(kind, shape, ordered, limit, beside)
        question = (statement, *(tuple(v) if isinstance(v, list) else v for v in values.values()))

        def read() -> list[M]:
            return [row[0] for row in self.session.rows(statement, values, kind, *beside)]

        return recall(self.session, kind, question, read)

    def count(self, kind: type[M], **equal: Any) -> int:
        shape, values = selects.shape_of(equal)
        ((number,),) = self.session.rows(selects.number_of(kind, shape), values, kind)
        return int(number)

    def guarded_update(
        self, kind: type[M], id: Any, *, add: dict[str, int], where_sql: str, **params: Any
    ) -> bool:
        self.session.flush()
        statement = selects.addition(kind, tuple(sorted(add)), where_sql)
        values = {f"add_{name}": amount for name, amount in add.items()}
        after = rows(self.session, self.connection, statement, {"row_id": id, **values, **params})
        self._written(kind)
        loaded = self._held(kind, id)
        if loaded is not None:
            if not after:
                self.session.refresh(loaded)
            for name, value in zip(sorted(add), after[0] if after else (), strict=False):
                set_committed_value(loaded, name, value)
        return bool(after)

    def next_number(self, prefix: str, year: int) -> str:
        return document_number(prefix, year, self._count_on(prefix, year, 1))

    def next_seq(self, name: str, count: int = 1) -> int:
        return self._count_on(name, 0, count) - count + 1

    def _count_on(self, prefix: str, year: int, count: int) -> int:
        if self._locking:
            self._forget()
        values = {"prefix": prefix, "year": year, "count": count}
        ((last,),) = rows(self.session, self.connection, _COUNT_ON, values)
        return int(last)

    def flush(self) -> None:
        self.session.flush()

    def commit(self) -> None:
        self.session.commit()
        self._forget()

    def store(self, port: type[P]) -> P:
        made = self._stores.get(port)
        if made is None:
            made = self._stores[port] = IMPLEMENTATIONS[port](self.session)
        return cast(P, made)


class SqlTransactions:
    """Makes units of work on one engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = engine.execution_options(**WRITE)

    def write(self) -> SqlUnitOfWork:
        """A transaction that holds the write lock from its first moment on SQLite."""
        return SqlUnitOfWork(self._writing, write=True)

    def read(self) -> SqlUnitOfWork:
        """A transaction that only reads."""
        return SqlUnitOfWork(self.engine, write=False)
