"""The database's side of finding things by number, code or words."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, insert, or_
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select

from wopo.db.uow import SqlStore, implements
from wopo.domain.lookup import Kind, SearchWord
from wopo.domain.numbers import NumberSeries
from wopo.domain.work_orders import OPEN_STATES, WorkOrder
from wopo.usecases.ports.lookup import TABLES, Found, LookupStore

NEAR = 500
"""How many names are compared when nothing was found."""


@implements(LookupStore)
class SqlLookup(SqlStore):
    """See ``LookupStore``."""

    def years(self, prefix: str) -> list[int]:
        statement = (
            select(NumberSeries.year)
            .where(col(NumberSeries.prefix) == prefix)
            .order_by(col(NumberSeries.year).desc())
        )
        return list(self.session.exec(statement))

    def with_numbers(self, kind: Kind, numbers: Sequence[str]) -> list[Found]:
        model, key = self._columns(kind)
        statement = select(model.id, key).where(key.in_(list(numbers))).order_by(key)
        return self._found(kind, statement)

    def with_name(self, kind: Kind, typed: str, *, limit: int) -> list[Found]:
        model, key = self._columns(kind)
        for column in (key, getattr(model, "name", key)):
            same = select(model.id, key).where(func.lower(column) == typed.lower())
            found = self._found(kind, same.order_by(key).limit(limit))
            if found:
                return found
        return []

    def with_tail(self, kind: Kind, tail: str, *, limit: int) -> list[Found]:
        model, key = self._columns(kind)
        statement = select(model.id, key).where(key.endswith(tail, autoescape=True))
        return self._found(kind, statement.order_by(key).limit(limit))

    def names(self, kind: Kind, typed: str) -> list[str]:
        model, key = self._columns(kind)
        columns = [key] + ([model.name] if hasattr(model, "name") else [])
        near: list[str] = []
        head = typed.strip()[:1]
        for column in columns:
            alike = select(column).where(column.ilike(f"{_plain(head)}%", escape="\\"))
            for statement in (alike, select(column)):
                found = self.session.exec(statement.order_by(column).limit(NEAR))
                near.extend(found)
        return near

    def set_words(self, subject: str, subject_id: str, words: set[str]) -> None:
        table = SearchWord.__table__  # type: ignore[attr-defined]
        self.session.execute(
            delete(table).where(table.c.subject_id == subject_id, table.c.subject == subject)
        )
        if words:
            rows = [
                {"word": word, "subject": subject, "subject_id": subject_id}
                for word in sorted(words)
            ]
            self.session.execute(insert(table), rows)

    def jobs_with(self, words: Sequence[str], *, limit: int, open_only: bool) -> list[str]:
        statement = select(WorkOrder.id).where(*(_has(word) for word in words))
        if open_only:
            statement = statement.where(col(WorkOrder.state).in_(OPEN_STATES))
        newest = statement.order_by(col(WorkOrder.created_at).desc(), col(WorkOrder.number).desc())
        return list(self.session.exec(newest.limit(limit)))

    def _columns(self, kind: Kind) -> tuple[Any, Any]:
        table = TABLES[kind]
        return table.model, getattr(table.model, table.key)

    def _found(self, kind: Kind, statement: Any) -> list[Found]:
        return [Found(kind, id, number) for id, number in self.session.exec(statement)]


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _has(word: str) -> ColumnElement[bool]:
    """A range over the index instead of LIKE, which neither database answers from one."""

    def among(subject: str) -> Any:
        return select(SearchWord.subject_id).where(
            col(SearchWord.subject) == subject,
            col(SearchWord.word) >= word,
            col(SearchWord.word) < word + "\U0010ffff",
        )

    return or_(
        col(WorkOrder.id).in_(among("work_order")),
        col(WorkOrder.asset_id).in_(among("asset")),
        col(WorkOrder.location_id).in_(among("location")),
    )
