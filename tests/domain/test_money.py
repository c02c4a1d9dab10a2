"""Money is exact: one rounding rule, no float, sums that add up."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wopo.domain.errors import DomainError
from wopo.domain.money import (
    Money,
    allocate,
    checked_decimal,
    extend,
    format_number,
    minor_digits,
    plain,
    total,
)

CURRENCIES = {"EUR": 2, "USD": 2, "JPY": 0, "KWD": 3, "IQD": 3, "RSD": 2}
amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=6)


@pytest.mark.parametrize(("currency", "digits"), CURRENCIES.items())
def test_minor_digits_are_iso_4217s(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


def test_an_unknown_currency_is_refused_by_name() -> None:
    with pytest.raises(DomainError, match="XXQ is not an ISO 4217 currency"):
        minor_digits("XXQ")


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("1.005", "EUR", 101),
        ("1.004999", "EUR", 100),
        ("-1.005", "EUR", -101),
        ("0.5", "JPY", 1),
        ("1.0005", "KWD", 1001),
    ],
)
def test_rounding_is_half_up_to_the_minor_unit(amount: str, currency: str, minor: int) -> None:
    assert Money.of(amount, currency) == Money(minor, currency)


def test_two_currencies_are_never_added() -> None:
    with pytest.raises(DomainError, match="can't be added without a rate"):
        _ = Money(1, "EUR") + Money(1, "USD")
    with pytest.raises(DomainError):
        total([Money(1, "EUR"), Money(1, "USD")], "EUR")


@given(st.lists(st.integers(-(10**12), 10**12), max_size=30))
def test_a_sum_is_the_sum_of_its_minor_units(minors: list[int]) -> None:
    assert total([Money(minor, "EUR") for minor in minors], "EUR").minor == sum(minors)


@given(quantity=amounts, price=amounts, currency=st.sampled_from(sorted(CURRENCIES)))
def test_a_line_is_rounded_once(quantity: Decimal, price: Decimal, currency: str) -> None:
    exact = Fraction(quantity) * Fraction(price) / 100
    if abs(exact) > 10**10:
        return
    line = extend(quantity, price, currency, per=Decimal(100))
    unit = Fraction(1, 10 ** CURRENCIES[currency])
    assert abs(Fraction(line.amount) - exact) <= unit / 2


@given(amount=st.integers(-(10**12), 10**12), weights=st.lists(st.integers(0, 10**9), min_size=1))
def test_shares_add_up_to_the_whole(amount: int, weights: list[int]) -> None:
    shares = allocate(amount, weights)
    assert sum(shares) == amount
    if sum(weights):
        for share, weight in zip(shares, weights, strict=True):
            assert abs(share * sum(weights) - amount * weight) < sum(weights)


@given(amounts)
def test_a_plain_decimal_reads_back_the_same(value: Decimal) -> None:
    assert Decimal(plain(value)) == value
    assert "E" not in plain(value)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("NaN", "money.not_a_number"),
        ("Infinity", "money.not_a_number"),
        ("1e30", "money.not_a_number"),
        ("abc", "money.not_a_number"),
        ("1.234,56", "money.not_a_number"),
        ("0.0000001", "money.too_fine"),
    ],
)
def test_what_is_no_amount_is_refused_at_its_field(typed: str, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        checked_decimal(typed, label="Amount", places=6, field="amount")
    assert (refused.value.code, refused.value.field) == (code, "amount")


def test_amounts_are_written_in_the_readers_format() -> None:
    assert Money(124000, "EUR").format() == "1,240.00 EUR"
    assert Money(124000, "EUR").format("de") == "1.240,00 EUR"
    assert Money(1240, "JPY").format() == "1,240 JPY"
    assert Money(-1500, "KWD").format() == "-1.500 KWD"
    assert format_number(Decimal("1234.5678"), "de") == "1.234,5678"


def test_half_up_is_what_decimal_calls_half_up() -> None:
    assert Decimal("0.125").quantize(Decimal("0.01"), ROUND_HALF_UP) == Decimal("0.13")
    assert Money.of(Decimal("0.125"), "EUR").amount == Decimal("0.13")
