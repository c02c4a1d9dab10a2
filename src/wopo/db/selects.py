"""The plain reads of the unit of work, built once per shape: building one costs more than it."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, func
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import SQLModel, select

Shape = tuple[tuple[str, str], ...]
"""Column names, each with how it is compared: ``null``, ``in`` or ``is``."""
SHAPES = 2_000


def shape_of(equal: Mapping[str, Any]) -> tuple[Shape, dict[str, Any]]:
    """How these columns are compared, and the values to compare them with."""
    shape: list[tuple[str, str]] = []
    values: dict[str, Any] = {}
    for name, value in equal.items():
        if value is None:
            shape.append((name, "null"))
            continue
        several = isinstance(value, Collection) and not isinstance(value, str)
        shape.append((name, "in" if several else "is"))
        values[name] = list(value) if several else value
    return tuple(shape), values


@lru_cache(maxsize=SHAPES)
def rows(
    kind: type[SQLModel], shape: Shape, order: tuple[str, ...] = (), limit: int | None = None
) -> Select[Any]:
    """All rows of this shape; ``order`` names columns, ``-column`` for descending."""
    statement = select(kind).where(*_conditions(kind, shape))
    for name in order:
        column = getattr(kind, name.removeprefix("-"))
        statement = statement.order_by(column.desc() if name.startswith("-") else column)
    return statement if limit is None else statement.limit(limit)


@lru_cache(maxsize=SHAPES)
def number_of(kind: type[SQLModel], shape: Shape) -> Select[Any]:
    """How many rows of this shape there are."""
    return select(func.count()).select_from(kind).where(*_conditions(kind, shape))


def _conditions(kind: type[SQLModel], shape: Shape) -> list[ColumnElement[bool]]:
    return [_condition(getattr(kind, name), name, how) for name, how in shape]


def _condition(column: Any, name: str, how: str) -> Any:
    match how:
        case "null":
            return column.is_(None)
        case "in":
            return column.in_(bindparam(name, expanding=True))
        case _:
            return column == bindparam(name)
