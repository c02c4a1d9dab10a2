"""Engines: SQLite with the pragmas that keep money safe, or a PostgreSQL pool with timeouts."""

import sqlite3
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import BindParameter, Engine, Integer, Select, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import make_url
from sqlalchemy.pool import PoolProxiedConnection, StaticPool

LOCK_SECONDS = 1.5
"""How long a statement may wait for a lock: inside the listener's own 2.0 s deadline."""

PREPARED = 512
"""How many statements a connection keeps prepared. The drivers keep 128 and 100; one job from its
report to its invoice sends more different ones than that, and each was then prepared every time."""

POOL: dict[str, Any] = {"pool_size": 12, "max_overflow": 8, "pool_use_lifo": True}
"""The connection given back last is taken first: a connection that a rush opened and nobody needs
any more then does not fill its own cache of pages and statements."""

WRITE = {"wopo_write": True}


def sqlite_driver() -> ModuleType:
    """The SQLite to use: a packaged one with the WAL-reset repair where there is one."""
    try:
        return import_module("pysqlite3.dbapi2")
    except ModuleNotFoundError:
        return sqlite3


class LimitsWrittenOut(SQLiteCompiler):
    """Limits as numbers in the text of a statement.

    SQLite plans by the limit. Where it is a parameter, giving it a value makes a kept statement be
    prepared anew every time, which costs several times what carrying it out does.
    """

    def limit_clause(self, select: Select[Any], **kw: Any) -> str:
        limit, offset = select._limit_clause, select._offset_clause
        if not isinstance(limit, BindParameter):
            return str(super().limit_clause(select, **kw))  # type: ignore[no-untyped-call]
        written = limit.render_literal_execute()
        written.type = Integer()
        text = f"\n LIMIT {self.process(written, **kw)}"
        return text if offset is None else f"{text} OFFSET {self.process(offset, **kw)}"


class Reading(SQLiteDialect_pysqlite):
    """SQLite whose transactions begin when SQLAlchemy's do, those of an engine with ``WRITE`` as
    writing ones.

    A listener on the engine's events would do the same; but with one, SQLAlchemy asks for
    listeners at every step of every statement, which costs a twentieth of a command.
    """

    supports_statement_cache = True
    statement_compiler = LimitsWrittenOut
    begin = "BEGIN"

    def do_begin(self, dbapi_connection: PoolProxiedConnection) -> None:
        dbapi_connection.cursor().execute(self.begin)

    def set_engine_execution_options(self, engine: Engine, opts: Any) -> None:
        super().set_engine_execution_options(engine, opts)
        if opts.get("wopo_write"):
            engine.dialect = self._writing()

    def _writing(self) -> "Writing":
        """This dialect's twin, one for all: what the first connection tells either is told both."""
        twin = vars(self).get("twin")
        if twin is None:
            twin = Writing.__new__(Writing)
            twin.__dict__ = vars(self)
            self.twin: Writing = twin
        return self.twin


class Writing(Reading):
    """SQLite whose transactions take the write lock as they begin."""

    supports_statement_cache = True
    begin = "BEGIN IMMEDIATE"


registry.register("sqlite.wopo", __name__, Reading.__name__)


def make_engine(url: str) -> Engine:
    """An engine for ``sqlite:///file``, ``sqlite://`` (in memory) or ``postgresql://...``."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed.database)
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        **POOL,
        connect_args={
            "options": f"-c lock_timeout={int(LOCK_SECONDS * 1000)} -c statement_timeout=30000"
        },
    )
    event.listen(engine, "connect", _on_postgres_connect)
    return engine


def _on_postgres_connect(connection: Any, _record: Any) -> None:
    connection.prepared_max = PREPARED


def _sqlite(database: str | None) -> Engine:
    memory = database in (None, "", ":memory:")
    if not memory:
        Path(str(database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        "sqlite+wopo://" + ("" if memory else f"/{database}"),
        module=sqlite_driver(),
        connect_args={
            "timeout": LOCK_SECONDS,
            "check_same_thread": False,
            "cached_statements": PREPARED,
        },
        **({"poolclass": StaticPool} if memory else POOL),
    )
    event.listen(engine, "connect", _on_connect)
    return engine


def _on_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "trusted_schema=OFF",
        "cache_size=-16000",
    ):
        connection.execute(f"PRAGMA {pragma}")
