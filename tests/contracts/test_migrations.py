"""Models and migrations agree, on both databases, and go up and down."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from tests.databases import fresh_postgres
from wopo.db import migrate
from wopo.db.engine import WRITE, make_engine
from wopo.db.tables import APPEND_ONLY, protect, protected


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without any table."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path}/empty.db")
        yield engine
        engine.dispose()
    else:
        with fresh_postgres(request.getfixturevalue("postgres_server"), "template0") as url:
            engine = make_engine(url)
            yield engine
            engine.dispose()


def test_there_is_exactly_one_newest_migration() -> None:
    assert len(ScriptDirectory(str(migrate.FOLDER)).get_heads()) == 1


def test_migrations_make_what_the_models_say(empty: Engine) -> None:
    migrate.upgrade(empty)
    assert migrate.differences(empty) == []
    with empty.connect() as connection:
        assert protected(connection) == set(APPEND_ONLY)


def test_upgrading_again_changes_nothing(empty: Engine) -> None:
    migrate.upgrade(empty)
    migrate.upgrade(empty)
    assert migrate.current(empty) == migrate.newest()


def test_the_way_down_leaves_nothing(empty: Engine) -> None:
    migrate.upgrade(empty)
    migrate.downgrade(empty)
    assert set(inspect(empty).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(empty)
    assert migrate.differences(empty) == []


def test_a_dropped_trigger_is_noticed_and_put_back(empty: Engine) -> None:
    migrate.upgrade(empty)
    on_table = "" if empty.dialect.name == "sqlite" else " ON audit_entry"
    trigger = f"audit_entry_no_{'update' if not on_table else 'change'}"
    with empty.execution_options(**WRITE).begin() as connection:
        connection.execute(text(f"DROP TRIGGER {trigger}{on_table}"))
        assert "audit_entry" not in protected(connection)
    assert protect(empty) == ["audit_entry"]
    with empty.connect() as connection:
        assert protected(connection) == set(APPEND_ONLY)
