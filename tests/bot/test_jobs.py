"""The clock's work: each period once, missed ticks made up for, one bad job stops no other."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from bot.jobs import Clockwork, Job, daily, each_minute
from bot.services import Services
from tests.conftest import TestClock
from tests.factories.jobs import rows
from wopo.db.uow import SqlTransactions
from wopo.domain.errors import BUSY
from wopo.domain.outbox import IdempotencyRow
from wopo.usecases.door import Answer, Command, Context, Registry, use_case

RUNS: list[datetime] = []


class Sweep(Command):
    """A sweep of this test's own."""

    how: str = "well"


@pytest.fixture(autouse=True)
def _declared() -> Iterator[None]:
    @use_case(Sweep, action="sweep", system=True)
    def sweep(command: Sweep, ctx: Context) -> Answer:
        if command.how == "broken":
            raise ZeroDivisionError("a mistake in a sweep")
        if command.how == "busy":
            raise BUSY()
        RUNS.append(ctx.at)
        return Answer(message="swept")

    RUNS.clear()
    yield
    del Registry.use_cases[Sweep]


def job(how: str = "well") -> Job:
    return Job(f"sweep-{how}", "* * * * *", daily, lambda _now: Sweep(how=how))


def test_a_period_is_done_once_by_however_many_clocks(
    services: Services, clock: TestClock, transactions: SqlTransactions
) -> None:
    two = [Clockwork(services, [job()]), Clockwork(services, [job()])]
    for _ in range(5):
        assert all(each.run(job()) for each in two)
        clock.forward(minutes=1)
    assert len(RUNS) == 1
    clock.forward(days=1)
    assert two[0].run(job())
    assert [run.day for run in RUNS] == [2, 3]
    keys = [row.key for row in rows(transactions, IdempotencyRow)]
    assert keys == ["job:sweep-well:2026-03-02", "job:sweep-well:2026-03-03"]


def test_after_days_off_the_next_tick_makes_up_for_it(services: Services, clock: TestClock) -> None:
    ticking = Clockwork(services, [job()])
    ticking.run(job())
    clock.forward(days=3)
    ticking.run(job())
    assert len(RUNS) == 2


def test_what_can_not_be_done_now_is_done_at_the_next_tick(services: Services) -> None:
    ticking = Clockwork(services, [])
    assert ticking.run(job("busy")) is False
    assert ticking.run(job("broken")) is False
    assert ticking.run(job("well")) is True


def test_periods_are_named_by_their_moment() -> None:
    at = datetime(2026, 3, 29, 1, 30)
    assert [name(at) for name in (daily, each_minute)] == ["2026-03-29", "2026-03-29T01:30"]


def test_a_clock_set_back_does_not_repeat_a_period(services: Services, clock: TestClock) -> None:
    ticking = Clockwork(services, [])
    ticking.run(job())
    clock.forward(hours=-1)
    ticking.run(job())
    assert len(RUNS) == 1
