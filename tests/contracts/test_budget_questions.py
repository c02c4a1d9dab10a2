"""The questions about budgets, on both databases with figures in them."""

from decimal import Decimal

from tests.conftest import Ids, TestClock
from tests.factories.buying import seed
from tests.factories.money import Desk, line
from wopo.db.uow import SqlTransactions
from wopo.domain.cost_centres import Project
from wopo.usecases.door import ActorRef, Answer, Command
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
    with shared_transactions.read() as uow:
        view, store = budget_screen(uow, clock().date()), uow.store(BudgetStore)
        (promise,) = store.promised(budget)
        unheld = {row.kind.value: row.amount for row in store.posted_for("p1")}
    assert [(one.vendor, one.amount.minor) for one in view.largest] == [("Grainger", 6000)]
    assert [spent.minor for _, spent, _ in view.burn] == [0, 0, 4000]
    assert promise.amount == unheld["committed"] == 6000
    assert unheld["accrued"] == 4000
