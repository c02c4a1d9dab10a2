"""Taking rows in: what every kind of record has in common.

A row is known by its source key and a digest over everything it says. The same digest again
changes nothing; a new one is taken in as a change. Problems are gathered, up to a limit, and then
refuse the whole import, so that nothing is written.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, TypeVar

from sqlmodel import SQLModel

from wopo.domain.errors import DomainError
from wopo.domain.events import Event
from wopo.domain.imports import PROBLEMS, ImportedRecord
from wopo.domain.lookup import nearest
from wopo.domain.payment_batches import PaymentTakenOut
from wopo.usecases.door import Context, Registry
from wopo.usecases.imports.bulk import bulk_row
from wopo.usecases.imports.rows import Problem, Row, Sourced
from wopo.usecases.ports.imports import ImportStore, Taken

MAX_PROBLEMS = 20
BATCH = 2_000
"""Rows written together."""
T = TypeVar("T")


@dataclass
class Rounding:
    """By how much rounded line totals differ from the source's, in major units."""

    lines: int = 0
    largest: Decimal = Decimal(0)
    sum: Decimal = Decimal(0)

    def count(self, difference: Decimal) -> None:
        """Take one line into account."""
        self.lines += 1
        self.sum += difference
        self.largest = max(self.largest, abs(difference))


@dataclass
class Outcome:
    """What one kind of record came to."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0

    def count(self, outcome: str) -> None:
        """Take one record into account."""
        setattr(self, outcome, getattr(self, outcome) + 1)

    def facts(self) -> dict[str, int]:
        """As plain numbers."""
        return {"added": self.added, "changed": self.changed, "unchanged": self.unchanged}


@dataclass
class Taking:
    """One import under way."""

    ctx: Context
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    more: bool = False
    warnings: int = 0
    rounding: Rounding = field(default_factory=Rounding)
    _pending: list[SQLModel] = field(default_factory=list)
    _taken: dict[str, dict[str, Taken]] = field(default_factory=dict)
    _ids: dict[tuple[type[SQLModel], str], dict[str, str]] = field(default_factory=dict)

    @property
    def store(self) -> ImportStore:
        """The import's finders."""
        return self.ctx.uow.store(ImportStore)

    def outcome(self, kind: str) -> Outcome:
        """The counts of one kind."""
        return self.outcomes.setdefault(kind, Outcome())

    def taken(self, kind: str) -> dict[str, Taken]:
        """What was taken in before of this kind; one query per import."""
        if kind not in self._taken:
            self._taken[kind] = self.store.taken(kind)
        return self._taken[kind]

    def problem(self, found: Problem) -> None:
        """Keep a problem; after twenty the import gives up at once."""
        if len(self.problems) >= MAX_PROBLEMS:
            self.more = True
            self.refuse()
        self.problems.append(found)

    def refuse(self) -> None:
        """Raise ``PROBLEMS`` when there are any: the whole import is undone."""
        if not self.problems:
            return
        count = f"{len(self.problems)} problem{'s' if len(self.problems) > 1 else ''}"
        if self.more:
            count = f"more than {MAX_PROBLEMS} problems (the first {MAX_PROBLEMS} follow)"
        raise PROBLEMS(
            count=count,
            list="\n".join(str(problem) for problem in self.problems),
            problems=[str(problem) for problem in self.problems],
        )

    def reference(
        self, kind: type[SQLModel], column: str, code: str | None, label: str
    ) -> str | None:
        """The id for a code; ``ValueError`` with the nearest known one when there is none."""
        if not code:
            return None
        known = self.known(kind, column)
        if code not in known:
            near = nearest(code, known, limit=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise ValueError(f"there is no {label} '{code}'.{hint}")
        return known[code]

    def resolved(
        self, found: Sourced[Any], name: str, kind: type[SQLModel], column: str, label: str
    ) -> str | None:
        """The id for the code in the row's field ``name``; none where it is empty, and none with
        a problem where nothing has the code."""
        try:
            return self.reference(kind, column, getattr(found.row, name), label)
        except ValueError as error:
            self.problem(Problem(found.place.at(name), str(error)))
            return None

    def known(self, kind: type[SQLModel], column: str) -> dict[str, str]:
        """Ids of a table by a unique column; read once, so ask after what is written before it."""
        found = self._ids.get((kind, column))
        if found is None:
            found = self._ids[kind, column] = self.store.ids(kind, column)
        return found

    def note(self, kind: type[SQLModel], column: str, added: dict[str, str]) -> None:
        """Know rows that were just written."""
        self.known(kind, column).update(added)

    def fresh(self, kind: str, rows: Iterator[Sourced[Row] | Problem]) -> Iterator[Sourced[Row]]:
        """Rows that say something new; unchanged ones are counted, problems kept. A record that
        is there twice is a problem too."""
        seen: dict[str, int] = {}
        taken = self.taken(kind)
        for found in rows:
            if isinstance(found, Problem):
                self.problem(found)
                continue
            key = found.row.source_key()
            if key in seen:
                self.problem(
                    Problem(found.place.at(), f"'{key}' is there twice, first in line {seen[key]}.")
                )
                continue
            seen[key] = found.place.line
            earlier = taken.get(key)
            if earlier is not None and earlier.digest == digest_of(found.row):
                self.outcome(kind).count("unchanged")
                continue
            yield found

    def record(
        self, kind: str, found: Sourced[Row], subject_id: str, **more: Any
    ) -> ImportedRecord:
        """What is to be remembered of a row taken in for the first time."""
        warnings = more.get("warnings", [])
        self.warnings += len(warnings)
        return bulk_row(
            ImportedRecord,
            id=self.ctx.new_id(),
            target=kind,
            source_key=found.row.source_key(),
            digest=digest_of(found.row),
            subject_id=subject_id,
            source=found.place.file[:200],
            line=found.place.line,
            at=self.ctx.at,
            **more,
        )

    def later(self, *rows: SQLModel) -> None:
        """Write rows together with the next ones; at the latest at the end of their kind."""
        self._pending.extend(rows)
        if len(self._pending) >= BATCH:
            self.write()

    def write(self) -> None:
        """Write what was left for later."""
        self.store.write(self._pending)
        self._pending.clear()

    def remember(self, kind: str, found: Sourced[Row], subject_id: str) -> None:
        """Keep the row's digest: a new record, or in place of the earlier one."""
        key = found.row.source_key()
        earlier = self.taken(kind).get(key)
        if earlier is None:
            made = self.record(kind, found, subject_id)
            self.later(made)
            self.taken(kind)[key] = Taken(made.digest, subject_id)
        else:
            digest = digest_of(found.row)
            self.store.remember(kind, key, digest)
            self.taken(kind)[key] = replace(earlier, digest=digest)


def digest_of(row: Row) -> str:
    """SHA-256 over everything a row says; children count, the place does not."""
    return hashlib.sha256(_said(row).encode()).hexdigest()


def _said(row: Row) -> str:
    parts = [type(row).__name__]
    for name in sorted(row.model_fields_set):
        value = getattr(row, name)
        if isinstance(value, tuple):
            value = [_said(v.row) if isinstance(v, Sourced) else v for v in value]
        parts.append(f"{name}={_plain(value)}")
    return "\x1f".join(parts)


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value)


_UNTOLD: dict[type[Event], type[Event]] = {}
"""Each event's twin: the same event under a type that nobody announces or reacts to."""


def untold(event: Event) -> Event:
    """The same fact, with its audit row but without a message of its own: an import posts
    nothing but one summary (domain.md)."""
    kind = type(event)
    twin = _UNTOLD.get(kind)
    if twin is None:
        twin = _UNTOLD[kind] = type(kind.__name__, (kind,), {"__doc__": kind.__doc__})
    made = object.__new__(twin)
    made.__dict__.update(event.__dict__)
    return made


def quietly(ctx: Context, work: Callable[[Context], T]) -> T:
    """Do ``work`` with all its reactions and audit rows, but without its messages; except that a
    file for the bank is no longer right."""
    inner = Context(
        ctx.uow,
        actor=ctx.actor,
        surface=ctx.surface,
        at=ctx.at,
        new_id=ctx.new_id,
        acknowledged=ctx.acknowledged,
    )
    result = work(inner)
    done = 0
    while done < len(inner.recorded):
        event = inner.recorded[done]
        for run in Registry.reactions.get(type(event), ()):
            run(event, inner)
        done += 1
    for event in inner.recorded:
        ctx.record(event if isinstance(event, PaymentTakenOut) else untold(event))
    return result


def sentence_of(error: DomainError) -> str:
    """A refusal's own words without the part about what was kept: the import says that once."""
    told = error.message.replace(". Nothing was changed;", ";")
    return told.replace(" Nothing was changed;", ";").replace(" Nothing was changed.", "")
