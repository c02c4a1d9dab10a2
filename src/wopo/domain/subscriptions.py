"""What a Slack channel wants to hear, and how often."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlmodel import Field, SQLModel

from wopo.domain.columns import enum_field, id_field, json_field, minor_field, ref, time_field
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.money import Money

NO_HOUR = Refusal(
    "subscription.hour",
    "{hour} is no hour of a day. Nothing was changed; choose 0 to 23.",
)
UNKNOWN_KIND = Refusal(
    "subscription.unknown_kind",
    "There is no exception called {code}.{nearest} Nothing was changed; choose from the list.",
)
NOT_SUBSCRIBED = Refusal(
    "subscription.none",
    "This channel has no subscription. Nothing was changed; /wopo subscribe begins one.",
)


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

    def wants(self, case: ExceptionCase, *, rate: Decimal = Decimal(1)) -> bool:
        """Whether the channel wants to hear of this case.

        ``rate`` turns the case's amount (major units) into the subscription's currency. A case
        that concerns several cost centres is wanted by whoever wants one of them.
        """
        if self.kinds and case.code not in self.kinds:
            return False
        if self.vendor_ids and case.vendor_id not in self.vendor_ids:
            return False
        if self.cost_centre_ids and not set(self.cost_centre_ids) & set(case.cost_centre_ids):
            return False
        if not self.smallest_minor:
            return True
        smallest = Money(self.smallest_minor, self.currency).amount
        return abs(case.amount.amount) * rate >= smallest

    def local_day(self, at: datetime) -> date:
        """The day whose digest is the newest that is due at this moment.

        A day's digest is due from ``hour`` on by the subscription's own clock; where that hour is
        skipped or comes twice (daylight saving), it is due once, at its first moment.
        """
        zone = ZoneInfo(self.timezone)
        day = at.astimezone(zone).date()
        due = datetime.combine(day, time(self.hour), tzinfo=zone).astimezone(UTC)
        return day if at >= due else day - timedelta(days=1)


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
