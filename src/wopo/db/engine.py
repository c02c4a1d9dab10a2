"""Engines: SQLite with the pragmas that keep money safe, or a PostgreSQL pool with timeouts."""

import sqlite3
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import StaticPool

LOCK_SECONDS = 1.5
"""How long a statement may wait for a lock: inside the listener's own 2.0 s deadline."""

WRITE = {"wopo_write": True}


def sqlite_driver() -> ModuleType:
    """The SQLite to use: a packaged one with the WAL-reset repair where there is one."""
    try:
        return import_module("pysqlite3.dbapi2")
    except ModuleNotFoundError:
        return sqlite3


def make_engine(url: str) -> Engine:
    """An engine for ``sqlite:///file``, ``sqlite://`` (in memory) or ``postgresql://...``."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed.database)
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,
        pool_size=12,
        max_overflow=8,
        connect_args={
            "options": f"-c lock_timeout={int(LOCK_SECONDS * 1000)} -c statement_timeout=30000"
        },
    )


def _sqlite(database: str | None) -> Engine:
    memory = database in (None, "", ":memory:")
    if not memory:
        Path(str(database)).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        "sqlite+pysqlite://" + ("" if memory else f"/{database}"),
        module=sqlite_driver(),
        connect_args={"timeout": LOCK_SECONDS, "check_same_thread": False},
        **({"poolclass": StaticPool} if memory else {"pool_size": 12, "max_overflow": 8}),
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
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


def _on_begin(connection: Any) -> None:
    write = connection.get_execution_options().get("wopo_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
