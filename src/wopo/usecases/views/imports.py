"""What imports brought with a warning, listed for a person."""

from dataclasses import dataclass
from datetime import datetime

from wopo.domain.imports import ImportedRecord
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.imports import ImportStore


@dataclass(frozen=True)
class Flagged:
    """A record taken in with warnings: what it is, where it stood, and what does not fit."""

    id: str
    target: str
    number: str
    subject_id: str
    source: str
    line: int
    warnings: tuple[str, ...]
    at: datetime


def flagged_view(uow: UnitOfWork, *, limit: int) -> tuple[Flagged, ...]:
    """Records with warnings, the newest import first; two queries."""
    ids = uow.store(ImportStore).flagged(limit)
    found = {row.id: row for row in uow.all(ImportedRecord, id=ids)} if ids else {}
    return tuple(_flagged(found[id]) for id in ids)


def _flagged(row: ImportedRecord) -> Flagged:
    return Flagged(
        row.id,
        row.target,
        row.source_key,
        row.subject_id,
        row.source,
        row.line,
        tuple(row.warnings),
        row.at,
    )
