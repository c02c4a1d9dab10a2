"""A budget counts costs in other currencies at the rate of their day, and gives back just that."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories.buying import seed
from tests.factories.money import BUYER, FINANCE, YEAR, Desk, desk, line
from wopo.domain.budgets import Budget
from wopo.domain.cost_centres import CostCentre, Project
from wopo.domain.errors import DomainError
from wopo.domain.nte import NteRaise
from wopo.domain.order_content import LineContent
from wopo.domain.outbox import OutboxRow
from wopo.domain.purchase_orders import PurchaseOrder
from wopo.usecases.audit import verify
from wopo.usecases.budget_yearend import EndBudget, year_end
from wopo.usecases.budgets import SetBudget
from wopo.usecases.exchange_rates import SetExchangeRate
from wopo.usecases.labour import CorrectLabour, EnterLabour
from wopo.usecases.order_changes import CancelOrder
from wopo.usecases.people import SetLabourRate
from wopo.usecases.settings import ChangeCompanySettings
from wopo.usecases.views.budgets import budget_screen
from wopo.usecases.work_orders import ChangeWorkOrder

D = Decimal
FIRST, SECOND = (date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 12, 31))


@pytest.fixture
def at(transactions, clock, do) -> Desk:
    """Building (4711) keeps euros; Overseas (us) below it keeps dollars. Two projects."""
    made = desk(do, seed(transactions, clock))
    made.world.add(CostCentre(id="us", code="us", name="Overseas", currency="USD", parent_id="cc"))
    made.world.add(Project(id="p1", code="P-1", name="Retrofit"))
    return made


def rate(at: Desk, source: str, target: str, value: str, on: date = date(2026, 3, 1)) -> None:
    command = SetExchangeRate(source=source, target=target, day=on, rate=D(value))
    at.do(command, by=FINANCE)


def budget(at: Desk, amount: str = "10000", days: tuple[date, date] = YEAR, **whose: str) -> str:
    owner = whose or {"cost_centre": "4711"}
    command = SetBudget(starts=days[0], ends=days[1], amount=D(amount), **owner)
    return at.do(command, by=FINANCE).subject_id


def in_dollars(at: Desk, price: str = "33.33", **more: str) -> str:
    """An order of the cost centre that keeps dollars, in dollars."""
    return at.issued(line("3", price, centre="us", job=None, **more), currency="USD")


def cancel(at: Desk, order_id: str) -> None:
    at.do(CancelOrder(order_id=order_id, reason="not needed"), by=BUYER)


def sound(at: Desk) -> None:
    with at.world.transactions.read() as uow:
        assert [str(fault) for fault in verify(uow)] == []


def refused(call, *args, **kwargs) -> DomainError:
    with pytest.raises(DomainError) as error:
        call(*args, **kwargs)
    return error.value


def test_what_was_counted_at_one_rate_is_given_back_whatever_the_rate_became(at):
    rate(at, "USD", "EUR", "0.9137")
    upper = budget(at)
    first, second = in_dollars(at), in_dollars(at, "0.05")
    assert at.balances(upper) == {"committed": 9136 + 14}
    rate(at, "USD", "EUR", "0.5")
    at.receive(second, "1")
    assert at.balances(upper) == {"committed": 9136 + 9, "accrued": 5}
    sound(at)
    cancel(at, first)
    at.receive(second, "2")
    assert at.balances(upper) == {"accrued": 14}
    assert at.ledger() == {"reversed": 9999, "accrued": 15}
    sound(at)


def test_a_budget_over_in_another_currency_refuses(at):
    rate(at, "USD", "EUR", "0.9")
    upper = budget(at, "89.99")
    error = refused(in_dollars, at, "33.34")
    assert error.message.startswith("Only 89.99 EUR of budget 4711 is left; this needs 90.02 EUR.")
    assert at.world.get(Budget, upper).used_minor() == 0


def test_an_order_in_the_projects_own_currency_counts_as_it_is(at):
    rate(at, "USD", "EUR", "0.9137")
    project = budget(at, project="P-1", currency="USD")
    order = at.issued(line("3", "33.33", project_id="p1"), currency="USD")
    assert at.balances(project) == {"committed": 9999}
    at.receive(order, "1")
    assert at.balances(project) == {"committed": 6666, "accrued": 3333}
    sound(at)


def for_the_project(at: Desk) -> LineContent:
    """In euros, for a project whose budget is in dollars; there is no such rate yet."""
    return line("3", "33.33", project_id="p1")


def test_without_a_rate_it_is_refused_where_the_company_stops(at):
    project = budget(at, project="P-1", currency="USD")
    order = at.submitted(for_the_project(at))
    error = refused(at.approve, order)
    assert error.message.startswith("No EUR->USD rate for 2026-03-02. Nothing was changed")
    assert at.balances(project) == {}
    rate(at, "EUR", "USD", "1.1")
    at.approve(order)
    assert at.balances(project) == {"committed": 10999}
    sound(at)


@pytest.fixture
def warned(at) -> str:
    """The project's budget, which an order went past without a rate."""
    at.do(ChangeCompanySettings(changes={"budget_on_approval": "warn"}), by="adm")
    project = budget(at, project="P-1", currency="USD")
    at.issued(for_the_project(at))
    return project


def test_where_it_only_warns_finance_is_told_and_the_rate_counts_it(at, warned):
    assert at.balances(warned) == {}
    said = "The budget of project P-1 does not count 99.99 EUR (by purchase order): there is no"
    (text,) = (row.facts["text"] for row in at.world.all(OutboxRow, card="direct"))
    assert text == f"{said} EUR->USD rate for 2026-03-02. Please enter one."
    rate(at, "EUR", "USD", "1.1")
    assert at.balances(warned) == {"committed": 10999}
    sound(at)
    at.receive(at.world.all(PurchaseOrder)[0].id, "1")
    assert at.balances(warned) == {"committed": 7333, "accrued": 3666}
    sound(at)


def test_what_was_never_counted_is_not_given_back(at, warned):
    cancel(at, at.world.all(PurchaseOrder)[0].id)
    rate(at, "EUR", "USD", "1.1")
    assert at.balances(warned) == {}
    sound(at)


def test_a_rate_counts_the_days_that_had_none_and_no_other(at):
    rate(at, "USD", "EUR", "0.9", on=date(2026, 3, 4))
    upper, job = budget(at, "24"), at.world.job("WO-9", centre="us")
    pay = SetLabourRate(person="tess", per_hour=D(20), currency="USD", valid_from=date(2026, 1, 1))
    at.do(pay, by="adm")
    at.do(EnterLabour(work_order_id=job, hours=D(1)), by="tess")
    at.world.clock.forward(days=2)
    at.do(EnterLabour(work_order_id=job, hours=D(1)), by="tess")
    assert at.balances(upper) == {"labour": 1800}
    for value, on in (("0.5", 2), ("0.6", 3), ("0.7", 2)):
        rate(at, "USD", "EUR", value, on=date(2026, 3, on))
        assert at.balances(upper) == {"labour": 2800}
    said = [row.facts["text"] for row in at.world.all(OutboxRow, card="direct")]
    assert said[-1] == "The budget of 4711 is over by 4.00 EUR (by exchange rate)."
    sound(at)


def test_a_rate_counts_what_others_pay_for_a_job_and_asks_for_more(at):
    at.do(ChangeCompanySettings(changes={"nte_on_approval": "warn"}), by="adm")
    job = at.world.job("WO-9", centre="us")
    at.do(ChangeWorkOrder(work_order_id=job, nte=D(5)), by="sue")
    at.issued(line("1", "100", job=job))
    (nte,) = at.world.all(Budget, work_order_id=job)
    assert at.balances(nte.id) == {}
    rate(at, "EUR", "USD", "1.1")
    assert at.balances(nte.id) == {"committed": 11000}
    assert [row.wanted_minor for row in at.world.all(NteRaise)] == [11000]
    sound(at)


@pytest.mark.parametrize("lower", [True, False])
def test_a_budget_that_is_set_later_takes_over_what_it_converts(at, lower):
    rate(at, "USD", "EUR", "0.9137")
    if lower:
        budget(at, cost_centre="us")
    order = in_dollars(at)
    at.receive(order, "1")
    upper = budget(at)
    assert at.balances(upper) == {"committed": 6091, "accrued": 3045}
    rate(at, "USD", "EUR", "0.8")
    at.receive(order, "2")
    assert at.balances(upper) == {"accrued": 9136}
    sound(at)


def test_a_jobs_amount_counts_what_others_pay_for_it(at):
    rate(at, "USD", "EUR", "0.9")
    first = at.issued(line("1", "100", centre="us"), currency="USD")
    at.do(ChangeWorkOrder(work_order_id="WO-1", nte=D(200)), by="sue")
    (nte,) = at.world.all(Budget, work_order_id="WO-1")
    assert at.balances(nte.id) == {"committed": 9000}
    at.issued(line("1", "100", centre="us"), currency="USD")
    assert at.balances(nte.id) == {"committed": 18000}
    cancel(at, first)
    assert at.balances(nte.id) == {"committed": 9000}
    at.do(ChangeWorkOrder(work_order_id="WO-1", nte=None), by="sue")
    sound(at)


def test_the_screen_and_the_years_end_speak_in_the_budgets_currency(at):
    rate(at, "USD", "EUR", "0.9")
    old, new = (budget(at, days=days, project="P-1", currency="EUR") for days in (FIRST, SECOND))
    order = at.issued(line("3", "100", centre="us", job=None, project_id="p1"), currency="USD")
    at.receive(order, "1")
    with at.world.transactions.read() as uow:
        view = budget_screen(uow, at.world.clock().date(), "P-1")
        plan = year_end(uow, uow.get(Budget, old))
    assert [one.amount.minor for one in view.largest] == [18000]
    assert [spent.minor for _, spent, _ in view.burn] == [0, 0, 9000]
    assert str(plan.sum_of(plan.moving)) == "180.00 EUR"
    at.world.clock.forward(days=40)
    at.do(EndBudget(budget_id=old), by=FINANCE)
    assert (at.balances(old), at.balances(new)) == ({"accrued": 9000}, {"committed": 18000})
    sound(at)


def test_hours_that_are_taken_back_leave_nothing(at):
    rate(at, "USD", "EUR", "0.9137")
    upper, job = budget(at), at.world.job("WO-9", centre="us")
    pay = SetLabourRate(
        person="tess", per_hour=D("33.33"), currency="USD", valid_from=date(2026, 1, 1)
    )
    at.do(pay, by="adm")
    first, second = (
        at.do(EnterLabour(work_order_id=job, hours=D(1)), by="tess").facts["labour_entry_id"]
        for _ in range(2)
    )
    assert at.balances(upper) == {"labour": 6091}
    rate(at, "USD", "EUR", "0.8")
    at.do(CorrectLabour(labour_entry_id=first), by="tess")
    assert at.balances(upper) == {"labour": 3045}
    at.do(CorrectLabour(labour_entry_id=second), by="tess")
    assert at.balances(upper) == {}
    sound(at)
