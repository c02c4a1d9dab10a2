"""Auditor's tests of the order of dates: 6, 7 and 8."""

from collections.abc import Iterator
from datetime import date, datetime

from wopo.domain.audit_tests import Hit
from wopo.domain.money import Money
from wopo.usecases.audit_tests.scope import Scope, finds


def _dated(order_date: date | None, created_at: datetime, *, imported: bool) -> date:
    """The day an order is of. An order can be dated back, so its entry counts where it is later;
    what was imported was entered elsewhere."""
    if imported:
        return order_date or created_at.date()
    return max(order_date or created_at.date(), created_at.date())


@finds(6)
def older_invoices(scope: Scope) -> Iterator[Hit]:
    """Invoices that are older than their order."""
    for row in scope.store.bills(scope.period):
        if row.order_id is None or row.created_at is None:
            continue
        dated = _dated(row.order_date, row.created_at, imported=bool(row.imported))
        if row.invoice_date < dated:
            text = f"invoice of {row.invoice_date}, {row.order} of {dated} ({row.vendor})"
            yield Hit(
                6, row.number, row.invoice_date, text, row.total, (row.order_id,),
                (row.invoice_id,),
            )  # fmt: skip


@finds(7)
def early_receipts(scope: Scope) -> Iterator[Hit]:
    """Receipts of a day before their order."""
    for row in scope.store.deliveries(scope.period):
        dated = _dated(row.order_date, row.created_at, imported=row.imported)
        if row.received_on < dated:
            text = f"received on {row.received_on}, {row.order} is of {dated} ({row.vendor})"
            yield Hit(7, row.number, row.received_on, text, None, (row.order_id,))


@finds(8)
def changed_orders(scope: Scope) -> Iterator[Hit]:
    """Orders in force that are not what was approved. ``wopo audit verify`` compares every line by
    the hash that the approval binds."""
    for row in scope.store.unapproved(scope.period):
        stands = Money(row.total_minor, row.currency)
        if row.approved_minor is None:
            text = f"{row.made} of {row.needed} approvals of the revision in force hold"
        else:
            text = f"approved were {Money(row.approved_minor, row.currency)}, it is now {stands}"
        yield Hit(8, row.number, row.day.date(), f"{text} ({row.vendor})", stands, (row.order_id,))
