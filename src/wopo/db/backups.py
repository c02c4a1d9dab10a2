"""Consistent copies of a live database, and bringing one back.

SQLite: ``VACUUM INTO`` from a read transaction (copying the file misses what is still in the
write-ahead log). PostgreSQL: ``pg_dump`` and ``pg_restore`` of the server's version. A copy gets
its name only when it is whole and checked: what a crash leaves is called ``.partial``.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from wopo.db import postgres_tools
from wopo.db.engine import make_engine
from wopo.domain.errors import Refusal

EXISTS = Refusal(
    "backup.exists",
    "{target} exists already. Nothing was written; name a new file.",
)
DAMAGED = Refusal(
    "backup.damaged",
    "The copy {target} failed its check ({problem}) and was removed. "
    "The database itself was not changed; run wopo doctor.",
)
NOT_A_BACKUP = Refusal(
    "backup.not_one",
    "{source} is no backup that can be restored ({problem}). Nothing was changed; "
    "name a file that wopo backup wrote.",
)
NOT_EMPTY = Refusal(
    "backup.not_empty",
    "{target} holds something already. Nothing was changed; "
    "restore into a new database, and then let WOPO_DATABASE_URL name it.",
)


@dataclass(frozen=True)
class Backup:
    """What a checked copy holds."""

    bytes: int
    entries: int


def write_backup(engine: Engine, target: Path) -> Backup:
    """Copy the database to ``target`` and check the copy. Raises ``EXISTS``, ``DAMAGED``."""
    if target.exists():
        raise EXISTS(target=target, field="target")
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    try:
        entries = _sqlite(engine, partial) if _is_sqlite(engine) else _postgres(engine, partial)
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)
    return Backup(bytes=target.stat().st_size, entries=entries)


def _is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


def _sqlite(engine: Engine, target: Path) -> int:
    raw = engine.raw_connection()
    try:
        raw.driver_connection.execute("VACUUM INTO ?", (str(target),))  # type: ignore[union-attr]
    finally:
        raw.close()
    problem, entries = _examined(target)
    if problem is not None:
        raise DAMAGED(target=target, problem=problem)
    return entries


def _examined(file: Path) -> tuple[str | None, int]:
    """What is wrong with an SQLite file, none when it is sound; and its audit entries."""
    copy = make_engine(f"sqlite:///{file}")
    try:
        with copy.connect() as connection:
            problem = connection.scalar(text("PRAGMA integrity_check(1)"))
            entries = connection.scalar(text("SELECT count(*) FROM audit_entry"))
    except DBAPIError as error:
        return str(error.orig), 0
    finally:
        copy.dispose()
    return (None if problem == "ok" else str(problem)), int(entries or 0)


def _postgres(engine: Engine, target: Path) -> int:
    with engine.connect() as connection:
        entries = connection.scalar(text("SELECT count(*) FROM audit_entry"))
    postgres_tools.run("pg_dump", engine, "--format=custom", f"--file={target}")
    return int(entries or 0)


def restore_backup(source: Path, engine: Engine) -> None:
    """Bring a copy back into an empty database: a file that is not there yet, or a PostgreSQL
    database without tables. Raises ``NOT_A_BACKUP``, ``NOT_EMPTY``."""
    if not source.is_file():
        raise NOT_A_BACKUP(source=source, problem="there is no such file", field="source")
    if _is_sqlite(engine):
        _restore_sqlite(source, Path(str(engine.url.database)))
    else:
        _restore_postgres(source, engine)


def _restore_sqlite(source: Path, target: Path) -> None:
    if target.exists():
        raise NOT_EMPTY(target=target)
    partial = target.with_name(target.name + ".partial")
    shutil.copyfile(source, partial)
    problem, _ = _examined(partial)
    if problem is not None:
        partial.unlink()
        raise NOT_A_BACKUP(source=source, problem=problem)
    partial.rename(target)


def _restore_postgres(source: Path, engine: Engine) -> None:
    if inspect(engine).get_table_names():
        raise NOT_EMPTY(target=engine.url.database)
    postgres_tools.run(
        "pg_restore", engine, "--single-transaction", "--exit-on-error", "--no-owner", str(source)
    )
