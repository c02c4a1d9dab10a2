"""The lines of an order that is to be decided about: prices agreed and paid, and what else is open
for the same parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wopo.domain.money import Money
from wopo.domain.order_content import LineContent, OrderContent, totals
from wopo.domain.order_life import OPEN_STATES
from wopo.domain.price_agreements import PriceAgreement
from wopo.domain.pricing import LastPrice
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.pricing import PricingStore

OTHER_ORDERS = 60
"""Newest lines of the same parts that are looked at for other open orders."""


@dataclass(frozen=True)
class JobRef:
    """A job that is bought for."""

    id: str
    number: str
    title: str
    asset: str
    required_by: date | None
    emergency: bool


@dataclass(frozen=True)
class ApprovalLine:
    """One line to decide about. ``deviation`` is per cent above (or below) the agreed price."""

    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    price_per: Decimal
    net: Money
    job: JobRef | None
    agreement: str
    agreed_price: Decimal | None
    deviation: Decimal | None
    last_price: Decimal | None
    last_price_per: Decimal
    last_currency: str
    last_day: date | None
    other_orders: tuple[str, ...]


def lines_to_decide(
    uow: UnitOfWork, order_id: str, content: OrderContent, jobs: Mapping[str, JobRef]
) -> tuple[ApprovalLine, ...]:
    """The lines with what speaks for or against their prices; a constant number of queries."""
    parts = {line.part_id for line in content.lines if line.part_id}
    agreed = {line.agreement_id for line in content.lines if line.agreement_id}
    agreements = {row.id: row.number for row in uow.all(PriceAgreement, id=agreed)}
    last = _last_prices(uow, parts, {line.id for line in content.lines})
    others = _other_orders(uow, parts, order_id)
    nets = totals(content).lines
    return tuple(
        ApprovalLine(
            description=line.description,
            quantity=line.quantity,
            unit=line.unit,
            unit_price=line.unit_price,
            price_per=line.price_per,
            net=Money(sums.net_minor, content.currency),
            job=jobs.get(line.work_order_id or ""),
            agreement=agreements.get(line.agreement_id or "", ""),
            agreed_price=line.agreed_price,
            deviation=deviation(line),
            other_orders=others.get(line.part_id or "", ()),
            **_last_facts(last.get(line.part_id or "")),  # type: ignore[arg-type]
        )
        for line, sums in zip(content.lines, nets, strict=True)
    )


def deviation(line: LineContent) -> Decimal | None:
    """Per cent that the price lies above the agreed one, to one decimal; negative below it."""
    if not line.agreed_price:
        return None
    away = (line.unit_price - line.agreed_price) / line.agreed_price * 100
    return away.quantize(Decimal("0.1"))


def _last_facts(price: LastPrice | None) -> dict[str, object]:
    return {
        "last_price": price.unit_price if price else None,
        "last_price_per": price.price_per if price else Decimal(1),
        "last_currency": price.currency if price else "",
        "last_day": price.day if price else None,
    }


def _last_prices(uow: UnitOfWork, part_ids: set[str], own_lines: set[str]) -> dict[str, LastPrice]:
    """The newest price paid for each part to anybody, this order's own lines left out."""
    found: dict[str, LastPrice] = {}
    rows = uow.store(PricingStore).last_prices(part_ids) if part_ids else []
    for row in rows:
        if row.purchase_order_line_id in own_lines:
            continue
        if row.part_id not in found or row.day > found[row.part_id].day:
            found[row.part_id] = row
    return found


def _other_orders(uow: UnitOfWork, part_ids: set[str], order_id: str) -> dict[str, tuple[str, ...]]:
    """Numbers of other open orders for the same part."""
    if not part_ids:
        return {}
    rows = uow.all(
        PurchaseOrderLine,
        part_id=part_ids,
        cancelled=False,
        closed_short=False,
        order="-id",
        limit=OTHER_ORDERS,
    )
    ids = {row.purchase_order_id for row in rows} - {order_id}
    orders = {row.id: row.number for row in uow.all(PurchaseOrder, id=ids, state=OPEN_STATES)}
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        number = orders.get(row.purchase_order_id)
        if row.part_id and number and number not in found.get(row.part_id, ()):
            found[row.part_id] = (*found.get(row.part_id, ()), number)
    return found
