"""The questions about budgets, on both databases with figures in them."""

from decimal import Decimal

from tests.conftest import Ids, TestClock
from tests.factories.buying import seed
from tests.factories.money import FINANCE, YEAR, Desk, line
from wopo.db.uow import SqlTransactions
from wopo.domain.cost_centres import Project
from wopo.usecases.audit import verify
from wopo.usecases.budgets import SetBudget
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.exchange_rates import SetExchangeRate
from wopo.usecases.execute import Door, execute
from wopo.usecases.ports.budgets import BudgetStore
from wopo.usecases.views.budgets import budget_screen
from wopo.usecases.work_orders import ChangeWorkOrder


def test_both_databases_give_the_same_figures(shared_transactions: SqlTransactions) -> None:
    clock, ids = TestClock(), Ids()
    door = Door(shared_transactions, clock, ids)

    def do(command: Command, *, by: str | None = None, key: str | None = None) -> Answer:
        return execute(door, command, actor=ActorRef(by, "test"), key=key or ids())

    at = Desk(do, seed(shared_transactions, clock))
    at.world.add(Project(id="p1", code="P-1", name="Retrofit"))
    do(ChangeWorkOrder(work_order_id="WO-1", nte=Decimal(500)), by="sue")
    budget = at.budget()
    at.receive(at.issued(line(project_id="p1")), "4")
    foreign = _in_dollars(at)
    with shared_transactions.read() as uow:
        view, store = budget_screen(uow, clock().date()), uow.store(BudgetStore)
        (promise,) = store.promised(budget)
        unheld = {row.kind.value: row.amount for row in store.posted_for("p1")}
    assert [(one.vendor, one.amount.minor) for one in view.largest] == [("Grainger", 6000)]
    assert [spent.minor for _, spent, _ in view.burn] == [0, 0, 4000]
    assert promise.amount == unheld["committed"] == 6000
    assert unheld["accrued"] == 4000
    assert at.balances(foreign) == {"committed": 12000, "accrued": 8000}
    _late_rate(at)


def _in_dollars(at: Desk) -> str:
    """The budget of a project that an order in euros counts in at 2 dollars each."""
    at.world.add(Project(id="p2", code="P-2", name="Relocation"))
    facts = {"source": "EUR", "target": "USD", "day": YEAR[0], "rate": Decimal(2)}
    at.do(SetExchangeRate(**facts), by=FINANCE)
    order = at.issued(line(centre="cc2", job=None, project_id="p2"))
    days = {"starts": YEAR[0], "ends": YEAR[1]}
    command = SetBudget(project="P-2", amount=Decimal(900), currency="USD", **days)
    budget = at.do(command, by=FINANCE).subject_id
    at.receive(order, "4")
    with at.world.transactions.read() as uow:
        assert [one.amount for one in uow.store(BudgetStore).committed(budget, (), limit=5)] == [
            12000
        ]
        assert [row.counted for row in uow.store(BudgetStore).promised(budget)] == [12000]
        assert [one for _, one in uow.store(BudgetStore).spent_by_day(budget, ())] == [8000]
        assert [str(fault) for fault in verify(uow)] == []
    return budget


def _late_rate(at: Desk) -> None:
    """A budget in pounds counts an order in euros as soon as there is a rate."""
    at.world.add(Project(id="p3", code="P-3", name="Extension"))
    at.issued(line(centre="cc2", project_id="p3", job=None))
    days = {"starts": YEAR[0], "ends": YEAR[1]}
    command = SetBudget(project="P-3", amount=Decimal(900), currency="GBP", **days)
    budget = at.do(command, by=FINANCE).subject_id
    assert at.balances(budget) == {}
    facts = {"source": "EUR", "target": "GBP", "day": YEAR[0], "rate": Decimal("0.8")}
    at.do(SetExchangeRate(**facts), by=FINANCE)
    assert at.balances(budget) == {"committed": 8000}
    with at.world.transactions.read() as uow:
        assert [str(fault) for fault in verify(uow)] == []
