"""Fresh companies by the dozen: a seeded database is copied, so that an example costs little."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine

from tests.conftest import Ids, TestClock
from tests.copying import copied
from tests.factories.buying import World, seed
from tests.factories.money import Desk, desk
from wopo.db.uow import SqlTransactions
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import Door, execute

FreshDesk = Callable[[], "AbstractDesk"]
AbstractDesk = Desk


@pytest.fixture(scope="session")
def seeded(_template: Engine) -> Engine:
    """The buying company without any order."""
    engine = copied(_template)
    transactions, clock = SqlTransactions(engine), TestClock()
    desk(lambda *_, **__: Answer(), seed(transactions, clock))
    return engine


@contextmanager
def company(seeded: Engine, *, ids_from: int = 0) -> Iterator[Desk]:
    """A desk on a company of its own; ``ids_from``: how many ids it has used already."""
    engine = copied(seeded)
    transactions, clock, ids = SqlTransactions(engine), TestClock(), Ids()
    ids.count = ids_from
    door = Door(transactions, clock, ids)

    def do(command: Command, *, by: str | None = None, key: str | None = None) -> Answer:
        actor = ActorRef(by, "test" if by else "scheduler")
        return execute(door, command, actor=actor, key=key or f"key-{ids()}")

    yield Desk(do, World(transactions, clock))
    engine.dispose()
