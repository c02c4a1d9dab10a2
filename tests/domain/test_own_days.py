"""Days on a person's own clock, and circles of stand-ins at any moment of them."""

from datetime import UTC, date, datetime

import pytest

from wopo.domain.delegations import Delegation, circle_with, last_day

FIRST, LAST = date(2026, 3, 27), date(2026, 3, 29)
"""In Berlin the clocks go forward on the last of them."""


def stand_in(
    whom: str, to: str, first: int, last: int, *, zone: str = "UTC", ended: bool = False
) -> Delegation:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    return Delegation(
        id=f"{whom}{to}{first}", from_id=whom, to_id=to, starts=date(2026, 3, first),
        ends=date(2026, 3, last), timezone=zone, made_at=at, ended_at=at if ended else None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "begins", "over"),
    [
        ("UTC", "2026-03-27T00:00", "2026-03-30T00:00"),
        ("Europe/Berlin", "2026-03-26T23:00", "2026-03-29T22:00"),
        ("America/Los_Angeles", "2026-03-27T07:00", "2026-03-30T07:00"),
        ("Pacific/Auckland", "2026-03-26T11:00", "2026-03-29T11:00"),
    ],
)
def test_days_begin_and_end_at_the_persons_own_midnight(zone: str, begins: str, over: str) -> None:
    days = stand_in("a", "b", FIRST.day, LAST.day, zone=zone)
    first, after = (datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (begins, over))
    assert (days.begins, days.over_at) == (first, after)
    assert days.covers(first)
    assert not days.covers(after)
    assert days.is_over(after)
    assert not days.is_over(first)


def test_days_that_follow_each_other_meet_only_where_the_clocks_differ() -> None:
    monday = stand_in("a", "b", 2, 2)
    assert not monday.meets(stand_in("a", "c", 3, 3))
    assert monday.meets(stand_in("a", "c", 3, 3, zone="Pacific/Auckland"))
    assert not monday.meets(stand_in("a", "c", 2, 2, ended=True))


@pytest.mark.parametrize(
    ("known", "new", "circle"),
    [
        ([("b", "a", 1, 2), ("b", "c", 3, 5)], ("a", "b", 1, 5), "aba"),
        ([("b", "c", 1, 2), ("b", "a", 3, 5)], ("a", "b", 1, 5), "aba"),
        ([("b", "c", 2, 9), ("c", "a", 4, 4)], ("a", "b", 1, 5), "abca"),
        ([("b", "c", 2, 3), ("c", "a", 4, 5)], ("a", "b", 1, 5), ""),
        ([("b", "a", 6, 9)], ("a", "b", 1, 5), ""),
        ([("b", "c", 1, 9), ("c", "b", 1, 9)], ("a", "b", 1, 5), ""),
    ],
)
def test_a_circle_is_found_at_whichever_moment_it_would_close(
    known: list[tuple[str, str, int, int]], new: tuple[str, str, int, int], circle: str
) -> None:
    found = circle_with([stand_in(*one) for one in known], stand_in(*new))
    assert "".join(found or []) == circle


def test_a_circle_of_some_hours_between_two_clocks_is_one() -> None:
    back = stand_in("b", "a", 3, 3, zone="Pacific/Auckland")
    assert circle_with([back], stand_in("a", "b", 2, 2)) == ["a", "b", "a"]
    assert circle_with([back], stand_in("a", "b", 1, 1)) is None


def test_a_chain_lasts_as_long_as_its_shortest_link() -> None:
    links = [stand_in("a", "b", 1, 5), stand_in("b", "c", 1, 2)]
    assert last_day(links, ["a", "b"]) == date(2026, 3, 5)
    assert last_day(links, ["a", "b", "c"]) == date(2026, 3, 2)
    assert last_day(links, ["a", "c"]) is None
