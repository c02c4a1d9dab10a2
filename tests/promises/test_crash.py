"""P1: a process killed with SIGKILL at any point loses no decision, makes none twice, and leaves
no half document."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import uuid4

import pytest

from tests.conftest import START
from tests.databases import fresh_postgres
from tests.factories.jobs import make_company
from tests.promises import rounds
from tests.promises.crew import KILLED, Workers
from tests.promises.worker import AFTER_COMMIT, BEFORE_COMMIT, Job, report
from wopo.db.engine import make_engine
from wopo.db.tables import create_all
from wopo.db.uow import SqlTransactions
from wopo.domain.audit import AuditEntry, AuditHead, chain_faults
from wopo.domain.numbers import NumberSeries
from wopo.domain.outbox import IdempotencyRow, OutboxRow
from wopo.domain.work_orders import WorkOrder
from wopo.domain.work_requests import WorkRequest
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import Door, execute

ROUNDS = rounds(2, soak=200)


@dataclass(frozen=True)
class Site:
    """A database with the small company in it, and what one report leaves when nothing happens."""

    door: Door
    transactions: SqlTransactions
    job: Job

    def fresh(self, point: str = "") -> Job:
        key = uuid4().hex
        return replace(self.job, key=key, title=f"Leak {key}", point=point)

    def traces(self, job: Job) -> dict[str, Any]:
        """Everything in the database that the job left."""
        with self.transactions.read() as uow:
            requests = uow.all(WorkRequest, title=job.title)
            orders = uow.all(WorkOrder, title=job.title)
            ids = [row.id for row in [*requests, *orders]]
            told = uow.all(OutboxRow, subject_id=ids, order="seq")
            return {
                "requests": len(requests),
                "orders": len(orders),
                "answers": uow.count(IdempotencyRow, key=job.key),
                "events": [row.event for row in uow.all(AuditEntry, key=job.key, order="seq")],
                "told": [(row.card, row.audience, row.mode) for row in told],
            }

    def check_sound(self) -> None:
        """The chain is whole, and every number and outbox place given out belongs to a row."""
        with self.transactions.read() as uow:
            head = uow.get(AuditHead, 1)
            assert head is not None
            assert list(chain_faults(uow.all(AuditEntry, order="seq"), head)) == []
            given = {(row.prefix, row.year): row.last for row in uow.all(NumberSeries)}
            assert given[("WR", START.year)] == uow.count(WorkRequest)
            assert given[("WO", START.year)] == uow.count(WorkOrder)
            assert head.told == uow.count(OutboxRow)


NOTHING = {"requests": 0, "orders": 0, "answers": 0, "events": [], "told": []}


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    made = Workers("tests.promises.worker")
    yield made
    made.close()


@pytest.fixture(scope="module")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('crash')}/wopo.db"
    engine = make_engine(url)
    create_all(engine)
    engine.dispose()
    return url


@pytest.fixture(scope="module")
def postgres_base(postgres_server: str) -> Iterator[str]:
    with fresh_postgres(postgres_server) as url:
        yield url


@pytest.fixture(
    scope="module",
    params=["sqlite_file", pytest.param("postgres_base", marks=pytest.mark.postgres)],
)
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    url = str(request.getfixturevalue(request.param))
    engine = make_engine(url)
    transactions = SqlTransactions(engine)
    door = Door(transactions, lambda: START, lambda: uuid4().hex)
    firm = make_company(_giving(door))
    job = Job(url, key="", actor_id=firm.rob, location_id=firm.harbour, title="")
    yield Site(door, transactions, job)
    engine.dispose()


def _giving(door: Door) -> Callable[..., Answer]:
    def do(command: Command, *, by: str | None = None) -> Answer:
        return execute(door, command, actor=ActorRef(by, "test"), key=uuid4().hex)

    return do


@pytest.fixture(scope="module")
def whole(site: Site) -> dict[str, Any]:
    """What one report leaves when nobody is killed."""
    job = site.fresh()
    report(site.door, job)
    traces = site.traces(job)
    assert traces["requests"] == traces["orders"] == traces["answers"] == 1
    assert traces["events"]
    assert traces["told"]
    # Ids differ from job to job; what is told about them must not.
    return _without_ids(traces)


@pytest.mark.parametrize("point", BEFORE_COMMIT + AFTER_COMMIT)
def test_a_kill_leaves_all_or_nothing_and_a_retry_has_one_effect(
    site: Site, workers: Workers, whole: dict[str, Any], point: str
) -> None:
    for _ in range(ROUNDS):
        job = site.fresh(point)
        said, ended = workers.give(asdict(job))
        assert (said, ended) == (None, KILLED), "the worker was to be killed before its answer"
        left = _without_ids(site.traces(job))
        assert left == (whole if point in AFTER_COMMIT else NOTHING)
        site.check_sound()
        assert report(site.door, job) == report(site.door, job)
        assert _without_ids(site.traces(job)) == whole
        site.check_sound()


def _without_ids(traces: dict[str, Any]) -> dict[str, Any]:
    told = [(card, audience.split(":")[0], mode) for card, audience, mode in traces["told"]]
    return {**traces, "told": told}
