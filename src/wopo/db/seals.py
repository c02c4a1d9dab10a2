"""Seals: a hash over every row that is written once and never changed.

The audit chain proves what happened; the ledger, the movements of stock and the refusals are rows
of their own. Each carries the hash of everything it says, made by the database layer as the row is
written, so that verification can name a row of which even one byte was changed. The audit chain
stays the proof against somebody who recomputes hashes too.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Connection, String, Table
from sqlmodel import SQLModel

from wopo.db.careful import Broken, careful_rows
from wopo.domain.audit import RefusalEntry
from wopo.domain.budget_conversions import BudgetConversion
from wopo.domain.events import as_json
from wopo.domain.ledger import LedgerEntry
from wopo.domain.stock import StockMovement

SEAL = "seal"
BATCH = 2_000
_ENCODE = json.JSONEncoder(separators=(",", ":")).encode


def _table(kind: type[SQLModel]) -> Table:
    return kind.__table__  # type: ignore[attr-defined, no-any-return]


SEALED = tuple(
    _table(kind) for kind in (LedgerEntry, BudgetConversion, StockMovement, RefusalEntry)
)


_COLUMNS = {
    table: tuple(column.name for column in table.columns if column.name != SEAL) for table in SEALED
}


def seal_of(table: Table, values: Mapping[str, Any]) -> str:
    """SHA-256 over the table's name and every column of the row but the seal itself."""
    said = [table.name]
    for name in _COLUMNS[table]:
        value = values.get(name)
        if value is None:
            said.append("")
        elif isinstance(value, str):
            said.append("=" + value)
        elif isinstance(value, int):
            said.append(str(value))
        else:
            said.append(_plain(value))
    return hashlib.sha256(_ENCODE(said).encode()).hexdigest()


def _plain(value: Any) -> str:
    """A time, a day, a decimal or a JSON value as text."""
    found = as_json(value.astimezone(UTC) if isinstance(value, datetime) else value)
    return found if isinstance(found, str) else json.dumps(found, sort_keys=True)


def _seal(context: Any) -> str:
    return seal_of(context.compiled.statement.table, context.get_current_parameters())


for _sealed in SEALED:
    # No field of the model: nothing but the writing of the row can set it.
    _sealed.append_column(Column(SEAL, String(64), default=_seal, nullable=False))


def broken_seals(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """Table, key and problem of every sealed row that is not what was written."""
    for table in SEALED:
        for row in careful_rows(connection, table, BATCH):
            if isinstance(row, Broken):
                yield table.name, row.key(table), f"its {row.column} can't be read"
            elif row.seal != _seal_if_any(table, row._mapping):
                yield table.name, str(row.id), "it is not what was written"


def _seal_if_any(table: Table, values: Any) -> str | None:
    """The seal it must have; none where a value is of a kind that no row has."""
    try:
        return seal_of(table, values)
    except (TypeError, ValueError, AttributeError, OverflowError):
        return None
