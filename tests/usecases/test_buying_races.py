"""Many people at once, on both databases: the last piece, the open draft, the one decision."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from tests.conftest import TestClock
from tests.factories.buying import Buyer, World, part_line, seed
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.errors import DomainError
from wopo.domain.part_requests import LineState, PartRequestLine
from wopo.domain.people import Person
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.stock import Reservation, StockLevel
from wopo.usecases.approvals import ApproveOrder, RejectOrder
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import Door, execute
from wopo.usecases.part_requests import RequestParts

PEOPLE = 6
TRIES = 40


@pytest.fixture
def door(shared_transactions: SqlTransactions, clock: TestClock) -> Door:
    return Door(shared_transactions, clock, lambda: uuid4().hex)


@pytest.fixture
def world(shared_transactions: SqlTransactions, clock: TestClock) -> World:
    return seed(shared_transactions, clock)


@pytest.fixture
def do(door: Door) -> Callable[..., Answer]:
    def run(command: Command, *, by: str | None = None) -> Answer:
        return execute(door, command, actor=ActorRef(by, "test"), key=uuid4().hex)

    return run


def at_once(door: Door, commands: list[tuple[Command, str]]) -> list[Answer | DomainError]:
    """Carry the commands out from a thread each; whoever is told "busy" clicks again."""

    def click(pair: tuple[Command, str]) -> Answer | DomainError:
        key = uuid4().hex
        for _ in range(TRIES):
            try:
                return execute(door, pair[0], actor=ActorRef(pair[1], "test"), key=key)
            except DomainError as error:
                last = error
                if error.code != "busy":
                    return error
        return last

    with ThreadPoolExecutor(len(commands)) as pool:
        return list(pool.map(click, commands))


def test_the_last_piece_is_promised_once(door: Door, world: World) -> None:
    world.stock("seal", "2", 2000)
    jobs = [world.job(f"WO-1{at}") for at in range(PEOPLE)]
    asked = [
        (RequestParts(work_order_id=job, lines=(part_line("seal", "1"),)), "tess") for job in jobs
    ]
    answers = at_once(door, [*asked])
    assert all(isinstance(answer, Answer) for answer in answers), answers
    level = world.get(StockLevel, "lev-seal-store")
    assert (level.on_hand, level.reserved) == (2, 2)
    assert len(world.all(Reservation)) == 2
    states = sorted(line.state for line in world.all(PartRequestLine))
    assert states == [LineState.RESERVED] * 2 + [LineState.TO_BUY] * (PEOPLE - 2)


def test_requests_at_once_share_one_draft(door: Door, world: World) -> None:
    jobs = [world.job(f"WO-1{at}") for at in range(PEOPLE)]
    asked = [
        (RequestParts(work_order_id=job, lines=(part_line("seal", "1"),)), "tess") for job in jobs
    ]
    answers = at_once(door, [*asked])
    assert all(isinstance(answer, Answer) for answer in answers), answers
    (order,) = world.all(PurchaseOrder)
    lines = world.all(PurchaseOrderLine)
    assert sorted(line.position for line in lines) == list(range(1, PEOPLE + 1))
    assert order.net_minor == PEOPLE * 1250


def test_clicks_at_once_make_one_decision(
    door: Door, world: World, do: Callable[..., Answer], clock: TestClock
) -> None:
    buyer = Buyer(do, world)
    extra = [f"app{at}" for at in range(PEOPLE)]
    for code in extra:
        world.add(Person(id=code, code=code, name=code, roles=["approver"], created_at=clock()))
        world.limit(code, 1_000)
    order_id = buyer.submitted()
    click = buyer.click(order_id)
    reject = RejectOrder(approval_id=click.approval_id, revision=1, reason="no")
    commands: list[tuple[Command, str]] = [
        (reject if at % 3 == 2 else click, code) for at, code in enumerate(extra)
    ]
    commands.append((click, extra[0]))
    answers = at_once(door, commands)
    won = [answer for answer in answers if isinstance(answer, Answer)]
    assert len(won) == 1, answers
    lost = [answer for answer in answers if isinstance(answer, DomainError)]
    assert {error.code for error in lost} <= {"approval.decided", "approval.decided_by_you"}
    decided = world.get(Approval, click.approval_id)
    assert decided.state in (ApprovalState.APPROVED, ApprovalState.REJECTED)
    names = [entry.event for entry in world.all_entries()]
    assert names.count("purchase_order:approved") + names.count("purchase_order:rejected") == 1
    assert isinstance(click, ApproveOrder)
