"""What a digest shows: what is open by kind and age, the largest, and what moved since the last."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from wopo.domain.errors import NOT_FOUND
from wopo.domain.exception_cases import (
    OPEN_CASES,
    CaseState,
    ExceptionCase,
    ExceptionReopened,
)
from wopo.domain.exception_kinds import KINDS, kind_of
from wopo.domain.money import Money
from wopo.domain.subscriptions import Rhythm, Subscription
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.sweeps import SweepStore
from wopo.usecases.subscriptions import in_currency, name_of, rhythm_of, wants
from wopo.usecases.views.exception_cards import CaseLine, case_lines

LARGEST = 10


class Age(NamedTuple):
    """A span of ages in whole days; ``days`` is its upper end, none for no end."""

    name: str
    days: int | None


AGES = (Age("today", 0), Age("1-3 days", 3), Age("4-7 days", 7), Age("older", None))


@dataclass(frozen=True)
class Total:
    """How many cases, and how much money by currency. ``ages``: how many of each of ``AGES``."""

    name: str
    count: int
    amounts: tuple[Money, ...]
    ages: tuple[int, ...] = ()


@dataclass(frozen=True)
class Moves:
    """How many cases were raised, ended, opened again or grew since the last digest."""

    new: int
    closed: int
    reopened: int
    grown: int

    @property
    def any(self) -> bool:
        """Whether anything moved."""
        return bool(self.new or self.closed or self.reopened or self.grown)


@dataclass(frozen=True)
class DigestView:
    """A digest of what a channel subscribed to. ``kinds`` come with the most cases first, ``ages``
    are all of ``AGES`` that are there."""

    name: str
    rhythm: Rhythm
    when: str
    missed: int
    open: Total
    kinds: tuple[Total, ...]
    ages: tuple[Total, ...]
    largest: tuple[CaseLine, ...]
    moves: Moves

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell: nothing is open and nothing moved. An hour in which
        nothing moved is told of neither, as the one before told what is open."""
        if self.rhythm is Rhythm.HOURLY:
            return not self.moves.any
        return not self.open.count and not self.moves.any


def digest_view(
    uow: UnitOfWork,
    subscription_id: str,
    *,
    since: datetime,
    until: datetime,
    missed: int = 0,
) -> DigestView:
    """The digest as it is now; what moved is counted from ``since`` to before ``until``. Raises
    ``NOT_FOUND``. At most twelve queries, however many cases there are (one more for each other
    currency)."""
    row = uow.get(Subscription, subscription_id)
    if row is None:
        raise NOT_FOUND(kind="subscription", wanted=subscription_id, nearest="")
    store = uow.store(SweepStore)
    sites = store.sites(since=since) if row.site_ids else {}
    found = [
        case for case in store.moved_since(since) if wants(uow, row, case, sites.get(case.id, ()))
    ]
    still_open = [case for case in found if case.state in OPEN_CASES]
    weights = {case.id: in_currency(uow, case, row.currency) for case in still_open}
    largest = sorted(
        still_open,
        key=lambda case: (-(weights[case.id] or abs(case.amount.amount)), case.number),
    )
    return DigestView(
        name=name_of(uow, row),
        rhythm=row.rhythm,
        when=rhythm_of(row),
        missed=missed,
        open=_total("open", still_open, until),
        kinds=_by_kind(still_open, until),
        ages=_by_age(still_open, until),
        largest=case_lines(uow, largest[:LARGEST], at=until),
        moves=_moves(found, store.turns(since, until), since, until),
    )


def _moves(
    found: Sequence[ExceptionCase],
    turns: Iterable[tuple[str, str, dict[str, Any]]],
    since: datetime,
    until: datetime,
) -> Moves:
    """A case that was opened again, or raised, has not grown besides: it is counted once among
    those; what is closed by now is counted as that."""
    reopened, amounts = set(), dict[str, Decimal]()
    for case_id, event, facts in turns:
        amounts.setdefault(case_id, abs(Decimal(facts["before"]["amount"])))
        if event == ExceptionReopened.name:
            reopened.add(case_id)
    new = {case.id for case in found if since <= case.raised_at < until}
    still_open = [case for case in found if case.state in OPEN_CASES]
    old = [case for case in still_open if case.id not in new]
    return Moves(
        new=len(new),
        closed=sum(
            case.state is CaseState.RESOLVED
            and case.resolved_at is not None
            and since <= case.resolved_at < until
            for case in found
        ),
        reopened=sum(case.id in reopened for case in old),
        grown=sum(
            case.id not in reopened
            and case.id in amounts
            and abs(case.amount.amount) > amounts[case.id]
            for case in old
        ),
    )


def _age(case: ExceptionCase, at: datetime) -> int:
    """The place in ``AGES`` of how long it is open."""
    days = (at - case.raised_at) // timedelta(days=1)
    return next(n for n, age in enumerate(AGES) if age.days is None or days <= age.days)


def _total(name: str, cases: Iterable[ExceptionCase], at: datetime) -> Total:
    amounts: dict[str, Money] = {}
    ages = [0] * len(AGES)
    for case in cases:
        ages[_age(case, at)] += 1
        before = amounts.get(case.currency, Money.zero(case.currency))
        amounts[case.currency] = before + case.amount
    sums = tuple(amounts[currency] for currency in sorted(amounts))
    return Total(name, sum(ages), sums, tuple(ages))


def _by_kind(cases: Sequence[ExceptionCase], at: datetime) -> tuple[Total, ...]:
    """The kinds that are there, the most cases first."""
    by_code: dict[str, list[ExceptionCase]] = {}
    for case in cases:
        by_code.setdefault(case.code, []).append(case)
    order = list(KINDS)
    codes = sorted(by_code, key=lambda code: (-len(by_code[code]), order.index(code)))
    return tuple(_total(kind_of(code).title, by_code[code], at) for code in codes)


def _by_age(cases: Sequence[ExceptionCase], at: datetime) -> tuple[Total, ...]:
    by_age: dict[int, list[ExceptionCase]] = {}
    for case in cases:
        by_age.setdefault(_age(case, at), []).append(case)
    return tuple(_total(AGES[place].name, by_age[place], at) for place in sorted(by_age))
