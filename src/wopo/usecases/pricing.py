"""The price book for what is wanted, and remembering what was last paid."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from wopo.domain.pricing import LastPrice, PriceBook, Wanted
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.vendors import Vendor
from wopo.usecases.door import Context
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.pricing import PricingStore
from wopo.usecases.settings import company


def price_book(
    uow: UnitOfWork, wanted: Collection[Wanted], *, vendor_ids: Iterable[str] = ()
) -> PriceBook:
    """Everything needed to price these, in a constant number of queries. ``vendor_ids`` names
    vendors that will be asked for besides those that the prices lead to."""
    if not wanted:
        return PriceBook(currency=company(uow).currency)
    store = uow.store(PricingStore)
    part_ids = {item.part_id for item in wanted if item.part_id}
    categories = {item.category for item in wanted if item.category}
    agreements = store.agreements(
        part_ids=part_ids,
        categories=categories,
        services=any(item.service for item in wanted),
        days={item.day for item in wanted},
    )
    preferred = store.preferred(part_ids=part_ids, categories=categories)
    last_prices = store.last_prices(part_ids) if part_ids else []
    known = {agreement.vendor_id for agreement, _ in agreements}
    known |= {row.vendor_id for row in preferred} | {row.vendor_id for row in last_prices}
    known |= set(vendor_ids)
    vendors = uow.all(Vendor, id=known) if known else []
    return PriceBook(
        agreements=agreements,
        preferred=preferred,
        last_prices=last_prices,
        vendors={vendor.id: vendor for vendor in vendors},
        currency=company(uow).currency,
    )


@dataclass(frozen=True)
class Paid:
    """The lines of one order that was approved on a day."""

    order: PurchaseOrder
    lines: Sequence[PurchaseOrderLine]
    day: date


def remember_prices(ctx: Context, paid: Iterable[Paid]) -> None:
    """Keep what approved lines pay as their vendors' last prices, unless newer ones are known; one
    query however many orders."""
    bought = [
        (one, line)
        for one in sorted(paid, key=lambda one: one.day)
        for line in one.lines
        if line.part_id and not line.cancelled
    ]
    if not bought:
        return
    rows = ctx.uow.all(LastPrice, part_id={str(line.part_id) for _, line in bought})
    known = {(row.part_id, row.vendor_id): row for row in rows}
    for one, line in bought:
        key = str(line.part_id), one.order.vendor_id
        row = known.get(key)
        if row is None:
            row = known[key] = LastPrice(
                id=ctx.new_id(),
                part_id=key[0],
                vendor_id=key[1],
                unit_price=line.unit_price,
                unit=line.unit,
                currency=one.order.currency,
                day=one.day,
            )
            ctx.uow.add(row)
        if one.day >= row.day:
            row.unit_price, row.price_per, row.unit = line.unit_price, line.price_per, line.unit
            row.currency, row.day = one.order.currency, one.day
            row.purchase_order_line_id = line.id
