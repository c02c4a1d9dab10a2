"""What a later version of an order changes, in words: old -> new."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from wopo.domain.money import Money, plain
from wopo.domain.order_content import LineContent, OrderContent
from wopo.domain.purchase_orders import OrderRevision, PurchaseOrder
from wopo.domain.vendors import Vendor
from wopo.usecases.order_documents import content_of_revision
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.names import Ref, refs

_LABELS = {
    "quantity": "quantity",
    "unit": "unit",
    "unit_price": "price",
    "price_per": "price per",
    "description": "what",
    "work_order_id": "job",
    "cost_centre_id": "cost centre",
    "project_id": "project",
    "discount_minor": "discount",
    "tax_percent": "tax",
    "schedule": "deliveries",
    "receiver_id": "receiver",
}
_HIDDEN = ("work_order_id", "cost_centre_id", "project_id", "schedule", "receiver_id")
"""Told as another one, without an old and a new."""


def changes_of(uow: UnitOfWork, order: PurchaseOrder, revision: OrderRevision) -> tuple[str, ...]:
    """What a revision changes of the one in force, or of the one before it; nothing for the first.
    Two queries at most."""
    if revision.revision == 1:
        return ()
    in_force = order.approved_revision
    before = in_force if in_force not in (None, revision.revision) else revision.revision - 1
    row = uow.find(OrderRevision, purchase_order_id=order.id, revision=before)
    return tuple(changes_between(uow, row, revision)) if row else ()


def changes_between(uow: UnitOfWork, row: OrderRevision, revision: OrderRevision) -> list[str]:
    """What the later one of two revisions changes; one query where the vendor is another."""
    old, new = content_of_revision(row), content_of_revision(revision)
    vendors: dict[str, Ref] = {}
    if old.vendor_id != new.vendor_id:
        vendors = refs(uow, Vendor, [old.vendor_id, new.vendor_id])
    return list(change_words(old, new, vendors))


def change_words(
    before: OrderContent, after: OrderContent, vendors: Mapping[str, Ref]
) -> Iterator[str]:
    """``Seal: quantity 10 -> 20``; another vendor or currency first."""
    if before.vendor_id != after.vendor_id:
        was, now = (vendors.get(side.vendor_id) for side in (before, after))
        yield f"vendor {was.name if was else '?'} -> {now.name if now else '?'}"
    if before.currency != after.currency:
        yield f"currency {before.currency} -> {after.currency}"
    old, new = ({line.id: line for line in side.lines} for side in (before, after))
    for id, line in new.items():
        if id not in old:
            yield f"{line.description}: added"
        elif old[id] != line:
            yield from _line(old[id], line)
    yield from (f"{line.description}: taken off" for id, line in old.items() if id not in new)
    if before.charges != after.charges:
        sums = (sum(one.amount_minor for one in side.charges) for side in (before, after))
        was_sum, now_sum = (Money(minor, after.currency) for minor in sums)
        yield f"charges {was_sum} -> {now_sum}"
    if before.discount_minor != after.discount_minor:
        minors = (before.discount_minor, after.discount_minor)
        was_sum, now_sum = (Money(minor, after.currency) for minor in minors)
        yield f"discount {was_sum} -> {now_sum}"


def _line(before: LineContent, after: LineContent) -> Iterator[str]:
    for name, label in _LABELS.items():
        was, now = getattr(before, name), getattr(after, name)
        if was != now and name in _HIDDEN:
            yield f"{after.description}: another {label}"
        elif was != now:
            yield f"{after.description}: {label} {_said(was)} -> {_said(now)}"


def _said(value: Any) -> str:
    return plain(value) if isinstance(value, Decimal) else str(value)
