"""The history of a document as the audit chain tells it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wopo.domain.audit import AuditEntry
from wopo.domain.people import Person
from wopo.domain.workflow import words
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.names import Ref, refs

SHOWN = 20
_WHY = ("reason", "cause", "told", "question", "flag")
"""Facts of an event that say why, the first that is there."""


@dataclass(frozen=True)
class HistoryLine:
    """One event: when, who (none: wopo itself), what, and why."""

    seq: int
    at: datetime
    who: Ref | None
    what: str
    why: str
    facts: dict[str, Any]


def history(uow: UnitOfWork, subject_id: str, *, limit: int = SHOWN) -> tuple[HistoryLine, ...]:
    """The newest events of a document, the newest first; two queries."""
    entries = uow.all(AuditEntry, subject_id=subject_id, order="-seq", limit=limit)
    people = refs(uow, Person, [entry.actor_id for entry in entries])
    return tuple(_line(entry, people) for entry in entries)


def _line(entry: AuditEntry, people: dict[str, Ref]) -> HistoryLine:
    _, _, verb = entry.event.partition(":")
    return HistoryLine(
        seq=entry.seq,
        at=entry.at,
        who=people.get(entry.actor_id or ""),
        what=words(verb),
        why=_first(entry.facts, _WHY),
        facts=entry.facts,
    )


def _first(facts: dict[str, Any], names: Sequence[str]) -> str:
    return next((str(facts[name]) for name in names if facts.get(name)), "")
