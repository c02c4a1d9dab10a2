"""Patterns that the auditor's tests look for in streams of documents; pure, one pass each."""

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from wopo.domain.duplicates import cleaned
from wopo.domain.matching.tolerances import FAMILIES, Kind

T = TypeVar("T")
SPLIT_DAYS = 7
NEAR = Decimal("0.9")
"""From this share of a limit or tolerance on, something lies just below it."""
REPEATED = 3
"""From how many on something is a pattern."""
NIGHT = (22, 6)
_KINDS = {key: kind for family in FAMILIES.values() for key, kind in family}


class SplitSets(Generic[T]):
    """Sets of orders within ``SPLIT_DAYS`` that are each at or below a limit and together above the
    highest one that any of them stayed below. Orders are of one key and one currency, by time;
    ``limits`` in its minor units, rising. Each order costs the same however many came before, and
    only those of the last days, or of a set that is not over, are kept."""

    def __init__(
        self, *, day: Callable[[T], datetime], minor: Callable[[T], int], limits: Sequence[int]
    ) -> None:
        self._day, self._minor, self._limits = day, minor, limits
        self._window: deque[T] = deque()
        self._sum = self._first = 0
        self._highest: deque[tuple[int, int]] = deque()
        self._found: list[T] = []

    def take(self, order: T) -> list[T]:
        """The set that is over with this order, which is not of it; mostly none."""
        minor = self._minor(order)
        place = bisect_left(self._limits, minor)
        if minor <= 0 or place == len(self._limits):
            return []
        self._forget(self._day(order) - timedelta(days=SPLIT_DAYS))
        self._add(order, minor, self._limits[place])
        if self._sum > self._highest[0][1]:
            self._found += [order] if self._found else self._window
            return []
        return self.rest()

    def rest(self) -> list[T]:
        """The set that was not over yet."""
        found, self._found = self._found, []
        return found

    def _forget(self, since: datetime) -> None:
        while self._window and self._day(self._window[0]) <= since:
            self._sum -= self._minor(self._window.popleft())
            self._first += 1
        while self._highest and self._highest[0][0] < self._first:
            self._highest.popleft()

    def _add(self, order: T, minor: int, limit: int) -> None:
        """The highest limit of the window stands first: a lower one before it counts no more."""
        while self._highest and self._highest[-1][1] <= limit:
            self._highest.pop()
        self._highest.append((self._first + len(self._window), limit))
        self._window.append(order)
        self._sum += minor


def runs(invoices: Iterable[T], number: Callable[[T], str]) -> Iterator[list[T]]:
    """Invoices of one vendor, by date, whose numbers follow each other without a gap."""
    run: list[T] = []
    last: tuple[str, int] | None = None
    for invoice in invoices:
        parts = re.fullmatch(r"(.*?)(\d+)", cleaned(number(invoice)))
        here = (parts[1], int(parts[2])) if parts else None
        if not (here and last and here == (last[0], last[1] + 1)):
            if len(run) >= REPEATED:
                yield run
            run = []
        run.append(invoice)
        last = here
    if len(run) >= REPEATED:
        yield run


def grouped(rows: Iterable[T], key: Callable[[T], Any]) -> Iterator[list[T]]:
    """Rows that lie together by their key, group by group."""
    for _, group in groupby(rows, key=key):
        yield list(group)


def untimely(at: datetime, timezone: str) -> str:
    """Why nobody is expected to decide at this moment, in the person's own time; empty for a
    working day between morning and evening."""
    there = at.astimezone(ZoneInfo(timezone))
    if there.weekday() >= 5:
        return f"on a {there:%A}"
    late = there.hour >= NIGHT[0] or there.hour < NIGHT[1]
    return f"at {there:%H:%M}" if late else ""


def used_share(check: Mapping[str, Any]) -> tuple[Decimal, str] | None:
    """How much of its narrowest tolerance a check that passed used up, and that tolerance's key;
    none where there is nothing to compare."""
    variance = _number(check.get("variance"))
    if not check.get("passed") or not variance or variance <= 0:
        return None
    shares = [
        (share, str(limit["key"]))
        for limit in check.get("limits", ())
        if (share := _share(limit, variance, check)) is not None
    ]
    return max(shares, default=None)


def _share(limit: Mapping[str, Any], variance: Decimal, check: Mapping[str, Any]) -> Decimal | None:
    value, kind = _number(limit.get("value")), _KINDS.get(str(limit.get("key")))
    if not value or kind is None or kind is Kind.EXTENDED:
        return None
    if kind is Kind.AMOUNT:
        return variance / value
    base = _number(check.get("reference"))
    return variance * 100 / base / value if base and base > 0 else None


def _number(said: Any) -> Decimal | None:
    """A figure of a kept verdict; none for words and days."""
    try:
        return Decimal(said) if isinstance(said, str) else None
    except InvalidOperation:
        return None
