"""Events: one frozen fact per change. A domain verb returns its event; nothing else writes one.

From each event are derived, in the same transaction: reactions, exactly one audit row, and the
outbox rows of whoever must be told.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, TypeVar, dataclass_transform

from wopo.domain.money import Money, plain


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact about one subject (``subject_id`` is the id of the document it happened to)."""

    name: ClassVar[str]
    """``subject:verb`` in the past tense, for example ``purchase_order:approved``."""

    subject_id: str

    @classmethod
    def subject(cls) -> str:
        """The kind of document, the first half of the name."""
        return cls.name.partition(":")[0]

    def facts(self) -> dict[str, Any]:
        """All fields as JSON values, for the audit row."""
        return {f.name: as_json(getattr(self, f.name)) for f in fields(self)}


EVENTS: dict[str, type[Event]] = {}
"""Every event by name; a test asks that each is announced or listed as silent."""

E = TypeVar("E", bound=Event)


@dataclass_transform(kw_only_default=True, frozen_default=True)
def event(name: str) -> Callable[[type[E]], type[E]]:
    """Class decorator: make a frozen event called ``name`` and register it."""

    def register(cls: type[E]) -> type[E]:
        made = dataclass(frozen=True, kw_only=True)(cls)
        made.name = name
        if EVENTS.setdefault(name, made).__qualname__ != made.__qualname__:
            raise ValueError(f"event {name} is declared twice")
        return made

    return register


def as_json(value: Any) -> Any:
    """A plain JSON value: decimals and dates as text, money as amount and currency."""
    match value:
        case Money():
            return {"amount": str(value.amount), "currency": value.currency}
        case StrEnum():
            return str(value)
        case Decimal():
            return plain(value)
        case datetime() | date():
            return value.isoformat()
        case dict():
            return {str(key): as_json(item) for key, item in value.items()}
        case list() | tuple():
            return [as_json(item) for item in value]
        case set() | frozenset():
            return sorted(as_json(item) for item in value)
        case _:
            return value
