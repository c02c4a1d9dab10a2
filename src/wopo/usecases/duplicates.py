"""Finding invoices that may be entered twice: searched once when an invoice comes, then kept.

What was found is kept with the verdict, since a later invoice never makes an earlier one a twin;
judging again only asks whether the twins still stand and nobody has told them apart.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from wopo.domain.duplicates import SAME_FEE, Likeness, Paper, likeness, repeated, slips
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.matching import DocumentType, KnownInvoice
from wopo.domain.money import Money
from wopo.domain.vendors import Vendor
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.invoices import InvoiceStore


class Twin(NamedTuple):
    """An invoice entered before, and why this one may be it again."""

    invoice: Invoice
    combination: str
    words: str

    def kept(self) -> dict[str, str]:
        """As it is kept with the verdict."""
        return {"id": self.invoice.id, "as": self.combination, "words": self.words}


Twins = dict[str, list[Twin]]
"""Twins by the id of the invoice that may be one of them again."""


def search(uow: UnitOfWork, invoices: Sequence[Invoice]) -> Twins:
    """What each invoice may be again, out of everything entered before it; one statement."""
    if not invoices:
        return {}
    return _among(uow, invoices, uow.store(InvoiceStore).alike(invoices))


def search_again(
    uow: UnitOfWork, invoices: Sequence[Invoice], slipped: Mapping[str, Collection[str]]
) -> Twins:
    """As ``search``, without equal totals of one day under quite another number, where those with
    a slip of the finger in the number are known (ids by id): a vendor may bill one total always."""
    earlier = {id for invoice in invoices for id in slipped.get(invoice.id, ())}
    numbered = uow.store(InvoiceStore).numbered_alike(invoices)
    found = _among(uow, invoices, [*numbered, *uow.many(Invoice, sorted(earlier)).values()])
    return {
        id: [twin for twin in twins if twin.combination != SAME_FEE] for id, twins in found.items()
    }


def _among(uow: UnitOfWork, invoices: Sequence[Invoice], alike: Iterable[Invoice]) -> Twins:
    rows = {row.id: row for row in alike}
    papers = [Paper.of(row) for row in rows.values()]
    by_key: dict[tuple[object, ...], list[Paper]] = {}
    for paper in papers:
        for key in _keys(paper):
            by_key.setdefault(key, []).append(paper)
    vendors, fees = _Vendors(uow), repeated(papers)
    return {
        invoice.id: [
            Twin(rows[paper.id], why.combination, "" if why.stops else why.words)
            for paper, why in _twins(vendors, invoice, by_key, fees)
        ]
        for invoice in invoices
    }


class _Vendors:
    """Which vendors begin their numbers anew each year; each is read once, when it matters."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.uow = uow
        self.known: dict[str, bool] = {}

    def restart(self, vendor_id: str) -> bool:
        """Whether this one does."""
        if vendor_id not in self.known:
            vendor = self.uow.get(Vendor, vendor_id)
            self.known[vendor_id] = vendor is not None and vendor.numbers_restart_yearly
        return self.known[vendor_id]


def _keys(paper: Paper) -> tuple[tuple[object, ...], ...]:
    """Two of which one may be the other share a key, and few others do: a vendor may bill the same
    total hundreds of times in two weeks."""
    amount = (paper.vendor_id, paper.minor)
    return (
        (paper.vendor_id, paper.number_key),
        (paper.number_core,),
        (*amount, paper.day),
        *((*amount, text) for text in slips(paper.number)),
    )


def _twins(
    vendors: _Vendors,
    invoice: Invoice,
    by_key: Mapping[tuple[object, ...], Sequence[Paper]],
    fees: Collection[tuple[str, int]],
) -> list[tuple[Paper, Likeness]]:
    """Those with its vendor and number or total, or with its number written otherwise, that it may
    be again and nobody has told apart; in order of entry."""
    new, apart = Paper.of(invoice), invoice.not_duplicate_of
    papers = {paper.sequence: paper for key in _keys(new) for paper in by_key.get(key, ())}
    found = [
        (paper, why)
        for sequence, paper in sorted(papers.items())
        if sequence < new.sequence
        and paper.id not in apart
        and (why := _why(vendors, new, paper)) is not None
    ]
    if (new.vendor_id, new.minor) in fees:
        return [(paper, why) for paper, why in found if why.combination != SAME_FEE]
    return found


def _why(vendors: _Vendors, new: Paper, old: Paper) -> Likeness | None:
    restarts = (
        new.vendor_id == old.vendor_id
        and new.day.year != old.day.year
        and vendors.restart(new.vendor_id)
    )
    return likeness(new, old, restarts_yearly=restarts)


def standing(uow: UnitOfWork, invoices: Sequence[Invoice]) -> Twins:
    """The twins that were found when each invoice came, without rejected ones and those that were
    told apart since; searched for invoices that nobody has searched for."""
    new = [invoice for invoice in invoices if "alike" not in invoice.verdict]
    found = search(uow, new)
    ids = sorted({twin["id"] for row in invoices for twin in row.verdict.get("alike", ())})
    rows = uow.many(Invoice, ids)
    for invoice in invoices:
        if "alike" in invoice.verdict:
            found[invoice.id] = list(_still(invoice, rows))
    return found


def forget(invoice: Invoice) -> None:
    """Have twins searched for again: its number, amount or day is another one now."""
    invoice.verdict = {name: kept for name, kept in invoice.verdict.items() if name != "alike"}


def _still(invoice: Invoice, rows: Mapping[str, Invoice]) -> Iterable[Twin]:
    for twin in invoice.verdict["alike"]:
        row = rows.get(twin["id"])
        if row is None or row.state is InvoiceState.REJECTED:
            continue
        if row.id not in invoice.not_duplicate_of:
            yield Twin(row, twin["as"], twin["words"])


def known(invoice: Invoice, found: Iterable[Twin], *, vendor: str) -> tuple[KnownInvoice, ...]:
    """Twins as the match knows them; ``vendor`` is what it calls the invoice's."""

    def name(other: Invoice) -> str:
        return vendor if other.vendor_id == invoice.vendor_id else other.vendor_id

    return tuple(
        KnownInvoice(
            number=twin.invoice.number,
            vendor=name(twin.invoice),
            type=DocumentType(twin.invoice.type.value),
            currency=twin.invoice.currency.casefold(),
            dated=twin.invoice.invoice_date,
            total=_claimed(twin.invoice),
            resembles=twin.words,
        )
        for twin in found
    )


def _claimed(invoice: Invoice) -> Decimal:
    stated = invoice.stated_total_minor
    minor = invoice.total_minor if stated is None else stated
    return Money(minor, invoice.currency).amount
