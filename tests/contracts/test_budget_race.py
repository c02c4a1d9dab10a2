"""A budget never goes over through a race (invariant 3; reliability P5, A34), on both databases.

Orders are approved from several threads at once; the budget has room for some of them.
"""

import threading
from collections.abc import Callable

import pytest

from tests.conftest import Ids, TestClock
from tests.factories.buying import seed
from tests.factories.money import BUYER, FINANCE, YEAR, Desk, content, line
from tests.promises import rounds
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.budgets import Budget
from wopo.domain.errors import DomainError
from wopo.usecases.approvals import ApproveOrder
from wopo.usecases.audit import verify
from wopo.usecases.budgets import SetBudget
from wopo.usecases.cost_centres import SaveCostCentre
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import Door, execute
from wopo.usecases.purchase_orders import DraftOrder, SubmitOrder, WithdrawOrder

WRITERS = 8
TRIES = 200
"""A busy database is asked again, as people do; far more often than it can be needed."""


class ThreadSafeIds(Ids):
    """Ids for several threads."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()

    def __call__(self) -> str:
        with self.lock:
            return super().__call__()


@pytest.fixture
def desk(shared_transactions: SqlTransactions) -> Desk:
    clock, ids = TestClock(), ThreadSafeIds()
    door = Door(shared_transactions, clock, ids)

    def do(command: Command, *, by: str | None = None, key: str | None = None) -> Answer:
        return execute(door, command, actor=ActorRef(by, "test"), key=key or ids())

    return Desk(do, seed(shared_transactions, clock))


def patiently(run: Callable[[], Answer]) -> Answer:
    """Again while the database is busy."""
    for _ in range(TRIES):
        try:
            return run()
        except DomainError as error:
            if error.code != "busy":
                raise
    raise AssertionError(f"busy {TRIES} times in a row")


def orders(at: Desk, amounts: list[int], *centres: str) -> list[ApproveOrder]:
    """Orders over these amounts that wait, for the cost centres in turn, as clicks that approve
    them."""
    for place, amount in enumerate(amounts):
        bought = line("1", str(amount), centre=centres[place % len(centres)])
        made = at.do(DraftOrder(content=content(bought)), by=BUYER)
        at.do(SubmitOrder(order_id=made.subject_id), by=BUYER)
    waiting = at.world.all(Approval, state=ApprovalState.WAITING)
    return [
        ApproveOrder(approval_id=row.id, revision=row.revision, content_hash=row.content_hash)
        for row in waiting
    ]


def click_at_once(at: Desk, clicks: list[ApproveOrder]) -> list[str]:
    """Every click from a thread of its own, all started together; how each ended."""
    start = threading.Barrier(len(clicks))
    ends: list[str] = []

    def click(command: ApproveOrder) -> None:
        start.wait()
        try:
            patiently(lambda: at.do(command, by="max"))
            ends.append("approved")
        except DomainError as error:
            ends.append(error.code)

    threads = [threading.Thread(target=click, args=(command,)) for command in clicks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def race(at: Desk, times: int, held_by: str, *centres: str) -> None:
    spent = 0
    for round_ in range(times):
        limit = spent + 450
        command = SetBudget(cost_centre=held_by, starts=YEAR[0], ends=YEAR[1], amount=limit)
        budget_id = at.do(command, by=FINANCE).subject_id
        ends = click_at_once(at, orders(at, [100] * WRITERS, *centres))
        assert ends.count("approved") == 4, (round_, ends)
        assert ends.count("budget.over") == WRITERS - 4, (round_, ends)
        spent += 400
        budget = at.world.get(Budget, budget_id)
        assert budget.committed_minor == spent * 100 <= budget.limit_minor
        withdraw_all(at)
    with at.world.transactions.read() as uow:
        assert [str(fault) for fault in verify(uow)] == []


def withdraw_all(at: Desk) -> None:
    """What was refused stays pending; the next round begins with fresh orders."""
    for row in at.world.all(Approval, state=ApprovalState.WAITING):
        at.do(WithdrawOrder(order_id=row.purchase_order_id, reason="no budget"), by=BUYER)


def test_exactly_as_many_approvals_pass_as_fit(desk):
    race(desk, rounds(1, soak=200), "4711", "cc")


def test_the_sum_of_two_cost_centres_is_held_by_the_budget_above_them(desk):
    desk.do(SaveCostCentre(code="4700", name="Plant", currency="EUR"))
    for code in ("4711", "4712"):
        desk.do(SaveCostCentre(code=code, parent="4700"))
        desk.budget(centre=code)
    race(desk, rounds(1, soak=200), "4700", "cc", "cc2")
