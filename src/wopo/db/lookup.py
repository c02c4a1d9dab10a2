"""The database's side of finding things by number, code or words."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, func, insert, or_
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select

from wopo.db.uow import SqlStore, implements
from wopo.domain.lookup import Kind, SearchWord
from wopo.domain.numbers import NumberSeries
from wopo.domain.work_orders import OPEN_STATES, WorkOrder
from wopo.usecases.ports.lookup import TABLES, Found, LookupStore

NEAR = 500
"""How many names are compared when nothing was found."""
COMMON = 500
"""A word of more things than this is common."""


WORDS = SearchWord.__table__  # type: ignore[attr-defined]
DROP_WORDS = delete(WORDS).where(
    WORDS.c.subject_id == bindparam("of_id"), WORDS.c.subject == bindparam("of")
)
ADD_WORDS = insert(WORDS)


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
        """By index first; only a name, or a code in some mixed case, is worth a walk."""
        model, key = self._columns(kind)
        spellings = list({typed, typed.upper(), typed.lower()})
        tests = [key.in_(spellings)]
        if hasattr(model, "name"):
            tests += [func.lower(key) == typed.lower(), func.lower(model.name) == typed.lower()]
        for test in tests:
            found = self._found(kind, select(model.id, key).where(test).order_by(key).limit(limit))
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

    def set_words(
        self, subject: str, subject_id: str, words: set[str], *, new: bool = False
    ) -> None:
        connection = self.connection
        if not new:
            connection.execute(DROP_WORDS, {"of": subject, "of_id": subject_id})
        if words:
            rows = [
                {"word": word, "subject": subject, "subject_id": subject_id}
                for word in sorted(words)
            ]
            connection.execute(ADD_WORDS, rows)

    def jobs_with(self, words: Sequence[str], *, limit: int, open_only: bool) -> list[str]:
        """A rare word leads to its few jobs by the index; when every word is common the newest
        jobs are walked and the first matches end the walk."""
        frequency = {word: self._frequency(word) for word in words}
        rarest = min(words, key=lambda word: frequency[word])
        leads = [rarest] if frequency[rarest] <= COMMON else []
        statement = select(WorkOrder.id).where(
            *(_among(word) for word in leads),
            *(_has(word) for word in words if word not in leads),
        )
        if open_only:
            statement = statement.where(col(WorkOrder.state).in_(OPEN_STATES))
        newest = statement.order_by(col(WorkOrder.created_at).desc(), col(WorkOrder.number).desc())
        return list(self.session.exec(newest.limit(limit)))

    def _frequency(self, word: str) -> int:
        """How many things have the word, counted no further than is worth knowing."""
        some = select(SearchWord.subject_id).where(_begins(word)).limit(COMMON + 1).subquery()
        return int(self.session.exec(select(func.count()).select_from(some)).one())

    def _columns(self, kind: Kind) -> tuple[Any, Any]:
        table = TABLES[kind]
        return table.model, getattr(table.model, table.key)

    def _found(self, kind: Kind, statement: Any) -> list[Found]:
        return [Found(kind, id, number) for id, number in self.session.exec(statement)]


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _begins(word: str) -> ColumnElement[bool]:
    """A range over the index instead of LIKE, which neither database answers from one."""
    return and_(col(SearchWord.word) >= word, col(SearchWord.word) < word + "\U0010ffff")


SEARCHED = (
    ("work_order", col(WorkOrder.id)),
    ("asset", col(WorkOrder.asset_id)),
    ("location", col(WorkOrder.location_id)),
)
"""Whose words count for a job."""


def _among(word: str) -> ColumnElement[bool]:
    """The job is one of the few that the index names for the word."""
    return or_(
        *(
            column.in_(
                select(SearchWord.subject_id).where(SearchWord.subject == subject, _begins(word))
            )
            for subject, column in SEARCHED
        )
    )


def _has(word: str) -> ColumnElement[bool]:
    """The job at hand has the word: asked of its own few words, not of all that have it."""
    return or_(
        *(
            exists().where(
                col(SearchWord.subject_id) == column,
                col(SearchWord.subject) == subject,
                _begins(word),
            )
            for subject, column in SEARCHED
        )
    )
