"""The price book for what is wanted, and remembering what was last paid."""

from collections.abc import Collection, Iterable
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


def remember_prices(
    ctx: Context, order: PurchaseOrder, lines: Iterable[PurchaseOrderLine], day: date
) -> None:
    """Keep what these approved lines pay as the vendor's last price, unless a newer one is
    known."""
    paid = {line.part_id: line for line in lines if line.part_id and not line.cancelled}
    if not paid:
        return
    rows = ctx.uow.all(LastPrice, part_id=set(paid), vendor_id=order.vendor_id)
    known = {row.part_id: row for row in rows}
    for part_id, line in paid.items():
        row = known.get(str(part_id))
        if row is None:
            row = LastPrice(
                id=ctx.new_id(),
                part_id=str(part_id),
                vendor_id=order.vendor_id,
                unit_price=line.unit_price,
                unit=line.unit,
                currency=order.currency,
                day=day,
            )
            ctx.uow.add(row)
        if day >= row.day:
            row.unit_price, row.price_per, row.unit = line.unit_price, line.price_per, line.unit
            row.currency, row.day = order.currency, day
            row.purchase_order_line_id = line.id
