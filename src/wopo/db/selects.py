"""The plain statements of the unit of work, built once per shape: building one costs more than
carrying it out."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Select, bindparam, func, text, update
from sqlalchemy.sql.dml import ReturningUpdate
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import SQLModel, select

Shape = tuple[tuple[str, str], ...]
"""Column names, each with how it is compared: ``null``, ``in`` or ``is``."""
Beside = tuple[type[SQLModel], ...]
"""Tables whose rows are read in the same statement, because they are asked for next."""
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
    kind: type[SQLModel],
    shape: Shape,
    order: tuple[str, ...] = (),
    limit: int | None = None,
    beside: Beside = (),
) -> Select[Any]:
    """All rows of this shape, each with the rows of ``beside`` that it refers to; ``order`` names
    columns, ``-column`` for descending."""
    statement: Select[Any] = select(kind, *beside)
    statement = statement.where(*_conditions(kind, shape))
    for other in beside:
        statement = statement.outerjoin(other, _reference(kind, other))
    for name in order:
        column = getattr(kind, name.removeprefix("-"))
        statement = statement.order_by(column.desc() if name.startswith("-") else column)
    return statement if limit is None else statement.limit(limit)


@lru_cache(maxsize=SHAPES)
def by_key(kind: type[SQLModel]) -> Select[Any]:
    """The row with this primary key; a session's own ``get`` builds its statement every time."""
    return rows(kind, tuple((name, "is") for name in _key(kind)))


def key_values(kind: type[SQLModel], id: Any) -> dict[str, Any]:
    """The values of a primary key for ``by_key``; a tuple where it has several columns."""
    return dict(zip(_key(kind), id if isinstance(id, tuple) else (id,), strict=True))


@lru_cache(maxsize=SHAPES)
def _key(kind: type[SQLModel]) -> tuple[str, ...]:
    return tuple(column.name for column in kind.__table__.primary_key)  # type: ignore[attr-defined]


def _reference(kind: type[SQLModel], other: type[SQLModel]) -> ColumnElement[bool]:
    """The one column of ``kind`` that refers to ``other``."""
    mine, table = kind.__table__, other.__table__  # type: ignore[attr-defined]
    (condition,) = (
        column == table.c.id
        for column in mine.c
        if any(key.column.table is table for key in column.foreign_keys)
    )
    return cast(ColumnElement[bool], condition)


@lru_cache(maxsize=SHAPES)
def locking(kind: type[SQLModel], beside: Beside) -> Select[Any]:
    """The row with this primary key, held; what is beside it is only read."""
    shape = tuple((name, "is") for name in _key(kind))
    return rows(kind, shape, beside=beside).with_for_update(of=kind)


@lru_cache(maxsize=SHAPES)
def number_of(kind: type[SQLModel], shape: Shape) -> Select[Any]:
    """How many rows of this shape there are."""
    return select(func.count()).select_from(kind).where(*_conditions(kind, shape))


@lru_cache(maxsize=SHAPES)
def addition(kind: type[SQLModel], names: tuple[str, ...], where_sql: str) -> ReturningUpdate[Any]:
    """Add ``:add_<column>`` to each of these columns of row ``:row_id`` where ``where_sql`` holds,
    and give what they are then."""
    table = kind.__table__  # type: ignore[attr-defined]
    columns = [table.c[name] for name in names]
    return (
        update(table)
        .where(table.c.id == bindparam("row_id"), text(f"({where_sql})"))
        .values({column: column + bindparam(f"add_{column.name}") for column in columns})
        .returning(*columns)
    )


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
