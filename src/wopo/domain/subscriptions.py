"""What a Slack channel wants to hear, and how often."""

from collections.abc import Collection
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
NO_WEEKDAY = Refusal(
    "subscription.weekday",
    "{weekday} is no day of a week. Nothing was changed; choose 0 (Monday) to 6 (Sunday).",
)
NOT_SUBSCRIBED = Refusal(
    "subscription.none",
    "This subscription has ended already. Nothing was changed; /wopo subscribe begins another.",
)
SUBSCRIBED_ALREADY = Refusal(
    "subscription.twice",
    "This channel hears of {sentence} already. Nothing was changed; say something else here.",
)
TOO_MANY = Refusal(
    "subscription.too_many",
    "This channel has {most} subscriptions. Nothing was changed; end one first.",
)
MOST = 20
"""Subscriptions of one channel: what fits on one screen."""


class Rhythm(StrEnum):
    """At once, or as one digest an hour, a day or a week."""

    AT_ONCE = "at_once"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"


DIGESTS = (Rhythm.HOURLY, Rhythm.DAILY, Rhythm.WEEKLY)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_STEP = {
    Rhythm.HOURLY: timedelta(hours=1),
    Rhythm.DAILY: timedelta(days=1),
    Rhythm.WEEKLY: timedelta(days=7),
}


class Subscription(SQLModel, table=True):
    """One of a channel's subscriptions to exceptions; empty lists mean all. ``hour`` and
    ``weekday`` (0 is Monday) are those of its digest on the clock of ``timezone``."""

    __tablename__ = "subscription"

    id: str = id_field()
    channel: str = Field(max_length=40, index=True)
    channel_name: str = Field(default="", max_length=80)
    kinds: list[str] = json_field(list)
    smallest_minor: int = minor_field()
    currency: str = Field(default="", max_length=3)
    cost_centre_ids: list[str] = json_field(list)
    vendor_ids: list[str] = json_field(list)
    site_ids: list[str] = json_field(list)
    owner_ids: list[str] = json_field(list)
    rhythm: Rhythm = enum_field(Rhythm, default=Rhythm.AT_ONCE)
    hour: int = 8
    weekday: int = 0
    timezone: str = Field(default="UTC", max_length=60)
    made_by_id: str | None = ref("person", null=True)
    made_at: datetime = time_field()
    """When it was made, or changed last: digests are due from then on."""
    active: bool = True

    @property
    def words(self) -> tuple[object, ...]:
        """Everything it says: no two of one channel say the same."""
        lists = (self.kinds, self.cost_centre_ids, self.vendor_ids, self.site_ids, self.owner_ids)
        when: tuple[object, ...] = (self.rhythm,)
        if self.rhythm in (Rhythm.DAILY, Rhythm.WEEKLY):
            when += (self.hour, self.timezone)
        if self.rhythm is Rhythm.WEEKLY:
            when += (self.weekday,)
        return (self.smallest_minor, *(tuple(sorted(ids)) for ids in lists), *when)

    def wants(
        self,
        case: ExceptionCase,
        *,
        amount: Decimal | None = None,
        site_ids: Collection[str] = (),
    ) -> bool:
        """Whether the channel wants to hear of this case.

        ``amount``: the case's in major units of the subscription's currency, where it is in another
        one. A case that concerns several cost centres or sites is wanted by whoever wants one.
        """
        if self.kinds and case.code not in self.kinds:
            return False
        if self.vendor_ids and case.vendor_id not in self.vendor_ids:
            return False
        if self.owner_ids and case.owner_id not in self.owner_ids:
            return False
        if self.cost_centre_ids and not set(self.cost_centre_ids) & set(case.cost_centre_ids):
            return False
        if self.site_ids and not set(self.site_ids) & set(site_ids):
            return False
        if not self.smallest_minor:
            return True
        smallest = Money(self.smallest_minor, self.currency).amount
        return (abs(case.amount.amount) if amount is None else amount) >= smallest

    def due(self, at: datetime) -> datetime:
        """The newest moment up to ``at`` at which a digest is due, in UTC.

        Hours are counted in UTC, so that summer time neither skips nor repeats one. A day's digest
        is due at ``hour`` of the subscription's own clock; where that hour is skipped or comes
        twice, it is due once, at its first moment.
        """
        if self.rhythm is Rhythm.HOURLY:
            return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        day = at.astimezone(ZoneInfo(self.timezone)).date()
        if self.rhythm is Rhythm.WEEKLY:
            day -= timedelta(days=(day.weekday() - self.weekday) % 7)
        moment = self._moment(day)
        return moment if moment <= at else self._moment(day - _STEP[self.rhythm])

    def _moment(self, day: date) -> datetime:
        zone = ZoneInfo(self.timezone)
        return datetime.combine(day, time(self.hour), tzinfo=zone).astimezone(UTC)

    def missed(self, last: datetime, due: datetime) -> int:
        """How many digests were due after ``last`` and before ``due`` and told nothing."""
        zone = ZoneInfo(self.timezone)
        before = self.due(last)
        if self.rhythm is Rhythm.HOURLY:
            apart = due - before
        else:
            apart = due.astimezone(zone).date() - before.astimezone(zone).date()
        return max(apart // _STEP[self.rhythm] - 1, 0)


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
