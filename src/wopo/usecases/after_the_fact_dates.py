"""Finding from dates, when an order is sent, that the delivery or the invoice came before it."""

from wopo.domain.after_the_fact import FOUND, REASON_MISSING, AfterTheFact
from wopo.domain.numbers import short
from wopo.domain.order_life import total_of
from wopo.domain.purchase_orders import OrderKind, PurchaseOrder
from wopo.domain.vendors import Vendor
from wopo.usecases.door import Context
from wopo.usecases.ports.after_the_fact import AfterTheFactStore


def check_in_time(ctx: Context, order: PurchaseOrder) -> None:
    """Find from dates, when an order is sent, that it comes after the fact. Raises
    ``REASON_MISSING``, and ``FOUND`` softly for an invoice that waits without an order."""
    number = short(order.number)
    if order.kind is OrderKind.AFTER_THE_FACT:
        if ctx.uow.find(AfterTheFact, purchase_order_id=order.id) is None:
            raise REASON_MISSING(number=number)
        return
    name = f"after_the_fact:{order.id}"
    if order.kind is not OrderKind.STANDARD or name in ctx.acknowledged:
        return
    total = total_of(order)
    found = ctx.uow.store(AfterTheFactStore).unordered_invoice(order.vendor_id, total)
    if found is not None:
        vendor = ctx.require(Vendor, order.vendor_id, label="vendor").name
        invoice, day = found
        raise FOUND(name, vendor=vendor, invoice=invoice, day=day, amount=total, number=number)
