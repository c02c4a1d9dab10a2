"""Orders that are out at a vendor, for tests of receiving and billing."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.factories.jobs import NOW, Company, add
from wopo.db.uow import SqlTransactions
from wopo.domain.purchase_orders import OrderState, PurchaseOrder, PurchaseOrderLine
from wopo.domain.vendors import Vendor

APPROVED = datetime(2026, 2, 20, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """One ordered line: how many at which price, and what else is to be set."""

    quantity: str
    price: str
    description: str = "Seal"
    unit: str = "pcs"
    service: bool = False


def vendor(transactions: SqlTransactions, id: str = "gra", name: str = "Grainger") -> str:
    """A vendor who sells in euros."""
    add(transactions, Vendor(id=id, code=id.upper(), name=name, currency="EUR", created_at=NOW))
    return id


def issued_order(
    transactions: SqlTransactions,
    firm: Company,
    *lines: Line,
    number: str = "PO-2026-000042",
    vendor_id: str = "gra",
    job: str | None = None,
    **more: Any,
) -> str:
    """An order at the vendor, bought by Bea for Tess's needs; its id is its number, its lines are
    ``<number>/1`` and so on."""
    nets = [int(Decimal(line.quantity) * Decimal(line.price) * 100) for line in lines]
    order = PurchaseOrder(
        id=number,
        number=number,
        state=OrderState.ISSUED,
        vendor_id=vendor_id,
        currency="EUR",
        buyer_id=firm.bea,
        requested_by_ids=[firm.tess],
        revision=1,
        approved_revision=1,
        net_minor=sum(nets),
        total_minor=sum(nets),
        created_at=APPROVED,
        approved_at=APPROVED,
        issued_at=APPROVED,
        **more,
    )
    made = [
        PurchaseOrderLine(
            id=f"{number}/{position}",
            purchase_order_id=number,
            position=position,
            service=line.service,
            description=line.description,
            quantity=Decimal(line.quantity),
            unit=line.unit,
            unit_price=Decimal(line.price),
            net_minor=net,
            share_minor=net,
            work_order_id=job,
            cost_centre_id=firm.ops,
        )
        for position, (line, net) in enumerate(zip(lines, nets, strict=True), start=1)
    ]
    add(transactions, order, *made)
    with transactions.write() as uow:
        uow.next_number("PO", 2026)
        uow.commit()
    return number
