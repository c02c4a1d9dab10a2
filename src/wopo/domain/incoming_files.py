"""Files that vendors send and people drop in Slack: what became of each.

A file is known by its contents. What was once taken in from it holds its contents as its own
(``claim``, unique in the database), so the same file can never become a second invoice.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from wopo.domain.columns import enum_field, id_field, json_field, ref, time_field
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event
from wopo.domain.workflow import Workflow

NOT_READ = Refusal(
    "file.not_read",
    "{file} is a {kind}; invoices, credit notes and order responses are read from here. "
    "Nothing was changed; take it in with wopo import ubl.",
)
UNKNOWN_SENDER = Refusal(
    "file.unknown_sender",
    "{file} is from {vendor}, who is no vendor of ours (its number, tax number and name are "
    "unknown). Nothing was changed; add the vendor first, then drop the file again.",
)
ALREADY_SETTLED = Refusal(
    "file.already_settled",
    "{file} is settled: {sentence} Nothing was changed; look at what was entered.",
)


class FileState(StrEnum):
    """What became of a file."""

    ASKING = "asking"
    """It is readable, and a person is asked which order or order line is meant."""
    ENTERED = "entered"
    KEPT = "kept"
    """A picture: no figures in it that a program could trust, so a person enters them."""
    REFUSED = "refused"
    REPEATED = "repeated"
    """The same contents came before."""


_S = FileState
INCOMING = Workflow(
    {
        (_S.ASKING, "answer"): _S.ENTERED,
        (_S.ASKING, "ask_again"): _S.ASKING,
        (_S.ASKING, "enter_by_hand"): _S.ENTERED,
        (_S.KEPT, "enter_by_hand"): _S.ENTERED,
        (_S.REFUSED, "enter_by_hand"): _S.ENTERED,
    }
)


class IncomingFile(SQLModel, table=True):
    """One file in one message. ``sha256`` is of its contents, ``claim`` the same where something
    was made of it. ``documents`` are the documents read, ``questions`` what is asked about them
    and ``results`` what became of each, one dict each."""

    __tablename__ = "incoming_file"
    __table_args__ = (UniqueConstraint("slack_file_id", "channel", "ts"),)

    id: str = id_field()
    slack_file_id: str = Field(max_length=40)
    channel: str = Field(max_length=40)
    ts: str = Field(max_length=40)
    name: str = Field(max_length=255)
    mimetype: str = Field(default="", max_length=100)
    size: int = 0
    sha256: str = Field(default="", max_length=64, index=True)
    claim: str | None = Field(default=None, max_length=64, unique=True)
    state: FileState = enum_field(FileState)
    sentence: str = Field(default="", max_length=2000)
    documents: list[dict[str, Any]] = json_field(list)
    questions: list[dict[str, Any]] = json_field(list)
    results: list[dict[str, Any]] = json_field(list)
    order_id: str | None = ref("purchase_order", null=True)
    person_id: str | None = ref("person", null=True)
    at: datetime = time_field()
    version: int = 0


@event("file:settled")
class FileSettled(Event):
    """It was decided what becomes of a dropped file: taken in, asked about, kept or refused."""

    file: str
    sha256: str
    state: str
    sentence: str
    document_ids: list[str]
