"""What people said about an exception: kept with it, shown on its card and in its Details."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from wopo.domain.columns import enum_field, id_field, ref, time_field
from wopo.domain.events import Event, event


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


class CaseNote(SQLModel, table=True):
    """One word about one case; ``text`` is the letter or the comment where one was written. It
    stays as it was said, whatever becomes of the message."""

    __tablename__ = "case_note"

    id: str = id_field()
    case_id: str = ref("exception_case")
    said: NoteKind = enum_field(NoteKind)
    text: str = Field(default="", max_length=3000)
    by_id: str | None = ref("person", null=True)
    at: datetime = time_field()


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
