"""P22: a copy made while wopo writes is whole, sound, and holds everything committed before it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from tests.conftest import START
from tests.factories.jobs import Company, make_company
from tests.promises import rounds
from wopo.db.backups import write_backup
from wopo.db.engine import make_engine
from wopo.db.uow import SqlTransactions
from wopo.domain.audit import AuditEntry, AuditHead, chain_faults
from wopo.domain.outbox import OutboxRow
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import Door, execute
from wopo.usecases.work_requests import ReportWork

COPIES = rounds(3, soak=50)
BETWEEN = rounds(10, soak=100)
"""Commits that must happen between two copies."""
PATIENCE = 60


class Writer:
    """A thread that commits one report after the other until it is told to stop."""

    def __init__(self, door: Door, firm: Company) -> None:
        self.door, self.firm = door, firm
        self.committed: list[tuple[str, Answer]] = []
        self.changed = threading.Condition()
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self.stopped.is_set():
            key = uuid4().hex
            answer = report(self.door, self.firm, key)
            with self.changed:
                self.committed.append((key, answer))
                self.changed.notify_all()

    def wait_for(self, more: int) -> list[tuple[str, Answer]]:
        """Everything committed, once there are so many more than now."""
        with self.changed:
            wanted = len(self.committed) + more
            came = self.changed.wait_for(lambda: len(self.committed) >= wanted, PATIENCE)
            assert came, "the writer stands still"
            return list(self.committed)


def report(door: Door, firm: Company, key: str) -> Answer:
    command = ReportWork(title=f"Leak {key}", location_id=firm.harbour)
    return execute(door, command, actor=ActorRef(firm.rob, "test"), key=key)


def door_on(transactions: SqlTransactions) -> Door:
    return Door(transactions, lambda: START, lambda: uuid4().hex)


@pytest.fixture
def live(sqlite_url: str) -> Iterator[SqlTransactions]:
    engine = make_engine(sqlite_url)
    yield SqlTransactions(engine)
    engine.dispose()


@pytest.fixture
def writer(live: SqlTransactions) -> Iterator[Writer]:
    door = door_on(live)

    def do(command: Command, *, by: str | None = None) -> Answer:
        return execute(door, command, actor=ActorRef(by, "test"), key=uuid4().hex)

    made = Writer(door, make_company(do))
    made.thread.start()
    yield made
    made.stopped.set()
    made.thread.join(PATIENCE)
    assert not made.thread.is_alive()


def test_copies_made_while_writing_are_whole(
    live: SqlTransactions, writer: Writer, tmp_path: Path
) -> None:
    for number in range(COPIES):
        before = writer.wait_for(BETWEEN)
        target = tmp_path / f"copy-{number}.db"
        made = write_backup(live.engine, target)
        during = writer.wait_for(1)
        assert len(during) > len(before), "nothing was written meanwhile"
        with restored(target) as copy:
            check(copy, before, made.entries, writer.firm)


@contextmanager
def restored(target: Path) -> Iterator[SqlTransactions]:
    """A copy as a restored wopo would open it."""
    engine = make_engine(f"sqlite:///{target}")
    try:
        yield SqlTransactions(engine)
    finally:
        engine.dispose()


def check(
    copy: SqlTransactions, before: list[tuple[str, Answer]], entries: int, firm: Company
) -> None:
    with copy.read() as uow:
        assert uow.session.connection().scalar(text("PRAGMA integrity_check")) == "ok"
        assert uow.session.connection().execute(text("PRAGMA foreign_key_check")).all() == []
        chain = uow.all(AuditEntry, order="seq")
        head = uow.get(AuditHead, 1)
        assert head is not None
        assert list(chain_faults(chain, head)) == []
        assert len(chain) == entries
        numbers = {order.number for order in uow.all(WorkOrder)}
        assert {answer.number for _, answer in before} <= numbers
        told = uow.count(OutboxRow)
    again = [report(door_on(copy), firm, key) for key, _ in before]
    assert again == [answer for _, answer in before]
    with copy.read() as uow:
        after = uow.count(AuditEntry), uow.count(WorkOrder), uow.count(OutboxRow)
        assert after == (entries, len(numbers), told), "a repeat after the restore had an effect"
