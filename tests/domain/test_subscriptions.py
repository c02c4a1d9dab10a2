"""Which cases a channel wants, and which day's digest is due."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

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
        ({"smallest_minor": 10000}, True),
        ({"smallest_minor": 10001}, False),
        ({"kinds": ["PRICE_OVER"], "smallest_minor": 10001}, False),
    ],
)
def test_a_channel_hears_what_it_asked_for(wanted, expected):
    assert subscription(**wanted).wants(CASE) is expected


def test_another_currency_is_compared_at_the_rate():
    wanted = subscription(smallest_minor=9000)
    assert wanted.wants(CASE, rate=Decimal("0.9"))
    assert not wanted.wants(CASE, rate=Decimal("0.89"))


def due(zone: str, hour: int, at: datetime) -> date:
    return subscription(rhythm=Rhythm.DAILY, hour=hour, timezone=zone).local_day(at)


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
    assert due(zone, hour, at) == expected


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 23])
def test_every_day_of_the_year_comes_once_and_in_order(zone, hour):
    daily, at, days = subscription(hour=hour, timezone=zone), datetime(2026, 1, 1, tzinfo=UTC), []
    while at < datetime(2027, 1, 2, tzinfo=UTC):
        days.append(daily.local_day(at))
        at += timedelta(minutes=30)
    distinct = list(dict.fromkeys(days))
    assert days == sorted(days)
    assert distinct == [distinct[0] + timedelta(days=n) for n in range(len(distinct))]
