"""Auditor's tests of vendors: 12, 13 and 14."""

from collections.abc import Iterator
from datetime import timedelta

from wopo.domain.audit_patterns import grouped
from wopo.domain.audit_tests import Hit
from wopo.domain.contact_keys import Owner
from wopo.domain.money import Money
from wopo.usecases.audit_tests.scope import Scope, finds

YOUNG = timedelta(days=7)
RECENT_DAYS = 30


@finds(12)
def related(scope: Scope) -> Iterator[Hit]:
    """Vendors that have a fact in common with an employee or another vendor."""
    shared = scope.store.shared(scope.period)
    for rows in grouped(shared, lambda row: (row.vendor_id, row.other_id)):
        row = rows[0]
        facts = " and ".join(sorted(found.fact for found in rows))
        kind = "employee" if row.other_kind == Owner.PERSON else "vendor"
        text = f"same {facts} as the {kind} {row.other}"
        yield Hit(12, f"{row.code} {row.vendor}", scope.period.last, text)


@finds(13)
def born_to_sell(scope: Scope) -> Iterator[Hit]:
    """Vendors that were added shortly before their first order."""
    for row in scope.store.first_orders(scope.period):
        age = row.first_at - row.added_at
        if age < YOUNG:
            text = f"added on {row.added_at.date()}, first order {age.days} days later"
            subject = f"{row.code} {row.vendor}"
            yield Hit(13, subject, row.first_at.date(), text, None, (row.order_id,))


@finds(14)
def new_accounts(scope: Scope) -> Iterator[Hit]:
    """Payments shortly after the vendor's account had changed."""
    for row in scope.store.paid_after_change(scope.period):
        days = (row.paid_on - row.confirmed_at.date()).days
        if 0 <= days < RECENT_DAYS:
            text = (
                f"paid on {row.paid_on}, {days} days after version {row.version} of the bank "
                f"details was confirmed ({row.vendor})"
            )
            orders = (row.order_id,) if row.order_id else ()
            amount = Money(row.total_minor, row.currency)
            yield Hit(14, row.number, row.paid_on, text, amount, orders, (row.invoice_id,))
