"""What time alone brings about: late deliveries, reminders, digests."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from wopo.domain.events import Event, event
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
    """A channel gets its digest of a day; ``subject_id`` is the subscription's id.

    ``since`` is when the last one was, ``missed`` how many days before this one got none.
    """

    channel: str
    day: date
    since: datetime | None
    missed: int


@event("exception:told_after_grace")
class ToldAfterGrace(Event):
    """The grace period is over, and what was billed still has not come."""

    number: str
    owner_id: str | None


def at_work(person: Person, at: datetime, hours: tuple[int, int]) -> date | None:
    """The person's own day when it is within working hours there (Monday to Friday), else none."""
    local = at.astimezone(ZoneInfo(person.timezone))
    working = local.weekday() < 5 and hours[0] <= local.hour < hours[1]
    return local.date() if working else None
