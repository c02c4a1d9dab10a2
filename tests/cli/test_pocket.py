"""``wopo pocket``: what is paid back, and its file in a folder."""

from datetime import UTC, date, datetime
from pathlib import Path

from typer.testing import CliRunner

from tests.conftest import TestClock
from tests.factories.buying import seed
from wopo.cli.main import app
from wopo.cli.opening import opened
from wopo.db import migrate
from wopo.domain.out_of_pocket import OutOfPocket, PocketState

DAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_what_is_paid_back_is_on_a_file_though_the_folder_was_missing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/wopo.db"
    database = opened(url)
    migrate.upgrade(database.engine)
    world = seed(database.transactions, TestClock(DAY))
    world.add(
        OutOfPocket(
            id="oop", number="OOP-2026-000001", state=PocketState.APPROVED, work_order_id="WO-1",
            cost_centre_id="cc", person_id="tess", bought_on=date(2026, 3, 1), description="Hose",
            amount_minor=4_000, currency="EUR", charged_minor=4_000, charged_currency="EUR",
            reason="The job could not wait", created_at=DAY, decided_by_id="max", decided_at=DAY,
        )
    )  # fmt: skip
    folder = tmp_path / "wages" / "march"
    done = CliRunner().invoke(app, ["pocket", "export", str(folder), "--db", url])
    assert done.exception is None, done.exception
    (written,) = folder.iterdir()
    assert "40.00" in written.read_text()
    assert world.get(OutOfPocket, "oop").state is PocketState.PAID_BACK
