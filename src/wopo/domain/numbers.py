"""Document numbers: without gaps for committed documents, never used twice (invariant 9)."""

from sqlmodel import Field, SQLModel

from wopo.domain.events import Event, event


class NumberSeries(SQLModel, table=True):
    """The last number given out, per kind and year; the row that numbering locks."""

    __tablename__ = "number_series"

    prefix: str = Field(primary_key=True, max_length=8)
    year: int = Field(primary_key=True)
    last: int = 0


def document_number(prefix: str, year: int, sequence: int) -> str:
    """``WO-2026-000123``."""
    return f"{prefix}-{year}-{sequence:06d}"


def short(number: str) -> str:
    """The tail people say and type: ``WO-123``."""
    prefix, _, rest = number.partition("-")
    tail = rest.rpartition("-")[2]
    return f"{prefix}-{int(tail)}" if tail.isdigit() else number


@event("numbers:skipped")
class NumbersSkipped(Event):
    """After a restore no series gives out what may have been given out since the backup:
    ``skipped`` holds the first and the last number left out of each, by ``PREFIX-year``."""

    skipped: dict[str, tuple[int, int]]
