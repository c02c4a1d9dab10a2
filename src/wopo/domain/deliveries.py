"""What time alone brings about: late deliveries, reminders, digests."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from wopo.domain.events import Event, event
from wopo.domain.own_days import is_weekday
from wopo.domain.people import Person


@event("delivery:late")
class DeliveryLate(Event):
    """The promised day of an order line has passed without its goods. ``subject_id`` is the
    order's id."""

    number: str
    line_id: str
    description: str
    promised_on: date
    missing: str
    work_order_id: str | None


@event("approval:reminded")
class ApproverReminded(Event):
    """Somebody was reminded of what waits for them; ``subject_id`` is the person's id."""

    approval_ids: list[str]
    text: str


@event("digest:sent")
class DigestSent(Event):
    """A channel's digest was due, and goes out where there is something to tell; ``subject_id`` is
    the subscription's id.

    It tells what changed from ``since``, when the last one was, to before ``until``; ``missed`` is
    how many were due in between and told nothing.
    """

    channel: str
    due: datetime
    since: datetime
    until: datetime
    missed: int


@event("exception:told_after_grace")
class ToldAfterGrace(Event):
    """The grace period is over, and what was billed still has not come."""

    number: str
    owner_id: str | None


def at_work(person: Person, at: datetime, hours: tuple[int, int]) -> date | None:
    """The person's own day when it is within working hours there (Monday to Friday), else none."""
    local = at.astimezone(ZoneInfo(person.timezone))
    working = is_weekday(local.date()) and hours[0] <= local.hour < hours[1]
    return local.date() if working else None
