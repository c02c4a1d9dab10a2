"""The end of a budget's period: what is promised rolls over or lapses, once; what is settled
stays."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories.buying import seed
from tests.factories.money import BUYER, FINANCE, Desk, content, desk, line
from wopo.domain.budgets import Budget
from wopo.domain.cost_centres import Project
from wopo.domain.errors import DomainError
from wopo.domain.outbox import OutboxRow
from wopo.usecases.audit import verify
from wopo.usecases.budget_yearend import EndBudget, to_end
from wopo.usecases.budgets import SetBudget
from wopo.usecases.order_changes import CancelOrder, ReviseOrder
from wopo.usecases.settings import ChangeCompanySettings

D = Decimal
FIRST, SECOND = (date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 12, 31))


@pytest.fixture
def at(transactions, clock, do) -> Desk:
    return desk(do, seed(transactions, clock))


def budget(at: Desk, days: tuple[date, date], amount: str = "10000", **whose: str) -> str:
    owner = whose or {"cost_centre": "4711"}
    command = SetBudget(starts=days[0], ends=days[1], amount=D(amount), **owner)
    return at.do(command, by=FINANCE).subject_id


def end(at: Desk, budget_id: str) -> None:
    at.do(EndBudget(budget_id=budget_id), by=FINANCE)


def in_april(at: Desk) -> None:
    at.world.clock.forward(days=40)


def sound(at: Desk) -> None:
    with at.world.transactions.read() as uow:
        assert [str(fault) for fault in verify(uow)] == []


def refused(call, *args, **kwargs) -> DomainError:
    with pytest.raises(DomainError) as error:
        call(*args, **kwargs)
    return error.value


def used(at: Desk, budget_id: str) -> int:
    return at.world.get(Budget, budget_id).used_minor()


def test_what_is_promised_burdens_the_next_period_and_what_came_stays(at):
    old, new = budget(at, FIRST), budget(at, SECOND)
    order = at.issued()
    at.receive(order, "4")
    in_april(at)
    end(at, old)
    assert (at.balances(old), at.balances(new)) == ({"accrued": 4000}, {"committed": 6000})
    at.receive(order, "6")
    at.bill(order, ("10", "10"), invoice_date=date(2026, 4, 11))
    assert (used(at, old), used(at, new)) == (4000, 6000)
    assert at.ledger() == {"invoiced": 10000}
    assert refused(end, at, old).code == "budget.ended"
    told = [row.facts["text"] for row in at.world.all(OutboxRow, audience="setting:finance")]
    assert "60.00 EUR rolled over. Orders: PO-1." in told[0]
    sound(at)


def test_afterwards_a_cancellation_or_a_larger_order_moves_the_new_period(at):
    old, new = budget(at, FIRST), budget(at, SECOND)
    first, second = at.issued(), at.issued()
    in_april(at)
    end(at, old)
    at.do(CancelOrder(order_id=first, reason="no"), by=BUYER)
    row = at.lines(second)[0]
    change = content(line("13", id=row.id, position=1))
    at.do(ReviseOrder(order_id=second, content=change, reason="more"), by=BUYER)
    at.approve(second)
    assert (at.balances(old), at.balances(new)) == ({}, {"committed": 13000})
    sound(at)


def test_without_a_next_budget_it_stays_where_it_is(at):
    old = budget(at, FIRST)
    at.issued()
    in_april(at)
    with at.world.transactions.read() as uow:
        (plan,) = to_end(uow, at.world.clock().date())
    assert [stays.why for stays in plan.staying] == ["there is no budget for the next day"]
    end(at, old)
    assert at.balances(old) == {"committed": 10000}
    assert listed(at) == []
    sound(at)


def listed(at: Desk) -> list[str]:
    with at.world.transactions.read() as uow:
        return [plan.budget.id for plan in to_end(uow, at.world.clock().date())]


def test_what_had_to_stay_is_listed_again_and_follows_once_it_can(at):
    old = budget(at, FIRST)
    at.issued()
    in_april(at)
    end(at, old)
    assert refused(end, at, old).code == "budget.ended"
    new = budget(at, SECOND)
    assert listed(at) == [old]
    at.world.clock.forward(days=1)
    end(at, old)
    assert (at.balances(old), at.balances(new), listed(at)) == ({}, {"committed": 10000}, [])
    sound(at)


def test_a_lapsed_promise_is_closed_short_and_its_buyer_hears_of_it(at, do):
    do(ChangeCompanySettings(changes={"budget_year_end": "lapse"}))
    old, new = budget(at, FIRST), budget(at, SECOND)
    order = at.issued()
    at.receive(order, "4")
    in_april(at)
    end(at, old)
    assert (at.balances(old), at.balances(new)) == ({"accrued": 4000}, {})
    assert at.ledger() == {"accrued": 4000, "reversed": 6000}
    assert at.lines(order)[0].closed_short
    sound(at)


def test_parents_and_projects_go_along_each_by_its_own_end(at, do):
    at.world.add(Project(id="p1", code="P-1", name="Retrofit"))
    old, new = budget(at, FIRST), budget(at, SECOND)
    project = budget(at, (FIRST[0], SECOND[1]), project="P-1")
    at.issued(line(project_id="p1"))
    in_april(at)
    end(at, old)
    assert (at.balances(old), at.balances(new)) == ({}, {"committed": 10000})
    assert at.balances(project) == {"committed": 10000}
    sound(at)


def test_a_period_that_runs_is_not_ended(at):
    assert refused(end, at, budget(at, SECOND)).code == "budget.not_over"


def test_what_a_project_still_promises_for_a_job_burdens_its_next_budget(at):
    at.world.add(Project(id="p1", code="P-1", name="Retrofit"))
    old, new = (budget(at, days, project="P-1") for days in (FIRST, SECOND))
    at.issued(line(project_id="p1"))
    in_april(at)
    end(at, old)
    assert (at.balances(old), at.balances(new)) == ({}, {"committed": 10000})
    sound(at)
