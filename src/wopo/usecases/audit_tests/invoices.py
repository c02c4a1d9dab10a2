"""Auditor's tests of invoices: 11, 21 and 22."""

from collections.abc import Iterator
from itertools import groupby, islice

from wopo.domain.audit_patterns import NEAR, REPEATED, grouped, used_share
from wopo.domain.audit_tests import Hit
from wopo.domain.duplicates import slipped
from wopo.domain.invoices import Invoice
from wopo.domain.money import Money
from wopo.domain.workflow import words
from wopo.usecases.audit_tests.scope import Scope, finds
from wopo.usecases.duplicates import Twin, search_again
from wopo.usecases.ports.audit_tests import Accepted, Judged

PAGE = 200
"""Invoices whose look-alikes are searched for together."""


@finds(11)
def duplicates(scope: Scope) -> Iterator[Hit]:
    """Invoices that are one by AuditNet's nine combinations, searched for anew. Those that people
    told apart are among the differences accepted (test 21)."""
    slips: dict[str, list[str]] = {}
    for new, old in slipped(scope.store.papers(scope.period)):
        slips.setdefault(new, []).append(old)
    entered = scope.store.entered(scope.period)
    while page := list(islice(entered, PAGE)):
        twins = search_again(scope.uow, page, slips)
        for invoice in page:
            for twin in twins[invoice.id]:
                yield _duplicate(invoice, twin)


def _duplicate(invoice: Invoice, twin: Twin) -> Hit:
    other = twin.invoice
    beside = f"{other.number} of {other.invoice_date} over {other.total}"
    text = f"{twin.combination}: {twin.words or 'same number'}; beside {beside}"
    orders = dict.fromkeys(id for id in (invoice.purchase_order_id, other.purchase_order_id) if id)
    return Hit(
        11, invoice.number, invoice.invoice_date, text, invoice.total, tuple(orders),
        (invoice.id, other.id),
    )  # fmt: skip


@finds(21)
def overrides(scope: Scope) -> Iterator[Hit]:
    """What the match held and people let go, a hit per person."""
    for rows in grouped(scope.store.accepted(scope.period), lambda row: row.by_id):
        sums: dict[str, int] = {}
        for row in rows:
            sums[row.currency] = sums.get(row.currency, 0) + row.amount_minor
        whole = ", ".join(str(Money(minor, currency)) for currency, minor in sorted(sums.items()))
        text = f"{len(rows)} differences over {whole}: {'; '.join(map(_override, rows))}"
        yield Hit(
            21, scope.name(rows[0].by_id), rows[-1].at.date(), text, None,
            tuple(dict.fromkeys(row.order_id for row in rows if row.order_id)),
            tuple(dict.fromkeys(row.invoice_id for row in rows if row.invoice_id)),
        )  # fmt: skip


def _override(row: Accepted) -> str:
    amount = Money(row.amount_minor, row.currency)
    return f"{row.number} {row.code} {amount} {words(row.how.value)} ({row.vendor or 'no vendor'})"


@finds(22)
def just_within(scope: Scope) -> Iterator[Hit]:
    """Vendors whose invoices often use up nearly all of a tolerance."""
    judged = scope.store.judged(scope.period)
    for _, rows in groupby(judged, key=lambda row: row.vendor_id):
        # One at a time: a vendor may have any number of them.
        near = [(row._replace(verdict={}), told) for row in rows if (told := _near(row))]
        if len(near) >= REPEATED:
            text = f"{len(near)} invoices: " + "; ".join(
                f"{row.number} {told}" for row, told in near
            )
            last = near[-1][0]
            orders = dict.fromkeys(row.order_id for row, _ in near if row.order_id)
            ids = tuple(row.invoice_id for row, _ in near)
            yield Hit(22, last.vendor, last.day, text, None, tuple(orders), ids)


def _near(row: Judged) -> str:
    shares = [share for check in row.verdict.get("checks", ()) if (share := used_share(check))]
    used, key = max(shares, default=(0, ""))
    return f"{used:.0%} of {key}" if NEAR <= used <= 1 else ""
