"""Budgets: set, moved by what happens, never over by an approval."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories.buying import seed
from tests.factories.money import BUYER, FINANCE, YEAR, Desk, content, desk, line
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.budgets import Budget
from wopo.domain.errors import DomainError
from wopo.domain.ledger import LedgerEntry
from wopo.domain.outbox import OutboxRow
from wopo.domain.price_agreements import PriceAgreement, PriceTier
from wopo.domain.purchase_orders import OrderState, PurchaseOrder
from wopo.usecases.budgets import SetBudget
from wopo.usecases.budgets_after import budgets_after
from wopo.usecases.exception_cases import AcceptCase
from wopo.usecases.exchange_rates import SetExchangeRate
from wopo.usecases.order_changes import CancelOrder, CloseOrderShort, ReviseOrder
from wopo.usecases.part_request_planning import LineInput
from wopo.usecases.part_requests import RequestParts
from wopo.usecases.ports.budgets import BudgetStore
from wopo.usecases.purchase_orders import SubmitOrder
from wopo.usecases.settings import ChangeCompanySettings

D = Decimal


@pytest.fixture
def at(transactions, clock, do) -> Desk:
    return desk(do, seed(transactions, clock))


def refused(call, *args, **kwargs) -> DomainError:
    with pytest.raises(DomainError) as error:
        call(*args, **kwargs)
    return error.value


def test_a_request_reserves_an_approval_commits_a_rejection_gives_back(at):
    budget = at.budget()
    order = at.submitted()
    assert at.balances(budget) == {"requested": 10000}
    at.approve(order)
    assert at.balances(budget) == {"committed": 10000}


def test_an_approval_that_does_not_fit_is_refused_with_what_is_left(at):
    budget = at.budget("120")
    order = at.submitted(line("30", "10"))
    error = refused(at.approve, order)
    assert error.message.startswith(
        "Only 120.00 EUR of budget 4711 is left; this needs 300.00 EUR. Kept as pending."
    )
    assert error.logged
    assert at.order(order).state is OrderState.PENDING_APPROVAL
    assert at.balances(budget) == {"requested": 30000}
    waiting = at.world.all(Approval, purchase_order_id=order)
    assert [row.state for row in waiting] == [ApprovalState.WAITING]


def test_the_very_last_cent_may_be_spent(at):
    budget = at.budget("100")
    at.approved()
    assert at.world.get(Budget, budget).available().minor == 0


def test_with_warnings_only_it_passes_and_finance_hears_once(at, do):
    do(ChangeCompanySettings(changes={"budget_on_approval": "warn"}))
    at.budget("150")
    at.approved()
    at.approved()
    at.approved()
    told = [row for row in at.world.all(OutboxRow) if row.audience == "setting:finance"]
    assert [row.facts["text"] for row in told if row.card == "direct"] == [
        "The budget of 4711 is over by 50.00 EUR (by purchase order)."
    ]


def test_requests_of_others_count_where_the_company_says_so(at, do):
    do(ChangeCompanySettings(changes={"budget_counts_requests": True}))
    at.budget("150")
    first, second = at.submitted(), at.submitted(line("10", "4"))
    at.approve(first)
    assert at.order(first).state is OrderState.APPROVED
    third = at.submitted(line("10", "2"))
    assert at.order(third).state is OrderState.PENDING_APPROVAL
    error = refused(at.approve, third)
    assert error.message.startswith("Only 10.00 EUR of budget 4711 is left; this needs 20.00 EUR.")
    assert at.order(second).state is OrderState.PENDING_APPROVAL


def test_a_price_difference_goes_over_but_is_never_refused(at, do):
    at.budget("100")
    order = at.issued()
    at.receive(order)
    at.bill(order, ("10", "11"))
    for case in at.cases().values():
        do(AcceptCase(case_id=case.id, reason="price rose"), by=FINANCE)
    assert "budget:went_over" in [entry.event for entry in at.world.all_entries()]


def test_cancelling_gives_back_and_says_reversed(at, do):
    budget = at.budget()
    order = at.issued()
    do(CancelOrder(order_id=order, reason="not needed"), by=BUYER)
    assert at.balances(budget) == {}
    assert at.ledger() == {"reversed": 10000}


def test_closing_short_releases_what_is_left_once(at, do):
    budget = at.budget()
    order = at.issued()
    at.receive(order, "4")
    do(CloseOrderShort(order_id=order, reason="sold out"), by=BUYER)
    assert at.balances(budget) == {"accrued": 4000}
    assert at.ledger() == {"accrued": 4000, "reversed": 6000}


def test_a_raised_order_waits_with_its_increase_only(at, do):
    budget = at.budget()
    order = at.issued()
    row = at.lines(order)[0]
    change = content(line("13", id=row.id, position=1))
    do(ReviseOrder(order_id=order, content=change, reason="more"), by=BUYER)
    assert at.balances(budget) == {"committed": 10000, "requested": 3000}
    at.approve(order)
    assert at.balances(budget) == {"committed": 13000}


def test_a_line_that_moves_to_another_job_and_cost_centre_takes_its_money_along(at):
    first, second = at.budget(), at.budget(centre="4712")
    order = at.issued()
    at.receive(order, "4")
    row = at.lines(order)[0]
    at.world.job("WO-2")
    at.revise(order, content(line(id=row.id, position=1, job="WO-2", centre="cc2")))
    assert at.balances(first) == {}
    assert at.balances(second) == {"committed": 6000, "accrued": 4000}
    assert at.ledger(work_order_id="WO-1") == {}


def test_a_new_budget_takes_over_what_was_spent_in_its_days(at):
    order = at.issued()
    at.receive(order, "4")
    budget = at.budget()
    assert at.balances(budget) == {"committed": 6000, "accrued": 4000}
    at.receive(order, "6")
    assert at.balances(budget) == {"accrued": 10000}
    assert at.ledger(budget_id=None) == {}


def test_a_budget_of_other_days_takes_nothing(at, do):
    at.approved()
    command = SetBudget(
        cost_centre="4711", starts=date(2027, 1, 1), ends=date(2027, 12, 31), amount=D(5)
    )
    budget = do(command, by=FINANCE).subject_id
    assert at.balances(budget) == {}


def test_gross_budgets_count_the_tax(at, do):
    do(ChangeCompanySettings(changes={"budgets_gross": True}))
    budget = at.budget()
    order = at.issued(line(tax_percent=D(19)))
    assert at.balances(budget) == {"committed": 11900}
    at.receive(order)
    at.bill(order, ("10", "10"), tax=D(19))
    assert at.ledger() == {"invoiced": 11900}


class TestCurrency:
    def test_without_a_rate_the_order_is_refused(self, at):
        error = refused(at.submitted, line(), currency="USD")
        assert error.message.startswith("No USD->EUR rate for 2026-03-02.")

    def test_a_request_without_a_rate_is_kept_with_its_order_as_a_draft(self, at, do):
        days = {"valid_from": YEAR[0], "valid_to": YEAR[1]}
        facts = {"vendor_id": "zed", "part_id": "odd", "currency": "USD", "unit": "pcs", **days}
        at.world.add(
            PriceAgreement(id="us", number="C-9", **facts),
            PriceTier(id="us1", agreement_id="us", from_quantity=D(0), unit_price=D(7)),
        )
        need = LineInput(part_id="odd", quantity=D(3))
        ask = RequestParts(work_order_id="WO-1", lines=(need,), submit=True)
        said = do(ask, by="tess").message
        assert "PO-1 is kept as a draft: no USD->EUR rate for 2026-03-02." in said
        (order,) = at.world.all(PurchaseOrder)
        assert order.state is OrderState.DRAFT
        on = {"source": "USD", "target": "EUR", "day": date(2026, 3, 1)}
        do(SetExchangeRate(**on, rate=D("0.9")))
        do(SubmitOrder(order_id=order.id), by="tess")
        assert at.ledger() == {"planned": 1890}

    def test_the_rate_of_the_first_day_stays(self, at, do):
        def rate(day: int, value: str) -> None:
            on = date(2026, 3, day)
            do(SetExchangeRate(source="USD", target="EUR", day=on, rate=D(value)))

        rate(1, "0.9")
        budget = at.budget()
        order = at.issued(line("3", "10"), currency="USD")
        assert at.balances(budget) == {"committed": 2700}
        rate(2, "0.8")
        at.receive(order, "1")
        assert at.balances(budget) == {"committed": 1800, "accrued": 900}
        assert {entry.rate for entry in at.world.all(LedgerEntry)} == {D("0.9")}


class TestSetting:
    def test_again_changes_nothing_and_a_new_limit_is_recorded_with_the_old(self, at):
        budget = at.budget("100")
        before = len(at.world.all_entries())
        assert at.budget("100") == budget
        assert len(at.world.all_entries()) == before
        assert at.budget("250") == budget
        entry = at.world.all_entries()[-1]
        assert entry.facts["before"] == {"amount": "100.00", "currency": "EUR"}
        assert at.world.get(Budget, budget).limit_minor == 25000

    @pytest.mark.parametrize(
        ("facts", "code", "field"),
        [
            ({"starts": date(2026, 6, 1)}, "budget.overlaps", "starts"),
            ({"ends": date(2025, 1, 1)}, "budget.backwards", "ends"),
            ({"amount": D(-1)}, "money.negative", "amount"),
            ({"amount": D("1.005")}, "money.too_fine", "amount"),
            ({"cost_centre": "471"}, "not_found", "cost_centre"),
        ],
    )
    def test_bad_ones_are_refused_at_the_field(self, at, do, facts, code, field):
        at.budget()
        base = {"cost_centre": "4711", "starts": YEAR[0], "ends": YEAR[1], "amount": D(1)}
        error = refused(do, SetBudget(**{**base, **facts}), by=FINANCE)
        assert (error.code, error.field) == (code, field)

    def test_a_technician_may_not(self, at, do):
        command = SetBudget(cost_centre="4711", starts=YEAR[0], ends=YEAR[1], amount=D(1))
        assert refused(do, command, by="tess").code == "not_allowed"


def test_what_an_order_leaves_of_a_gross_budget_is_less_its_tax(at, do):
    do(ChangeCompanySettings(changes={"budgets_gross": True}))
    at.budget("1000")
    order, day = at.approved(line(tax_percent=D(20))), date(2026, 3, 2)
    with at.world.transactions.read() as uow:
        row = uow.get(PurchaseOrder, order)
        same, more = (
            budgets_after(uow, row, content(line(n, tax_percent=D(20))), day) for n in ("10", "11")
        )
    assert [str(one.left_after) for one in (*same, *more)] == ["880.00 EUR", "868.00 EUR"]


def test_what_a_later_budget_takes_over_burns_on_the_day_it_was_ordered(at):
    ordered = at.world.clock().date()
    at.receive(at.issued())
    at.world.clock.forward(days=40)
    budget = at.budget("1000")
    with at.world.transactions.read() as uow:
        assert uow.store(BudgetStore).spent_by_day(budget, ()) == [(ordered, 10000)]
