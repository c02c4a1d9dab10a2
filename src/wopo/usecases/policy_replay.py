"""Asking a purchasing policy that is not in force yet about past lines: which would have gone
another way, over how much money, and who would have had to approve. Nothing is changed.

Lines are read a page at a time, so memory does not grow with how many there are.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from wopo.domain.money import Money
from wopo.domain.numbers import short
from wopo.domain.part_requests import ORDERED_ROUTES, Route
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.usecases.past_needs import PastNeed, past_needs, past_orders
from wopo.usecases.ports import Transactions, UnitOfWork
from wopo.usecases.ports.policy_replay import PolicyReplayStore
from wopo.usecases.replay_approvers import Board

PAGE = 500


@dataclass(frozen=True)
class Redirected:
    """One line: the way it went and the one it would have gone. ``amount`` is unknown without a
    price. ``approvers``: of whom the policy's approval rules would have asked each decision about
    its amount alone on that day, one after the other; only where an order follows."""

    number: str
    description: str
    day: date
    amount: Money | None
    before: Route
    before_rule: str
    after: Route
    after_rule: str
    approvers: tuple[str, ...]

    @property
    def another_way(self) -> bool:
        """Whether the new policy sends it elsewhere."""
        return self.before is not self.after

    @property
    def to_approve(self) -> bool:
        """Whether somebody has to approve it who had not."""
        return self.after in ORDERED_ROUTES and self.before not in ORDERED_ROUTES


def replay_lines(
    transactions: Transactions,
    policy: PolicyDocument,
    *,
    since: date,
    page: int = PAGE,
    progress: Callable[[int], None] = lambda _done: None,
) -> Iterator[Redirected]:
    """Every line asked for since a day that was not taken back, and every order line since then
    that no request asked for, ruled by ``policy``."""
    for read in (_asked_page, _bought_page):
        after = ""
        while True:
            with transactions.read() as uow:
                needs, after = read(uow, since, after, page)
                board = Board(uow, policy.approval, {need.cost_centre_id for need in needs})
                found = [_redirected(need, policy, board) for need in needs]
            if not found:
                break
            yield from found
            progress(len(found))


def _asked_page(uow: UnitOfWork, since: date, after: str, page: int) -> tuple[list[PastNeed], str]:
    lines = uow.store(PolicyReplayStore).page_since(since, after, page)
    return past_needs(uow, lines), lines[-1].id if lines else ""


def _bought_page(uow: UnitOfWork, since: date, after: str, page: int) -> tuple[list[PastNeed], str]:
    rows = uow.store(PolicyReplayStore).bought_since(since, after, page)
    return past_orders(uow, rows), rows[-1][0].id if rows else ""


def lines_since(transactions: Transactions, since: date) -> int:
    """How many lines a replay rules."""
    with transactions.read() as uow:
        return uow.store(PolicyReplayStore).lines_since(since)


def _redirected(need: PastNeed, policy: PolicyDocument, board: Board) -> Redirected:
    said = policy.routes.said(need.facts)
    asked: tuple[str, ...] = ()
    if said.route in ORDERED_ROUTES and need.amount is not None:
        asked = board.asked(need, said.route, need.amount)
    return Redirected(
        number=f"{short(need.number)} line {need.position}",
        description=need.description,
        day=need.day,
        amount=need.amount,
        before=need.route,
        before_rule=need.rule,
        after=said.route,
        after_rule=said.rule,
        approvers=asked,
    )


@dataclass
class Sum:
    """Lines and their money in each currency; ``unpriced`` of them without a price."""

    count: int = 0
    unpriced: int = 0
    minor: Counter[str] = field(default_factory=Counter)

    def add(self, one: Redirected) -> None:
        """Count one more."""
        self.count += 1
        if one.amount is None:
            self.unpriced += 1
        else:
            self.minor[one.amount.currency] += one.amount.minor

    def __str__(self) -> str:
        """``3 lines over 1,200.00 EUR (1 without a price)``."""
        sums = [str(Money(minor, currency)) for currency, minor in sorted(self.minor.items())]
        over = f" over {' and '.join(sums)}" if sums else ""
        without = f" ({self.unpriced:,} without a price)" if self.unpriced else ""
        return f"{self.count:,} line{'' if self.count == 1 else 's'}{over}{without}"


@dataclass
class Redirections:
    """What a proposed policy would have changed; of fixed size however much is replayed."""

    shown: int = 20
    ruled: Sum = field(default_factory=Sum)
    ways: dict[tuple[Route, Route], Sum] = field(default_factory=dict)
    approvers: dict[str, Sum] = field(default_factory=dict)
    _largest: list[tuple[int, int, Redirected]] = field(default_factory=list)

    def add(self, one: Redirected) -> None:
        """Take one more line in."""
        self.ruled.add(one)
        if not one.another_way:
            return
        self.ways.setdefault((one.before, one.after), Sum()).add(one)
        if one.to_approve:
            who = " then ".join(one.approvers) or "a buyer first"
            self.approvers.setdefault(who, Sum()).add(one)
        minor = one.amount.minor if one.amount is not None else -1
        heapq.heappush(self._largest, (minor, -self.ruled.count, one))
        if len(self._largest) > self.shown:
            heapq.heappop(self._largest)

    @property
    def largest(self) -> list[Redirected]:
        """The largest lines that would have gone another way."""
        return [one for _, _, one in sorted(self._largest, key=lambda entry: entry[:2])][::-1]
