"""Exactness: rounding to minor units, printing, and the two kinds of numbers."""

from decimal import Decimal, Inexact, localcontext
from fractions import Fraction as Ratio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wopo.domain.currencies import iso_digits
from wopo.domain.matching.arithmetic import (
    EXACT,
    as_decimal,
    plain,
    plus,
    round_minor,
)

D = Decimal
RATIOS = st.fractions(max_denominator=10**6)
DECIMALS = st.decimals(
    allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9
)


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (D("2.50"), "2.5"),
        (D("-0"), "0"),
        (D("-0.00"), "0"),
        (D("1E+3"), "1000"),
        (D("1E-7"), "0.0000001"),
        (D("100"), "100"),
        (Ratio(-5, 2), "-2.5"),
        (Ratio(1, 8), "0.125"),
        (Ratio(10, 1), "10"),
        (Ratio(1, 3), "0.333333333333"),
        (Ratio(2, 3), "0.666666666667"),
        (Ratio(-2, 3), "-0.666666666667"),
        (Ratio(1, 3 * 10**13), "0"),
        (Ratio(1, 2**40), "0.0000000000009094947017729282379150390625"),
        (Ratio(5, 3), "1.666666666667"),
        (Ratio(29999999999999, 30000000000000), "1"),
    ],
)
def test_printing(value: D | Ratio, printed: str) -> None:
    assert plain(value) == printed


@pytest.mark.parametrize(
    ("value", "digits", "rounded"),
    [
        ("1.005", 2, "1.01"),
        ("-1.005", 2, "-1.01"),
        ("1.0049", 2, "1"),
        ("100.5", 0, "101"),
        ("1.2345", 3, "1.235"),
        ("-100.5", 0, "-101"),
    ],
)
def test_half_up_for_both_kinds(value: str, digits: int, rounded: str) -> None:
    assert round_minor(D(value), digits) == D(rounded)
    assert round_minor(Ratio(value), digits) == D(rounded)


@settings(deadline=None)
@given(DECIMALS, st.sampled_from([0, 2, 3, 4]))
def test_both_kinds_round_alike(value: D, digits: int) -> None:
    assert round_minor(value, digits) == round_minor(Ratio(value), digits)


@settings(deadline=None)
@given(DECIMALS)
def test_both_kinds_print_alike_and_read_back(value: D) -> None:
    assert plain(value) == plain(Ratio(value))
    assert D(plain(value)) == value


@settings(deadline=None)
@given(RATIOS)
def test_printing_is_within_half_of_the_twelfth_decimal(value: Ratio) -> None:
    assert abs(Ratio(plain(value)) - value) <= Ratio(1, 2 * 10**12)


@settings(deadline=None)
@given(RATIOS | DECIMALS, RATIOS | DECIMALS)
def test_sums_of_either_kind_are_exact(left: D | Ratio, right: D | Ratio) -> None:
    assert Ratio(plus(left, right)) == Ratio(left) + Ratio(right)


def test_a_division_that_does_not_end_is_never_rounded_in_silence() -> None:
    with localcontext(EXACT), pytest.raises(Inexact):
        D(1) / D(3)
    with pytest.raises(Inexact):
        as_decimal(Ratio(1, 2))


@pytest.mark.parametrize(
    ("currency", "digits"),
    [("USD", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("IQD", 3), ("HUF", 2), ("ISK", 0)],
)
def test_minor_units_are_iso_4217s(currency: str, digits: int) -> None:
    assert iso_digits(currency) == digits
