"""P1 beyond the door: the courier, the scheduler, an import, a migration and a backup killed with
SIGKILL lose nothing, do nothing twice, and leave no half work behind."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.conftest import START
from tests.databases import fresh_postgres
from tests.factories.jobs import PEOPLE, Company, make_company
from tests.promises import rounds
from tests.promises.busy_worker import Job
from tests.promises.crew import KILLED, Workers
from tests.slack import TEAM, RecordingSlack, Trouble, recording_slack
from wopo.db import migrate
from wopo.db.engine import make_engine
from wopo.db.tables import create_all
from wopo.db.uow import SqlTransactions
from wopo.domain.outbox import Delivery, JobRun, OutboxRow, PostedCard
from wopo.domain.subscriptions import Rhythm
from wopo.domain.vendors import Vendor
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.audit import verify
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import Door, execute
from wopo.usecases.identities import LinkIdentity
from wopo.usecases.settings import SetChannels
from wopo.usecases.subscriptions import Subscribe
from wopo.usecases.work_order_assignment import TakeJob
from wopo.usecases.work_requests import ReportWork
from wopo.usecases.workspaces import BindWorkspace

ROUNDS = rounds(1, soak=200)
FINISHED = (Delivery.SENT, Delivery.SKIPPED)
POST, UPDATE = "chat.postMessage", "chat.update"


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    made = Workers("tests.promises.busy_worker")
    yield made
    made.close()


@pytest.fixture(scope="module")
def slack() -> Iterator[RecordingSlack]:
    with recording_slack() as server:
        yield server


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


@dataclass
class Site:
    """A database with the small company, whose people and channels are in Slack."""

    url: str
    door: Door
    firm: Company
    now: datetime
    whole: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    def do(self, command: Command, *, by: str | None = None) -> Answer:
        return execute(self.door, command, actor=ActorRef(by, "test"), key=uuid4().hex)

    def job(self, act: str, point: str = "", **more: str) -> dict[str, Any]:
        """A job for a worker; each begins a good while after the one before."""
        self.now += timedelta(minutes=2)
        return asdict(Job(self.url, act, self.now.isoformat(), point, **more))

    def check_sound(self) -> None:
        with self.door.transactions.read() as uow:
            assert list(verify(uow)) == []


@pytest.fixture(
    scope="module",
    params=["sqlite_file", pytest.param("postgres_base", marks=pytest.mark.postgres)],
)
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    url = str(request.getfixturevalue(request.param))
    engine = make_engine(url)
    door = Door(SqlTransactions(engine), lambda: START, lambda: uuid4().hex)
    made = Site(url, door, None, START)  # type: ignore[arg-type]
    made.firm = make_company(made.do)
    made.do(BindWorkspace(workspace_id=TEAM))
    for code in PEOPLE:
        made.do(LinkIdentity(workspace_id=TEAM, user_id=f"U-{code}", person=code))
    made.do(SetChannels(channels={f"site:{made.firm.harbour}": "C2", "fallback": "C9"}))
    yield made
    engine.dispose()


def carry(site: Site, workers: Workers, slack: RecordingSlack) -> None:
    """Carry until nothing is left."""
    for _ in range(10):
        said, ended = workers.give(site.job("carry", slack=slack.url))
        assert ended == 0
        with site.door.transactions.read() as uow:
            if (said or "").strip() == "0" and not uow.count(
                OutboxRow, state=[Delivery.PENDING, Delivery.SENDING]
            ):
                return
    raise AssertionError("the outbox does not get empty")


def something_to_post(site: Site, workers: Workers, slack: RecordingSlack) -> str:
    report = ReportWork(title="Leak", location_id=site.firm.harbour)
    number = site.do(report, by=site.firm.rob).number
    with site.door.transactions.read() as uow:
        (order,) = uow.all(WorkOrder, number=number)
    return order.id


def something_to_update(site: Site, workers: Workers, slack: RecordingSlack) -> str:
    order_id = something_to_post(site, workers, slack)
    carry(site, workers, slack)
    site.do(TakeJob(work_order_id=order_id), by=site.firm.tess)
    return order_id


def shown(slack: RecordingSlack, order_ids: set[str], site: Site) -> list[tuple[str, int]]:
    """Channel by channel, how many messages Slack has for these subjects' outbox rows."""
    with site.door.transactions.read() as uow:
        rows = {row.id for row in uow.all(OutboxRow, stream=sorted(order_ids))}
    counts = Counter(
        channel
        for channel, messages in slack.messages.items()
        for message in messages
        if row_of(message) in rows
    )
    return sorted(counts.items())


def row_of(message: dict[str, Any]) -> str:
    return str(message["metadata"]["event_payload"]["outbox_id"])


Make = Callable[[Site, Workers, RecordingSlack], str]


def undisturbed(
    site: Site, workers: Workers, slack: RecordingSlack, make: Make
) -> list[tuple[str, int]]:
    """What Slack shows when nobody is killed; tried once per kind."""
    if make.__name__ not in site.whole:
        carry(site, workers, slack)
        order_id = make(site, workers, slack)
        carry(site, workers, slack)
        site.whole[make.__name__] = shown(slack, {order_id}, site)
    assert site.whole[make.__name__]
    return site.whole[make.__name__]


@pytest.mark.parametrize(
    ("make", "point", "trouble"),
    [
        (something_to_post, "before claim", None),
        (something_to_post, "after claim", None),
        (something_to_post, "commit of claim", None),
        (something_to_post, "", (POST, Trouble(kill=True))),
        (something_to_post, "", (POST, Trouble(kill=True, after=True))),
        (something_to_post, "before mark", None),
        (something_to_post, "after mark", None),
        (something_to_post, "commit of mark", None),
        (something_to_update, "", (UPDATE, Trouble(kill=True))),
        (something_to_update, "", (UPDATE, Trouble(kill=True, after=True))),
    ],
)
def test_a_killed_courier_loses_nothing_and_posts_nothing_twice(
    site: Site,
    workers: Workers,
    slack: RecordingSlack,
    make: Make,
    point: str,
    trouble: tuple[str, Trouble] | None,
) -> None:
    whole = undisturbed(site, workers, slack, make)
    for _ in range(ROUNDS):
        order_id = make(site, workers, slack)
        if trouble is not None:
            slack.trouble(trouble[0], trouble[1])
        assert workers.give(site.job("carry", point, slack=slack.url)) == (None, KILLED)
        carry(site, workers, slack)
        assert shown(slack, {order_id}, site) == whole
        with site.door.transactions.read() as uow:
            rows = uow.all(OutboxRow, stream=order_id)
            assert {row.state for row in rows} <= set(FINISHED), rows
            for card in uow.all(PostedCard, subject_id=order_id):
                held = [m["ts"] for m in slack.messages[card.channel]]
                assert held.count(card.ts) == 1
    site.check_sound()


@pytest.mark.parametrize("point", ["after job_run", "after audit", "commit"])
def test_a_killed_tick_leaves_its_period_to_the_next(
    site: Site, workers: Workers, point: str
) -> None:
    for number in range(ROUNDS):
        channel = f"C-{point.replace(' ', '-')}-{number}"
        digest = site.do(
            Subscribe(channel=channel, rhythm=Rhythm.DAILY), by=site.firm.fin
        ).subject_id
        site.now += timedelta(days=2)
        assert workers.give(site.job("tick", point)) == (None, KILLED)
        for _ in range(2):
            assert workers.give(site.job("tick"))[1] == 0
        with site.door.transactions.read() as uow:
            assert uow.count(JobRun, job=f"digest:{digest}") == 1
            assert uow.count(OutboxRow, card="digest", subject_id=digest) == 1
    site.check_sound()


@pytest.mark.parametrize("point", ["before second vendor", "after audit", "commit"])
def test_a_killed_import_leaves_nothing_of_itself(site: Site, workers: Workers, point: str) -> None:
    for _ in range(ROUNDS):
        assert workers.give(site.job("import", point)) == (None, KILLED)
        with site.door.transactions.read() as uow:
            assert uow.count(Vendor, code=["V1", "V2", "V3"]) == 0
    site.check_sound()


@pytest.mark.parametrize("point", ["after third table", "after first index", "before triggers"])
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_a_killed_migration_is_finished_by_the_next(
    request: pytest.FixtureRequest, workers: Workers, tmp_path: Path, kind: str, point: str
) -> None:
    for number in range(rounds(1, soak=20)):
        if kind == "sqlite":
            finish_migration(f"sqlite:///{tmp_path}/{number}.db", workers, point)
        else:
            server = request.getfixturevalue("postgres_server")
            with fresh_postgres(server, "template0") as url:
                finish_migration(url, workers, point)


def finish_migration(url: str, workers: Workers, point: str) -> None:
    assert workers.give(asdict(Job(url, "migrate", START.isoformat(), point))) == (None, KILLED)
    engine = make_engine(url)
    assert migrate.current(engine) is None, "a half schema must not pass for a whole one"
    migrate.upgrade(engine)
    assert migrate.differences(engine) == []
    engine.dispose()


def test_a_killed_backup_is_no_backup(workers: Workers, sqlite_file: str, tmp_path: Path) -> None:
    for number in range(ROUNDS):
        target = tmp_path / f"{number}.wopo"
        job = Job(sqlite_file, "backup", START.isoformat(), "in the copy", target=str(target))
        assert workers.give(asdict(job)) == (None, KILLED)
        assert not target.exists(), "half a copy must not look like one"
        whole = Job(sqlite_file, "backup", START.isoformat(), target=str(target))
        assert workers.give(asdict(whole))[1] == 0
        assert target.exists()
        assert not list(tmp_path.glob("*.partial"))
