"""P18 in every column: one changed byte in a row that is written once is found and named, whether
or not it can still be read; and damage elsewhere does not stop the check of the rest."""

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from tests.conftest import Ids, TestClock
from tests.factories.buying import seed
from tests.factories.money import desk
from tests.promises import rounds
from wopo.db.engine import make_engine
from wopo.db.tables import APPEND_ONLY, create_all
from wopo.db.uow import SqlTransactions
from wopo.domain.audit import GENESIS, REFUSALS, RefusalEntry
from wopo.domain.locations import Location
from wopo.domain.parts import Part
from wopo.domain.stock import MovementKind, StockLevel, StockMovement
from wopo.usecases.audit import verify
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import Door, execute

FLIPS = rounds(3, soak=150)
COLUMNS = [
    (name, column.name) for name in APPEND_ONLY for column in SQLModel.metadata.tables[name].columns
]


@pytest.fixture(scope="module")
def lived() -> Iterator[SqlTransactions]:
    """An order's whole life, one in another currency, a stock movement and a refusal."""
    engine = make_engine("sqlite://")
    create_all(engine)
    transactions, clock, ids = SqlTransactions(engine), TestClock(), Ids()
    door = Door(transactions, clock, ids)

    def do(command: Command, *, by: str | None = None) -> Answer:
        return execute(door, command, actor=ActorRef(by, "test"), key=f"key-{ids()}")

    at = desk(do, seed(transactions, clock))
    at.budget()
    order = at.issued()
    at.receive(order, "9", "1")
    at.bill(order, ("10", "10"))
    at.issued_abroad()
    with transactions.write() as uow:
        uow.add(
            Part(id="p9", number="P-9", name="Seal", unit="pcs"),
            Location(id="l9", code="L9", name="Shelf", site_id="l9"),
        )
        uow.flush()
        held = {"part_id": "p9", "location_id": "l9", "value_minor": 700, "currency": "EUR"}
        uow.add(StockLevel(id="s9", on_hand=Decimal(7), **held))
        moved = StockMovement(
            id="m9", at=clock(), kind=MovementKind.OPENING, quantity=Decimal(7), **held
        )
        refused = RefusalEntry(
            id="r9", seq=uow.next_seq(REFUSALS), prev_seal=GENESIS, at=clock(),
            actor_id="ben", surface="test", command="ApproveOrder", key="k",
            code="not_allowed", message="No.", facts={"order": "PO-2026-000001"},
        )  # fmt: skip
        uow.append(moved, refused)
        uow.commit()
    assert found(transactions) == []
    yield transactions
    engine.dispose()


def found(transactions: SqlTransactions) -> list[str]:
    with transactions.read() as uow:
        return [str(fault) for fault in verify(uow)]


def flipped(old: Any, chance: random.Random) -> Any:
    """The value with one bit of it changed, as a fault of the disk would; something for nothing."""
    if old is None:
        return b"x"
    if isinstance(old, int):
        return old ^ (1 << chance.randrange(8, 20))
    raw = bytearray(old.encode())
    place = chance.randrange(len(raw))
    raw[place] ^= 1 << chance.randrange(8)
    return bytes(raw)


def flip(connection: Connection, table: str, column: str, chance: random.Random) -> str:
    """Change one byte of what a row says, behind wopo's back; the row's key. The marks between
    day, second and fraction say nothing."""
    key = "seq" if table == "audit_entry" else "id"
    rows = connection.execute(text(f"SELECT rowid, {key}, {column} FROM {table}")).all()
    rowid, id, old = chance.choice(rows)
    new = flipped(old, chance)
    while column == "at" and (new[10:11], new[19:20]) != (b" ", b"."):
        new = flipped(old, chance)
    value = ":new" if isinstance(new, int) else "CAST(:new AS TEXT)"
    statement = f"UPDATE {table} SET {column} = {value} WHERE rowid = :rowid"
    connection.execute(text(statement), {"new": new, "rowid": rowid})
    return str(id)


def unprotect(connection: Connection) -> None:
    for name in APPEND_ONLY:
        for verb in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER {name}_no_{verb}"))


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_one_changed_byte_is_found_and_its_row_named(
    lived: SqlTransactions, table: str, column: str
) -> None:
    chance = random.Random(f"{table}.{column}")
    for _ in range(FLIPS):
        with lived.write() as uow:
            connection = uow.session.connection()
            unprotect(connection)
            id = flip(connection, table, column, chance)
            told = [str(fault) for fault in verify(uow)]
        # Left without a commit: everything is as it was.
        name = f"entry {id}: " if table == "audit_entry" else f"row: {table} "
        own = [line for line in told if name in line]
        assert own, told
        assert column in ("id", "seq") or table == "audit_entry" or id in own[0], told
    assert found(lived) == []


@pytest.mark.parametrize(
    ("statement", "row", "column"),
    [
        ("UPDATE purchase_order SET created_at = 'soon'", "purchase_order", "created_at"),
        ("UPDATE purchase_order_line SET quantity = 'ten'", "purchase_order_line", "quantity"),
        ("UPDATE order_revision SET content = '['", "order_revision", "content"),
        ("UPDATE receipt SET kind = CAST(x'ff' AS TEXT)", "receipt", "kind"),
        ("UPDATE budget SET ends = 'spring'", "budget", "ends"),
    ],
)
def test_damage_elsewhere_is_named_and_the_rest_is_checked(
    lived: SqlTransactions, statement: str, row: str, column: str
) -> None:
    with lived.write() as uow:
        connection = uow.session.connection()
        unprotect(connection)
        connection.execute(text(statement))
        connection.execute(text("UPDATE stock_level SET on_hand = 8000000"))
        connection.execute(text("UPDATE audit_entry SET actor_id = 'mallory' WHERE seq = 3"))
        told = [str(fault) for fault in verify(uow)]
    assert told[0] == "chain: entry 3: its contents were changed"
    assert any(
        line.startswith(f"row: {row} ") and line.endswith(f": its {column} can't be read")
        for line in told
    ), told
    assert (
        "stock: stock level s9: holds 8 worth 700, the movements add up to 7 worth 700" in told
    ), told
