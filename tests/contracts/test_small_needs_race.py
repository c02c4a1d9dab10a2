"""Small needs that are asked for at the same moment count together (PostgreSQL): each command is
stopped at its last step until the other came as far as it can."""

from decimal import Decimal

import pytest
from sqlalchemy import Engine

from tests.contracts.test_budget_set_race import at, engine, in_turn
from tests.factories.buying import part_line
from tests.factories.money import FINANCE, Desk
from wopo.domain.part_requests import PartRequestLine, Route
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.usecases.part_request_changes import ChangePartLine
from wopo.usecases.part_requests import AddPartLines, RequestParts
from wopo.usecases.purchasing_policy import ImportPolicy

pytestmark = pytest.mark.postgres
__all__ = ["at", "engine"]
RULES = [
    {"name": "s", "sentence": "S.", "route": "counter purchase", "when": {"up_to": 50}},
    {"name": "rest", "sentence": "An order.", "route": "purchase order"},
]


@pytest.mark.parametrize("second", ["request", "lines", "more"])
def test_two_pieces_at_the_same_moment_meet_their_sum(
    at: Desk, engine: Engine, second: str
) -> None:
    """A seal is 12.50: one and two twos are more than the 50 that go to the counter, for two jobs
    at one vendor."""
    at.world.job("WO-2")
    document = PolicyDocument.model_validate({"title": "Small", "routes": {"rules": RULES}})
    at.do(ImportPolicy(document=document), by=FINANCE)
    asked = at.do(RequestParts(work_order_id="WO-1", lines=(part_line("seal", "1"),)), by="tess")
    two = (part_line("seal", "2"),)
    (line_id,) = asked.facts["line_ids"]
    commands = {
        "request": RequestParts(work_order_id="WO-1", lines=two),
        "lines": AddPartLines(part_request_id=str(asked.subject_id), lines=two),
        "more": ChangePartLine(line_id=line_id, quantity=Decimal(3)),
    }
    in_turn(
        engine,
        lambda: at.do(RequestParts(work_order_id="WO-2", lines=two), by="tess"),
        lambda: at.do(commands[second], by="tess"),
    )
    with at.world.transactions.read() as uow:
        rows = uow.all(PartRequestLine, route=Route.COUNTER)
    assert sum(row.quantity for row in rows) <= 4
