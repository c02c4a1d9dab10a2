"""A copy comes back whole on both databases; numbers skip ahead, and nothing is told twice."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from tests.conftest import START
from tests.databases import fresh_postgres
from tests.factories.jobs import make_company
from wopo.cli.main import app
from wopo.db import migrate, postgres_tools
from wopo.db.backups import write_backup
from wopo.db.engine import make_engine
from wopo.db.uow import SqlTransactions
from wopo.domain.audit import AuditEntry
from wopo.domain.errors import DomainError
from wopo.domain.outbox import Delivery, OutboxRow
from wopo.usecases.audit import verify
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import Door, execute
from wopo.usecases.ports.outbox import DOUBT
from wopo.usecases.work_requests import ReportWork


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Two empty databases: one to live in, one to restore into."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/live.db", f"sqlite:///{tmp_path}/restored.db"
    else:
        server = request.getfixturevalue("postgres_server")
        with (
            fresh_postgres(server, "template0") as live,
            fresh_postgres(server, "template0") as other,
        ):
            yield live, other


@pytest.fixture
def engines(urls: tuple[str, str]) -> Iterator[tuple[Engine, Engine]]:
    live, other = (make_engine(url) for url in urls)
    migrate.upgrade(live)
    yield live, other
    live.dispose()
    other.dispose()


def do(door: Door, command: Command, *, by: str | None = None) -> Answer:
    return execute(door, command, actor=ActorRef(by, "test"), key=uuid4().hex)


def door_on(engine: Engine) -> Door:
    return Door(SqlTransactions(engine), lambda: START, lambda: uuid4().hex)


def test_a_backup_comes_back_and_numbers_skip_ahead(
    urls: tuple[str, str], engines: tuple[Engine, Engine], tmp_path: Path
) -> None:
    live = door_on(engines[0])
    firm = make_company(partial(do, live))
    report = ReportWork(title="Leak", location_id=firm.harbour)
    assert do(live, report, by=firm.rob).number == "WO-2026-000001"
    copy = tmp_path / "copies" / "wopo.backup"
    entries = write_backup(engines[0], copy).entries
    do(live, report, by=firm.rob)

    done = CliRunner().invoke(app, ["restore", str(copy), "--db", urls[1], "--skip", "100"])
    assert done.exit_code == 0, (done.output, done.exception)
    assert "WO-2026 from 102 on" in " ".join(done.output.split())

    restored = door_on(engines[1])
    with restored.transactions.read() as uow:
        assert list(verify(uow)) == []
        assert uow.count(AuditEntry) == entries + 1
        waiting = uow.all(OutboxRow, state=Delivery.PENDING)
        assert waiting
        assert all((row.problem or "").startswith(DOUBT) for row in waiting)
    assert do(restored, report, by=firm.rob).number == "WO-2026-000102"
    with restored.transactions.read() as uow:
        assert list(verify(uow)) == [], "the gap is logged, so it is no fault"


def test_restoring_over_something_is_refused(
    urls: tuple[str, str], engines: tuple[Engine, Engine], tmp_path: Path
) -> None:
    copy = tmp_path / "wopo.backup"
    write_backup(engines[0], copy)
    done = CliRunner().invoke(app, ["restore", str(copy), "--db", urls[0]])
    assert isinstance(done.exception, DomainError)
    assert done.exception.code == "backup.not_empty"


def test_what_is_no_backup_is_refused_and_leaves_nothing(
    urls: tuple[str, str], engines: tuple[Engine, Engine], tmp_path: Path
) -> None:
    copy = tmp_path / "wopo.backup"
    copy.write_text("no backup " * 1000)
    done = CliRunner().invoke(app, ["restore", str(copy), "--db", urls[1]])
    assert isinstance(done.exception, DomainError)
    assert "Nothing" in done.exception.message
    assert not list(tmp_path.glob("*.partial"))


@pytest.mark.postgres
def test_a_server_without_its_own_pg_dump_is_told_what_to_install(postgres_url: str) -> None:
    engine = make_engine(postgres_url)
    server = postgres_tools.server_version(engine)
    engine.dispose()
    assert postgres_tools.version_of(postgres_tools.program("pg_dump", server)) == server
    with pytest.raises(DomainError, match=r"PostgreSQL 99, .* install PostgreSQL 99's client"):
        postgres_tools.program("pg_dump", 99)
