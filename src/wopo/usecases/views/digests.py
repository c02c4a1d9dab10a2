"""What a digest shows: what is open by kind and age, the largest, and what moved since the last."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from wopo.domain.errors import NOT_FOUND
from wopo.domain.exception_cases import OPEN_CASES, CaseState, ExceptionCase
from wopo.domain.exception_kinds import KINDS, kind_of
from wopo.domain.money import Money
from wopo.domain.subscriptions import Subscription
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.sweeps import SweepStore
from wopo.usecases.subscriptions import sentence, wants
from wopo.usecases.views.exception_cards import CaseLine, case_lines

LARGEST = 10


class Age(NamedTuple):
    """A span of ages in whole days; ``days`` is its upper end, none for no end."""

    name: str
    days: int | None


AGES = (Age("today", 0), Age("1 to 3 days", 3), Age("4 to 7 days", 7), Age("older", None))


@dataclass(frozen=True)
class Total:
    """How many cases, and how much money by currency."""

    name: str
    count: int
    amounts: tuple[Money, ...]


@dataclass(frozen=True)
class DigestView:
    """A digest of what a channel subscribed to. ``since`` is when the last one was."""

    subscription: str
    since: datetime | None
    missed: int
    open: Total
    kinds: tuple[Total, ...]
    ages: tuple[Total, ...]
    largest: tuple[CaseLine, ...]
    raised: int
    resolved: int
    reopened: int


def digest_view(
    uow: UnitOfWork,
    subscription_id: str,
    *,
    at: datetime,
    since: datetime | None,
    missed: int = 0,
) -> DigestView:
    """The digest as it is now. Raises ``NOT_FOUND``. Five queries, however many cases there are
    (one more for each other currency)."""
    row = uow.get(Subscription, subscription_id)
    if row is None:
        raise NOT_FOUND(kind="subscription", wanted=subscription_id, nearest="")
    found = [
        case
        for case in uow.store(SweepStore).moved_since(since or row.made_at)
        if wants(uow, row, case)
    ]
    still_open = [case for case in found if case.state in OPEN_CASES]
    largest = sorted(still_open, key=lambda case: (-abs(case.amount.amount), case.number))
    start = since or row.made_at
    return DigestView(
        subscription=sentence(row),
        since=since,
        missed=missed,
        open=_total("open", still_open),
        kinds=_by_kind(still_open),
        ages=_by_age(still_open, at),
        largest=case_lines(uow, largest[:LARGEST], at=at),
        raised=sum(case.raised_at >= start for case in found),
        resolved=sum(
            case.state is CaseState.RESOLVED and (case.resolved_at or start) >= start
            for case in found
        ),
        reopened=sum(case.reopened > 0 and case.state in OPEN_CASES for case in found),
    )


def _total(name: str, cases: Iterable[ExceptionCase]) -> Total:
    amounts: dict[str, Money] = {}
    count = 0
    for case in cases:
        count += 1
        before = amounts.get(case.currency, Money.zero(case.currency))
        amounts[case.currency] = before + case.amount
    return Total(name, count, tuple(amounts[currency] for currency in sorted(amounts)))


def _by_kind(cases: Sequence[ExceptionCase]) -> tuple[Total, ...]:
    """The kinds that are there, the most cases first."""
    by_code: dict[str, list[ExceptionCase]] = {}
    for case in cases:
        by_code.setdefault(case.code, []).append(case)
    order = list(KINDS)
    codes = sorted(by_code, key=lambda code: (-len(by_code[code]), order.index(code)))
    return tuple(_total(kind_of(code).title, by_code[code]) for code in codes)


def _by_age(cases: Sequence[ExceptionCase], at: datetime) -> tuple[Total, ...]:
    by_age: dict[Age, list[ExceptionCase]] = {}
    for case in cases:
        days = (at - case.raised_at) // timedelta(days=1)
        age = next(age for age in AGES if age.days is None or days <= age.days)
        by_age.setdefault(age, []).append(case)
    return tuple(_total(age.name, by_age[age]) for age in AGES if age in by_age)
