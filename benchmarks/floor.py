"""The floor: the very rows that wopo wrote, written again as bare SQL by the driver alone.

A run of wopo is traced once on a copy of the database: every writing statement with its
parameters, transaction by transaction. The floor replays that log on another copy of the same
database with the same pragmas, without SQLAlchemy, without reading anything.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from wopo.db.engine import sqlite_driver

WRITES = ("INSERT", "UPDATE", "DELETE")
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON")

Transaction = list[tuple[str, Any, bool]]
"""Statements with their parameters; true where they are many at once."""
Write = Callable[[Transaction], None]
"""Writes one transaction and commits it."""


@dataclass
class Log:
    """What was written, transaction by transaction."""

    transactions: list[Transaction] = field(default_factory=list)

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
    log, pending = Log(), Transaction()

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


def bare_connection(path: Path) -> Any:
    """The driver's own connection to a SQLite file, with the pragmas wopo uses."""
    connection = sqlite_driver().connect(str(path), isolation_level=None)
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    return connection


@contextmanager
def bare_sqlite(path: Path) -> Iterator[Write]:
    """A way to write transactions into the SQLite file."""
    connection = bare_connection(path)

    def write(transaction: Transaction) -> None:
        connection.execute("BEGIN IMMEDIATE")
        _write(connection, transaction)
        connection.execute("COMMIT")

    yield write
    connection.close()


@contextmanager
def bare_postgres(url: str) -> Iterator[Write]:
    """A way to write transactions into the PostgreSQL database."""
    with psycopg.connect(url) as connection:

        def write(transaction: Transaction) -> None:
            with connection.cursor() as cursor:
                _write(cursor, transaction)
            connection.commit()

        yield write


def replay_sqlite(path: Path, log: Log) -> float:
    """Write the log into the SQLite file; seconds."""
    with bare_sqlite(path) as write:
        return _seconds(write, log)


def replay_postgres(url: str, log: Log) -> float:
    """Write the log into the PostgreSQL database; seconds."""
    with bare_postgres(url) as write:
        return _seconds(write, log)


def _seconds(write: Write, log: Log) -> float:
    started = time.perf_counter()
    for transaction in log.transactions:
        write(transaction)
    return time.perf_counter() - started


def _write(cursor: Any, transaction: Transaction) -> None:
    for statement, parameters, many in transaction:
        if many:
            cursor.executemany(statement, parameters)
        else:
            cursor.execute(statement, parameters)
