"""The unit of work: one transaction of either database behind ``ports.UnitOfWork``."""

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from sqlalchemy import Engine, Insert, bindparam, event, insert, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, SQLModel

from wopo.db import selects
from wopo.db.engine import WRITE
from wopo.domain.errors import BUSY, STALE, STORAGE_DOWN
from wopo.domain.numbers import document_number

M = TypeVar("M", bound=SQLModel)
P = TypeVar("P")
S = TypeVar("S", bound="SqlStore")

_INSERTS: dict[type[SQLModel], Insert] = {}
_COUNT_ON = text(
    "INSERT INTO number_series (prefix, year, last) VALUES (:prefix, :year, :count) "
    "ON CONFLICT (prefix, year) DO UPDATE SET last = number_series.last + :count RETURNING last"
)

IMPLEMENTATIONS: dict[type[Any], type["SqlStore"]] = {}


class SqlStore:
    """Base of a concept's own finders."""

    def __init__(self, session: Session) -> None:
        self.session = session


def implements(port: type[Any]) -> Callable[[type[S]], type[S]]:
    """Class decorator: this class is the database's side of ``port``."""

    def register(store: type[S]) -> type[S]:
        IMPLEMENTATIONS[port] = store
        return store

    return register


class KeepingSession(Session):
    """A session that holds what it loaded until it ends: SQLAlchemy alone forgets a row as soon
    as nobody refers to it, and reads it again at the next ``get``."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.kept: list[Any] = []


def _keep(session: KeepingSession, row: Any) -> None:
    session.kept.append(row)


event.listen(KeepingSession, "loaded_as_persistent", _keep)
event.listen(KeepingSession, "pending_to_persistent", _keep)


class SqlUnitOfWork:
    """See ``wopo.usecases.ports.UnitOfWork``."""

    def __init__(self, engine: Engine, *, write: bool) -> None:
        bound = engine.execution_options(**WRITE) if write else engine
        # Only writing ones keep rows: reading ones may stream a million.
        kind = KeepingSession if write else Session
        self.session = kind(bound, expire_on_commit=False)
        self._locking = engine.dialect.name != "sqlite"
        self._stores: dict[type[Any], Any] = {}

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
        kinds: dict[type[SQLModel], list[dict[str, Any]]] = {}
        for entity in entities:
            kinds.setdefault(type(entity), []).append(dict(entity))
        for kind, rows in kinds.items():
            statement = _INSERTS.get(kind)
            if statement is None:
                statement = _INSERTS[kind] = insert(kind.__table__)  # type: ignore[attr-defined]
            self.session.connection().execute(statement, rows)

    def delete(self, entity: SQLModel) -> None:
        self.session.delete(entity)

    def get(self, kind: type[M], id: Any) -> M | None:
        return self.session.get(kind, id)

    def lock(self, kind: type[M], id: Any) -> M | None:
        if not self._locking:
            return self.session.get(kind, id)
        return self.session.get(kind, id, with_for_update=True, populate_existing=True)

    def find(self, kind: type[M], **equal: Any) -> M | None:
        shape, values = selects.shape_of(equal)
        found = self.session.execute(selects.rows(kind, shape, limit=1), values)
        return cast(M | None, found.scalars().first())

    def all(
        self,
        kind: type[M],
        *,
        order: str | Sequence[str] = (),
        limit: int | None = None,
        **equal: Any,
    ) -> list[M]:
        shape, values = selects.shape_of(equal)
        ordered = (order,) if isinstance(order, str) else tuple(order)
        found = self.session.execute(selects.rows(kind, shape, ordered, limit), values)
        return cast(list[M], found.scalars().all())

    def count(self, kind: type[M], **equal: Any) -> int:
        shape, values = selects.shape_of(equal)
        return int(self.session.execute(selects.number_of(kind, shape), values).scalar_one())

    def guarded_update(
        self, kind: type[M], id: Any, *, add: dict[str, int], where_sql: str, **params: Any
    ) -> bool:
        self.session.flush()
        table = kind.__table__  # type: ignore[attr-defined]
        statement = (
            update(table)
            .where(table.c.id == bindparam("row_id"), text(f"({where_sql})"))
            .values({name: table.c[name] + amount for name, amount in add.items()})
        )
        result = self.session.connection().execute(statement, {"row_id": id, **params})
        loaded = self.session.identity_map.get(self.session.identity_key(kind, id))
        if loaded is not None:
            self.session.refresh(loaded)
        return bool(result.rowcount == 1)

    def next_number(self, prefix: str, year: int) -> str:
        return document_number(prefix, year, self._count_on(prefix, year, 1))

    def next_seq(self, name: str, count: int = 1) -> int:
        return self._count_on(name, 0, count) - count + 1

    def _count_on(self, prefix: str, year: int, count: int) -> int:
        values = {"prefix": prefix, "year": year, "count": count}
        return int(self.session.connection().execute(_COUNT_ON, values).scalar_one())

    def flush(self) -> None:
        self.session.flush()

    def commit(self) -> None:
        self.session.commit()

    def store(self, port: type[P]) -> P:
        made = self._stores.get(port)
        if made is None:
            made = self._stores[port] = IMPLEMENTATIONS[port](self.session)
        return cast(P, made)


class SqlTransactions:
    """Makes units of work on one engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def write(self) -> SqlUnitOfWork:
        """A transaction that holds the write lock from its first moment on SQLite."""
        return SqlUnitOfWork(self.engine, write=True)

    def read(self) -> SqlUnitOfWork:
        """A transaction that only reads."""
        return SqlUnitOfWork(self.engine, write=False)
