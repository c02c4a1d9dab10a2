"""What an invoice is entered from: an order with what was received of it and not billed yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from wopo.domain.errors import NOT_FOUND
from wopo.domain.money import Money
from wopo.domain.purchase_orders import OrderCharge, OrderState, PurchaseOrder, PurchaseOrderLine
from wopo.domain.vendors import Vendor
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.names import Ref, refs
from wopo.usecases.views.receiving import find_orders

BILLED = (OrderState.ISSUED, OrderState.CLOSED, OrderState.APPROVED)
"""States of orders that vendors send invoices for."""


@dataclass(frozen=True)
class BillableLine:
    """One order line. ``proposed`` is what was accepted and not billed yet, ``discount`` its part
    of the line's discount."""

    id: str
    position: int
    description: str
    unit: str
    unit_price: Decimal
    price_per: Decimal
    ordered: Decimal
    accepted: Decimal
    billed: Decimal
    proposed: Decimal
    discount: Money


@dataclass(frozen=True)
class BillableView:
    """What a vendor may be expected to bill now; without ``order`` only the vendor is known."""

    order: Ref | None
    vendor: Ref
    currency: str
    lines: tuple[BillableLine, ...] = ()
    charges: tuple[tuple[str, str, Money], ...] = ()
    tax: Money | None = None
    discount: Money | None = None


def billed_orders(uow: UnitOfWork, typed: str, *, limit: int) -> list[tuple[str, str, str]]:
    """Orders an invoice may belong to: id, number, vendor. At most four queries."""
    found = find_orders(uow, typed, states=BILLED, limit=limit)
    vendors = refs(uow, Vendor, [order.vendor_id for order in found])
    return [(order.id, order.number, vendors[order.vendor_id].name) for order in found]


def billable_vendor(uow: UnitOfWork, vendor_id: str) -> BillableView:
    """A vendor without an order. Raises ``NOT_FOUND``."""
    vendor = uow.get(Vendor, vendor_id)
    if vendor is None:
        raise NOT_FOUND(kind="vendor", wanted=vendor_id, nearest="", field="vendor_id")
    return BillableView(None, Ref(vendor.id, vendor.name), vendor.currency)


def billable_order(uow: UnitOfWork, order_id: str) -> BillableView:
    """The order as a vendor would bill it now. Raises ``NOT_FOUND``. Four queries.

    Charges and the order's discount are proposed with the first invoice only, tax in proportion.
    """
    order = uow.get(PurchaseOrder, order_id)
    if order is None:
        raise NOT_FOUND(kind="purchase order", wanted=order_id, nearest="")
    rows = uow.all(PurchaseOrderLine, purchase_order_id=order.id, order="position")
    charges = uow.all(OrderCharge, purchase_order_id=order.id, order="code")
    lines = tuple(_line(row, order.currency) for row in rows if not row.cancelled or row.billed)
    first = not any(row.billed for row in rows)
    whole = first and all(line.proposed == line.ordered for line in lines)
    return BillableView(
        order=Ref(order.id, order.number),
        vendor=refs(uow, Vendor, [order.vendor_id])[order.vendor_id],
        currency=order.currency,
        lines=lines,
        charges=tuple(
            (row.code, row.label, Money(row.amount_minor if first else 0, order.currency))
            for row in charges
        ),
        tax=Money(order.tax_minor, order.currency) if whole else _tax(rows, lines, order.currency),
        discount=Money(order.discount_minor, order.currency) if whole else None,
    )


def _line(row: PurchaseOrderLine, currency: str) -> BillableLine:
    proposed = max(row.accepted - row.billed, Decimal(0))
    return BillableLine(
        id=row.id,
        position=row.position,
        description=row.description,
        unit=row.unit,
        unit_price=row.unit_price,
        price_per=row.price_per,
        ordered=row.quantity,
        accepted=row.accepted,
        billed=row.billed,
        proposed=proposed,
        discount=_part(row.discount_minor, proposed, row.quantity, currency),
    )


def _tax(rows: Sequence[PurchaseOrderLine], lines: Sequence[BillableLine], currency: str) -> Money:
    proposed = {line.id: line.proposed for line in lines}
    parts = (
        _part(row.tax_minor, proposed.get(row.id, Decimal(0)), row.quantity, currency).minor
        for row in rows
    )
    return Money(sum(parts), currency)


def _part(minor: int, quantity: Decimal, whole: Decimal, currency: str) -> Money:
    """The part of a line's amount that falls to ``quantity``."""
    if not whole:
        return Money(0, currency)
    return Money.of(Money(minor, currency).amount * quantity / whole, currency)
