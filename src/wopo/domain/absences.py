"""Absence by Slack: whoever allows it is stood in for while their status or Do Not Disturb says
that they are away, for a time that always ends."""

import re
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlmodel import Field, SQLModel

from wopo.domain.columns import ref, time_field
from wopo.domain.events import Event, event
from wopo.domain.own_days import day_there, is_weekday, midnight
from wopo.domain.people import Person

MOST_DAYS = 14
"""How long an absence counts at most, and one that has no end of its own."""
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


class Signal(StrEnum):
    """By what Slack says that somebody is away."""

    STATUS = "status"
    DO_NOT_DISTURB = "dnd"


class AbsenceRule(SQLModel, table=True):
    """That somebody allows Slack to name a stand-in for them, and whom. Of each signal: what of it
    was followed last, so that the same one neither goes on for ever nor comes back after it was
    ended by hand, and the last day it counts. ``since``: the first day of the absence."""

    __tablename__ = "absence_rule"

    person_id: str = Field(primary_key=True, foreign_key="person.id", max_length=40)
    to_id: str = ref("person")
    set_at: datetime = time_field()
    status_seen: str = Field(default="", max_length=300)
    status_until: date | None = None
    dnd_seen: str = Field(default="", max_length=300)
    dnd_until: date | None = None
    since: date | None = None

    @property
    def until(self) -> date | None:
        """The last day of the absence by what both signals say; none where neither says it."""
        return max(filter(None, (self.status_until, self.dnd_until)), default=None)

    @property
    def by(self) -> Signal:
        """The signal that says ``until``."""
        return Signal.STATUS if self.until == self.status_until else Signal.DO_NOT_DISTURB

    def last_day(self, today: date) -> date:
        """The day on which an absence that is told of today ends at the latest."""
        runs = self.since is not None and self.until is not None and self.until >= today
        first = self.since if runs and self.since is not None else today
        return first + timedelta(days=MOST_DAYS - 1)

    def follow(self, signal: Signal, seen: str, until: date | None, today: date) -> bool:
        """Take over what a signal says now, ``until`` the last day or none; whether that is news.
        Never beyond ``last_day``."""
        seen = seen[:300] if until is not None else ""
        if seen == getattr(self, f"{signal}_seen"):
            return False
        latest = self.last_day(today)
        self.since = latest - timedelta(days=MOST_DAYS - 1)
        setattr(self, f"{signal}_seen", seen)
        setattr(self, f"{signal}_until", None if until is None else min(until, latest))
        return True

    def end(self) -> None:
        """It was ended by hand: what was said counts no longer, until something new is."""
        self.status_until = self.dnd_until = None


@event("absence:allowed")
class AbsenceAllowed(Event):
    """While somebody's Slack status or Do Not Disturb says that they are away, ``to_id`` stands in
    for them; nobody (none): neither is looked at any more. ``subject_id`` is the person's id."""

    to_id: str | None


def away_until(
    person: Person, *, text: str, emoji: str, expires: datetime | None, at: datetime
) -> date | None:
    """The last day of the absence that a status tells of, on the person's own clock; none where it
    tells of none. One without an end lasts ``MOST_DAYS``."""
    said = f" {' '.join(_WORD.findall(text.casefold()))} "
    if emoji not in EMOJI and not any(f" {word} " in said for word in WORDS):
        return None
    until = expires if expires is not None else at + timedelta(days=MOST_DAYS - 1)
    return day_there(until, person.timezone) if until > at else None


def paused_until(
    person: Person, pause: tuple[datetime, datetime], *, at: datetime, hours: tuple[int, int]
) -> date | None:
    """The last working day that Do Not Disturb takes on the person's own clock; none where it tells
    of no absence.

    Slack tells others only from when to when it runs, not whether a schedule or the person began
    it. So it counts where it runs now, for longer than a day, and leaves out all working hours
    (``hours``) of at least one Monday to Friday: what a schedule does at night or over a weekend
    never does, a meeting or an afternoon neither.
    """
    starts, ends = pause
    if not starts - SKEW <= at < ends or ends - starts <= timedelta(days=1):
        return None
    day, found = day_there(starts, person.timezone), None
    while midnight(day, person.timezone) < ends and day <= day_there(at, person.timezone) + FAR:
        opens, closes = (_hour(day, hour, person.timezone) for hour in hours)
        if is_weekday(day) and starts <= opens and closes <= ends:
            found = day
        day += timedelta(days=1)
    return found if found is not None and found >= day_there(at, person.timezone) else None


SKEW = timedelta(minutes=5)
"""How far Slack's clock may be ahead of ours."""
FAR = timedelta(days=MOST_DAYS)


def _hour(day: date, hour: int, timezone: str) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(timezone)) + timedelta(hours=hour)
