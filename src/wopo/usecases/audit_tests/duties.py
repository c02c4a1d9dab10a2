"""Auditor's tests of duties that are kept apart: 1, 2, 3 and 19."""

from collections.abc import Iterator

from wopo.domain.audit_tests import Hit
from wopo.domain.money import Money
from wopo.usecases.audit_tests.scope import Scope, finds, when
from wopo.usecases.ports.audit_tests import Decision


@finds(1)
def own_requests(scope: Scope) -> Iterator[Hit]:
    """Decisions by somebody who asked for a line of the order or made the revision."""
    for row in scope.store.decisions(scope.period):
        if row.by_id in row.requesters:
            allowed = f" under the waiver {row.waiver}" if row.waiver else ""
            text = f"{scope.name(row.by_id)} asked for it and approved it{allowed}"
            yield decision_hit(1, row, text)


def decision_hit(test: int, row: Decision, text: str) -> Hit:
    """A hit about one decision."""
    day = row.decided_at.date()
    return Hit(test, row.number, day, f"{text} ({row.vendor})", row.amount, (row.order_id,))


@finds(2)
def own_receipts(scope: Scope) -> Iterator[Hit]:
    """Receipts by somebody who asked for the order or approved it."""
    for row in scope.store.deliveries(scope.period):
        had = [
            word
            for word, people in (("asked for", row.requesters), ("approved", row.approvers))
            if row.received_by_id in people
        ]
        if had:
            flagged = f"; flagged: {row.flag}" if row.flag else ""
            who = scope.name(row.received_by_id)
            text = f"{who} {' and '.join(had)} {row.order} and received {row.number}{flagged}"
            yield Hit(2, row.number, row.received_on, text, None, (row.order_id,))


@finds(3)
def own_releases(scope: Scope) -> Iterator[Hit]:
    """Invoices that the order's approver released, and differences that they let go."""
    for row in scope.store.bills(scope.period):
        if row.released_by_id in row.approvers and row.order_id and row.released_on:
            text = f"{scope.name(row.released_by_id)} approved {row.order} and decided about it"
            yield Hit(
                3, row.number, row.released_on.date(), f"{text} ({row.vendor})", row.total,
                (row.order_id,), (row.invoice_id,),
            )  # fmt: skip
    for case in scope.store.accepted(scope.period):
        if case.by_id in case.approvers and case.order_id:
            amount = Money(case.amount_minor, case.currency)
            text = f"{scope.name(case.by_id)} approved the order and accepted {case.code}"
            yield Hit(
                3, case.number, case.at.date(), f"{text} on {when(case.at)}", amount,
                (case.order_id,),
            )  # fmt: skip


MOST_NAMED = 50
"""Orders kept of one pair of people; their number is told in full."""


@finds(19)
def mutual(scope: Scope) -> Iterator[Hit]:
    """Pairs of people who approved each other's orders; memory grows with pairs, not orders."""
    orders: dict[tuple[str, str], list[Decision]] = {}
    counts: dict[tuple[str, str], int] = {}
    for row in scope.store.decisions(scope.period):
        for requester in row.requesters - {row.by_id}:
            pair = (row.by_id, requester)
            counts[pair] = counts.get(pair, 0) + 1
            held = orders.setdefault(pair, [])
            if len(held) < MOST_NAMED:
                held.append(row)
    for one, other in sorted(orders):
        if one < other and (other, one) in orders:
            both = orders[one, other] + orders[other, one]
            names = scope.name(one), scope.name(other)
            text = (
                f"{names[0]} approved {counts[one, other]} of {names[1]}'s orders, "
                f"{names[1]} approved {counts[other, one]} of {names[0]}'s"
            )
            last = max(row.decided_at for row in both).date()
            ids = tuple(dict.fromkeys(row.order_id for row in both))
            yield Hit(19, f"{names[0]} and {names[1]}", last, text, None, ids)
