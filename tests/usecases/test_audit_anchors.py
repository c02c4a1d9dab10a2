"""The daily anchor, the chain of refusals, and approvals against the authority of their day."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from tests.factories.buying import seed
from tests.factories.money import Desk, desk
from tests.usecases.test_audit import faults, run
from wopo.domain.audit import RefusalEntry
from wopo.domain.errors import DomainError
from wopo.domain.outbox import OutboxRow
from wopo.usecases.audit import verify
from wopo.usecases.audit_anchors import TakeAnchor, anchor
from wopo.usecases.settings import SetChannels


@pytest.fixture
def at(transactions, clock, do) -> Desk:
    return desk(do, seed(transactions, clock))


@pytest.fixture
def refused(at: Desk) -> Desk:
    """An order at the vendor, and three refusals that were logged."""
    order = at.issued()
    for person in ("tom", "fin", "adm"):
        with pytest.raises(DomainError):
            at.receive(order, "1", by=person)
    return at


def told(at: Desk) -> list[str]:
    return [row.audience for row in at.world.all(OutboxRow) if row.card in ("anchor", "task")]


def test_an_anchor_is_taken_once_a_day_and_told_where_a_channel_is_set(at, clock):
    assert at.do(TakeAnchor()).facts == {"taken": 1}
    assert told(at) == ["task:write_anchor"]
    at.do(SetChannels(channels={"finance": "CF"}), by="adm")
    clock.forward(hours=12)
    assert at.do(TakeAnchor()).facts == {"taken": 0}
    clock.forward(hours=12)
    at.do(TakeAnchor())
    at.do(SetChannels(channels={"audit": "CA"}), by="adm")
    clock.forward(days=1)
    at.do(TakeAnchor())
    channels = [audience for audience in told(at) if audience != "task:write_anchor"]
    assert channels == ["setting:finance", "setting:audit"]


def test_an_anchor_from_before_still_fits_what_came_after(refused):
    with refused.world.transactions.read() as uow:
        kept = anchor(uow)
    assert kept.refusals == 3
    refused.do(TakeAnchor())
    with pytest.raises(DomainError):
        refused.do(TakeAnchor(), by="nobody")
    with refused.world.transactions.read() as uow:
        assert list(verify(uow, anchors=[kept])) == []


def test_each_of_several_anchors_of_one_refusal_must_fit(refused):
    with refused.world.transactions.read() as uow:
        kept = anchor(uow)
        others = [replace(kept, refusal_hash=sign * 64) for sign in "ef"]
        found = [str(fault) for fault in verify(uow, anchors=[kept, *others])]
    assert sum("refusal 3: an anchor names it" in fault for fault in found) == len(others), found


GONE = "DELETE FROM refusal_entry WHERE seq = {seq}"
COUNTED_BACK = "UPDATE number_series SET last = last - 1 WHERE prefix = 'refusal'"


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        ([GONE.format(seq=1)], "refusal 1: is missing; next found is 2"),
        ([GONE.format(seq=2)], "refusal 2: is missing; next found is 3"),
        ([GONE.format(seq=3)], "refusal 3: is missing; 3 were logged"),
        ([GONE.format(seq=3), COUNTED_BACK], "refusal 3: an anchor names it; it is missing"),
        (
            [
                GONE.format(seq=2),
                "UPDATE refusal_entry SET seq = 2 WHERE seq = 3",
                COUNTED_BACK,
            ],
            "refusal 2: does not follow the refusal before it",
        ),
    ],
)
def test_a_refusal_that_was_removed_is_missed(
    refused: Desk, engine: Engine, statements: list[str], said: str
) -> None:
    refused.do(TakeAnchor())
    assert faults(refused) == []
    for statement in statements:
        run(engine, statement)
    assert [fault for fault in faults(refused) if said in fault], faults(refused)


def test_refusals_count_without_gaps(refused):
    rows = refused.world.all(RefusalEntry)
    assert sorted(row.seq for row in rows) == [1, 2, 3]
    assert len({row.prev_seal for row in rows}) == 3


def test_an_approval_beyond_the_authority_of_its_day_is_named(at, engine):
    at.issued()
    assert faults(at) == []
    run(engine, "UPDATE authority_limit SET amount_minor = 9999 WHERE person_id = 'max'")
    said = "100.00 EUR were approved by max, who could approve up to 99.99 EUR on 2026-03-02"
    assert [fault for fault in faults(at) if said in fault], faults(at)
