"""Jobs on both databases: every finder answers alike, and two people race for one job."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest

from tests.factories.jobs import (
    Company,
    audit,
    free_job,
    make_company,
    order_line,
    row,
    rows,
    started_job,
)
from wopo.db.uow import SqlTransactions
from wopo.domain.audit import RefusalEntry
from wopo.domain.errors import DomainError
from wopo.domain.lookup import Kind
from wopo.domain.people import Person, Role
from wopo.domain.purchase_orders import OrderState
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import Door, execute
from wopo.usecases.labour import EnterLabour
from wopo.usecases.lookup import find_jobs, resolve
from wopo.usecases.ports.people import PeopleStore
from wopo.usecases.ports.work_orders import WorkOrderStore
from wopo.usecases.views.people import home_view
from wopo.usecases.views.work_orders import work_order_view
from wopo.usecases.work_order_assignment import TakeJob
from wopo.usecases.work_order_moves import CompleteWork
from wopo.usecases.work_requests import ReportWork

TODAY = date(2026, 3, 2)


@pytest.fixture
def shared_door(shared_transactions: SqlTransactions, clock, new_id) -> Door:
    return Door(shared_transactions, clock, new_id)


@pytest.fixture
def do(shared_door: Door, new_id) -> Callable[..., Answer]:
    def run(command: Command, *, by: str | None = None) -> Answer:
        return execute(shared_door, command, actor=ActorRef(by, "test"), key=f"k{new_id()}")

    return run


@pytest.fixture
def firm(do: Callable[..., Answer]) -> Company:
    return make_company(do)


def test_people_are_found_by_role_site_and_team(firm, shared_transactions):
    with shared_transactions.read() as uow:
        store = uow.store(PeopleStore)
        north = [p.code for p in store.with_role(Role.SUPERVISOR, site_id=firm.north)]
        harbour = [p.code for p in store.with_role(Role.SUPERVISOR, site_id=firm.harbour)]
        assert (north, harbour) == (["max", "sue"], ["max"])
        assert store.team_ids(firm.tess) == {firm.crew}
        assert [p.code for p in store.members(firm.crew)] == ["tess"]


def test_numbers_names_and_words_are_found(firm, do, shared_transactions):
    free_job(do, firm)
    with shared_transactions.read() as uow:
        assert resolve(uow, "wo 1").number == "WO-2026-000001"
        assert resolve(uow, "SUE", kinds=[Kind.PERSON]).id == firm.sue
        assert [job.number for job in find_jobs(uow, "LEAK boil")] == ["WO-2026-000001"]
        assert find_jobs(uow, "lea boilerx") == []
        with pytest.raises(DomainError) as refused:
            resolve(uow, "suee", kinds=[Kind.PERSON])
    assert "sue" in refused.value.facts["choices"]


def test_a_jobs_screens_and_sums(firm, do, shared_transactions):
    job = started_job(do, firm)
    do(EnterLabour(work_order_id=job, hours=Decimal("1.25")), by=firm.tess)
    do(EnterLabour(work_order_id=job, hours=Decimal("0.75")), by=firm.tess)
    do(ReportWork(title="Lamp", location_id=firm.north), by=firm.rob)
    free_job(do, firm)
    order_line(shared_transactions, firm, job, OrderState.ISSUED)
    with shared_transactions.read() as uow:
        store = uow.store(WorkOrderStore)
        view = work_order_view(uow, job, reader=uow.get(Person, firm.sue), today=TODAY)
        homes = [home_view(uow, who, today=TODAY) for who in (firm.sue, firm.tess)]
        bound, open_ = store.binding_orders(job), store.still_open(job)
        assert store.hours_on(firm.tess, TODAY) == Decimal(2)
    assert view.actual_hours == Decimal(2)
    assert [order.number for order in view.orders] == ["PO-2026-000001"]
    assert bound == ["PO-2026-000001 is issued"]
    assert "PO-2026-000001 is issued" in open_
    assert [line.title for line in homes[0].to_review] == ["Lamp"]
    assert [line.title for line in homes[1].jobs.lines] == ["Pump leaks"]
    assert len(homes[1].free.lines) == 1


def test_closing_asks_every_other_concept(firm, do, shared_transactions):
    job = started_job(do, firm)
    do(CompleteWork(work_order_id=job), by=firm.tess)
    with shared_transactions.read() as uow:
        assert uow.store(WorkOrderStore).still_open(job) == []


def test_two_takers_at_once_one_wins_and_the_other_is_told_who(
    firm, do, shared_door, shared_transactions
):
    for _ in range(5):
        race(shared_door, shared_transactions, firm, free_job(do, firm))


def race(door: Door, transactions: SqlTransactions, firm: Company, job: str) -> None:
    start = Barrier(2)

    def take(person_id: str) -> str:
        start.wait(timeout=30)
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
