"""A cut tail is found with an anchor; append-only tables refuse every change (P18, P19, A64)."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from tests.factories.money import Desk
from tests.properties.conftest import company, copied
from wopo.db.tables import APPEND_ONLY
from wopo.db.uow import SqlTransactions
from wopo.domain.anchors import Anchor
from wopo.domain.errors import DomainError
from wopo.usecases.audit import chain, verify
from wopo.usecases.audit_anchors import anchor


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
    at.issued_abroad()
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


def test_an_untouched_database_has_no_fault(lived):
    with SqlTransactions(lived).read() as uow:
        assert list(verify(uow, anchors=[anchor(uow)])) == []


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
        fault = next(f for f in verify(uow, anchors=[kept]) if f.kind == "chain")
    assert fault.seq == kept.seq - 2
    assert fault.problem.endswith("its tail is cut")


def test_a_chain_written_anew_does_not_fit_the_anchor(lived):
    with SqlTransactions(lived).read() as uow:
        kept = anchor(uow)
        other = Anchor(kept.seq, "0" * 64)
        assert next(verify(uow, anchors=[other])).seq == kept.seq


def test_an_anchor_is_read_back_from_what_was_printed(lived):
    with SqlTransactions(lived).read() as uow:
        kept = anchor(uow)
    assert Anchor.parse(f" {kept}\n") == kept
    with pytest.raises(DomainError, match="is not an anchor"):
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
