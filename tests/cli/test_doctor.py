"""Every check of the doctor, each with the thing broken."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from wopo.cli.main import app
from wopo.cli.opening import opened
from wopo.db import migrate
from wopo.db.backups import write_backup
from wopo.db.engine import WRITE, make_engine, sqlite_driver
from wopo.db.health import (
    FREE_BYTES,
    database_checks,
    disk_check,
    pragma_check,
    sqlite_version_check,
)
from wopo.db.uow import SqlTransactions
from wopo.domain.audit import AuditEntry, AuditHead
from wopo.domain.errors import DomainError
from wopo.domain.outbox import Delivery, Mode, OutboxRow
from wopo.usecases.health import Check, clock_check, outbox_check

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    engine = make_engine(f"sqlite:///{tmp_path}/wopo.db")
    migrate.upgrade(engine)
    yield engine
    engine.dispose()


def found(engine: Engine, name: str) -> Check:
    return next(check for check in database_checks(engine) if check.name == name)


def test_a_healthy_installation_has_nothing_to_mend(database: Engine) -> None:
    assert [check for check in database_checks(database) if not check.ok] == []


@pytest.mark.parametrize(
    ("version", "repaired"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 53, 0), True),
    ],
)
def test_sqlite_with_the_wal_reset_bug_is_named(version: tuple[int, ...], repaired: bool) -> None:
    check = sqlite_version_check(version, "wopo.db")
    assert check.ok is repaired
    assert repaired or "pysqlite3" in check.mend


def test_a_changed_pragma_is_named() -> None:
    check = pragma_check("synchronous", 1, 2)
    assert not check.ok
    assert "must be 2" in check.sentence


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    assert disk_check(FREE_BYTES, tmp_path).ok
    assert not disk_check(FREE_BYTES - 1, tmp_path).ok


def test_a_dangling_reference_is_named(database: Engine) -> None:
    with database.execution_options(**WRITE).connect() as connection:
        connection.rollback()
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("INSERT INTO team_member (id, team_id, person_id) VALUES ('a', 'b', 'c')")
    check = found(database, "integrity")
    assert not check.ok
    assert "team_member" in check.sentence


def test_a_dropped_trigger_is_named(database: Engine) -> None:
    with database.execution_options(**WRITE).begin() as connection:
        connection.execute(text("DROP TRIGGER ledger_entry_no_delete"))
    check = found(database, "triggers")
    assert not check.ok
    assert "ledger_entry" in check.sentence


def test_a_locked_database_is_named(database: Engine, tmp_path: Path) -> None:
    holder = sqlite_driver().connect(tmp_path / "wopo.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    check = found(database, "write")
    holder.close()
    assert not check.ok
    assert "locked" in check.sentence


def test_a_file_that_is_no_database_is_one_finding(tmp_path: Path) -> None:
    (tmp_path / "wopo.db").write_bytes(b"not a database, not at all" * 100)
    engine = make_engine(f"sqlite:///{tmp_path}/wopo.db")
    checks = list(database_checks(engine))
    assert [check.ok for check in checks] == [False]
    assert "backup" in checks[0].mend


def test_a_clock_set_back_is_named(transactions: SqlTransactions) -> None:
    with transactions.write() as uow:
        uow.add(AuditHead(id=1, seq=1, hash="x"), _entry(NOW + timedelta(hours=1)))
        uow.commit()
    with transactions.read() as uow:
        assert not clock_check(uow, NOW).ok
        assert clock_check(uow, NOW + timedelta(hours=2)).ok


@pytest.mark.parametrize(
    ("state", "age", "ok"),
    [
        (Delivery.PENDING, 1, True),
        (Delivery.PENDING, 60, False),
        (Delivery.DEAD, 1, False),
        (Delivery.UNKNOWN, 1, False),
        (Delivery.SENT, 600, True),
    ],
)
def test_a_stuck_outbox_is_named(
    transactions: SqlTransactions, state: Delivery, age: int, ok: bool
) -> None:
    at = NOW - timedelta(minutes=age)
    row = OutboxRow(
        id="o",
        seq=1,
        card="exception",
        subject_id="e",
        audience="setting:finance",
        stream="e",
        mode=Mode.KEEP,
        facts={},
        state=state,
        created_at=at,
        next_at=at,
        problem="is_archived",
    )
    with transactions.write() as uow:
        uow.add(row)
        uow.commit()
    with transactions.read() as uow:
        check = outbox_check(uow, NOW)
        assert check.ok is ok
        assert ok or state == Delivery.PENDING or "is_archived" in check.sentence


def test_an_old_schema_is_named(tmp_path: Path) -> None:
    database = opened(f"sqlite:///{tmp_path}/wopo.db")
    assert not database.schema_check().ok
    migrate.upgrade(database.engine)
    assert database.schema_check().ok


def test_the_command_says_how_to_mend_and_fails(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/wopo.db"
    engine = make_engine(url)
    migrate.upgrade(engine)
    with engine.execution_options(**WRITE).begin() as connection:
        connection.execute(text("DROP TRIGGER audit_entry_no_update"))
    done = CliRunner().invoke(app, ["doctor", "--db", url])
    assert done.exit_code == 1
    assert "wopo migrate --repair" in " ".join(done.output.split())
    CliRunner().invoke(app, ["migrate", "--repair", "--db", url])
    assert found(engine, "triggers").ok


def test_a_backup_of_a_live_database_holds_what_was_committed(
    database: Engine, tmp_path: Path
) -> None:
    writer = SqlTransactions(database)
    with writer.write() as uow:
        uow.add(AuditHead(id=1, seq=1, hash="x"), _entry(NOW))
        uow.commit()
    with writer.write() as open_write:
        open_write.add(_entry(NOW, seq=2))
        open_write.flush()
        made = write_backup(database, tmp_path / "copy.db")
    assert made.entries == 1
    copy = make_engine(f"sqlite:///{tmp_path}/copy.db")
    assert [check for check in database_checks(copy) if not check.ok] == []


def test_a_backup_never_overwrites(database: Engine, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("precious")
    with pytest.raises(DomainError, match="exists already"):
        write_backup(database, target)
    assert target.read_text() == "precious"


def _entry(at: datetime, *, seq: int = 1) -> AuditEntry:
    return AuditEntry(
        seq=seq,
        at=at,
        event="e",
        subject_id="s",
        surface="test",
        key="k",
        facts={},
        prev_hash="",
        hash="",
    )
