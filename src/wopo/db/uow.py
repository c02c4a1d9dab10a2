"""The unit of work: one transaction of either database behind ``ports.UnitOfWork``."""

from collections.abc import Callable, Collection, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from sqlalchemy import Connection, Engine, Insert, Table, event, insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session, SQLModel

from wopo.db import selects
from wopo.db.engine import WRITE
from wopo.db.seals import SEAL, seal_of
from wopo.domain.errors import BUSY, STALE, STORAGE_DOWN
from wopo.domain.numbers import document_number

M = TypeVar("M", bound=SQLModel)
P = TypeVar("P")
R = TypeVar("R")
S = TypeVar("S", bound="SqlStore")

_INSERTS: dict[type[SQLModel], tuple[Insert, tuple[str, ...], Table | None]] = {}
_COUNT_ON = text(
    "INSERT INTO number_series (prefix, year, last) VALUES (:prefix, :year, :count) "
    "ON CONFLICT (prefix, year) DO UPDATE SET last = number_series.last + :count RETURNING last"
)

IMPLEMENTATIONS: dict[type[Any], type["SqlStore"]] = {}


class SqlStore:
    """Base of a concept's own finders. One that writes past the session says ``forget`` after."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @property
    def connection(self) -> Connection:
        """The transaction's connection, for statements past the session."""
        return direct(self.session)

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


class KeepingSession(Session):
    """A session that holds what it loaded until it ends: SQLAlchemy alone forgets a row as soon
    as nobody refers to it, and reads it again at the next ``get``.

    ``found`` are the rows of plain reads, by table and question. A write to the table ends that;
    and on PostgreSQL, where others write meanwhile, so does every lock of a document or a number:
    what is read after a lock is read from the database.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.kept: list[Any] = []
        self.direct: Connection | None = None
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
            isinstance(row, kinds) for rows in (self.new, self.dirty, self.deleted) for row in rows
        )


def direct(session: Session) -> Connection:
    """The connection of the session's transaction; asking the session each time costs as much as a
    small statement."""
    if not isinstance(session, KeepingSession):
        return session.connection()
    if session.direct is None or session.direct.closed:
        session.direct = session.connection()
    return session.direct


def _keep(session: KeepingSession, row: Any) -> None:
    session.kept.append(row)


def _forget(session: KeepingSession, _flush: Any) -> None:
    for rows in (session.new, session.dirty, session.deleted) if session.found else ():
        for row in rows:
            session.found.pop(type(row), None)


def waiting(session: Session, *kinds: type[SQLModel]) -> dict[str, bool]:
    """Options for a read of these tables alone: what waits to be written is written first only
    if it concerns them, so that a row changed in several steps is written once."""
    return {"autoflush": not isinstance(session, KeepingSession) or session.unwritten(*kinds)}


def recall(
    session: Session, kind: type[SQLModel], question: Any, read: Callable[[], list[R]]
) -> list[R]:
    """What ``read`` gives, asked of the database once while nothing is written to the table."""
    if isinstance(session, KeepingSession):
        return cast(list[R], session.recall(kind, question, read))
    return read()


def remember(session: Session, kind: type[SQLModel], question: Any, found: list[Any]) -> None:
    """Keep what was just read, with the answer to another question, for ``recall``."""
    if isinstance(session, KeepingSession):
        session.found.setdefault(kind, {})[question] = found


event.listen(KeepingSession, "loaded_as_persistent", _keep)
event.listen(KeepingSession, "pending_to_persistent", _keep)
event.listen(KeepingSession, "after_flush", _forget)


class SqlUnitOfWork:
    """See ``wopo.usecases.ports.UnitOfWork``."""

    def __init__(self, engine: Engine, *, write: bool) -> None:
        if write and not engine.get_execution_options().get("wopo_write"):
            engine = engine.execution_options(**WRITE)
        # Only writing ones keep rows: reading ones may stream a million.
        kind = KeepingSession if write else Session
        self.session = kind(engine, expire_on_commit=False)
        self._locking = engine.dialect.name != "sqlite"
        self._stores: dict[type[Any], Any] = {}

    @property
    def connection(self) -> Connection:
        """The transaction's connection, for statements past the session."""
        return direct(self.session)

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
            statement, columns, sealed = _insert_into(kind)
            rows = [{name: state[name] for name in columns} for state in states]
            if sealed is not None:
                for row in rows:
                    row[SEAL] = seal_of(sealed, row)
            self.connection.execute(statement, rows)
            self._written(kind)

    def delete(self, entity: SQLModel) -> None:
        self.session.delete(entity)

    def get(self, kind: type[M], id: Any, *, beside: selects.Beside = ()) -> M | None:
        held = self._held(kind, id)
        if held is None and waiting(self.session, kind)["autoflush"]:
            self.session.flush()
            held = self._held(kind, id)
        if held is not None:
            return held
        if beside:
            return self.find(kind, beside=beside, id=id)
        statement, values = selects.by_key(kind), selects.key_values(kind, id)
        read = self.session.execute(statement, values, execution_options={"autoflush": False})
        return cast(M | None, read.scalars().first())

    def _held(self, kind: type[M], id: Any) -> M | None:
        key = (kind, id if isinstance(id, tuple) else (id,), None)
        return cast(M | None, self.session.identity_map.get(key))

    def many(self, kind: type[M], ids: Collection[str]) -> dict[str, M]:
        rows = {id: self._held(kind, id) for id in sorted(ids)}
        missing = [id for id, row in rows.items() if row is None]
        if missing:
            rows |= {str(row.id): row for row in self.all(kind, id=missing)}  # type: ignore[attr-defined]
        return {id: row for id, row in rows.items() if row is not None}

    def lock(self, kind: type[M], id: Any, *, beside: selects.Beside = ()) -> M | None:
        if not self._locking:
            return self.get(kind, id, beside=beside)
        self._forget()
        options = waiting(self.session, kind, *beside)
        if beside:
            locking = selects.locking(kind, beside)
            row = self.session.execute(locking, {"id": id}, execution_options=options).first()
            return cast(M, row[0]) if row else None
        return self.session.get(
            kind, id, with_for_update=True, populate_existing=True, execution_options=options
        )

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
            options = waiting(self.session, kind, *beside)
            found = self.session.execute(statement, values, execution_options=options)
            return list(found.scalars())

        return recall(self.session, kind, question, read)

    def count(self, kind: type[M], **equal: Any) -> int:
        shape, values = selects.shape_of(equal)
        return int(self.session.execute(selects.number_of(kind, shape), values).scalar_one())

    def guarded_update(
        self, kind: type[M], id: Any, *, add: dict[str, int], where_sql: str, **params: Any
    ) -> bool:
        self.session.flush()
        statement = selects.addition(kind, tuple(sorted(add)), where_sql)
        values = {f"add_{name}": amount for name, amount in add.items()}
        hit = self.connection.execute(statement, {"row_id": id, **values, **params})
        after = hit.one_or_none()
        self._written(kind)
        loaded = self._held(kind, id)
        if loaded is not None:
            if after is None:
                self.session.refresh(loaded)
            else:
                for name, value in after._mapping.items():
                    set_committed_value(loaded, name, value)
        return after is not None

    def next_number(self, prefix: str, year: int) -> str:
        return document_number(prefix, year, self._count_on(prefix, year, 1))

    def next_seq(self, name: str, count: int = 1) -> int:
        return self._count_on(name, 0, count) - count + 1

    def _count_on(self, prefix: str, year: int, count: int) -> int:
        if self._locking:
            self._forget()
        values = {"prefix": prefix, "year": year, "count": count}
        return int(self.connection.execute(_COUNT_ON, values).scalar_one())

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


def _insert_into(kind: type[SQLModel]) -> tuple[Insert, tuple[str, ...], Table | None]:
    """How rows are appended: the statement, the columns, and the table if they are sealed."""
    known = _INSERTS.get(kind)
    if known is None:
        table = kind.__table__  # type: ignore[attr-defined]
        sealed = table if SEAL in table.c else None
        known = _INSERTS[kind] = insert(table), tuple(kind.model_fields), sealed
    return known


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
