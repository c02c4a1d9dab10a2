"""Consistent copies of a live database.

SQLite: ``VACUUM INTO`` from a read transaction (copying the file misses what is still in the
write-ahead log). PostgreSQL has ``pg_dump``, which wopo does not replace.
"""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, text

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
NO_PG_DUMP = Refusal(
    "backup.no_pg_dump",
    "pg_dump was not found or failed: {problem}. Nothing was written; install PostgreSQL's client "
    "tools of the server's version.",
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
    if engine.dialect.name == "sqlite":
        return _sqlite(engine, target)
    return _postgres(engine, target)


def _sqlite(engine: Engine, target: Path) -> Backup:
    raw = engine.raw_connection()
    try:
        raw.driver_connection.execute("VACUUM INTO ?", (str(target),))  # type: ignore[union-attr]
    finally:
        raw.close()
    copy = make_engine(f"sqlite:///{target}")
    with copy.connect() as connection:
        problem = connection.scalar(text("PRAGMA integrity_check(1)"))
        entries = connection.scalar(text("SELECT count(*) FROM audit_entry"))
    copy.dispose()
    if problem != "ok":
        target.unlink()
        raise DAMAGED(target=target, problem=problem)
    return Backup(bytes=target.stat().st_size, entries=int(entries))


def _postgres(engine: Engine, target: Path) -> Backup:
    program = shutil.which("pg_dump")
    if program is None:
        raise NO_PG_DUMP(problem="it is not on the PATH")
    url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    command = [program, "--format=custom", f"--file={target}", f"--dbname={url}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        target.unlink(missing_ok=True)
        raise NO_PG_DUMP(problem=done.stderr.strip().splitlines()[-1])
    with engine.connect() as connection:
        entries = connection.scalar(text("SELECT count(*) FROM audit_entry"))
    return Backup(bytes=target.stat().st_size, entries=int(entries or 0))
