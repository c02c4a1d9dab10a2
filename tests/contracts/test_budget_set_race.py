"""A budget that is set while its owner posts counts that posting, whoever comes first.

Two transactions of PostgreSQL, each stopped at its last step (the head of the audit trail, which
the test holds) until the other came as far as it can.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import Engine, text

from tests.conftest import TestClock
from tests.contracts.test_budget_race import ThreadSafeIds
from tests.factories.buying import seed
from tests.factories.money import FINANCE, YEAR, Desk, line
from wopo.db.engine import make_engine
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.budgets import Budget
from wopo.domain.cost_centres import Project
from wopo.usecases.approvals import ApproveOrder
from wopo.usecases.audit import verify
from wopo.usecases.budgets import SetBudget
from wopo.usecases.cost_centres import SaveCostCentre
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import Door, execute
from wopo.usecases.work_orders import ChangeWorkOrder

pytestmark = pytest.mark.postgres
LOOKS = 20_000
WAITING = text(
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
HEAD = text("SELECT * FROM audit_head FOR UPDATE")


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    engine = make_engine(postgres_url)
    yield engine
    engine.dispose()


@pytest.fixture
def at(engine: Engine) -> Desk:
    clock, ids, transactions = TestClock(), ThreadSafeIds(), SqlTransactions(engine)
    door = Door(transactions, clock, ids)

    def do(command: Command, *, by: str | None = None, key: str | None = None) -> Answer:
        return execute(door, command, actor=ActorRef(by, "test"), key=key or ids())

    return Desk(do, seed(transactions, clock))


def in_turn(engine: Engine, *steps: Callable[[], object]) -> None:
    """Start each step once all before it wait; then let them all go on to their end."""
    with engine.connect() as holder, ThreadPoolExecutor(len(steps)) as pool:
        holder.execute(HEAD)
        running: list[Future[object]] = []
        for step in steps:
            running.append(pool.submit(step))
            assert any(waiting(engine) == len(running) for _ in range(LOOKS)), running
        holder.rollback()
        for each in running:
            each.result()


def waiting(engine: Engine) -> int:
    with engine.connect() as observer:
        return int(observer.execute(WAITING).scalar_one())


def of_centre(at: Desk, code: str = "4711") -> Command:
    return SetBudget(cost_centre=code, starts=YEAR[0], ends=YEAR[1], amount=Decimal(9000))


def the_first(at: Desk) -> Command:
    return of_centre(at)


def below_another(at: Desk) -> Command:
    at.do(SaveCostCentre(code="4700", name="Plant", currency="EUR"))
    at.do(SaveCostCentre(code="4711", parent="4700"))
    at.budget(centre="4700")
    return of_centre(at)


def above_another(at: Desk) -> Command:
    at.do(SaveCostCentre(code="4700", name="Plant", currency="EUR"))
    at.do(SaveCostCentre(code="4711", parent="4700"))
    at.budget(centre="4711")
    return of_centre(at, "4700")


def of_project(at: Desk) -> Command:
    return SetBudget(project="P-1", starts=YEAR[0], ends=YEAR[1], amount=Decimal(9000))


def of_job(at: Desk) -> Command:
    return ChangeWorkOrder(work_order_id="WO-1", nte=Decimal(9000))


@pytest.mark.parametrize("posts_first", [True, False])
@pytest.mark.parametrize("case", [the_first, below_another, above_another, of_project, of_job])
def test_a_budget_counts_what_is_posted_while_it_is_set(at, engine, case, posts_first) -> None:
    at.world.add(Project(id="p1", code="P-1", name="Retrofit"))
    command = case(at)
    known = {row.id for row in at.world.all(Budget)}
    bought = line("1", "100", project_id="p1")
    order_id = at.submitted(bought)
    (waits,) = at.world.all(Approval, purchase_order_id=order_id, state=ApprovalState.WAITING)
    click = ApproveOrder(
        approval_id=waits.id, revision=waits.revision, content_hash=waits.content_hash
    )

    def post() -> Answer:
        return at.do(click, by="max")

    def set_budget() -> Answer:
        return at.do(command, by="sue" if case is of_job else FINANCE)

    in_turn(engine, *((post, set_budget) if posts_first else (set_budget, post)))
    (new,) = (row for row in at.world.all(Budget) if row.id not in known)
    assert new.committed_minor == 10_000
    with at.world.transactions.read() as uow:
        assert [str(fault) for fault in verify(uow)] == []
