"""A case put off until a day: out of reminders and the inbox, never out of the totals."""

from datetime import date, datetime, timedelta

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from wopo.domain.columns import id_field, ref, time_field
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event
from wopo.domain.exception_cases import ExceptionCase

SNOOZE_DAY = Refusal(
    "exception.snooze_day",
    "{number} can't come back on {until}: that day is not after today. Nothing was changed; "
    "choose a later day.",
)
EVERYWHERE = timedelta(hours=12)
"""How long a day has begun in UTC when it has begun in every time zone."""


class CaseSnooze(SQLModel, table=True):
    """One per case, the newest: it comes back on the day ``until``, by the clock of whoever looks.

    It is over before that when anything happens to the case (it is taken or given, its difference
    changes, it ends): then the case's ``changed_at`` is later than ``at``.
    """

    __tablename__ = "case_snooze"
    __table_args__ = (UniqueConstraint("case_id"),)

    id: str = id_field()
    case_id: str = ref("exception_case", index=False)
    until: date = Field(index=True)
    reason: str = Field(default="", max_length=1000)
    by_id: str | None = ref("person", null=True)
    at: datetime = time_field()

    def hides(self, case: ExceptionCase, today: date) -> bool:
        """Whether the case is put off on this day."""
        return today < self.until and self.at >= case.changed_at


@event("exception:snoozed")
class ExceptionSnoozed(Event):
    """A case is put off until a day."""

    number: str
    until: date
    reason: str
    owner_id: str | None


@event("digest:snooze_ended")
class SnoozeEnded(Event):
    """The day has come; ``subject_id`` is the case's id."""

    number: str
    owner_id: str | None


@event("digest:owner_reminded")
class OwnerReminded(Event):
    """Somebody was reminded of open cases that are theirs; ``subject_id`` is the person's id."""

    case_ids: list[str]


@event("digest:cases_escalated")
class CasesEscalated(Event):
    """Cases that are overdue for long were told to whoever is above their owner. ``subject_id`` is
    that person's id, or the name of the channel's setting."""

    case_ids: list[str]
    audience: str
