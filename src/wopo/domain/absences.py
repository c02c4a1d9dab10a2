"""Absence by Slack status: whoever allows it is stood in for while their status says that they are
away, for a time that always ends."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Field, SQLModel

from wopo.domain.columns import ref, time_field
from wopo.domain.events import Event, event
from wopo.domain.people import Person

MOST_DAYS = 14
"""How long a status counts at most, and one that has no end of its own."""
EMOJI = frozenset(
    {
        ":palm_tree:",
        ":face_with_thermometer:",
        ":beach_with_umbrella:",
        ":desert_island:",
        ":airplane:",
        ":no_entry:",
    }
)
WORDS = ("vacation", "holiday", "out of office", "ooo", "out sick", "sick", "on leave", "away",
         "urlaub", "krank", "abwesend")  # fmt: skip


_WORD = re.compile(r"[^\W_]+")


class AbsenceRule(SQLModel, table=True):
    """That somebody allows their Slack status to name a stand-in, and whom."""

    __tablename__ = "absence_rule"

    person_id: str = Field(primary_key=True, foreign_key="person.id", max_length=40)
    to_id: str = ref("person")
    set_at: datetime = time_field()


@event("absence:allowed")
class AbsenceAllowed(Event):
    """While somebody's Slack status says that they are away, ``to_id`` stands in for them; nobody
    (none): their status is not looked at any more. ``subject_id`` is the person's id."""

    to_id: str | None


def away_until(
    person: Person, *, text: str, emoji: str, expires: datetime | None, at: datetime
) -> date | None:
    """The last day of the absence that a status tells of, on the person's own clock; none where it
    tells of none. Never more than ``MOST_DAYS``."""
    said = f" {' '.join(_WORD.findall(text.casefold()))} "
    if emoji not in EMOJI and not any(f" {word} " in said for word in WORDS):
        return None
    latest = at + timedelta(days=MOST_DAYS - 1)
    until = min(expires, latest) if expires is not None else latest
    if until <= at:
        return None
    return until.astimezone(ZoneInfo(person.timezone)).date()
