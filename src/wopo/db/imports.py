"""The database's side of imports: whole tables read by key, and bulk inserts."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Table, func, insert, select, update
from sqlmodel import SQLModel

from wopo.db.uow import SqlStore, implements
from wopo.domain.imports import ImportedRecord
from wopo.domain.purchase_orders import PurchaseOrder
from wopo.usecases.imports.bulk import values_of
from wopo.usecases.ports.imports import ImportStore, Taken


def _table(kind: type[SQLModel]) -> Table:
    return kind.__table__  # type: ignore[attr-defined, no-any-return]


RECORDS, ORDERS = _table(ImportedRecord), _table(PurchaseOrder)
BATCH = 2_000
"""Rows of one INSERT: large enough to be fast, small enough to keep memory flat."""


@implements(ImportStore)
class SqlImportStore(SqlStore, ImportStore):
    """See ``wopo.usecases.ports.imports``."""

    def taken(self, kind: str) -> dict[str, Taken]:
        columns = select(RECORDS.c.source_key, RECORDS.c.digest, RECORDS.c.subject_id)
        rows = self.session.connection().execute(columns.where(RECORDS.c.target == kind))
        return {key: Taken(digest, subject) for key, digest, subject in rows}

    def ids(self, kind: type[SQLModel], column: str) -> dict[str, str]:
        self.session.flush()
        table = _table(kind)
        rows = self.session.connection().execute(select(table.c[column], table.c.id))
        return {key: found for key, found in rows}  # noqa: C416 (rows are no pairs to mypy)

    def pairs(self, kind: type[SQLModel], first: str, second: str) -> set[tuple[str, str]]:
        self.session.flush()
        table = _table(kind)
        rows = self.session.connection().execute(select(table.c[first], table.c[second]))
        return {(one, two) for one, two in rows}

    def remember(self, kind: str, key: str, digest: str) -> None:
        statement = update(RECORDS).where(RECORDS.c.target == kind, RECORDS.c.source_key == key)
        self.session.connection().execute(statement.values(digest=digest))
        self.forget()

    def complete_orders(self) -> list[str]:
        status = RECORDS.c.facts["status"].as_string()
        statement = (
            select(ORDERS.c.id)
            .join(RECORDS, RECORDS.c.subject_id == ORDERS.c.id)
            .where(RECORDS.c.target == "orders", status == "complete")
            .order_by(func.length(ORDERS.c.number), ORDERS.c.number)
        )
        return list(self.session.connection().execute(statement).scalars())

    def flagged(self, limit: int) -> list[str]:
        statement = (
            select(RECORDS.c.id)
            .where(func.json_array_length(RECORDS.c.warnings) > 0)
            .order_by(RECORDS.c.at.desc(), RECORDS.c.source_key)
            .limit(limit)
        )
        return list(self.session.connection().execute(statement).scalars())

    def write(self, rows: Iterable[SQLModel]) -> None:
        self.session.flush()
        kinds: dict[type[SQLModel], list[dict[str, Any]]] = {}
        for row in rows:
            kinds.setdefault(type(row), []).append(values_of(row))
        connection = self.session.connection()
        for kind, values in kinds.items():
            for start in range(0, len(values), BATCH):
                connection.execute(insert(_table(kind)), values[start : start + BATCH])
        self.forget()
