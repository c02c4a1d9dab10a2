"""Rows for bulk inserts: thousands of them at the price of dictionaries.

A mapped object's bookkeeping costs more than everything else of an import together, so rows that
are written once and never touched again are made without it.
"""

from typing import Any, TypeVar

from pydantic_core import PydanticUndefined
from sqlmodel import SQLModel

M = TypeVar("M", bound=SQLModel)
_DEFAULTS: dict[type[SQLModel], tuple[dict[str, Any], dict[str, Any]]] = {}


def bulk_row(kind: type[M], /, **values: Any) -> M:
    """A row to be read and inserted in bulk. It is unknown to any session: never add it to a unit
    of work, and never set its fields afterwards."""
    plain, factories = _defaults(kind)
    made = object.__new__(kind)
    made.__dict__.update(plain)
    for name, factory in factories.items():
        if name not in values:
            made.__dict__[name] = factory()
    made.__dict__.update(values)
    return made


def _defaults(kind: type[SQLModel]) -> tuple[dict[str, Any], dict[str, Any]]:
    found = _DEFAULTS.get(kind)
    if found is None:
        plain: dict[str, Any] = {}
        factories: dict[str, Any] = {}
        for name, field in kind.model_fields.items():
            if field.default_factory is not None:
                factories[name] = field.default_factory
            elif field.default is not PydanticUndefined:
                plain[name] = field.default
        found = _DEFAULTS[kind] = plain, factories
    return found


def values_of(row: SQLModel) -> dict[str, Any]:
    """What is inserted: the row's columns by name."""
    return {name: value for name, value in row.__dict__.items() if not name.startswith("_")}
