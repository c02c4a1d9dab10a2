"""Which cases a channel wants, and which day's digest is due."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.subscriptions import Rhythm, Subscription

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def subscription(**wanted: object) -> Subscription:
    facts = {"id": "s", "channel": "C1", "made_at": NOW, "currency": "EUR", **wanted}
    return Subscription(**facts)


CASE = ExceptionCase(
    id="c",
    number="EX-1",
    key="k",
    code="PRICE_OVER",
    subject="invoice",
    subject_id="i",
    vendor_id="gra",
    owner_id="ben",
    amount_minor=10000,
    currency="EUR",
    facts={"cost_centre_ids": ["a", "b"]},
    raised_at=NOW,
    changed_at=NOW,
)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, True),
        ({"kinds": ["PRICE_OVER"]}, True),
        ({"kinds": ["NOT_RECEIVED"]}, False),
        ({"vendor_ids": ["gra", "acm"]}, True),
        ({"vendor_ids": ["acm"]}, False),
        ({"cost_centre_ids": ["b"]}, True),
        ({"cost_centre_ids": ["c"]}, False),
        ({"owner_ids": ["ben"]}, True),
        ({"owner_ids": ["bea"]}, False),
        ({"site_ids": ["north", "harbour"]}, True),
        ({"site_ids": ["harbour"]}, False),
        ({"smallest_minor": 10000}, True),
        ({"smallest_minor": 10001}, False),
        ({"kinds": ["PRICE_OVER"], "smallest_minor": 10001}, False),
    ],
)
def test_a_channel_hears_what_it_asked_for(wanted, expected):
    assert subscription(**wanted).wants(CASE, site_ids={"north"}) is expected


def test_another_currency_is_compared_in_the_subscriptions_own():
    wanted = subscription(smallest_minor=9000)
    assert wanted.wants(CASE, amount=Decimal(90))
    assert not wanted.wants(CASE, amount=Decimal("89.99"))


def test_only_what_says_something_else_is_another_subscription():
    at_eight = subscription(rhythm=Rhythm.DAILY, hour=8)
    assert at_eight.words != subscription(rhythm=Rhythm.DAILY, hour=16).words
    assert subscription(hour=8).words == subscription(hour=16).words, "at once has no hour"
    weekly = [subscription(rhythm=Rhythm.WEEKLY, weekday=day).words for day in range(7)]
    assert len(set(weekly)) == 7


def day(zone: str, hour: int, at: datetime) -> date:
    due = subscription(rhythm=Rhythm.DAILY, hour=hour, timezone=zone).due(at)
    return due.astimezone(ZoneInfo(zone)).date()


@pytest.mark.parametrize(
    ("zone", "hour", "at", "expected"),
    [
        ("UTC", 8, datetime(2026, 3, 2, 7, 59, tzinfo=UTC), date(2026, 3, 1)),
        ("UTC", 8, datetime(2026, 3, 2, 8, 0, tzinfo=UTC), date(2026, 3, 2)),
        ("Pacific/Auckland", 8, datetime(2026, 3, 1, 19, 0, tzinfo=UTC), date(2026, 3, 2)),
        ("America/Los_Angeles", 8, datetime(2026, 3, 2, 15, 59, tzinfo=UTC), date(2026, 3, 1)),
        ("Europe/Berlin", 2, datetime(2026, 3, 29, 0, 59, tzinfo=UTC), date(2026, 3, 28)),
        ("Europe/Berlin", 2, datetime(2026, 3, 29, 1, 0, tzinfo=UTC), date(2026, 3, 29)),
        ("Europe/Berlin", 2, datetime(2026, 10, 25, 0, 0, tzinfo=UTC), date(2026, 10, 25)),
    ],
)
def test_the_digest_is_due_from_its_hour_on_by_its_own_clock(zone, hour, at, expected):
    assert day(zone, hour, at) == expected


def moments(daily: Subscription) -> list[datetime]:
    """Every moment that a clock which looks twice an hour finds due in a year."""
    at, found = datetime(2026, 1, 1, tzinfo=UTC), []
    while at < datetime(2027, 1, 4, tzinfo=UTC):
        found.append(daily.due(at))
        assert found[-1] <= at
        at += timedelta(minutes=30)
    assert found == sorted(found)
    return list(dict.fromkeys(found))


ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("rhythm", "apart"), [(Rhythm.DAILY, timedelta(days=1)), (Rhythm.WEEKLY, timedelta(days=7))]
)
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 23])
def test_every_day_and_week_of_the_year_comes_once_and_in_order(zone, rhythm, apart, hour):
    asked = subscription(rhythm=rhythm, hour=hour, weekday=6, timezone=zone)
    found = moments(asked)
    days = [moment.astimezone(ZoneInfo(zone)).date() for moment in found]
    assert days == [days[0] + apart * n for n in range(len(days))]
    if rhythm is Rhythm.WEEKLY:
        assert {one.weekday() for one in days} == {6}
    assert [asked.missed(a, b) for a, b in pairwise(found)] == [0] * (len(found) - 1)
    assert asked.missed(found[0], found[-1]) == len(found) - 2


@pytest.mark.parametrize("zone", ZONES)
def test_every_hour_of_the_year_comes_once_summer_time_or_not(zone):
    asked = subscription(rhythm=Rhythm.HOURLY, timezone=zone)
    found = moments(asked)
    assert found == [found[0] + timedelta(hours=n) for n in range(len(found))]
    assert asked.missed(found[0], found[30]) == 29
