"""What a Slack channel wants to hear, and how often."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from wopo.domain.columns import enum_field, id_field, json_field, minor_field, ref, time_field
from wopo.domain.events import Event, event


class Rhythm(StrEnum):
    """At once, or as one daily digest at an hour."""

    AT_ONCE = "at_once"
    DAILY = "daily"


class Subscription(SQLModel, table=True):
    """A channel's subscription to exceptions: kinds, smallest amount, cost centres, vendors.
    Empty lists mean all."""

    __tablename__ = "subscription"

    id: str = id_field()
    channel: str = Field(max_length=40, index=True)
    channel_name: str = Field(default="", max_length=80)
    kinds: list[str] = json_field(list)
    smallest_minor: int = minor_field()
    currency: str = Field(default="", max_length=3)
    cost_centre_ids: list[str] = json_field(list)
    vendor_ids: list[str] = json_field(list)
    rhythm: Rhythm = enum_field(Rhythm, default=Rhythm.AT_ONCE)
    hour: int = 8
    timezone: str = Field(default="UTC", max_length=60)
    made_by_id: str | None = ref("person", null=True)
    made_at: datetime = time_field()
    active: bool = True


@event("subscription:made")
class SubscriptionMade(Event):
    """A channel wants to hear of exceptions."""

    channel: str
    rhythm: Rhythm
    terms: dict[str, object]


@event("subscription:ended")
class SubscriptionEnded(Event):
    """A channel wants to hear no more."""

    channel: str
