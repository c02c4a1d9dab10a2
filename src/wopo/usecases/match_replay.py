"""Judging past invoices by a policy that is not in force yet: what it would have held or let go.

Nothing is changed: rows are read a page of orders at a time and judged when they are detached from
the database, by the very match that judges real invoices, with what is received and credited today.
Invoices without an order of ours are left out, as no tolerance lets them go.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from wopo.domain.billing import Document
from wopo.domain.findings import Finding
from wopo.domain.invoices import CLEARED, Invoice
from wopo.domain.money import Money
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.usecases.duplicates import Twins
from wopo.usecases.judging_pages import (
    OrderPage,
    ReadJudging,
    load_page,
    policy_for,
    unspoken,
)
from wopo.usecases.ports import Transactions
from wopo.usecases.ports.match_replay import ReplayStore

PAGE = 200
"""Orders judged at a time; memory does not grow with how many there are."""


@dataclass(frozen=True)
class Replayed:
    """One invoice: what stands against it now, and what would by the proposed policy."""

    number: str
    vendor: str
    order: str
    total: Money
    before: tuple[str, ...]
    after: tuple[str, ...]
    by_hand: bool
    """People let it go although something stood against it."""

    @property
    def held(self) -> bool:
        """It would have been held, and nothing stands against it now."""
        return bool(self.after) and not self.before

    @property
    def released(self) -> bool:
        """Nothing would have stood against it, and something does now."""
        return bool(self.before) and not self.after


@dataclass
class _Rehearsal(ReadJudging):
    """Judging that only listens: it raises, closes and keeps nothing."""

    heard: list[tuple[Invoice, list[str]]] = field(default_factory=list)

    def rehearse(self, documents: Sequence[Document], found: Twins) -> None:
        self._judge_all(documents, found)

    def cases_gone(self, invoice_id: str) -> None:
        """A credited invoice stays as it is."""

    def _keep(self, document: Document, found: Sequence[Finding], before: list[str]) -> None:
        self.heard.append((document.invoice, before))


def replay(
    transactions: Transactions,
    policy: PolicyDocument,
    *,
    since: date,
    at: datetime,
    page: int = PAGE,
    progress: Callable[[int], None] = lambda _done: None,
) -> Iterator[Replayed]:
    """Every invoice entered since a day, judged by ``policy`` as if it were in force.

    Its rules hold as of the day it takes effect. ``progress`` hears how many orders are done,
    ``page`` of them at a time.
    """
    after = ""
    while True:
        with transactions.read() as uow:
            ids = uow.store(ReplayStore).page_since(since, after, page)
            if not ids:
                return
            loaded = load_page(uow, ids)
            book = policy_for(uow, loaded, at.date(), proposed=policy)
            ctx = unspoken(uow, at)
            rehearsals = [
                _Rehearsal.of(loaded, order, ctx=ctx, book=book, cause="replay")
                for order in loaded.orders
            ]
        for rehearsal in rehearsals:
            yield from _judged(rehearsal, loaded, since)
        after = ids[-1]
        progress(len(ids))


def orders_since(transactions: Transactions, since: date) -> int:
    """How many orders a replay judges."""
    with transactions.read() as uow:
        return uow.store(ReplayStore).orders_since(since)


def _judged(rehearsal: _Rehearsal, page: OrderPage, since: date) -> Iterator[Replayed]:
    order = rehearsal.order
    assert order is not None
    rehearsal.rehearse(page.documents[order.id], page.found)
    for invoice, before in rehearsal.heard:
        if invoice.entered_at.date() >= since:
            yield Replayed(
                number=invoice.number,
                vendor=page.vendors[invoice.vendor_id].name,
                order=order.number,
                total=invoice.total,
                before=tuple(before),
                after=tuple(invoice.codes),
                by_hand=bool(before) and invoice.state in CLEARED,
            )


@dataclass
class Tally:
    """Invoices and their money in each currency."""

    count: int = 0
    minor: Counter[str] = field(default_factory=Counter)

    def add(self, one: Replayed) -> None:
        """Count one more."""
        self.count += 1
        self.minor[one.total.currency] += one.total.minor

    def money(self) -> str:
        """``1,200.00 EUR and 30.00 USD``."""
        sums = (Money(minor, currency) for currency, minor in sorted(self.minor.items()))
        return " and ".join(str(money) for money in sums) or "nothing"


@dataclass
class Summary:
    """What a proposed policy would have changed; of fixed size however much is replayed."""

    shown: int = 20
    judged: Tally = field(default_factory=Tally)
    held: Tally = field(default_factory=Tally)
    released: Tally = field(default_factory=Tally)
    by_hand: int = 0
    appearing: Counter[str] = field(default_factory=Counter)
    vanishing: Counter[str] = field(default_factory=Counter)
    _largest: list[tuple[int, int, Replayed]] = field(default_factory=list)

    def add(self, one: Replayed) -> None:
        """Take one more invoice in."""
        self.judged.add(one)
        self.appearing.update(set(one.after) - set(one.before))
        self.vanishing.update(set(one.before) - set(one.after))
        if not (one.held or one.released):
            return
        (self.held if one.held else self.released).add(one)
        self.by_hand += one.released and one.by_hand
        entry = (abs(one.total.minor), self.judged.count, one)
        heapq.heappush(self._largest, entry)
        if len(self._largest) > self.shown:
            heapq.heappop(self._largest)

    @property
    def largest(self) -> list[Replayed]:
        """The largest invoices that would have gone the other way."""
        return [one for _, _, one in sorted(self._largest, reverse=True)]
