"""P2 and P11: many clicks on one decision make one; every other click changes nothing and is told
who decided."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest

from tests.conftest import TestClock
from tests.factories.buying import Buyer, seed
from tests.factories.jobs import Company, audit, free_job, make_company, rows
from tests.promises import rounds
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval
from wopo.domain.audit import AuditEntry, RefusalEntry
from wopo.domain.errors import DomainError
from wopo.domain.ledger import CostKind, LedgerEntry
from wopo.domain.outbox import OutboxRow
from wopo.domain.people import Person
from wopo.usecases.approval_questions import AskAboutOrder
from wopo.usecases.approvals import ApproveOrder, RejectOrder
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import Door, execute
from wopo.usecases.order_changes import CancelOrder
from wopo.usecases.work_order_assignment import TakeJob
from wopo.usecases.work_requests import ApproveWorkRequest, ReportWork

CLICKS = 8
ROUNDS = rounds(2, soak=1_000)
STALE = rounds(60, soak=10_000)
TRIES = 200
Do = Callable[..., Answer]


@pytest.fixture
def door(shared_transactions: SqlTransactions, clock: TestClock) -> Door:
    return Door(shared_transactions, clock, lambda: uuid4().hex)


@pytest.fixture
def do(door: Door) -> Do:
    def run(command: Command, *, by: str | None = None) -> Answer:
        return execute(door, command, actor=ActorRef(by, "test"), key=uuid4().hex)

    return run


@pytest.fixture
def firm(do: Do) -> Company:
    return make_company(do)


def click(door: Door, command: Command, by: str) -> Answer | DomainError:
    """One click, made again while wopo says that it is busy."""
    key = uuid4().hex
    for _ in range(TRIES):
        try:
            return execute(door, command, actor=ActorRef(by, "test"), key=key)
        except DomainError as error:
            if error.code != "busy":
                return error
    raise TimeoutError(f"busy {TRIES} times")


def race(door: Door, command: Command, people: list[str]) -> str:
    """Eight clicks at the same moment; who won. Losers are told so, by name or as "you"."""
    start = Barrier(CLICKS)

    def at_once(by: str) -> tuple[str, Answer | DomainError]:
        start.wait(timeout=30)
        return by, click(door, command, by)

    with ThreadPoolExecutor(CLICKS) as pool:
        said = list(pool.map(at_once, (people * CLICKS)[:CLICKS]))
    winners = [by for by, answer in said if isinstance(answer, Answer)]
    assert len(winners) == 1, said
    with door.transactions.read() as uow:
        person = uow.get(Person, winners[0])
        assert person is not None
    for by, refusal in said:
        if isinstance(refusal, DomainError):
            words = refusal.message.lower()
            told = person.name.lower() in words or (by == person.id and "you" in words.split())
            assert told, (by, person.name, refusal.message)
            assert "changed nothing" in words or "nothing was changed" in words
    return winners[0]


def events_of(entries: list[AuditEntry], subject_id: str, event: str) -> list[AuditEntry]:
    return [entry for entry in entries if (entry.subject_id, entry.event) == (subject_id, event)]


def test_eight_takers_of_one_job(
    door: Door, do: Do, firm: Company, shared_transactions: SqlTransactions
) -> None:
    for _ in range(ROUNDS):
        job = free_job(do, firm)
        winner = race(door, TakeJob(work_order_id=job), [firm.tess, firm.tom, firm.sue, firm.max])
        (taken,) = events_of(audit(shared_transactions), job, "work_order:assigned")
        assert taken.actor_id == winner


def test_eight_reviews_of_one_request(
    door: Door, do: Do, firm: Company, shared_transactions: SqlTransactions
) -> None:
    for _ in range(ROUNDS):
        request = do(ReportWork(title="Lamp", location_id=firm.north), by=firm.rob).subject_id
        command = ApproveWorkRequest(work_request_id=request)
        winner = race(door, command, [firm.sue, firm.max])
        entries = audit(shared_transactions)
        (approved,) = events_of(entries, request, "work_request:approved")
        assert approved.actor_id == winner
    opened = [entry for entry in entries if entry.event == "work_order:opened"]
    assert len(opened) == ROUNDS


def test_eight_approvals_of_one_order(
    door: Door, do: Do, clock: TestClock, shared_transactions: SqlTransactions
) -> None:
    world = seed(shared_transactions, clock)
    buyer = Buyer(do, world)
    for _ in range(ROUNDS):
        order_id = buyer.submitted()
        winner = race(door, buyer.click(order_id), ["ana", "max"])
        (approved,) = events_of(world.all_entries(), order_id, "purchase_order:approved")
        assert approved.actor_id == winner
        (line,) = buyer.lines(order_id)
        booked = world.all(LedgerEntry, purchase_order_line_id=line.id)
        committed = [entry for entry in booked if entry.kind is CostKind.COMMITTED]
        assert [entry.amount_minor for entry in committed] == [line.net_minor]


def test_stale_buttons_change_nothing(
    door: Door, do: Do, clock: TestClock, shared_transactions: SqlTransactions
) -> None:
    """Old, foreign and made-up buttons of orders that were decided, cancelled or are open."""
    world = seed(shared_transactions, clock)
    buyer = Buyer(do, world)
    chance = random.Random(11)
    approved, cancelled, waiting = (buyer.submitted() for _ in range(3))
    asked = {id: buyer.asked(id) for id in (approved, cancelled, waiting)}
    buyer.approve(approved)
    do(CancelOrder(order_id=cancelled, reason="not needed"), by="ben")
    before = _everything(shared_transactions)
    for _ in range(STALE):
        button = asked[chance.choice([approved, cancelled, waiting])]
        answer = click(door, _stale(button, waiting, chance), chance.choice(["ana", "max"]))
        assert isinstance(answer, DomainError), answer
        assert "nothing was changed" in answer.message.lower() or "changed nothing" in (
            answer.message
        )
    assert _everything(shared_transactions) == before
    assert len(rows(shared_transactions, RefusalEntry)) == STALE


def _stale(asked: Approval, waiting: str, chance: random.Random) -> Command:
    """A button for a decision that is over, or of the open one in another revision or content."""
    revision = asked.revision
    if asked.purchase_order_id == waiting:
        if chance.random() < 0.5:
            return ApproveOrder(
                approval_id=asked.id, revision=revision, content_hash=f"{chance.random()}"
            )
        revision += chance.choice([-1, 1, 7])
    kind = chance.randrange(3)
    if kind == 0:
        return ApproveOrder(
            approval_id=asked.id, revision=revision, content_hash=asked.content_hash
        )
    if kind == 1:
        return RejectOrder(approval_id=asked.id, revision=revision, reason="too dear")
    return AskAboutOrder(approval_id=asked.id, revision=revision, question="Why?")


def _everything(transactions: SqlTransactions) -> dict[str, list[dict[str, object]]]:
    kinds = (AuditEntry, Approval, LedgerEntry, OutboxRow)
    return {
        kind.__name__: sorted((row.model_dump() for row in rows(transactions, kind)), key=str)
        for kind in kinds
    }
