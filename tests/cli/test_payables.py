"""``wopo payables``: what is due on a terminal, and the bank's files in a folder."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.conftest import Ids, TestClock
from tests.factories.buying import seed
from tests.factories.money import PAYER, Desk, desk
from tests.factories.payments import DUE, batch, confirmed, received, released
from wopo.cli.main import app
from wopo.cli.opening import opened
from wopo.db import migrate
from wopo.domain.audit import AuditEntry
from wopo.domain.payment_batches import Payment
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import Door, execute
from wopo.usecases.payment_batches import CancelPaymentBatch
from wopo.usecases.settings import ChangeCompanySettings


@pytest.fixture
def at(tmp_path: Path) -> Desk:
    """A company in a file, with an invoice in a batch and another one that is due."""
    database = opened(f"sqlite:///{tmp_path}/wopo.db")
    migrate.upgrade(database.engine)
    clock, ids = TestClock(datetime(2026, 3, 2, 9, tzinfo=UTC)), Ids()
    door = Door(database.transactions, clock, ids)

    def do(command: Command, *, by: str | None = None, key: str | None = None) -> Answer:
        return execute(door, command, actor=ActorRef(by, "test"), key=key or f"k{ids()}")

    made = desk(do, seed(database.transactions, clock))
    confirmed(made)
    order = received(made)
    released(made, order, "R-1", quantity="3")
    do(ChangeCompanySettings(changes={"iban": "NL91ABNA0417164300", "name": "Harbour Works"}))
    batch(made)
    released(made, order, "R-2", quantity="4")
    return made


def run(at: Desk, *words: str, refused: bool = False) -> str:
    url = str(at.world.transactions.engine.url).replace("sqlite+wopo", "sqlite")
    done = CliRunner().invoke(app, ["payables", *words, "--db", url])
    if refused:
        return str(done.exception)
    assert done.exception is None, done.exception
    return done.output


def test_what_is_due_is_listed_and_a_batch_is_written_as_files(at: Desk, tmp_path: Path) -> None:
    told = run(at, "due", "--up-to", DUE.isoformat())
    assert "40.00 EUR in 1 document" in told
    assert "Grainger: 40.00 EUR (R-2)" in told
    assert run(at, "list") == "PB-2026-000001  made  2026-03-02  30.00 EUR\n"
    written = run(at, "export", "pb-1", "--to", str(tmp_path / "bank"))
    files = sorted(path.name for path in (tmp_path / "bank").iterdir())
    assert files == ["PB-2026-000001.csv", "PB-2026-000001.xml"]
    assert all(name in written for name in files)
    (entry,) = [e for e in at.world.all_entries() if e.event == "payment_batch:exported"]
    assert isinstance(entry, AuditEntry)
    assert sorted(entry.facts["files"]) == files


def test_what_is_not_there_or_cancelled_has_no_files(at: Desk) -> None:
    assert "There is no payment batch PB-9" in run(at, "export", "PB-9", refused=True)
    (id,) = {item.batch_id for item in at.world.all(Payment)}
    at.do(CancelPaymentBatch(batch_id=id, reason="wrong day"), by=PAYER)
    assert "is cancelled, so there are no files" in run(at, "export", "1", refused=True)
