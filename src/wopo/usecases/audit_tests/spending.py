"""Auditor's tests of patterns in spending: 9, 15 and 16."""

from collections.abc import Iterator

from wopo.domain.audit_patterns import REPEATED, SplitSets, grouped, runs
from wopo.domain.audit_tests import Hit
from wopo.domain.money import Money, minor_digits
from wopo.domain.people import AuthorityLimit
from wopo.usecases.audit_tests.scope import Scope, finds
from wopo.usecases.ports.audit_tests import Bill, Ordered
from wopo.usecases.settings import company


@finds(9)
def split_orders(scope: Scope) -> Iterator[Hit]:
    """Sets of orders of one vendor, or one requester, that stay below a limit only one by one."""
    limits = _limits(scope)
    told: set[frozenset[str]] = set()
    for by_vendor in (True, False):
        for key, rows in _split_sets(scope, limits, by_vendor=by_vendor):
            ids = frozenset(row.order_id for row in rows)
            if ids not in told:
                told.add(ids)
                yield _split(rows[0].vendor if by_vendor else scope.name(key), rows)


def _split_sets(
    scope: Scope, limits: dict[str, list[int]], *, by_vendor: bool
) -> Iterator[tuple[str, list[Ordered]]]:
    """Each set with the vendor or the requester, one pass over the orders by time."""
    open_ones: dict[tuple[str, str], SplitSets[Ordered]] = {}
    for key, order in scope.store.ordered(scope.period, by_vendor=by_vendor):
        about = (key, order.currency)
        if about not in open_ones:
            open_ones[about] = SplitSets(
                day=lambda order: order.created_at,
                minor=lambda order: order.amount_minor,
                limits=limits.get(order.currency, []),
            )
        if found := open_ones[about].take(order):
            yield key, found
    for (key, _), sets in sorted(open_ones.items(), key=lambda item: item[0]):
        if found := sets.rest():
            yield key, found


def _split(who: str, rows: list[Ordered]) -> Hit:
    whole = Money(sum(row.amount_minor for row in rows), rows[0].currency)
    parts = ", ".join(f"{row.number} {Money(row.amount_minor, row.currency)}" for row in rows)
    return Hit(
        9, who, rows[-1].created_at.date(), f"{len(rows)} orders, together {whole}: {parts}",
        whole, tuple(row.order_id for row in rows),
    )  # fmt: skip


def _limits(scope: Scope) -> dict[str, list[int]]:
    """All limits that were in force in the period, and from where on an order is needed, by
    currency, rising."""
    settings = company(scope.uow)
    found = {settings.currency: {settings.order_needed_above_minor}}
    for limit in scope.uow.all(AuthorityLimit):
        over = limit.valid_to is not None and limit.valid_to < scope.period.first
        if limit.valid_from <= scope.period.last and not over:
            found.setdefault(limit.currency, set()).add(limit.amount_minor)
    return {currency: sorted(some - {0}) for currency, some in found.items()}


def _by_vendor(scope: Scope) -> Iterator[list[Bill]]:
    return grouped(scope.store.bills(scope.period), lambda row: row.vendor_id)


@finds(15)
def sequences(scope: Scope) -> Iterator[Hit]:
    """A vendor whose invoices follow each other without a gap may have no other customer."""
    for rows in _by_vendor(scope):
        for run in runs(rows, lambda row: row.number):
            numbers = f"{run[0].number} to {run[-1].number}"
            text = f"{len(run)} invoices without a gap: {numbers}"
            yield _vendors_hit(15, run, text)


@finds(16)
def round_amounts(scope: Scope) -> Iterator[Hit]:
    """Vendors that often bill whole hundreds."""
    for rows in _by_vendor(scope):
        even = [row for row in rows if _is_round(row)]
        if len(even) >= REPEATED and 2 * len(even) >= len(rows):
            amounts = ", ".join(f"{row.number} {row.total}" for row in even)
            text = f"{len(even)} of {len(rows)} invoices in whole hundreds: {amounts}"
            yield _vendors_hit(16, even, text)


def _is_round(row: Bill) -> bool:
    hundred = 100 * 10 ** minor_digits(row.currency)
    return row.total_minor > 0 and row.total_minor % hundred == 0


def _vendors_hit(test: int, rows: list[Bill], text: str) -> Hit:
    orders = tuple(dict.fromkeys(row.order_id for row in rows if row.order_id))
    day, invoices = rows[-1].invoice_date, tuple(row.invoice_id for row in rows)
    return Hit(test, rows[0].vendor, day, text, None, orders, invoices)
