"""What people said about an exception: kept with it, shown on its card and in its Details."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from wopo.domain.columns import enum_field, id_field, ref, time_field
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event

ASK_DAY = Refusal(
    "exception.ask_day",
    "You can't be asked again on {day}: that day is not after today. Nothing was changed; "
    "choose a later day.",
)


class NoteKind(StrEnum):
    """What was said: a credit note was asked for, it has not arrived, it is somebody else's; or
    words in the thread of its card."""

    CREDIT_ASKED = "credit_asked"
    NOT_ARRIVED = "not_arrived"
    NOT_MINE = "not_mine"
    COMMENT = "comment"


MOST_WORDS = 3000
"""Characters that are kept of one comment; Slack takes more."""
CUT_SHORT = " … (cut)"
TO_ASK = text("ask_on IS NOT NULL AND asked_at IS NULL")


class CaseNote(SQLModel, table=True):
    """One word about one case; ``text`` is the letter or the comment where one was written. It
    stays as it was said, whatever becomes of the message.

    ``ask_on``: the day, by the clock of whoever said that it had not arrived, on which they want to
    be asked again; ``asked_at`` is when that was settled.
    """

    __tablename__ = "case_note"
    __table_args__ = (Index("ix_case_note_to_ask", "ask_on", sqlite_where=TO_ASK),)

    id: str = id_field()
    case_id: str = ref("exception_case")
    said: NoteKind = enum_field(NoteKind)
    text: str = Field(default="", max_length=3000)
    by_id: str | None = ref("person", null=True)
    at: datetime = time_field()
    ask_on: date | None = None
    asked_at: datetime | None = time_field(null=True)

    @property
    def waits(self) -> bool:
        """Whether its person is still to be asked again."""
        return self.ask_on is not None and self.asked_at is None


@event("exception:noted")
class ExceptionNoted(Event):
    """Somebody said something about a case; ``owner_id`` is who takes care of it from now on."""

    number: str
    code: str
    said: NoteKind
    text: str
    owner_id: str | None
    before_id: str | None
    quiet: bool
    ask_on: date | None = None


@event("exception:arrival_asked_again")
class ArrivalAskedAgain(Event):
    """The day has come on which the receiver wanted to be asked again whether it arrived."""

    number: str
    person_id: str
    text: str
