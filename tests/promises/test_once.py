"""P3 and P4: a key has one effect, however often, by whomever and through how many instances it
comes; and an outbox row has one carrier."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from tests.conftest import START
from tests.factories.jobs import Company, make_company
from tests.promises import rounds
from wopo.db.engine import make_engine
from wopo.db.uow import SqlTransactions
from wopo.domain.audit import AuditEntry
from wopo.domain.errors import DomainError
from wopo.domain.outbox import Delivery, IdempotencyRow, OutboxRow
from wopo.domain.work_orders import WorkOrder
from wopo.domain.work_requests import WorkRequest
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import Door, execute
from wopo.usecases.ports.outbox import OutboxStore
from wopo.usecases.work_requests import ReportWork

THREADS = 4
REPLAYS = 100
KEYS = rounds(1, soak=100)
EVENTS = rounds(15, soak=1_000)
TRIES = 200
T = TypeVar("T")


@pytest.fixture
def instances(database_url: str) -> Iterator[list[Door]]:
    """Two bots on one database: an engine and a door each."""
    engines = [make_engine(database_url) for _ in range(2)]
    yield [Door(SqlTransactions(engine), lambda: START, lambda: uuid4().hex) for engine in engines]
    for engine in engines:
        engine.dispose()


@pytest.fixture
def firm(instances: list[Door]) -> Company:
    def do(command: Command, *, by: str | None = None) -> Answer:
        return execute(instances[0], command, actor=ActorRef(by, "test"), key=uuid4().hex)

    return make_company(do)


def engine_of(door: Door) -> Engine:
    transactions = door.transactions
    assert isinstance(transactions, SqlTransactions)
    return transactions.engine


def patiently(act: Callable[[], T]) -> T:
    """Do it again while wopo says that it is busy."""
    for _ in range(TRIES):
        try:
            return act()
        except DomainError as error:
            if error.code != "busy":
                raise
    raise TimeoutError(f"busy {TRIES} times")


def report(door: Door, firm: Company, key: str) -> Answer:
    command = ReportWork(title=f"Leak {key}", location_id=firm.harbour)
    actor = ActorRef(firm.rob, "test")
    return patiently(lambda: execute(door, command, actor=actor, key=key))


def counts(door: Door) -> dict[str, int]:
    kinds = (WorkRequest, WorkOrder, AuditEntry, OutboxRow, IdempotencyRow)
    with door.transactions.read() as uow:
        return {kind.__name__: uow.count(kind) for kind in kinds}


def growth(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {name: after[name] - before[name] for name in after}


def one_effect(instances: list[Door], firm: Company) -> dict[str, int]:
    """What a single report adds."""
    before = counts(instances[0])
    report(instances[0], firm, uuid4().hex)
    grown = growth(before, counts(instances[0]))
    assert grown["WorkRequest"] == grown["WorkOrder"] == grown["IdempotencyRow"] == 1
    return grown


def at_once(work: list[Callable[[], Any]]) -> list[Any]:
    """Every piece in a thread of its own, begun at the same moment."""
    start = Barrier(len(work))

    def run(piece: Callable[[], Any]) -> Any:
        start.wait(timeout=30)
        return piece()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def test_a_request_replayed_a_hundred_times_has_one_effect(
    instances: list[Door], firm: Company
) -> None:
    single = one_effect(instances, firm)
    for _ in range(KEYS):
        before, key = counts(instances[0]), uuid4().hex

        def replay(door: Door, key: str = key) -> list[str]:
            said = [report(door, firm, key) for _ in range(REPLAYS // THREADS)]
            return [answer.model_dump_json() for answer in said]

        doors = [instances[number % 2] for number in range(THREADS)]
        said = at_once([lambda door=door, replay=replay: replay(door) for door in doors])
        answers = Counter(answer for part in said for answer in part)
        assert list(answers.values()) == [REPLAYS]
        assert growth(before, counts(instances[0])) == single


def test_two_instances_given_every_event_have_each_effect_once(
    instances: list[Door], firm: Company
) -> None:
    single = one_effect(instances, firm)
    before, keys = counts(instances[0]), [uuid4().hex for _ in range(EVENTS)]

    def serve(door: Door) -> list[str]:
        return [report(door, firm, key).model_dump_json() for key in keys]

    first, second = at_once([lambda door=door: serve(door) for door in instances])
    assert first == second
    assert len(set(first)) == EVENTS
    expected = {name: number * EVENTS for name, number in single.items()}
    assert growth(before, counts(instances[0])) == expected


def test_two_couriers_carry_every_row_once_and_in_order(
    instances: list[Door], firm: Company
) -> None:
    for _ in range(EVENTS):
        report(instances[0], firm, uuid4().hex)
    with instances[0].transactions.read() as uow:
        waiting = {row.id: row for row in uow.all(OutboxRow)}
    carried = at_once(
        [
            lambda door=door, name=f"courier-{number}": carry(door, name)
            for number, door in enumerate(instances)
        ]
    )
    assert Counter(id for part in carried for id in part) == Counter(list(waiting))
    for part in carried:
        lanes: dict[tuple[str, str], int] = {}
        for row in (waiting[id] for id in part):
            assert lanes.get((row.stream, row.audience), 0) < row.seq
            lanes[row.stream, row.audience] = row.seq
    with instances[0].transactions.read() as uow:
        assert uow.count(OutboxRow, state=Delivery.SENT) == len(waiting)
        assert all(row.attempts == 1 for row in uow.all(OutboxRow))


def carry(door: Door, name: str) -> list[str]:
    """Claim and send rows until none is left; the ids of what was sent."""
    sent: list[str] = []
    while True:
        id = patiently(lambda: claim(door, name))
        if id is None:
            if not left(door):
                return sent
            continue
        assert patiently(lambda id=id: finish(door, name, id))
        sent.append(id)


def claim(door: Door, name: str) -> str | None:
    with door.transactions.write() as uow:
        found = uow.store(OutboxStore).claim(
            worker=name, now=START, lease=timedelta(minutes=1), tasks=False, skip=()
        )
        id = found.row.id if found else None
        uow.commit()
    return id


def finish(door: Door, name: str, id: str) -> bool:
    with door.transactions.write() as uow:
        done = uow.store(OutboxStore).finish(id, name, Delivery.SENT, at=START)
        uow.commit()
    return done


def left(door: Door) -> int:
    with door.transactions.read() as uow:
        return uow.count(OutboxRow, state=[Delivery.PENDING, Delivery.SENDING])
