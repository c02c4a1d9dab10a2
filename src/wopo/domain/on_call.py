"""People on call: between two days somebody may approve a site's emergencies up to a cap at any
hour; whoever would have decided reviews it on the next working day."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from wopo.domain.columns import enum_field, id_field, json_field, minor_field, ref, time_field
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event
from wopo.domain.money import Money
from wopo.domain.own_days import OwnDays, is_weekday

MOST_DAYS = 31

DAYS = Refusal(
    "on_call.days",
    "{problem}. Nothing was changed; choose days from today on, at most {most} in a row.",
)
OVERLAPS = Refusal(
    "on_call.overlaps",
    "{name} is on call for {site} from {starts} to {ends} already. Nothing was changed; end that "
    "first, or choose other days.",
)
YOURSELF = Refusal(
    "on_call.yourself",
    "Nobody puts themselves on call: it lets them approve. Nothing was changed; ask somebody else "
    "who supervises {site}, or another administrator.",
    logged=True,
)
NOT_YOUR_SITE = Refusal(
    "on_call.not_your_site",
    "You do not supervise {site}. Nothing was changed; ask its supervisor or an administrator.",
    logged=True,
)
ABOVE_CAP = Refusal(
    "on_call.above_cap",
    "On call you may approve emergencies up to {cap}; {number} comes to {amount}. "
    "Nothing was changed; {who} can decide.",
    logged=True,
)
NO_EMERGENCY = Refusal(
    "on_call.no_emergency",
    "On call you may approve only for emergency jobs of {site}, and {number} is for something "
    "else. Nothing was changed; {who} can decide.",
    logged=True,
)
ENDED = Refusal(
    "on_call.ended",
    "That time on call is over already. Nothing was changed and nothing more is needed.",
)
REVIEWED = Refusal(
    "on_call.reviewed",
    "{who} reviewed {number} already. This changed nothing and nothing more is needed.",
)
NOT_REVIEWER = Refusal(
    "on_call.not_reviewer",
    "You can't review {number}: {why}. Nothing was changed; {who} can.",
    logged=True,
)


class OnCall(OwnDays, table=True):
    """One person's time on call for one site. The days are those of the person, not of the site:
    it is their telephone that rings, and a site has no clock of its own. The cap is per order, in
    the company's currency of the day it was set."""

    __tablename__ = "on_call"
    __table_args__ = (Index("ix_on_call_site", "site_id", "ends"),)

    person_id: str = ref("person")
    site_id: str = ref("location", index=False)
    cap_minor: int = minor_field()
    currency: str = Field(max_length=3)
    set_by_id: str | None = ref("person", null=True, index=False)
    set_at: datetime = time_field()

    @property
    def cap(self) -> Money:
        """What one order may come to."""
        return Money(self.cap_minor, self.currency)


class ReviewState(StrEnum):
    """What became of a review."""

    OPEN = "open"
    AGREED = "agreed"
    OBJECTED = "objected"


class EmergencyReview(SQLModel, table=True):
    """That an approval on call is looked at by those who would have decided, from ``due_on`` on."""

    __tablename__ = "emergency_review"

    id: str = id_field()
    approval_id: str = ref("approval")
    purchase_order_id: str = ref("purchase_order")
    asked_ids: list[str] = json_field(list)
    due_on: date
    state: ReviewState = enum_field(ReviewState, default=ReviewState.OPEN, index=True)
    reviewed_by_id: str | None = ref("person", null=True, index=False)
    reviewed_at: datetime | None = time_field(null=True)
    note: str = Field(default="", max_length=1000)
    made_at: datetime = time_field()


@event("on_call:set")
class OnCallSet(Event):
    """Somebody may approve a site's emergencies up to ``cap`` on these days."""

    person_id: str
    site_id: str
    starts: date
    ends: date
    cap: Money


@event("on_call:ended")
class OnCallEnded(Event):
    """Somebody's time on call was ended before its last day, or that day is over."""

    person_id: str
    site_id: str


@event("on_call:approved")
class ApprovedOnCall(Event):
    """An emergency was approved by somebody on call; ``subject_id`` is the approval, ``review_ids``
    are to be looked at from ``due_on`` on."""

    order_id: str
    number: str
    amount: Money
    cap: Money
    by_id: str
    review_ids: list[str]
    due_on: date


@event("on_call:review_asked")
class ReviewAsked(Event):
    """It is a working day, and what was approved on call was not reviewed yet."""

    order_id: str
    number: str
    person_ids: list[str]
    late: bool
    """Whether it should have been reviewed on an earlier day."""


@event("on_call:reviewed")
class EmergencyReviewed(Event):
    """Somebody looked at what was approved on call, and agrees or objects."""

    order_id: str
    number: str
    by_id: str
    approved_by_id: str
    state: str
    note: str
    asked_ids: list[str]


def next_working_day(day: date) -> date:
    """The first day after it that is no Saturday or Sunday."""
    following = day + timedelta(days=1)
    while not is_weekday(following):
        following += timedelta(days=1)
    return following
