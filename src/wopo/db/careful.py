"""Reading tables that somebody may have damaged: a bad row is named, the others are read.

On PostgreSQL a column can't hold what its type can't be read from, so rows are read as they come.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Table, literal_column, select
from sqlalchemy.exc import DBAPIError

READ_ERRORS: tuple[type[Exception], ...] = (
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    DBAPIError,
)
"""What a bad JSON, time, decimal, state or text raises when it is read or used."""
ROWID: Any = literal_column("rowid")


@dataclass(frozen=True)
class Broken:
    """A row that can't be read as a whole: the first bad column, and the others' values."""

    column: str
    values: dict[str, Any]
    rowid: int

    def key(self, table: Table) -> str:
        """The row's primary key as text, or its place in the file where that is what is bad."""
        parts = [self.values.get(column.name) for column in table.primary_key]
        if any(part is None for part in parts):
            return f"row {self.rowid}"
        return " ".join(map(str, parts))


def careful_rows(connection: Connection, table: Table, size: int) -> Iterator[Row[Any] | Broken]:
    """Every row in the order of its primary key (SQLite: of its rowid, which is that key where it
    is a whole number), ``size`` at a time."""
    if connection.dialect.name != "sqlite":
        ordered = select(table).order_by(*table.primary_key).execution_options(yield_per=size)
        yield from connection.execute(ordered)
        return
    last: int | None = None
    while True:
        places = _places(connection, table, last, size)
        if not places:
            return
        span = select(table).where(ROWID.between(places[0], places[-1])).order_by(ROWID)
        try:
            found: list[Row[Any] | Broken] = list(connection.execute(span))
        except READ_ERRORS:
            found = [_one(connection, table, place) for place in places]
        yield from found
        last = places[-1]


def _places(connection: Connection, table: Table, last: int | None, size: int) -> list[int]:
    statement = select(ROWID).select_from(table).order_by(ROWID).limit(size)
    if last is not None:
        statement = statement.where(last < ROWID)
    return list(connection.execute(statement).scalars())


def _one(connection: Connection, table: Table, place: int) -> Row[Any] | Broken:
    try:
        return connection.execute(select(table).where(place == ROWID)).one()
    except READ_ERRORS:
        values: dict[str, Any] = {}
        bad = ""
        for column in table.columns:
            try:
                values[column.name] = connection.scalar(select(column).where(place == ROWID))
            except READ_ERRORS:
                bad = bad or column.name
        return Broken(bad, values, place)
