"""Whoever edits the database past wopo is found out (reliability P18, P19, A64)."""

import random
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from tests.factories.money import Desk
from tests.properties.conftest import company, copied
from wopo.db.tables import APPEND_ONLY
from wopo.db.uow import SqlTransactions
from wopo.domain.errors import DomainError
from wopo.usecases.audit import Anchor, anchor, chain, verify

COLUMNS = ("event", "subject_id", "actor_id", "surface", "key", "facts", "prev_hash", "hash")


@pytest.fixture(scope="module")
def lived(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database in which an order was bought, received and billed."""
    with company(request.getfixturevalue("seeded")) as at:
        story(at)
        yield at.world.transactions.engine


@pytest.fixture
def seeded_copy(lived: Engine) -> Iterator[Engine]:
    engine = copied(lived)
    yield engine
    engine.dispose()


def story(at: Desk) -> None:
    at.budget()
    order = at.issued()
    at.receive(order, "9", "1")
    at.bill(order, ("10", "10"))
    at.world.stock("seal", "5", 5000)
    with pytest.raises(DomainError):
        at.receive(order, "1", by="tom")


def unprotected(engine: Engine) -> Engine:
    """What somebody with the file and a database tool can do."""
    with engine.begin() as connection:
        for table in APPEND_ONLY:
            for verb in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER {table}_no_{verb}"))
    return engine


def first_fault(engine: Engine) -> int | None:
    with SqlTransactions(engine).read() as uow:
        fault = next(chain(uow), None)
        return fault.seq if fault else None


def length(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM audit_entry")).scalar_one())


def flipped(value: object, source: random.Random) -> str:
    """The text with one character changed."""
    old = str(value)
    place = source.randrange(len(old)) if old else 0
    new = "x" if old[place : place + 1] != "x" else "y"
    return old[:place] + new + old[place + 1 :]


def change_one_character(connection: Connection, source: random.Random) -> int:
    seq = source.randint(1, length(connection))
    column = source.choice(COLUMNS)
    old = connection.execute(
        text(f"SELECT {column} FROM audit_entry WHERE seq = :seq"), {"seq": seq}
    ).scalar_one()
    new = '{"amount": "1"}' if column == "facts" else flipped(old or "", source)
    connection.execute(
        text(f"UPDATE audit_entry SET {column} = :new WHERE seq = :seq"), {"new": new, "seq": seq}
    )
    return seq


def move_the_time(connection: Connection, source: random.Random) -> int:
    seq = source.randint(1, length(connection))
    connection.execute(
        text("UPDATE audit_entry SET at = datetime(at, '+1 second') || '.000000' WHERE seq = :s"),
        {"s": seq},
    )
    return seq


def delete_one(connection: Connection, source: random.Random) -> int:
    seq = source.randint(1, length(connection))
    connection.execute(text("DELETE FROM audit_entry WHERE seq = :seq"), {"seq": seq})
    return seq


def swap_two(connection: Connection, source: random.Random) -> int:
    low = source.randint(1, length(connection) - 1)
    high = source.randint(low + 1, length(connection))
    for old, new in ((low, 10**6), (high, low), (10**6, high)):
        connection.execute(
            text("UPDATE audit_entry SET seq = :new WHERE seq = :old"), {"new": new, "old": old}
        )
    return low


def insert_one(connection: Connection, source: random.Random) -> int:
    seq = source.randint(1, length(connection))
    connection.execute(text("UPDATE audit_entry SET seq = -seq - 1 WHERE seq >= :s"), {"s": seq})
    connection.execute(text("UPDATE audit_entry SET seq = -seq WHERE seq < 0"))
    connection.execute(
        text(
            "INSERT INTO audit_entry SELECT :s, at, 'forged', subject_id, actor_id, surface, key,"
            " facts, prev_hash, hash FROM audit_entry ORDER BY seq DESC LIMIT 1"
        ),
        {"s": seq},
    )
    return seq


MUTATIONS: tuple[Callable[[Connection, random.Random], int], ...] = (
    change_one_character,
    move_the_time,
    delete_one,
    swap_two,
    insert_one,
)


def tampered(engine: Engine, mutate, seed: int) -> int:
    with engine.begin() as connection:
        return int(mutate(connection, random.Random(seed)))


def test_an_untouched_database_has_no_fault(lived):
    with SqlTransactions(lived).read() as uow:
        assert list(verify(uow, expected=anchor(uow))) == []


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda m: m.__name__)
def test_every_mutation_is_found_at_the_first_bad_entry(lived, mutate):
    for seed in range(12):
        engine = unprotected(copied(lived))
        touched = tampered(engine, mutate, seed)
        assert first_fault(engine) == touched, (mutate.__name__, seed)
        engine.dispose()


@pytest.mark.soak
@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda m: m.__name__)
def test_ten_thousand_mutations_are_found(lived, mutate):
    for seed in range(2000):
        engine = unprotected(copied(lived))
        touched = tampered(engine, mutate, seed)
        assert first_fault(engine) == touched, (mutate.__name__, seed)
        engine.dispose()


def test_a_cut_tail_is_found_with_an_anchor(seeded_copy):
    with SqlTransactions(seeded_copy).read() as uow:
        kept = anchor(uow)
    engine = unprotected(seeded_copy)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_entry WHERE seq > :s"), {"s": kept.seq - 3})
        connection.execute(
            text(
                "UPDATE audit_head SET seq = :s, hash = "
                "(SELECT hash FROM audit_entry WHERE seq = :s)"
            ),
            {"s": kept.seq - 3},
        )
    with SqlTransactions(engine).read() as uow:
        assert list(chain(uow)) == []
        fault = next(f for f in verify(uow, expected=kept) if f.kind == "chain")
    assert fault.seq == kept.seq - 2
    assert fault.problem.endswith("its tail is cut")


def test_a_chain_written_anew_does_not_fit_the_anchor(lived):
    with SqlTransactions(lived).read() as uow:
        kept = anchor(uow)
        other = Anchor(kept.seq, "0" * 64)
        assert next(verify(uow, expected=other)).seq == kept.seq


def test_an_anchor_is_read_back_from_what_was_printed(lived):
    with SqlTransactions(lived).read() as uow:
        kept = anchor(uow)
    assert Anchor.parse(f" {kept}\n") == kept
    with pytest.raises(ValueError, match="is not an anchor"):
        Anchor.parse("42:abc")


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET {key} = {key}",
        "DELETE FROM {table}",
        "REPLACE INTO {table} SELECT * FROM {table}",
        "INSERT INTO {table} SELECT * FROM {table} WHERE true "
        "ON CONFLICT ({key}) DO UPDATE SET {key} = excluded.{key}",
    ],
    ids=["update", "delete", "replace", "upsert"],
)
def test_append_only_tables_refuse_every_change(seeded_copy, table, statement):
    key = "seq" if table == "audit_entry" else "id"
    sql = statement.format(table=table, key=key)
    with seeded_copy.begin() as connection:
        assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() > 0
    with (
        pytest.raises(DBAPIError, match="append-only"),
        seeded_copy.begin() as connection,
    ):
        connection.execute(text(sql))
