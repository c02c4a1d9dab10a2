"""``wopo budget``: the tree on a terminal, and each time an order was let exceed one."""

from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.conftest import Ids, TestClock
from tests.factories.buying import seed
from tests.factories.money import FINANCE, Desk, desk, line
from wopo.cli.main import app
from wopo.cli.opening import opened
from wopo.db import migrate
from wopo.usecases.budget_overrides import OverrideBudget
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import Door, execute


@pytest.fixture
def at(tmp_path: Path) -> Desk:
    """4711 may spend 60 EUR, 100 are promised because finance let them be."""
    database = opened(f"sqlite:///{tmp_path}/wopo.db")
    migrate.upgrade(database.engine)
    clock, ids = TestClock(), Ids()
    door = Door(database.transactions, clock, ids)

    def do(command: Command, *, by: str | None = None, key: str | None = None) -> Answer:
        return execute(door, command, actor=ActorRef(by, "test"), key=key or f"k{ids()}")

    made = desk(do, seed(database.transactions, clock))
    made.budget("60")
    order = made.submitted(line(price=str(Decimal(10))))
    do(OverrideBudget(order_id=order, revision=1, reason="the plant stands still"), by=FINANCE)
    made.approve(order)
    return made


def test_what_is_left_and_who_let_it(at: Desk, tmp_path: Path) -> None:
    db = ["--db", f"sqlite:///{tmp_path}/wopo.db"]
    run = CliRunner()
    said = run.invoke(app, ["budget", "show", "4711", "--day", "2026-03-02", *db]).output
    assert "4711 Building: -40.00 EUR left of 60.00 EUR; spent 0.00 EUR, promised 100.00" in said
    assert "promised: PO-2026-000001 Grainger, 100.00 EUR" in said
    listed = run.invoke(app, ["budget", "overrides", *db]).output
    assert "PO-2026-000001  4711  over by 40.00 EUR  Fin: the plant stands still" in listed
    tried = run.invoke(app, ["budget", "yearend", "--dry-run", *db]).output
    assert tried == "No budget is over of which something is left to end.\n"
    later = run.invoke(app, ["budget", "overrides", "--since", "2026-03-03", *db])
    assert (later.exit_code, later.output) == (0, "")
