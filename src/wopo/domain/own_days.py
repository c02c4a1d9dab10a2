"""Days in a row on one person's own clock: of a stand-in, of being on call."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Field, SQLModel

from wopo.domain.columns import id_field, time_field
from wopo.domain.errors import Refusal


class OwnDays(SQLModel):
    """The days ``starts`` to ``ends``, both included, or until it was ended before. They begin and
    end at midnight in ``timezone``: the person's when the days were set, so that they stay what
    everybody was told though the person travels."""

    id: str = id_field()
    starts: date
    ends: date
    timezone: str = Field(default="UTC", max_length=60)
    ended_at: datetime | None = time_field(null=True)

    @property
    def begins(self) -> datetime:
        """The first moment of the first day."""
        return midnight(self.starts, self.timezone)

    @property
    def over_at(self) -> datetime:
        """The first moment after the last day."""
        return midnight(self.ends + timedelta(days=1), self.timezone)

    def covers(self, at: datetime) -> bool:
        """Whether it is in force at a moment."""
        return self.ended_at is None and self.begins <= at < self.over_at

    def held(self, at: datetime) -> bool:
        """Whether it was in force at a moment, though it may have ended since."""
        ended = self.ended_at is not None and self.ended_at <= at
        return not ended and self.begins <= at < self.over_at

    def is_over(self, at: datetime) -> bool:
        """Whether it was ended, or its last day has passed."""
        return self.ended_at is not None or self.over_at <= at

    def meets(self, other: "OwnDays") -> bool:
        """Whether both are in force at some moment."""
        both = self.ended_at is None and other.ended_at is None
        return both and self.begins < other.over_at and other.begins < self.over_at


def midnight(day: date, timezone: str) -> datetime:
    """When a day begins on the clock of ``timezone``, in UTC."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(timezone)).astimezone(UTC)


def day_there(at: datetime, timezone: str) -> date:
    """What day it is on the clock of ``timezone``."""
    return at.astimezone(ZoneInfo(timezone)).date()


def is_weekday(day: date) -> bool:
    """Whether it is one of Monday to Friday, which are worked."""
    return day.weekday() < 5


def check_days(starts: date, ends: date, *, today: date, most: int, refusal: Refusal) -> None:
    """Raises ``refusal`` for days that are past, in the wrong order, or more than ``most``."""
    length = (ends - starts).days + 1
    if starts < today:
        raise refusal(field="starts", problem=f"{starts} is past", most=most)
    if length < 1:
        problem = f"It would end on {ends}, before it begins on {starts}"
        raise refusal(field="ends", problem=problem, most=most)
    if length > most:
        raise refusal(field="ends", problem=f"{length} days are too many", most=most)
