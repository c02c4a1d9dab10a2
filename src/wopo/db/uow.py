"""The unit of work: one transaction of either database behind ``ports.UnitOfWork``."""

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from sqlalchemy import Engine, Insert, bindparam, func, insert, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, SQLModel, select

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


class SqlUnitOfWork:
    """See ``wopo.usecases.ports.UnitOfWork``."""

    def __init__(self, engine: Engine, *, write: bool) -> None:
        bound = engine.execution_options(**WRITE) if write else engine
        self.session = Session(bound, expire_on_commit=False)
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
        return self.session.exec(select(kind).where(*_equal(kind, equal)).limit(1)).first()

    def all(
        self,
        kind: type[M],
        *,
        order: str | Sequence[str] = (),
        limit: int | None = None,
        **equal: Any,
    ) -> list[M]:
        statement = select(kind).where(*_equal(kind, equal))
        for name in (order,) if isinstance(order, str) else order:
            column = getattr(kind, name.removeprefix("-"))
            statement = statement.order_by(column.desc() if name.startswith("-") else column)
        if limit is not None:
            statement = statement.limit(limit)
        return list(self.session.exec(statement).all())

    def count(self, kind: type[M], **equal: Any) -> int:
        statement = select(func.count()).select_from(kind).where(*_equal(kind, equal))
        return int(self.session.exec(statement).one())

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


def _equal(kind: type[SQLModel], equal: dict[str, Any]) -> list[ColumnElement[bool]]:
    conditions = []
    for name, value in equal.items():
        column = getattr(kind, name)
        if isinstance(value, (list, set, tuple, frozenset)):
            conditions.append(column.in_(list(value)))
        else:
            conditions.append(column.is_(None) if value is None else column == value)
    return conditions


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
