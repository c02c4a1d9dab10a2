"""Finding from dates, when an order is sent, that the delivery or the invoice came before it."""

from datetime import date
from typing import NamedTuple

from wopo.domain.after_the_fact import FOUND, REASON_MISSING, AfterTheFact
from wopo.domain.numbers import short
from wopo.domain.order_life import total_of
from wopo.domain.purchase_orders import OrderKind, PurchaseOrder
from wopo.domain.vendors import Vendor
from wopo.usecases.door import Context
from wopo.usecases.ports.after_the_fact import AfterTheFactStore


class Billed(NamedTuple):
    """The vendor's invoice, and its day."""

    vendor: str
    invoice: str
    day: date


def check_in_time(ctx: Context, order: PurchaseOrder) -> None:
    """Find from dates, when an order is sent, that it comes after the fact. Raises
    ``REASON_MISSING``, and ``FOUND`` softly for an invoice that waits without an order."""
    number = short(order.number)
    if order.kind is OrderKind.AFTER_THE_FACT:
        if ctx.uow.find(AfterTheFact, purchase_order_id=order.id) is None:
            raise REASON_MISSING(number=number)
        return
    name = f"after_the_fact:{order.id}"
    found = None if name in ctx.acknowledged else billed_before(ctx, order)
    if found is not None:
        told = found._asdict()
        raise FOUND(name, amount=total_of(order), number=number, **told)


def billed_before(ctx: Context, order: PurchaseOrder) -> Billed | None:
    """The invoice that a standard order seems to come after: of the vendor, over just this total,
    and without an order."""
    if order.kind is not OrderKind.STANDARD:
        return None
    store = ctx.uow.store(AfterTheFactStore)
    found = store.unordered_invoice(order.vendor_id, total_of(order))
    if found is None:
        return None
    vendor = ctx.require(Vendor, order.vendor_id, label="vendor").name
    return Billed(vendor, *found)
