"""P18: whoever changes the audit trail behind wopo's back is found, at the first bad entry."""

import random
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, text

from tests.conftest import START
from tests.factories.jobs import make_company
from tests.promises import rounds
from wopo.db.tables import APPEND_ONLY
from wopo.db.uow import SqlTransactions, SqlUnitOfWork
from wopo.domain.audit import AuditEntry, AuditHead, chain_faults
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import Door, execute

MUTATIONS = rounds(25, soak=10_000)
TEXTS = ("event", "subject_id", "surface", "key", "prev_hash", "hash")
COPIED = ("at", "event", "subject_id", "actor_id", "surface", "key", "facts", "prev_hash", "hash")
COLUMNS = ", ".join(COPIED)

Damage = Callable[[Connection, int, random.Random], int]
"""Damages a chain of so many entries; the first entry that is wrong then."""


@pytest.fixture
def length(shared_transactions: SqlTransactions) -> int:
    """A chain as administrators make one; how many entries it has."""
    door = Door(shared_transactions, lambda: START, lambda: uuid4().hex)

    def do(command: Command, *, by: str | None = None) -> Answer:
        return execute(door, command, actor=ActorRef(by, "test"), key=uuid4().hex)

    make_company(do)
    with shared_transactions.read() as uow:
        assert faults(uow) == []
        return uow.count(AuditEntry)


def faults(uow: SqlUnitOfWork) -> list[int]:
    """The entries that verification names, in order."""
    head = uow.get(AuditHead, 1)
    assert head is not None
    return [found.seq for found in chain_faults(uow.all(AuditEntry, order="seq"), head)]


def flip_text(connection: Connection, length: int, chance: random.Random) -> int:
    """One character of one text becomes another."""
    seq, column = chance.randint(1, length), chance.choice(TEXTS)
    old = connection.scalar(text(f"SELECT {column} FROM audit_entry WHERE seq = {seq}"))
    place = chance.randrange(len(old))
    other = chance.choice([sign for sign in "0123456789abcdef" if sign != old[place]])
    _set(connection, seq, column, old[:place] + other + old[place + 1 :])
    return seq


def flip_fact(connection: Connection, length: int, chance: random.Random) -> int:
    """One letter or digit among the facts becomes another."""
    while True:
        seq = chance.randint(1, length)
        query = f"SELECT CAST(facts AS TEXT) FROM audit_entry WHERE seq = {seq}"
        old = str(connection.scalar(text(query)))
        # Inside of a string any letter may stand; elsewhere it might no longer be JSON.
        places = [at for at in range(1, len(old)) if old[at].isupper()]
        if places:
            break
    place = chance.choice(places)
    other = chance.choice([sign for sign in "ABCDEFGHIJ" if sign != old[place]])
    changed = old[:place] + other + old[place + 1 :]
    cast = "CAST(:value AS JSON)" if connection.dialect.name != "sqlite" else ":value"
    statement = f"UPDATE audit_entry SET facts = {cast} WHERE seq = {seq}"
    connection.execute(text(statement), {"value": changed})
    return seq


def change_actor(connection: Connection, length: int, chance: random.Random) -> int:
    """Somebody else is said to have done it."""
    seq = chance.randint(1, length)
    _set(connection, seq, "actor_id", "somebody")
    return seq


def change_time(connection: Connection, length: int, chance: random.Random) -> int:
    """It is said to have happened a moment later."""
    seq = chance.randint(1, length)
    _set(connection, seq, "at", "2026-03-02 09:00:00.000001")
    return seq


def delete(connection: Connection, length: int, chance: random.Random) -> int:
    """One entry disappears."""
    seq = chance.randint(1, length)
    connection.execute(text(f"DELETE FROM audit_entry WHERE seq = {seq}"))
    return seq


def truncate(connection: Connection, length: int, chance: random.Random) -> int:
    """The newest entries disappear."""
    seq = chance.randint(1, length)
    connection.execute(text(f"DELETE FROM audit_entry WHERE seq >= {seq}"))
    return seq


def swap(connection: Connection, length: int, chance: random.Random) -> int:
    """Two entries change places."""
    first, second = sorted(chance.sample(range(1, length + 1), 2))
    for old, new in ((first, 0), (second, first), (0, second)):
        connection.execute(text(f"UPDATE audit_entry SET seq = {new} WHERE seq = {old}"))
    return first


def insert(connection: Connection, length: int, chance: random.Random) -> int:
    """A copy of another entry is put in, and the later ones move up to make room."""
    seq = chance.randint(1, length)
    for old in range(length, seq - 1, -1):
        connection.execute(text(f"UPDATE audit_entry SET seq = {old + 1} WHERE seq = {old}"))
    # The entry that stood here would be right in its own place.
    other = chance.choice([at for at in range(1, length + 2) if at not in (seq, seq + 1)])
    statement = (
        f"INSERT INTO audit_entry (seq, {COLUMNS}) "
        f"SELECT {seq}, {COLUMNS} FROM audit_entry WHERE seq = {other}"
    )
    connection.execute(text(statement))
    return seq


@pytest.mark.parametrize(
    "damage", [flip_text, flip_fact, change_actor, change_time, delete, truncate, swap, insert]
)
def test_damage_is_found_at_the_first_bad_entry(
    shared_transactions: SqlTransactions, length: int, damage: Damage
) -> None:
    chance = random.Random(18)
    for _ in range(MUTATIONS):
        with shared_transactions.write() as uow:
            connection = uow.session.connection()
            drop_triggers(connection)
            bad = damage(connection, length, chance)
            assert faults(uow)[:1] == [bad]
        # Left without a commit: the triggers and the chain are as they were.
    with shared_transactions.read() as uow:
        assert faults(uow) == []


def drop_triggers(connection: Connection) -> None:
    """What somebody with the database's own rights would do first."""
    assert "audit_entry" in APPEND_ONLY
    if connection.dialect.name == "sqlite":
        for verb in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER audit_entry_no_{verb}"))
    else:
        connection.execute(text("DROP TRIGGER audit_entry_no_change ON audit_entry"))


def _set(connection: Connection, seq: int, column: str, value: Any) -> None:
    kind = "CAST(:value AS TIMESTAMPTZ)" if _is_time(connection, column) else ":value"
    statement = f"UPDATE audit_entry SET {column} = {kind} WHERE seq = {seq}"
    connection.execute(text(statement), {"value": value})


def _is_time(connection: Connection, column: str) -> bool:
    return column == "at" and connection.dialect.name != "sqlite"
