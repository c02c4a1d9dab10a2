"""Judging past invoices by a policy that is not in force yet: what it would have held or let go.

Nothing is changed: rows are read a page of orders at a time and judged when they are detached from
the database, by the very match that judges real invoices, with what is received and credited today.
Invoices without an order of ours are left out, as no tolerance lets them go.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from wopo.domain.billing import Document
from wopo.domain.billing_context import Ordered
from wopo.domain.exception_cases import Finding
from wopo.domain.invoices import CLEARED, Invoice, InvoiceState
from wopo.domain.matching import Tolerances
from wopo.domain.money import Money
from wopo.domain.purchase_orders import OrderCharge, PurchaseOrder, PurchaseOrderLine
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.domain.vendors import Vendor
from wopo.usecases.door import Context
from wopo.usecases.duplicates import Twins, standing
from wopo.usecases.invoice_papers import load_documents
from wopo.usecases.judging import Judging
from wopo.usecases.ports import Transactions, UnitOfWork
from wopo.usecases.ports.match_replay import ReplayStore
from wopo.usecases.purchasing_policy import PolicyBook

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
class _Rehearsal(Judging):
    """Judging that only listens: it raises, closes and keeps nothing."""

    charges: Sequence[OrderCharge] = ()
    heard: list[tuple[Invoice, list[str]]] = field(default_factory=list)

    def rehearse(self, documents: Sequence[Document], found: Twins) -> None:
        self._judge_all(documents, found)

    def ordered(self) -> Ordered:
        assert self.order is not None
        vendor = self.order.vendor_id
        return Ordered(self.order, self.lines, self.charges, Tolerances(), vendor)

    def cases_gone(self, invoice_id: str) -> None:
        """A credited invoice stays as it is."""

    def _vendor_names(self, invoice: Invoice) -> tuple[str, str]:
        assert self.order is not None
        return invoice.vendor_id, self.order.vendor_id

    def _keep(self, document: Document, found: Sequence[Finding], before: list[str]) -> None:
        self.heard.append((document.invoice, before))


@dataclass(frozen=True)
class _Page:
    """Orders with all that is needed to judge their invoices."""

    orders: Sequence[PurchaseOrder]
    lines: Mapping[str, dict[str, PurchaseOrderLine]]
    charges: Mapping[str, list[OrderCharge]]
    documents: Mapping[str, list[Document]]
    found: Twins
    vendors: Mapping[str, Vendor]


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
            loaded = _load(uow, ids)
            book = PolicyBook(uow, at.date(), proposed=policy)
            rehearsals = [_prepared(uow, book, loaded, order, at) for order in loaded.orders]
        for rehearsal in rehearsals:
            yield from _judged(rehearsal, loaded, since)
        after = ids[-1]
        progress(len(ids))


def orders_since(transactions: Transactions, since: date) -> int:
    """How many orders a replay judges."""
    with transactions.read() as uow:
        return uow.store(ReplayStore).orders_since(since)


def _load(uow: UnitOfWork, ids: Sequence[str]) -> _Page:
    lines: dict[str, dict[str, PurchaseOrderLine]] = {id: {} for id in ids}
    for line in uow.all(PurchaseOrderLine, purchase_order_id=ids, order="position"):
        lines[line.purchase_order_id][line.id] = line
    charges: dict[str, list[OrderCharge]] = {id: [] for id in ids}
    for charge in uow.all(OrderCharge, purchase_order_id=ids):
        charges[charge.purchase_order_id].append(charge)
    rows = uow.all(Invoice, purchase_order_id=ids, order="sequence")
    live = [row for row in rows if row.state is not InvoiceState.REJECTED]
    documents: dict[str, list[Document]] = {id: [] for id in ids}
    for document in load_documents(uow, live):
        documents[document.invoice.purchase_order_id or ""].append(document)
    orders = uow.all(PurchaseOrder, id=ids, order="id")
    wanted = sorted({row.vendor_id for row in live} | {order.vendor_id for order in orders})
    vendors = {row.id: row for row in uow.all(Vendor, id=wanted)}
    return _Page(orders, lines, charges, documents, standing(uow, live), vendors)


def _prepared(
    uow: UnitOfWork, book: PolicyBook, page: _Page, order: PurchaseOrder, at: datetime
) -> _Rehearsal:
    """Ask the policy while the database is open; judging itself asks for nothing more."""
    book.learn_vendors(list(page.vendors.values()))
    ctx = Context(uow, actor=None, surface="console", at=at, new_id=str)
    rehearsal = _Rehearsal(
        ctx,
        order,
        page.lines[order.id],
        "replay",
        book=book,
        charges=page.charges[order.id],
    )
    for document in page.documents[order.id]:
        rehearsal.applied(document.invoice)
    return rehearsal


def _judged(rehearsal: _Rehearsal, page: _Page, since: date) -> Iterator[Replayed]:
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
