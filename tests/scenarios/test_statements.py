"""How many statements each step of a job's whole cycle sends: what a command costs, more than
anything else (benchmark ``cycle``)."""

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import event

from benchmarks.cycle import cycle, empty_stock
from benchmarks.databases import prepare
from bot.local.story import Teller
from wopo.cli.opening import Opened
from wopo.usecases.door import Answer, Command

PLANNED_ANEW = ("LIMIT ?", "LIKE ?")
"""SQLite plans by these values; where they are parameters, it prepares the statement every time."""

MOST = {
    "ReportWork": 12,
    "ApproveWorkRequest": 17,
    "SubmitOrder": 30,
    "RequestParts": 30,
    "ApproveOrder": 31,
    "IssueOrder": 15,
    "PostReceipt": 31,
    "EnterInvoice": 25,
}
"""With one to spare. Who needs more raises it here, knowingly."""


class CountingTeller(Teller):
    """Counts what each command sends to the database."""

    def __init__(self, database: Opened) -> None:
        super().__init__(database)
        self.sent = 0
        self.planned_anew: set[str] = set()
        self.counts: Counter[str] = Counter()
        event.listen(database.engine, "before_cursor_execute", self._note)

    def _note(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        self.sent += 1
        if any(value in statement for value in PLANNED_ANEW):
            self.planned_anew.add(statement)

    def by(self, code: str, command: Command) -> Answer:
        """As ``Teller.by``."""
        before = self.sent
        answer = super().by(code, command)
        self.counts[type(command).__name__] = self.sent - before
        return answer


@pytest.fixture
def database(tmp_path: Path) -> Opened:
    """The local company with nothing in stock."""
    database = prepare(f"sqlite:///{tmp_path}/wopo.db")
    empty_stock(database)
    return database


def test_no_step_of_a_cycle_sends_more_statements_than_it_needs(database: Opened) -> None:
    teller = CountingTeller(database)
    for number in (1, 2):
        cycle(teller, number)
        assert teller.counts.keys() == MOST.keys()
        assert {step: sent for step, sent in teller.counts.items() if sent > MOST[step]} == {}
    assert teller.planned_anew == set()
    database.engine.dispose()
