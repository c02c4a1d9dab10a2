"""Money: integer minor units with a currency, and the one place where rounding happens.

Amounts are ``Money`` (minor units: cents, yen, fils). Unit prices are finer: exact decimals of at
most six places (domain.md, invariant 1). The minor digits are ISO 4217's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from babel.core import Locale, get_global
from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol

from wopo.domain.currencies import iso_digits
from wopo.domain.errors import Refusal

PRICE_PLACES = 6
QUANTITY_PLACES = 6
MAX_AMOUNT = Decimal("10000000000")
"""Largest amount of one document in major units; far inside a 64-bit integer of minor units."""

CURRENCY_UNKNOWN = Refusal(
    "money.currency_unknown",
    "{currency} is not an ISO 4217 currency. Nothing was changed; use a code like EUR.",
)
CURRENCY_MIXED = Refusal(
    "money.currency_mixed",
    "{left} and {right} can't be added without a rate. Nothing was changed; use one currency.",
)
TOO_LARGE = Refusal(
    "money.too_large",
    "{label} exceeds the allowed maximum {maximum}. Nothing was changed; check the figures.",
)
NOT_A_NUMBER = Refusal(
    "money.not_a_number",
    "{label} must be a number like {example}. Nothing was changed; "
    "what you typed is still there: {typed}",
)
TOO_FINE = Refusal(
    "money.too_fine",
    "{label} may have at most {places} decimals{because}. Nothing was changed; {typed} has more.",
)
NEGATIVE = Refusal(
    "money.negative", "{label} must be {bound}. Nothing was changed; {typed} is not."
)


@lru_cache(maxsize=256)
def minor_digits(currency: str) -> int:
    """Minor digits of an ISO 4217 currency: EUR 2, JPY 0, KWD 3. Raises ``CURRENCY_UNKNOWN``."""
    if currency not in get_global("all_currencies"):
        raise CURRENCY_UNKNOWN(currency=currency, field="currency")
    return iso_digits(currency)


def round_half_up(value: Decimal, places: int) -> Decimal:
    """The one rounding rule: half up (away from zero on a tie), to ``places`` decimals."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


@dataclass(frozen=True, order=False)
class Money:
    """An exact amount: ``minor`` units of ``currency``."""

    minor: int
    currency: str

    @classmethod
    def of(cls, amount: Decimal | int | str, currency: str) -> "Money":
        """Round a major-unit amount half up to the currency's minor unit."""
        digits = minor_digits(currency)
        value = round_half_up(Decimal(amount), digits)
        if abs(value) > MAX_AMOUNT:
            raise TOO_LARGE(label="The amount", maximum=f"{MAX_AMOUNT:,} {currency}")
        return cls(int(value.scaleb(digits)), currency)

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """No money, of this currency."""
        return cls(0, currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, with exactly the currency's decimals."""
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CURRENCY_MIXED(left=self.currency, right=other.currency)

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: "Money") -> bool:
        self._same(other)
        return self.minor <= other.minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def format(self, locale: str = "en") -> str:
        """Amount, then currency code, in the reader's format: ``1,240.00 EUR``."""
        number = f"{self.amount:,.{minor_digits(self.currency)}f}"
        return f"{number.translate(_marks(_locale(locale)))} {self.currency}"

    def __str__(self) -> str:
        return self.format()


def _locale(locale: str) -> str:
    return locale.replace("-", "_")


def by_currency(amounts: Iterable[Money]) -> list[Money]:
    """One sum for each currency, in the currencies' order."""
    sums: dict[str, int] = {}
    for amount in amounts:
        sums[amount.currency] = sums.get(amount.currency, 0) + amount.minor
    return [Money(minor, currency) for currency, minor in sorted(sums.items())]


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Sum of amounts of one currency; zero when there are none."""
    minor = 0
    for amount in amounts:
        if amount.currency != currency:
            raise CURRENCY_MIXED(left=currency, right=amount.currency)
        minor += amount.minor
    return Money(minor, currency)


def extend(quantity: Decimal, unit_price: Decimal, currency: str, *, per: Decimal) -> Money:
    """Quantity x unit price / price basis, rounded once per line (domain.md, invariant 1)."""
    return Money.of(quantity * unit_price / per, currency)


def allocate(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """Split minor units by weights so that the parts add up exactly (largest remainder).

    Equal shares when all weights are zero; the earlier part gets the odd unit.
    """
    if not weights:
        return []
    scale = [abs(weight) for weight in weights]
    whole = sum(scale)
    if whole == 0:
        scale, whole = [1] * len(weights), len(weights)
    sign = -1 if amount_minor < 0 else 1
    left = abs(amount_minor)
    shares = [left * part // whole for part in scale]
    order = sorted(range(len(scale)), key=lambda i: (-(left * scale[i] % whole), i))
    for index in order[: left - sum(shares)]:
        shares[index] += 1
    return [sign * share for share in shares]


def plain(value: Decimal) -> str:
    """A decimal as people write it: no exponent, no trailing zeros (``2.5``, ``1000``)."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def format_number(value: Decimal, locale: str = "en", *, digits: int = 0) -> str:
    """A quantity or price in the reader's format with all its decimals, at least ``digits``."""
    pattern = _pattern(_locale(locale), digits) if digits else None
    return format_decimal(value, pattern, locale=_locale(locale), decimal_quantization=False)


@lru_cache
def _marks(locale: str) -> dict[int, str]:
    """What a locale writes between thousands and before decimals. Babel's own formatter reads
    them, and its pattern, anew for every amount of a screen."""
    return str.maketrans({",": get_group_symbol(locale), ".": get_decimal_symbol(locale)})


@lru_cache
def _pattern(locale: str, digits: int) -> str:
    whole = str(Locale.parse(locale).decimal_formats[None].pattern).partition(".")[0]
    return f"{whole}.{'0' * digits}{'#' * (PRICE_PLACES - digits)}"


def checked_decimal(
    value: Decimal | str | int, *, label: str, places: int, field: str | None = None
) -> Decimal:
    """A finite decimal of at most ``places`` decimals, else ``NOT_A_NUMBER`` or ``TOO_FINE``."""
    try:
        number = Decimal(value)
    except (InvalidOperation, ValueError) as error:
        raise NOT_A_NUMBER(field=field, label=label, example="1234.56", typed=value) from error
    if not number.is_finite() or abs(number) > MAX_AMOUNT:
        raise NOT_A_NUMBER(field=field, label=label, example="1234.56", typed=value)
    if number != number.quantize(Decimal(1).scaleb(-places)):
        raise TOO_FINE(field=field, label=label, places=places, because="", typed=plain(number))
    return number
