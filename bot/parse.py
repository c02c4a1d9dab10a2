"""Reading what people typed, strictly by their locale. Nothing is guessed (A36, A37).

A refusal names the input, says what would be accepted, and leaves what was typed in the form.
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import (
    NumberFormatError,
    format_decimal,
    get_decimal_symbol,
    get_group_symbol,
    parse_decimal,
)

from wopo.domain.errors import INVALID, REQUIRED, DomainError
from wopo.domain.money import (
    MAX_AMOUNT,
    NEGATIVE,
    NOT_A_NUMBER,
    QUANTITY_PLACES,
    TOO_FINE,
    TOO_LARGE,
    Money,
    minor_digits,
    plain,
)

_SPACES = re.compile(r"[\s\u00a0\u202f]")
_APOSTROPHES = "'’"


class FormError(Exception):
    """Refusals of one form, by the input they belong to."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = dict(errors)


def example(locale: str, places: int) -> str:
    """A number as this locale writes it: ``1,234.56`` or ``1.234,56``."""
    sample = {0: Decimal("1234"), 1: Decimal("1234.5")}.get(places, Decimal("1234.56"))
    return str(format_decimal(sample, locale=locale))


def number(text: str, *, field: str, label: str, locale: str, places: int) -> Decimal:
    """A decimal of at most ``places`` decimals, in the locale's format.

    Only ASCII digits, one sign and the locale's own separators count: no exponents, no full-width
    digits, no words. Raises ``NOT_A_NUMBER``, ``TOO_FINE`` or ``TOO_LARGE`` at ``field``.
    """
    typed = text.strip()
    refused = NOT_A_NUMBER(
        field=field, label=label, example=example(locale, places), typed=typed[:40]
    )
    written = _in_locale(typed, locale)
    if written is None:
        raise refused
    try:
        value = parse_decimal(written, locale=locale, strict=True)
    except NumberFormatError as error:
        raise refused from error
    if abs(value) > MAX_AMOUNT:
        raise TOO_LARGE(field=field, label=label, maximum=f"{MAX_AMOUNT:,}")
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > places:
        raise TOO_FINE(field=field, label=label, places=places, because="", typed=typed[:40])
    return value


def _in_locale(typed: str, locale: str) -> str | None:
    group, point = get_group_symbol(locale), get_decimal_symbol(locale)
    if _SPACES.fullmatch(group):
        typed = _SPACES.sub(group, typed)
    elif group in _APOSTROPHES:
        typed = re.sub(f"[{_APOSTROPHES}]", group, typed)
    allowed = f"[+-]?[0-9{re.escape(group)}{re.escape(point)}]*[0-9][0-9{re.escape(point)}]*"
    return typed if re.fullmatch(allowed, typed) else None


def quantity(text: str, *, field: str, label: str, locale: str) -> Decimal:
    """A number above zero of at most six decimals."""
    value = number(text, field=field, label=label, locale=locale, places=QUANTITY_PLACES)
    return _above_zero(value, text, field=field, label=label)


def count(text: str, *, field: str, label: str, locale: str) -> Decimal:
    """What was counted: zero or more, at most six decimals."""
    value = number(text, field=field, label=label, locale=locale, places=QUANTITY_PLACES)
    return _not_below_zero(value, text, field=field, label=label)


def hours(text: str, *, field: str, label: str, locale: str) -> Decimal:
    """Hours above zero with at most two decimals."""
    value = number(text, field=field, label=label, locale=locale, places=2)
    return _above_zero(value, text, field=field, label=label)


def price(text: str, *, field: str, label: str, locale: str) -> Decimal:
    """A unit price: zero or more, at most six decimals."""
    value = number(text, field=field, label=label, locale=locale, places=6)
    return _not_below_zero(value, text, field=field, label=label)


def money(text: str, currency: str, *, field: str, label: str, locale: str) -> Money:
    """An amount of zero or more with no more decimals than the currency has (JPY none, KWD 3)."""
    digits = minor_digits(currency)
    value = number(text, field=field, label=label, locale=locale, places=6)
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > digits:
        raise TOO_FINE(
            field=field,
            label=label,
            places=digits,
            because=f" for {currency}",
            typed=text.strip()[:40],
        )
    return Money.of(_not_below_zero(value, text, field=field, label=label), currency)


def _not_below_zero(value: Decimal, text: str, *, field: str, label: str) -> Decimal:
    if value < 0:
        raise NEGATIVE(field=field, label=label, bound="zero or more", typed=text.strip()[:40])
    return value


def _above_zero(value: Decimal, text: str, *, field: str, label: str) -> Decimal:
    if value <= 0:
        raise NEGATIVE(field=field, label=label, bound="more than zero", typed=text.strip()[:40])
    return value


class Form:
    """A submitted form: typed getters that collect refusals, so that all show at once."""

    def __init__(self, values: Mapping[str, Mapping[str, Any]], locale: str) -> None:
        self.locale = locale
        self.errors: dict[str, str] = {}
        self._inputs: dict[str, Mapping[str, Any]] = {
            name: next(iter(inputs.values()), {}) for name, inputs in values.items()
        }

    def text(self, name: str, *, label: str = "", required: bool = False) -> str:
        """What was typed, trimmed."""
        value = str(self._inputs.get(name, {}).get("value") or "").strip()
        if required and not value:
            self._refuse(REQUIRED(field=name, label=label or name))
        return value

    def choice(self, name: str, *, label: str = "", required: bool = False) -> str:
        """The value of the chosen option, user or channel; empty when there is none."""
        given = self._inputs.get(name, {})
        option = given.get("selected_option") or {}
        value = (
            option.get("value")
            or given.get("selected_user")
            or given.get("selected_conversation")
            or ""
        )
        if required and not value:
            self._refuse(REQUIRED(field=name, label=label or name))
        return str(value)

    def choices(self, name: str) -> list[str]:
        """The values of all chosen options."""
        given = self._inputs.get(name, {})
        options = [option["value"] for option in given.get("selected_options") or ()]
        return options or list(given.get("selected_conversations") or ())

    def day(self, name: str, *, label: str = "") -> date | None:
        """A day from the picker, or typed as YYYY-MM-DD."""
        given = self._inputs.get(name, {})
        typed = str(given.get("selected_date") or given.get("value") or "").strip()
        if not typed:
            return None
        try:
            return date.fromisoformat(typed)
        except ValueError:
            self._refuse(
                INVALID(
                    field=name,
                    label=label or name,
                    problem=f"{typed[:40]} is no day",
                    accepted="give a day like 2026-03-31",
                )
            )
            return None

    def quantity(self, name: str, *, label: str, required: bool = True) -> Decimal | None:
        """A number above zero; none when it was left empty or refused."""
        return self._number(quantity, name, label, required)

    def count(self, name: str, *, label: str) -> Decimal | None:
        """A number of zero or more; none when it was refused."""
        return self._number(count, name, label, required=True)

    def whole(self, name: str, *, label: str, least: int, most: int) -> int | None:
        """A whole number from ``least`` to ``most``; none when it was refused."""
        value = self.count(name, label=label)
        if value is None:
            return None
        if value != value.to_integral_value() or not least <= value <= most:
            self._refuse(
                INVALID(
                    field=name,
                    label=label,
                    problem=f"{plain(value)} does not fit",
                    accepted=f"give a whole number from {least} to {most}",
                )
            )
            return None
        return int(value)

    def hours(self, name: str, *, label: str, required: bool = False) -> Decimal | None:
        """Hours above zero; none when left empty or refused."""
        return self._number(hours, name, label, required)

    def price(self, name: str, *, label: str, required: bool = False) -> Decimal | None:
        """A unit price; none when left empty or refused."""
        return self._number(price, name, label, required)

    def money(
        self, name: str, currency: str, *, label: str, required: bool = False
    ) -> Money | None:
        """An amount in ``currency``; none when left empty or refused."""
        typed = self.text(name, label=label, required=required)
        if not typed:
            return None
        try:
            return money(typed, currency, field=name, label=label, locale=self.locale)
        except DomainError as error:
            self._refuse(error)
            return None

    def _number(self, read: Any, name: str, label: str, required: bool) -> Decimal | None:
        typed = self.text(name, label=label, required=required)
        if not typed:
            return None
        try:
            value: Decimal = read(typed, field=name, label=label, locale=self.locale)
        except DomainError as error:
            self._refuse(error)
            return None
        return value

    def files(self, name: str) -> list[dict[str, Any]]:
        """Slack's file objects that were added to the form."""
        return list(self._inputs.get(name, {}).get("files") or ())

    def _refuse(self, error: DomainError) -> None:
        self.errors.setdefault(error.field or "", error.message)

    def refuse(self, name: str, sentence: str) -> None:
        """Add a refusal of the form's own."""
        self.errors.setdefault(name, sentence)

    def check(self) -> None:
        """Raise ``FormError`` when anything was refused."""
        if self.errors:
            raise FormError(self.errors)
