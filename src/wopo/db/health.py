"""What can be wrong with the database itself."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from wopo.db.engine import WRITE
from wopo.db.tables import APPEND_ONLY, protected
from wopo.usecases.health import Check

FREE_BYTES = 200_000_000
REPAIRED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
"""SQLite releases with the repair of the WAL-reset bug (sqlite.org, 2026): the first of each
line; 3.51.3 stands for everything newer."""


def wal_reset_repaired(version: tuple[int, ...]) -> bool:
    """Whether this SQLite can't lose commits by the WAL-reset bug."""
    newest, *lines = REPAIRED
    return version >= newest or any(version[:2] == line[:2] and version >= line for line in lines)


def database_checks(engine: Engine) -> Iterator[Check]:
    """Every check that fits the engine's kind. A database that can't be opened is one finding."""
    try:
        with engine.connect() as connection:
            yield Check("database", ok=True, sentence="The database answers.")
            if engine.dialect.name == "sqlite":
                yield from _sqlite(connection, engine)
            else:
                yield _postgres_owner(connection)
            yield _triggers(connection)
        yield _writable(engine)
    except DBAPIError as error:
        yield Check(
            "database",
            ok=False,
            sentence=f"The database can't be read: {error.orig}.",
            mend="Check WOPO_DATABASE_URL, the file's rights or the server; then restore the "
            "newest backup if it is damaged.",
        )


def sqlite_version_check(version: tuple[int, ...], url: str) -> Check:
    """A63: SQLite before the repair may corrupt a WAL database used by several processes."""
    shown = ".".join(map(str, version))
    if wal_reset_repaired(version):
        return Check("sqlite version", ok=True, sentence=f"SQLite {shown} is repaired.")
    return Check(
        "sqlite version",
        ok=False,
        sentence=f"SQLite {shown} has the WAL-reset bug: with several processes on {url} it can "
        "lose commits.",
        mend="Install the package pysqlite3, which ships a repaired SQLite; wopo then uses it.",
    )


def pragma_check(name: str, found: object, wanted: object) -> Check:
    """A pragma that money depends on."""
    ok = str(found).lower() == str(wanted).lower()
    return Check(
        f"pragma {name}",
        ok=ok,
        sentence=f"{name} is {found}." if ok else f"{name} is {found}, it must be {wanted}.",
        mend="" if ok else "Open the database with wopo only; do not change its pragmas.",
    )


def disk_check(free: int, folder: Path) -> Check:
    """Room for the database, its log and a backup."""
    ok = free >= FREE_BYTES
    return Check(
        "disk",
        ok=ok,
        sentence=f"{free // 1_000_000} MB are free in {folder}.",
        mend="" if ok else f"Free at least {FREE_BYTES // 1_000_000} MB or move the database.",
    )


def _sqlite(connection: Connection, engine: Engine) -> Iterator[Check]:
    version = tuple(
        int(part) for part in connection.scalar(text("SELECT sqlite_version()")).split(".")
    )
    yield sqlite_version_check(version, engine.url.database or "memory")
    for name, wanted in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
        yield pragma_check(name, connection.scalar(text(f"PRAGMA {name}")), wanted)
    yield _integrity(connection)
    if engine.url.database:
        folder = Path(engine.url.database).resolve().parent
        yield disk_check(shutil.disk_usage(folder).free, folder)


def _integrity(connection: Connection) -> Check:
    found = connection.scalar(text("PRAGMA integrity_check(1)"))
    dangling = connection.execute(text("PRAGMA foreign_key_check")).fetchmany(1)
    if found == "ok" and not dangling:
        return Check("integrity", ok=True, sentence="Every page and every reference is sound.")
    what = found if found != "ok" else f"a row of {dangling[0][0]} refers to nothing"
    return Check(
        "integrity",
        ok=False,
        sentence=f"The database file is damaged: {what}.",
        mend="Stop wopo and restore the newest backup (wopo backup makes them).",
    )


def _triggers(connection: Connection) -> Check:
    missing = sorted(set(APPEND_ONLY) - protected(connection))
    if not missing:
        return Check("triggers", ok=True, sentence="The append-only tables are protected.")
    return Check(
        "triggers",
        ok=False,
        sentence=f"These tables can be changed unnoticed: {', '.join(missing)}.",
        mend="Run wopo audit verify, then restore the triggers with wopo migrate --repair.",
    )


def _postgres_owner(connection: Connection) -> Check:
    owner = connection.scalar(
        text("SELECT tableowner = current_user FROM pg_tables WHERE tablename = 'audit_entry'")
    )
    return Check(
        "role",
        ok=True,
        sentence="The application role owns the tables, so it could disable the triggers; "
        "give the tables to another role (README, operators)."
        if owner
        else "The application role does not own the tables.",
    )


def _writable(engine: Engine) -> Check:
    try:
        with engine.execution_options(**WRITE).connect() as connection:
            connection.execute(
                text("INSERT INTO number_series (prefix, year, last) VALUES ('doctor', -1, 0)")
            )
            connection.rollback()
    except DBAPIError as error:
        return Check(
            "write",
            ok=False,
            sentence=f"The database can't be written: {error.orig}.",
            mend="Check the disk, the file's rights and what else holds a lock.",
        )
    return Check("write", ok=True, sentence="The database can be written.")
