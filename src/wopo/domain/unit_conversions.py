"""Unit conversions from a dated table: for everything, or for one part (a box of this bearing).

A pair entered one way round also serves the other way, exactly. Chains are not followed: a factor
is what somebody entered.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from wopo.domain.columns import decimal_field, id_field, ref
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event
from wopo.domain.matching import Conversions

NO_CONVERSION = Refusal(
    "unit_conversion.missing",
    "Nobody told how many {target} one {source} is. Nothing was changed; "
    "count in {target}, or have the conversion entered.",
)
SAME_UNIT = Refusal(
    "unit_conversion.same",
    "{source} and {target} are the same unit. Nothing was changed; name two units.",
)


class UnitConversion(SQLModel, table=True):
    """One ``source`` is ``factor`` of ``target`` from this day on; of one part, or of all."""

    __tablename__ = "unit_conversion"
    __table_args__ = (UniqueConstraint("source", "target", "part_id", "day"),)

    id: str = id_field()
    source: str = Field(max_length=20)
    target: str = Field(max_length=20)
    part_id: str | None = ref("part", null=True)
    day: date
    factor: Decimal = decimal_field()


def conversions_on(
    rows: Iterable[UnitConversion], day: date, part_id: str | None = None
) -> Conversions:
    """What holds on ``day`` for a part: its own conversions before the general ones, of each the
    newest not later than the day."""
    valid = [row for row in rows if row.day <= day and row.part_id in (None, part_id)]
    found: dict[tuple[str, str], Decimal] = {}
    for row in sorted(valid, key=lambda row: (row.part_id is not None, row.day)):
        # A later or narrower one replaces an earlier one also when it was entered the other way.
        found.pop((row.target, row.source), None)
        found.pop((row.source, row.target), None)
        found[row.source, row.target] = row.factor
    return Conversions(found)


def same_unit(billed: str, ordered: str) -> bool:
    """Whether a quantity is in the order's unit; an unnamed unit is the order's."""
    return not billed.strip() or unit_key(billed) == unit_key(ordered)


def unit_key(unit: str) -> str:
    """By which two units are the same: without blanks at the ends, in any case."""
    return unit.strip().casefold()


@event("unit_conversion:set")
class UnitConversionSet(Event):
    """One ``source`` is ``factor`` of ``target`` from this day on."""

    source: str
    target: str
    part_id: str | None
    day: date
    factor: Decimal
    before: Decimal | None
