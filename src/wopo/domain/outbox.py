"""What must be told: outbox rows, the cards they became, and the scheduler's periods.

An outbox row names a card, a subject and an audience; it is written in the transaction of its
event and rendered from the state of the moment it is sent.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from wopo.domain.columns import Row, enum_field, id_field, json_field, time_field


class Delivery(StrEnum):
    """Where an outbox row stands on its way to Slack."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"
    DEAD = "dead"


class Mode(StrEnum):
    """How a card is shown: a new message, the same message kept up to date, a reply in the
    subject's thread, or a person's App Home."""

    POST = "post"
    KEEP = "keep"
    REPLY = "reply"
    HOME = "home"


class OutboxRow(Row, table=True):
    """One thing to tell one audience."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "state", "next_at"),
        Index("ix_outbox_stream", "stream", "seq"),
    )

    id: str = id_field()
    seq: int = Field(index=True)
    card: str = Field(max_length=60)
    subject_id: str = Field(max_length=40)
    audience: str = Field(max_length=80)
    stream: str = Field(max_length=120)
    mode: Mode = enum_field(Mode)
    facts: dict[str, Any] = json_field()
    state: Delivery = enum_field(Delivery, default=Delivery.PENDING)
    attempts: int = 0
    created_at: datetime = time_field()
    next_at: datetime = time_field()
    claimed_by: str | None = Field(default=None, max_length=80)
    claimed_at: datetime | None = time_field(null=True)
    sent_at: datetime | None = time_field(null=True)
    problem: str | None = Field(default=None, max_length=500)


class PostedCard(SQLModel, table=True):
    """A message in Slack that shows a card, so that the next event updates the same message."""

    __tablename__ = "posted_card"
    __table_args__ = (
        UniqueConstraint("card", "subject_id", "audience"),
        Index("ix_posted_card_place", "channel", "ts"),
    )

    id: str = id_field()
    card: str = Field(max_length=60)
    subject_id: str = Field(max_length=40, index=True)
    audience: str = Field(max_length=80)
    channel: str = Field(max_length=40)
    ts: str = Field(max_length=40)
    shown_seq: int = 0


class JobRun(SQLModel, table=True):
    """One period of one scheduled job, done once: the unique row is the safety."""

    __tablename__ = "job_run"
    __table_args__ = (UniqueConstraint("job", "period"),)

    id: str = id_field()
    job: str = Field(max_length=60)
    period: str = Field(max_length=60)
    at: datetime = time_field()
    facts: dict[str, Any] = json_field()


class IdempotencyRow(Row, table=True):
    """The answer given to a key; a repeat gets the same answer and has no second effect."""

    __tablename__ = "idempotency"

    key: str = Field(primary_key=True, max_length=200)
    command: str = Field(max_length=80)
    digest: str = Field(max_length=64)
    answer: dict[str, Any] = json_field()
    at: datetime = time_field(index=True)


class Setting(SQLModel, table=True):
    """A company setting: one JSON value by name."""

    __tablename__ = "setting"

    name: str = Field(primary_key=True, max_length=80)
    value: dict[str, Any] = json_field()
