"""Text of a file into values: numbers by their decimal mark, dates by their format, yes and no.

What is refused says what is accepted; nothing is guessed (``1.234`` with a decimal comma is a
thousand two hundred only where the mapping names the thousands mark).
"""

import re
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from functools import lru_cache
from types import UnionType
from typing import Any, Union, get_args, get_origin

from wopo.readers.mapping import Format
from wopo.readers.problems import nearest
from wopo.usecases.imports.rows import Row

_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)\Z", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(@\d{3})+(\.\d*)?\Z", re.ASCII)


class Kind(Enum):
    """What a field of a row holds."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole number"
    YES_NO = "yes or no"
    DAY = "day"
    CHOICE = "choice"
    LIST = "list"


@lru_cache(maxsize=512)
def kind_of(row: type[Row], name: str) -> tuple[Kind, type[StrEnum] | None]:
    """What the field holds, and the enum of a choice or of a list's items."""
    annotation = row.model_fields[name].annotation
    options = [annotation]
    if get_origin(annotation) in {Union, UnionType}:
        options = [option for option in get_args(annotation) if option is not type(None)]
    plain = options[0]
    if get_origin(plain) is tuple:
        item = get_args(plain)[0]
        is_enum = isinstance(item, type) and issubclass(item, StrEnum)
        return Kind.LIST, item if is_enum else None
    simple = {Decimal: Kind.NUMBER, bool: Kind.YES_NO, int: Kind.WHOLE, date: Kind.DAY}
    for known, kind in simple.items():
        if plain is known:
            return kind, None
    if isinstance(plain, type) and issubclass(plain, StrEnum):
        return Kind.CHOICE, plain
    return Kind.TEXT, None


def value_of(text: str, kind: Kind, choices: type[StrEnum] | None, how: Format) -> Any:
    """The value that ``text`` stands for. Raises ``ValueError`` with one sentence."""
    match kind:
        case Kind.NUMBER:
            return number(text, how)
        case Kind.WHOLE:
            value = number(text, how)
            if value != value.to_integral_value():
                raise ValueError(f"'{text}' is not a whole number; use one like 12")
            return int(value)
        case Kind.DAY:
            return day(text, how.dates)
        case Kind.YES_NO:
            return yes_or_no(text, how)
        case Kind.CHOICE if choices is not None:
            return choice(text, choices)
        case Kind.LIST:
            items = [item.strip() for item in text.split(how.list_separator)]
            return tuple(choice(i, choices) if choices else i for i in items if i)
        case _:
            return text


def number(text: str, how: Format) -> Decimal:
    """An exact decimal; no exponent, no NaN, no mark that the mapping does not name."""
    found = _number(text, how.decimal_mark, how.thousands_mark)
    if found is None:
        raise ValueError(f"'{text}' is not a number; use one like 1234{how.decimal_mark}56")
    return found


@lru_cache(maxsize=20_000)
def _number(text: str, mark: str, group: str) -> Decimal | None:
    plain = text
    if group and group in plain:
        grouped = plain.replace(group, "@").replace(mark, ".")
        if not _GROUPED.match(grouped):
            return None
        plain = plain.replace(group, "")
    if mark != ".":
        if "." in plain:
            return None
        plain = plain.replace(mark, ".")
    return Decimal(plain) if _PLAIN.match(plain) else None


def day(text: str, formats: tuple[str, ...]) -> date:
    """A day in the first format that fits; a time of day is left off."""
    found = _day(text, formats)
    if found is None:
        example = datetime(2026, 3, 31).strftime(formats[0])  # noqa: DTZ001 (an example of a day)
        raise ValueError(f"'{text}' is not a day; use one like {example}")
    return found


@lru_cache(maxsize=20_000)
def _day(text: str, formats: tuple[str, ...]) -> date | None:
    for form in formats:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    return None


def yes_or_no(text: str, how: Format) -> bool:
    """One of the words for yes or for no."""
    folded = text.casefold()
    if folded in {word.casefold() for word in how.yes}:
        return True
    if folded in {word.casefold() for word in how.no}:
        return False
    raise ValueError(f"'{text}' is neither yes nor no; use {how.yes[0]} or {how.no[0]}")


def choice(text: str, choices: type[StrEnum]) -> StrEnum:
    """A member by its value, in any case."""
    known = [member.value for member in choices]
    folded = text.strip().casefold().replace(" ", "_")
    if folded not in known:
        raise ValueError(f"'{text}' is not one of {', '.join(known)}.{nearest(text, known)}")
    return choices(folded)
