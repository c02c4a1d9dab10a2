"""Beginning an order by hand: for stock or for a cost centre, without a job's request."""

from typing import Any

from bot.blocks import Block, field, modal, search, text_input
from bot.ids import Callback, Options
from bot.parse import Form
from wopo.domain.order_content import LineContent, OrderContent
from wopo.domain.parts import Part
from wopo.domain.vendors import Vendor
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.purchase_orders import DraftOrder


def build() -> Block:
    """The first line; everything else is filled in by Edit."""
    return modal(
        Callback.NEW_ORDER,
        "New order",
        [
            field("vendor_id", "Vendor", search(Options.VENDOR)),
            field("part_id", "Part", search(Options.PART)),
            field("quantity", "How many?", text_input(longest=30)),
            field("unit_price", "Unit price", text_input(longest=30)),
            field("cost_centre_id", "Cost centre", search(Options.COST_CENTRE)),
            field(
                "ship_to_id",
                "Ship to",
                search(Options.STORE),
                hint="Where it goes into stock; other fields follow in Edit",
            ),
        ],
        submit="Draft",
    )


def parse(view: dict[str, Any], locale: str, uow: UnitOfWork) -> DraftOrder:
    """The command, or ``FormError``; name and unit are the catalogue's, the currency the
    vendor's."""
    form = Form(view["state"]["values"], locale)
    vendor = uow.get(Vendor, form.choice("vendor_id", label="The vendor", required=True))
    part = uow.get(Part, form.choice("part_id", label="The part", required=True))
    much = form.quantity("quantity", label="The quantity")
    price = form.price("unit_price", label="The unit price", required=True)
    centre = form.choice("cost_centre_id", label="The cost centre", required=True)
    place = form.choice("ship_to_id", label="The location", required=True)
    form.check()
    assert vendor and part and much is not None and price is not None
    line = LineContent(
        part_id=part.id,
        service=part.service,
        description=part.name,
        quantity=much,
        unit=part.unit,
        unit_price=price,
        cost_centre_id=centre,
    )
    content = OrderContent(
        vendor_id=vendor.id,
        currency=vendor.currency,
        payment_terms=vendor.payment_terms,
        ship_to_id=place,
        lines=(line,),
    )
    return DraftOrder(content=content)
