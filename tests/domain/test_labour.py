"""Hours and what they cost."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wopo.domain.errors import DomainError
from wopo.domain.labour import checked_hours, labour_cost
from wopo.domain.money import Money
from wopo.domain.people import LabourRate, rate_on

HOURS = st.decimals("0.01", "24", places=2)
RATES = st.decimals("0", "500", places=6)


@pytest.mark.parametrize("hours", ["0", "-1", "24.01", "NaN", "1e30", "1.005", "Infinity"])
def test_impossible_hours_are_refused_at_the_field(hours):
    with pytest.raises(DomainError) as refused:
        checked_hours(Decimal(hours))
    assert refused.value.field == "hours"
    assert "Nothing was changed" in refused.value.message


@given(HOURS, RATES, st.sampled_from(["EUR", "JPY", "KWD"]))
def test_cost_is_exact_and_rounded_once_half_up(hours, rate, currency):
    cost = labour_cost(hours, rate, currency, exchange=Decimal(1))
    digits = {"EUR": 2, "JPY": 0, "KWD": 3}[currency]
    exact = Fraction(hours) * Fraction(rate) * 10**digits
    assert cost.minor == int(exact + Fraction(1, 2))


@given(HOURS, RATES, st.decimals("0.01", "10", places=6))
def test_an_exchange_rate_adds_no_second_rounding(hours, rate, exchange):
    exact = Fraction(hours) * Fraction(rate) * Fraction(exchange) * 100
    assert labour_cost(hours, rate, "EUR", exchange=exchange).minor == int(exact + Fraction(1, 2))


def test_a_half_cent_goes_up():
    assert labour_cost(Decimal("0.5"), Decimal("0.01"), "EUR", exchange=Decimal(1)) == Money(
        1, "EUR"
    )


@pytest.mark.parametrize(
    ("day", "rate"),
    [
        (date(2025, 12, 31), None),
        (date(2026, 1, 1), Decimal(40)),
        (date(2026, 1, 31), Decimal(40)),
        (date(2026, 2, 1), Decimal(45)),
    ],
)
def test_the_newest_rate_valid_that_day_counts(day, rate):
    rates = [
        LabourRate(
            id="2", person_id="p", per_hour=Decimal(45), currency="EUR", valid_from=date(2026, 2, 1)
        ),
        LabourRate(
            id="1", person_id="p", per_hour=Decimal(40), currency="EUR", valid_from=date(2026, 1, 1)
        ),
    ]
    found = rate_on(rates, day)
    assert (found.per_hour if found else None) == rate
