"""Shared fixtures: a real database per test, a fixed clock, ids in order, and the door."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Engine

from tests.copying import changes, copied, copy_into
from wopo.db.engine import make_engine
from wopo.db.tables import create_all
from wopo.db.uow import SqlTransactions
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import Door, execute

pytest_plugins = ["tests.databases"]
T = TypeVar("T")

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


MARKS_OF_LONG_TESTS = ("browser", "postgres")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with long tests first: what is left at the end are short ones, which workers can
    share out evenly. A file stays together, so that what it sets up is set up once."""
    places: dict[Path, int] = {}
    for item in items:
        marks = {mark.name for mark in item.iter_markers()}
        place = next((n for n, mark in enumerate(MARKS_OF_LONG_TESTS) if mark in marks), 9)
        places[item.path] = min(place, places.get(item.path, 9))
    items.sort(key=lambda item: places[item.path])


class TestClock:
    """A clock that moves only when told."""

    __test__ = False

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: int) -> None:
        """Move on by hours=, days=, ..."""
        self.now += timedelta(**by)


class Ids:
    """Ids in order, so that failures read alike on every run."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> str:
        self.count += 1
        return f"id{self.count:08d}"


@pytest.fixture(scope="session")
def _template() -> Engine:
    engine = make_engine("sqlite://")
    create_all(engine)
    return engine


@pytest.fixture
def engine(_template: Engine) -> Iterator[Engine]:
    """An empty in-memory SQLite database with every table."""
    made = copied(_template)
    yield made
    made.dispose()


class Beginning:
    """What many tests begin with, built once in each process and copied for every test.

    Only the same beginning is the same: ids, clock and database must stand as the first time.
    """

    def __init__(self, prepared: dict[Any, Any], engine: Engine, new_id: Ids, clock: TestClock):
        self._prepared = prepared
        self._engine = engine
        self._new_id = new_id
        self._clock = clock

    def __call__(self, name: str, build: Callable[[], T]) -> T:
        """The value of ``build``, with the database as it left it."""
        stand = (name, self._new_id.count, self._clock.now, changes(self._engine))
        if stand not in self._prepared:
            value = build()
            self._prepared[stand] = (copied(self._engine), self._new_id.count, value)
            return value
        source, self._new_id.count, known = self._prepared[stand]
        copy_into(source, self._engine)
        made: T = known
        return made


@pytest.fixture(scope="session")
def _prepared() -> Iterator[dict[Any, Any]]:
    found: dict[Any, Any] = {}
    yield found
    for source, _, _ in found.values():
        source.dispose()


@pytest.fixture
def begin(_prepared: dict[Any, Any], engine: Engine, new_id: Ids, clock: TestClock) -> Beginning:
    """``begin("name", build)``: see ``Beginning``. Only on a database nothing was done in yet."""
    return Beginning(_prepared, engine, new_id, clock)


@pytest.fixture
def clock() -> TestClock:
    """Monday 2 March 2026, 09:00 UTC."""
    return TestClock()


@pytest.fixture
def new_id() -> Ids:
    """Ids in order."""
    return Ids()


@pytest.fixture
def transactions(engine: Engine) -> SqlTransactions:
    """Units of work on the test's database."""
    return SqlTransactions(engine)


@pytest.fixture
def door(transactions: SqlTransactions, clock: TestClock, new_id: Ids) -> Door:
    """The one door on the test's database."""
    return Door(transactions, clock, new_id)


@pytest.fixture
def do(door: Door, new_id: Ids) -> Callable[..., Answer]:
    """``do(command, by=person_id)``: execute with a fresh key; ``by=None`` is wopo itself."""

    def run(command: Command, *, by: str | None = None, key: str | None = None) -> Answer:
        surface = "test" if by else "scheduler"
        return execute(door, command, actor=ActorRef(by, surface), key=key or f"key-{new_id()}")

    return run
