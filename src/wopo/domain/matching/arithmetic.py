"""Exact arithmetic of the match: decimals, and rationals where a division does not end.

Figures are decimals, computed under a context in which a rounded result raises. The few lines
whose division does not end (a discount over three pieces, a box of twelve) are computed again in
rationals by the very same code, so no figure is ever rounded but for rule 5 of the match
(line amounts to the currency's minor unit) and for printing (rule 13).
"""

from decimal import (
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
)
from fractions import Fraction
from typing import TypeAlias, TypeVar

Exact: TypeAlias = Decimal | Fraction
"""A figure without rounding: a decimal, or a rational where no decimal is exact."""

N = TypeVar("N", Decimal, Fraction)

ZERO = Decimal(0)
ONE = Decimal(1)
PRINTED_PLACES = 12

EXACT = Context(
    prec=400,
    rounding=ROUND_HALF_UP,
    traps=[Inexact, InvalidOperation, DivisionByZero, Overflow],
)
"""400 digits hold every sum and product of the 40-digit figures a document may carry; whatever
does not fit raises ``Inexact`` instead of losing a digit."""

_ROUNDING = Context(prec=400, rounding=ROUND_HALF_UP, traps=[InvalidOperation, Overflow])

_UNITS = tuple(ONE.scaleb(-digits) for digits in range(PRINTED_PLACES + 1))


def as_decimal(value: Exact) -> Decimal:
    """The figure as a decimal; raises ``Inexact`` for a rational, which sends the line to them."""
    if isinstance(value, Decimal):
        return value
    raise Inexact


def as_fraction(value: Exact) -> Fraction:
    """The figure as a rational."""
    return Fraction(value)


def plus(left: Exact, right: Exact) -> Exact:
    """Sum of two figures of either kind."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return EXACT.add(left, right)
    return Fraction(left) + Fraction(right)


def round_minor(value: Exact, digits: int) -> Decimal:
    """Half up (away from zero on a tie) to ``digits`` decimals: rule 5."""
    if isinstance(value, Decimal):
        return value.quantize(_UNITS[digits], context=_ROUNDING)
    scale = 10**digits
    doubled = 2 * abs(value.numerator) * scale + value.denominator
    minor = doubled // (2 * value.denominator)
    return Decimal(minor if value >= 0 else -minor).scaleb(-digits, context=_ROUNDING)


def plain(value: Exact) -> str:
    """A figure as the match prints it: no exponent, no trailing zeros, ``0`` without a sign.

    Exactly when the decimals end, else to 12 decimals half up (rule 13).
    """
    if isinstance(value, Fraction):
        value = _printable(value)
    if not value:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _printable(value: Fraction) -> Decimal:
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return round_minor(value, PRINTED_PLACES)
    places = max(twos, fives)
    whole = value.numerator * 10**places // value.denominator
    return Decimal((int(whole < 0), tuple(map(int, str(abs(whole)))), -places))
