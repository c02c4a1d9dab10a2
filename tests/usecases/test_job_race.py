"""Two people take one job at the same moment, on a database in a file."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from tests.factories.jobs import audit, free_job, make_company, row, rows
from wopo.db.engine import make_engine
from wopo.db.tables import create_all
from wopo.db.uow import SqlTransactions
from wopo.domain.audit import RefusalEntry
from wopo.domain.errors import DomainError
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.door import ActorRef
from wopo.usecases.execute import Door, execute
from wopo.usecases.work_order_assignment import TakeJob


def test_two_takers_at_once_one_wins_and_the_other_is_told_who(tmp_path, clock, new_id):
    engine = make_engine(f"sqlite:///{tmp_path}/race.db")
    create_all(engine)
    transactions = SqlTransactions(engine)
    door = Door(transactions, clock, new_id)

    def do(command, *, by=None):
        return execute(door, command, actor=ActorRef(by, "test"), key=f"k{new_id()}")

    firm = make_company(do)
    for _ in range(5):
        race(door, transactions, firm, free_job(do, firm))
    engine.dispose()


def race(door: Door, transactions: SqlTransactions, firm, job: str) -> None:
    start = Barrier(2)

    def take(person_id: str) -> str:
        start.wait(timeout=10)
        actor = ActorRef(person_id, "test")
        try:
            execute(door, TakeJob(work_order_id=job), actor=actor, key=f"{job}:{person_id}")
        except DomainError as error:
            return error.message
        return "won"

    before = len(rows(transactions, RefusalEntry))
    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(take, [firm.tess, firm.tom]))
    order = row(transactions, WorkOrder, job)
    names = {firm.tess: "Tess Technician", firm.tom: "Tom Technician"}
    loser = next(text for text in said if text != "won")
    assert said.count("won") == 1
    assert f"{names[order.assignee_id]} already has {order.number}" in loser
    assert len(rows(transactions, RefusalEntry)) == before + 1
    taken = [e for e in audit(transactions) if e.event == "work_order:assigned"]
    assert len([e for e in taken if e.subject_id == job]) == 1
