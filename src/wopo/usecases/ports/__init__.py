"""What the use cases need from outside: a unit of work, a clock and a source of ids.

``wopo.db`` provides the real ones; the direction is one way, so use cases never see a session.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from sqlmodel import SQLModel

M = TypeVar("M", bound=SQLModel)
P = TypeVar("P")
Clock = Callable[[], datetime]
NewId = Callable[[], str]


class UnitOfWork(Protocol):
    """One transaction. Leaving the block without ``commit`` rolls everything back."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def add(self, *entities: SQLModel) -> None:
        """Remember new rows; they are written at the latest at commit."""

    def append(self, *entities: SQLModel) -> None:
        """Write rows at once, past the session: cheap, for rows not touched again this time
        (ledger, audit, outbox, movements)."""

    def delete(self, entity: SQLModel) -> None:
        """Remove a row (only of tables that are not append-only)."""

    def get(self, kind: type[M], id: Any, *, beside: tuple[type[SQLModel], ...] = ()) -> M | None:
        """The row with this primary key, or none. ``beside`` names tables that it refers to, here
        and in other methods: their rows are loaded with it because they are asked for next."""

    def many(self, kind: type[M], ids: Collection[str]) -> dict[str, M]:
        """The rows with these ids, by id; those loaded already are not read again."""

    def lock(self, kind: type[M], id: Any, *, beside: tuple[type[SQLModel], ...] = ()) -> M | None:
        """The row with this primary key, freshly read and held until the end."""

    def find(self, kind: type[M], **equal: Any) -> M | None:
        """The one row whose columns equal these values, or none."""

    def all(
        self,
        kind: type[M],
        *,
        order: str | Sequence[str] = (),
        limit: int | None = None,
        beside: tuple[type[SQLModel], ...] = (),
        **equal: Any,
    ) -> list[M]:
        """All rows whose columns equal these values; a list or set value means "one of". A
        question asked before is answered without the database until the table is written to, or
        a document or number is locked where others write meanwhile.

        ``order`` names columns, ``-column`` for descending.
        """

    def count(self, kind: type[M], **equal: Any) -> int:
        """How many rows ``all`` would give."""

    def guarded_update(
        self, kind: type[M], id: Any, *, add: dict[str, int], where_sql: str, **params: Any
    ) -> bool:
        """``UPDATE ... SET column = column + n WHERE id = ... AND (where_sql)``; whether it hit.

        The only way to change a balance (invariant 3): checked and changed in one statement.
        """

    def next_number(self, prefix: str, year: int) -> str:
        """The next gap-free document number; taken back if the transaction is."""

    def next_seq(self, name: str, count: int = 1) -> int:
        """The next value of a named ordering counter; the first of ``count`` in a row."""

    def flush(self) -> None:
        """Write pending rows now, so that a query or a constraint sees them."""

    def commit(self) -> None:
        """Make everything durable."""

    def store(self, port: type[P]) -> P:
        """The database's implementation of a concept's own finders (a class in this package)."""


class Transactions(Protocol):
    """Makes units of work: ``write()`` takes the write lock at once, ``read()`` never writes."""

    def write(self) -> UnitOfWork: ...

    def read(self) -> UnitOfWork: ...
