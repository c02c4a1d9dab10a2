"""The unit of work keeps its promises on both databases."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from wopo.db.tables import APPEND_ONLY
from wopo.db.uow import SqlTransactions, SqlUnitOfWork
from wopo.domain.audit import AuditEntry, RefusalEntry
from wopo.domain.budget_conversions import BudgetConversion
from wopo.domain.budgets import Budget
from wopo.domain.cost_centres import CostCentre
from wopo.domain.exchange_rates import ExchangeRate
from wopo.domain.ledger import CostKind, LedgerEntry
from wopo.domain.locations import Location
from wopo.domain.outbox import Delivery, Mode, OutboxRow
from wopo.domain.parts import Part
from wopo.domain.stock import MovementKind, StockMovement

NOW = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)


def centre(code: str = "MAINT") -> CostCentre:
    return CostCentre(id=f"cc-{code}", code=code, name="Maintenance", currency="EUR")


def test_leaving_without_commit_rolls_back(shared_transactions: SqlTransactions) -> None:
    with shared_transactions.write() as uow:
        uow.add(centre())
        uow.flush()
    with shared_transactions.read() as uow:
        assert uow.get(CostCentre, "cc-MAINT") is None


def test_a_committed_row_is_seen_by_the_next(shared_transactions: SqlTransactions) -> None:
    with shared_transactions.write() as uow:
        uow.add(centre())
        uow.commit()
    with shared_transactions.read() as uow:
        assert uow.find(CostCentre, code="MAINT") is not None
        assert uow.count(CostCentre, currency=["EUR", "USD"]) == 1


@pytest.mark.parametrize("rate", ["0.000001", "1234567.654321", "0.1", "30"])
def test_decimals_come_back_exactly(shared_transactions: SqlTransactions, rate: str) -> None:
    with shared_transactions.write() as uow:
        uow.add(
            ExchangeRate(
                id="r", source="EUR", target="USD", day=date(2026, 1, 1), rate=Decimal(rate)
            )
        )
        uow.commit()
    with shared_transactions.read() as uow:
        row = uow.get(ExchangeRate, "r")
        assert row is not None
        assert row.rate == Decimal(rate)


def test_times_enums_and_json_come_back_as_they_went(
    shared_transactions: SqlTransactions,
) -> None:
    row = OutboxRow(
        id="o",
        seq=1,
        card="work_order",
        subject_id="w",
        audience="site:1",
        stream="w",
        mode=Mode.KEEP,
        facts={"text": "Ünïcode ✓", "n": [1, 2]},
        created_at=NOW,
        next_at=NOW,
    )
    with shared_transactions.write() as uow:
        uow.add(row)
        uow.commit()
    with shared_transactions.read() as uow:
        back = uow.get(OutboxRow, "o")
        assert back is not None
        assert (back.created_at, back.mode, back.state) == (NOW, Mode.KEEP, Delivery.PENDING)
        assert back.facts == {"text": "Ünïcode ✓", "n": [1, 2]}


def test_numbers_are_given_back_when_the_transaction_is(
    shared_transactions: SqlTransactions,
) -> None:
    with shared_transactions.write() as uow:
        assert uow.next_number("WO", 2026) == "WO-2026-000001"
    with shared_transactions.write() as uow:
        assert uow.next_number("WO", 2026) == "WO-2026-000001"
        uow.commit()
    with shared_transactions.write() as uow:
        assert uow.next_number("WO", 2026) == "WO-2026-000002"
        assert uow.next_number("WO", 2027) == "WO-2027-000001"


def test_a_guarded_update_changes_only_what_its_guard_allows(
    shared_transactions: SqlTransactions,
) -> None:
    _budget(shared_transactions, limit=100)
    with shared_transactions.write() as uow:
        assert _commit_60(uow)
        assert not _commit_60(uow)
        budget = uow.get(Budget, "b")
        assert budget is not None
        assert budget.committed_minor == 60


def test_eight_writers_never_pass_a_limit_and_never_refuse_what_fits(
    shared_transactions: SqlTransactions,
) -> None:
    _budget(shared_transactions, limit=300)
    hits: list[bool] = []
    start = threading.Barrier(8)

    def spend() -> None:
        start.wait()
        with shared_transactions.write() as uow:
            hits.append(_commit_60(uow))
            uow.commit()

    threads = [threading.Thread(target=spend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with shared_transactions.read() as uow:
        budget = uow.get(Budget, "b")
        assert budget is not None
        assert budget.committed_minor == 300
    assert sorted(hits) == [False] * 3 + [True] * 5


@pytest.mark.parametrize("row", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}"])
def test_append_only_tables_refuse_change_and_removal(
    shared_transactions: SqlTransactions, row: str, statement: str
) -> None:
    with shared_transactions.write() as uow:
        uow.add(*PROTECTED_ROWS[row]())
        uow.commit()
    with shared_transactions.write() as uow, pytest.raises(DBAPIError, match="append-only"):
        key = "seq" if row == "audit_entry" else "id"
        uow.session.connection().execute(text(statement.format(row, key)))
    with shared_transactions.read() as uow:
        kept = uow.session.connection().execute(text(f"SELECT count(*) FROM {row}")).scalar()
        assert kept == 1


def test_replacing_or_truncating_a_protected_table_is_refused(
    shared_transactions: SqlTransactions,
) -> None:
    with shared_transactions.write() as uow:
        uow.add(_refusal())
        uow.commit()
    statement = (
        "INSERT OR REPLACE INTO refusal_entry SELECT * FROM refusal_entry"
        if shared_transactions.engine.dialect.name == "sqlite"
        else "TRUNCATE refusal_entry"
    )
    with shared_transactions.write() as uow, pytest.raises(DBAPIError, match="append-only"):
        uow.session.connection().execute(text(statement))


def test_a_reference_to_nothing_is_refused_at_commit(
    shared_transactions: SqlTransactions,
) -> None:
    with shared_transactions.write() as uow:
        uow.add(*_movement()[1:])
        with pytest.raises(DBAPIError, match=r"(?i)foreign key"):
            uow.commit()


def _refusal() -> RefusalEntry:
    return RefusalEntry(
        id="r",
        seq=1,
        prev_seal="",
        at=NOW,
        surface="test",
        command="X",
        key="k",
        code="not_allowed",
        message="No.",
        facts={},
    )


def _audit() -> AuditEntry:
    return AuditEntry(
        seq=1,
        at=NOW,
        event="e",
        subject_id="s",
        surface="test",
        key="k",
        facts={},
        prev_hash="",
        hash="",
    )


def _ledger() -> list[SQLModel]:
    entry = LedgerEntry(
        id="l",
        at=NOW,
        day=NOW.date(),
        kind=CostKind.LABOUR,
        amount_minor=1,
        currency="EUR",
        cost_centre_id="cc-MAINT",
        source="test",
        source_id="s",
    )
    return [centre(), entry]


def _conversion() -> list[SQLModel]:
    entry = _ledger()[-1]
    counted = BudgetConversion(
        id="k",
        at=NOW,
        ledger_entry_id=entry.id,
        budget_id="b",
        currency="USD",
        rate=Decimal("1.1"),
    )
    return [*_ledger(), counted]


def _movement() -> list[SQLModel]:
    part = Part(id="p", number="P-1", name="Filter", unit="pcs")
    place = Location(id="s", code="S", name="Store", site_id="s")
    movement = StockMovement(
        id="m",
        at=NOW,
        kind=MovementKind.OPENING,
        part_id="p",
        location_id="s",
        quantity=Decimal(1),
        currency="EUR",
    )
    return [part, place, movement]


PROTECTED_ROWS: dict[str, Callable[[], list[SQLModel]]] = {
    "audit_entry": lambda: [_audit()],
    "refusal_entry": lambda: [_refusal()],
    "ledger_entry": _ledger,
    "budget_conversion": _conversion,
    "stock_movement": _movement,
}


def _budget(transactions: SqlTransactions, *, limit: int) -> None:
    with transactions.write() as uow:
        uow.add(centre())
        uow.flush()
        uow.add(
            Budget(
                id="b",
                cost_centre_id="cc-MAINT",
                starts=date(2026, 1, 1),
                ends=date(2026, 12, 31),
                currency="EUR",
                limit_minor=limit,
            )
        )
        uow.commit()


def _commit_60(uow: SqlUnitOfWork) -> bool:
    return uow.guarded_update(
        Budget,
        "b",
        add={"committed_minor": 60},
        where_sql="committed_minor + :amount <= limit_minor",
        amount=60,
    )
