"""The floor: the very rows that wopo wrote, written again as bare SQL by the driver alone.

A run of wopo is traced once on a copy of the database: every writing statement with its
parameters, transaction by transaction. The floor replays that log on another copy of the same
database with the same pragmas, without SQLAlchemy, without reading anything.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from wopo.db.engine import sqlite_driver

WRITES = ("INSERT", "UPDATE", "DELETE")
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON")


@dataclass
class Log:
    """Transactions of (statement, parameters, many at once)."""

    transactions: list[list[tuple[str, Any, bool]]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many rows were written."""
        return sum(
            len(parameters) if many else 1
            for transaction in self.transactions
            for _, parameters, many in transaction
        )


@contextmanager
def traced(engine: Engine) -> Iterator[Log]:
    """Record what is committed through ``engine`` inside the block."""
    log, pending = Log(), list[tuple[str, Any, bool]]()

    def before(_c: Any, _k: Any, statement: str, parameters: Any, _x: Any, many: bool) -> None:
        if statement.lstrip().upper().startswith(WRITES):
            pending.append((statement, parameters, many))

    def commit(_connection: Any) -> None:
        if pending:
            log.transactions.append(list(pending))
        pending.clear()

    def rollback(_connection: Any) -> None:
        pending.clear()

    hooks = (("before_cursor_execute", before), ("commit", commit), ("rollback", rollback))
    for name, hook in hooks:
        event.listen(engine, name, hook)
    yield log
    for name, hook in hooks:
        event.remove(engine, name, hook)


def replay_sqlite(path: Path, log: Log) -> float:
    """Write the log into the SQLite file; seconds."""
    connection = sqlite_driver().connect(str(path), isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    started = time.perf_counter()
    for transaction in log.transactions:
        connection.execute("BEGIN IMMEDIATE")
        _write(connection, transaction)
        connection.execute("COMMIT")
    taken = time.perf_counter() - started
    connection.close()
    return taken


def replay_postgres(url: str, log: Log) -> float:
    """Write the log into the PostgreSQL database; seconds."""
    with psycopg.connect(url) as connection:
        started = time.perf_counter()
        for transaction in log.transactions:
            with connection.cursor() as cursor:
                _write(cursor, transaction)
            connection.commit()
        return time.perf_counter() - started


def _write(cursor: Any, transaction: list[tuple[str, Any, bool]]) -> None:
    for statement, parameters, many in transaction:
        if many:
            cursor.executemany(statement, parameters)
        else:
            cursor.execute(statement, parameters)
