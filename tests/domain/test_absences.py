"""What a status and Do Not Disturb tell of an absence, and for how long it is believed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from wopo.domain.absences import AbsenceRule, Signal, away_until, paused_until
from wopo.domain.people import Person

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
"""A Wednesday, 16:00 in Berlin."""
TODAY = NOW.date()
HOURS = (8, 18)


def ana(zone: str = "Europe/Berlin") -> Person:
    return Person(id="ana", code="ana", name="Ana", timezone=zone, created_at=NOW)


def moment(said: str, zone: str) -> datetime:
    """``5 09:30`` in March, on the person's clock."""
    day, _, hour = said.partition(" ")
    at = datetime.fromisoformat(f"2026-03-{day:0>2}T{hour}")
    return at.replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("starts", "ends", "last"),
    [
        ("3 18:00", "4 08:00", None),  # a night that is over
        ("4 15:00", "4 18:00", None),  # an afternoon
        ("4 15:55", "5 09:00", None),  # until tomorrow morning
        ("4 15:55", "5 15:59", None),  # a day long, but no whole working day
        ("4 15:55", "6 09:00", 5),  # all of tomorrow
        ("4 15:55", "5 18:00", 5),
        ("4 15:55", "9 09:00", 6),  # over a weekend into Monday
        ("4 15:55", "9 18:00", 9),
        ("4 18:00", "5 08:00", None),  # the schedule's next night, not now
        ("5 08:00", "9 18:00", None),  # later
        ("2 00:00", "5 10:00", 4),  # today is the last whole one
        ("2 08:00", "4 17:00", None),  # the whole ones are past
        ("4 16:03", "6 09:00", 5),  # Slack's clock is ahead by some minutes
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Berlin"])
def test_do_not_disturb_is_an_absence_only_where_it_takes_a_working_day(
    zone: str, starts: str, ends: str, last: int | None
) -> None:
    pause = (moment(starts, zone), moment(ends, zone))
    found = paused_until(ana(zone), pause, at=NOW, hours=HOURS)
    assert found == (date(2026, 3, last) if last else None)


def test_a_schedule_at_night_and_over_the_weekend_is_none_at_any_hour() -> None:
    """Off from 18:00 to 8:00, and from Friday evening to Monday morning."""
    zone = "America/Chicago"
    night = [(f"{day} 18:00", f"{day + 1} 08:00") for day in range(2, 6)]
    for starts, ends in [*night, ("6 18:00", "9 08:00")]:
        pause = (moment(starts, zone), moment(ends, zone))
        at = pause[0]
        while at < pause[1]:
            assert paused_until(ana(zone), pause, at=at, hours=HOURS) is None
            at += timedelta(hours=1)


def test_a_status_without_an_end_lasts_two_weeks_and_does_not_slide() -> None:
    rule = AbsenceRule(person_id="ana", to_id="sue", set_at=NOW)
    for later in range(3):
        at = NOW + timedelta(days=later)
        until = away_until(ana(), text="vacation", emoji="", expires=None, at=at)
        news = rule.follow(Signal.STATUS, "vacation", until, at.date())
        assert news is (later == 0)
        assert rule.until == date(2026, 3, 17)
    far = TODAY + timedelta(days=40)
    assert rule.follow(Signal.STATUS, "vacation, really", far, TODAY + timedelta(days=3))
    assert rule.until == date(2026, 3, 17), "from the first day, whatever is said meanwhile"
    assert rule.follow(Signal.DO_NOT_DISTURB, "x", far, TODAY + timedelta(days=5))
    assert rule.until == date(2026, 3, 17)


def test_both_signals_count_and_what_was_ended_by_hand_stays_ended() -> None:
    rule = AbsenceRule(person_id="ana", to_id="sue", set_at=NOW)
    friday, monday = date(2026, 3, 6), date(2026, 3, 9)
    assert rule.follow(Signal.STATUS, "sick", friday, TODAY)
    assert rule.follow(Signal.DO_NOT_DISTURB, "9", monday, TODAY)
    assert rule.until == monday
    assert rule.follow(Signal.DO_NOT_DISTURB, "off", None, TODAY)
    assert rule.until == friday
    rule.end()
    assert not rule.follow(Signal.STATUS, "sick", friday, TODAY)
    assert rule.follow(Signal.DO_NOT_DISTURB, "5", TODAY, TODAY)
    assert rule.until == TODAY
    later = TODAY + timedelta(days=30)
    assert rule.follow(Signal.STATUS, "sick again", later, later)
    assert rule.until == later
