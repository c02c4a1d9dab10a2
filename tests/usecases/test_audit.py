"""Verification finds balances, sums, contents and numbers that do not fit."""

import pytest
from sqlalchemy import text

from tests.factories.buying import seed
from tests.factories.money import Desk, desk
from wopo.db.tables import APPEND_ONLY
from wopo.usecases.audit import verify


@pytest.fixture
def at(transactions, clock, do) -> Desk:
    return desk(do, seed(transactions, clock))


@pytest.fixture
def lived(at: Desk) -> Desk:
    at.budget()
    order = at.issued()
    at.receive(order, "9", "1")
    at.bill(order, ("10", "10"))
    return at


def faults(at: Desk) -> list[str]:
    with at.world.transactions.read() as uow:
        return [str(fault) for fault in verify(uow)]


def run(engine, sql: str) -> None:
    with engine.begin() as connection:
        for table in APPEND_ONLY:
            for verb in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{verb}"))
        connection.execute(text(sql))


def test_nothing_is_found_when_all_is_well(lived):
    assert faults(lived) == []


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (
            "UPDATE budget SET accrued_minor = 8999",
            "accrued is 8999, the ledger adds up to 9000",
        ),
        (
            "UPDATE purchase_order_line SET accepted = accepted + 1000000",
            "order line: PO-2026-000001 line 1: accepted is 10, the documents add up to 9",
        ),
        (
            "UPDATE purchase_order_line SET billed_minor = 1",
            "billed amount is 1, the documents add up to 10000",
        ),
        (
            "UPDATE ledger_entry SET amount_minor = 9001 WHERE amount_minor = 9000",
            "ledger: PO-2026-000001 line 1: accrued stands at 9001, recomputed 9000",
        ),
        (
            "UPDATE purchase_order_line SET unit_price = 11000000",
            "revision: PO-2026-000001: its lines are not what revision 1 says",
        ),
        (
            "UPDATE order_revision SET content = replace(content, 'bearing', 'yacht')",
            "the content of revision 1 was changed",
        ),
        (
            "UPDATE approval SET content_hash = 'abc'",
            "revision 1 is not the content that was approved",
        ),
        (
            "UPDATE approval SET decided_by_id = 'ben'",
            "approval: PO-2026-000001: was approved by somebody who asked for it",
        ),
        (
            "UPDATE receipt SET number = 'GRN-2026-000009'",
            "number: GRN-2026-000001: was given out, but there is no such document",
        ),
        ("UPDATE audit_head SET seq = seq - 1", "the head names entry"),
    ],
)
def test_what_was_edited_past_wopo_is_named(lived, engine, sql, said):
    run(engine, sql)
    assert [fault for fault in faults(lived) if said in fault], faults(lived)
