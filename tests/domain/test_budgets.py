"""Budgets: what is left, and which costs use them up."""

from datetime import date

from wopo.domain.budgets import Budget, balances, fits_sql
from wopo.domain.ledger import CostKind


def budget(**balances: int) -> Budget:
    return Budget(
        id="b",
        cost_centre_id="ops",
        starts=date(2026, 1, 1),
        ends=date(2026, 12, 31),
        currency="EUR",
        limit_minor=1000,
        **balances,
    )


def test_available_is_the_limit_less_every_state_of_spending():
    row = budget(
        requested_minor=7,
        committed_minor=100,
        accrued_minor=20,
        invoiced_minor=3,
        stock_minor=4,
        labour_minor=5,
        out_of_pocket_minor=6,
    )
    assert row.available().minor == 862
    assert row.available(with_requested=True).minor == 855


def test_both_ends_of_the_period_count():
    assert budget().covers(date(2026, 1, 1))
    assert budget().covers(date(2026, 12, 31))
    assert not budget().covers(date(2027, 1, 1))


def test_variance_counts_as_invoiced_and_reversed_money_counts_nowhere():
    moved = {CostKind.INVOICED: 90, CostKind.VARIANCE: 5, CostKind.REVERSED: 10}
    assert balances(moved) == {"invoiced_minor": 95}


def test_requested_counts_only_where_the_company_says_so():
    assert "requested_minor" not in fits_sql(with_requested=False)
    assert "requested_minor" in fits_sql(with_requested=True)
