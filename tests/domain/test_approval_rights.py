"""Who may decide about an order."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wopo.domain.approval_rights import Need, eligible, level
from wopo.domain.money import Money
from wopo.domain.people import AuthorityLimit, Person

DAY = date(2026, 3, 2)
D = Decimal


def person(code: str, *, active: bool = True) -> Person:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Person(id=code, code=code, name=code, roles=["approver"], active=active, created_at=at)


def limit(
    major: int,
    centre: str | None = None,
    *,
    currency: str = "EUR",
    first: date = date(2026, 1, 1),
    last: date | None = None,
) -> AuthorityLimit:
    return AuthorityLimit(
        id=f"{major}{centre}", person_id="", cost_centre_id=centre, amount_minor=major * 100,
        currency=currency, valid_from=first, valid_to=last,
    )  # fmt: skip


def need(major: str = "500", *centres: str, **more: object) -> Need:
    return Need(Money.of(major, "EUR"), frozenset(centres or ("a",)), DAY, **more)  # type: ignore[arg-type]


def covers(limits: list[AuthorityLimit], wanted: Need) -> bool:
    """Whether these limits are enough for anybody who is not left out."""
    return eligible([(person("somebody"), limits)], wanted) == ["somebody"]


def test_the_lowest_sufficient_limit_is_asked_first() -> None:
    people = [(person("low"), [limit(100)]), (person("mid"), [limit(500)]),
              (person("top"), [limit(9000)])]  # fmt: skip
    assert eligible(people, need("500")) == ["mid"]
    assert eligible(people, need("500.01")) == ["top"]
    assert eligible(people, need("9000.01")) == []


def test_everybody_with_that_same_limit_is_asked() -> None:
    people = [(person("b"), [limit(500)]), (person("a"), [limit(500)]), (person("c"), [limit(501)])]
    assert eligible(people, need()) == ["a", "b"]


def test_who_asked_and_who_left_are_never_asked() -> None:
    people = [(person("a"), [limit(500)]), (person("b", active=False), [limit(500)]),
              (person("c"), [limit(900)])]  # fmt: skip
    assert eligible(people, need(excluded_ids=frozenset({"a"}))) == ["c"]


@pytest.mark.parametrize(
    ("first", "last", "valid"),
    [
        (date(2026, 3, 2), None, True),
        (date(2026, 3, 3), None, False),
        (date(2026, 1, 1), date(2026, 3, 2), True),
        (date(2026, 1, 1), date(2026, 3, 1), False),
    ],
)
def test_the_limit_of_that_day_counts(first: date, last: date | None, *, valid: bool) -> None:
    assert covers([limit(900, first=first, last=last)], need()) is valid


def test_every_cost_centre_on_the_order_must_be_covered() -> None:
    limits = [limit(900, "a"), limit(600, "b")]
    assert level(limits, need("500", "a", "b")) == 600
    assert level(limits, need("500", "a", "c")) is None
    assert not covers(limits, need("700", "a", "b"))


def test_a_limit_for_the_cost_centre_replaces_the_general_one() -> None:
    limits = [limit(9000), limit(100, "a")]
    assert level(limits, need("500", "a")) == 100
    assert level(limits, need("500", "b")) == 9000


def test_a_limit_in_another_currency_needs_a_rate() -> None:
    limits = [limit(550, currency="USD")]
    assert level(limits, need()) is None
    assert covers(limits, need("500", rates={"USD": D("1.1")}))
    assert not covers(limits, need("500.01", rates={"USD": D("1.1")}))


LIMITS = st.lists(
    st.builds(limit, st.integers(0, 20), st.sampled_from([None, "a", "b"])), max_size=3
)


@given(
    st.lists(st.tuples(st.sampled_from("pqrstu"), LIMITS), max_size=6, unique_by=lambda p: p[0]),
    st.integers(1, 2500),
    st.sets(st.sampled_from("pqrstu")),
    st.sets(st.sampled_from("ab"), min_size=1),
)
def test_nobody_without_the_authority_and_nobody_who_asked(
    found: list[tuple[str, list[AuthorityLimit]]],
    minor: int,
    excluded: set[str],
    centres: set[str],
) -> None:
    wanted = Need(Money(minor, "EUR"), frozenset(centres), DAY, frozenset(excluded))
    people = [(person(code), limits) for code, limits in found]
    chosen = eligible(people, wanted)
    assert not excluded & set(chosen)
    by_code = dict(found)
    for code in chosen:
        for centre in centres:
            own = [row for row in by_code[code] if row.cost_centre_id == centre]
            general = [row for row in by_code[code] if row.cost_centre_id is None]
            assert max(row.amount_minor for row in own or general) >= minor
    if not chosen:
        assert not any(covers(limits, wanted) for code, limits in found if code not in excluded)
