"""Purchase orders as papers, for tests of what goes to vendors."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from wopo.domain.money import Money
from wopo.usecases.views.order_papers import OrderPaper, PaperLine, PaperParty, PaperTax


def eur(amount: str) -> Money:
    return Money.of(amount, "EUR")


def line(position: int = 1, **changes: Any) -> PaperLine:
    """Ten seals at 12.50 per 1, two off, twenty per cent tax on the rest and its freight."""
    made = PaperLine(
        position=position,
        item="S-1",
        part="P-100",
        description="Seal",
        quantity=Decimal(10),
        unit="pcs",
        unit_price=Decimal("12.50"),
        price_per=Decimal(1),
        discount=eur("2"),
        discount_label="Loyalty",
        net=eur("123"),
        tax_percent=Decimal(20),
        tax=eur("26"),
        schedule=((date(2026, 4, 1), Decimal(10)),),
    )
    return replace(made, **changes)


def paper(*lines: PaperLine, **changes: Any) -> OrderPaper:
    """PO-42 to Grainger: the lines, 7.00 freight."""
    rows = lines or (line(),)
    net = Money(sum(row.net.minor for row in rows), "EUR")
    taxable, tax = net + eur("7"), Money(sum(row.tax.minor for row in rows), "EUR")
    made = OrderPaper(
        id="po",
        number="PO-2026-000042",
        revision=1,
        day=date(2026, 3, 2),
        currency="EUR",
        company=PaperParty("Harbour Works", "Quay 1\n1000 Port", tax_id="X1", email="we@h.example"),
        terms="Delivery free to the place named.",
        vendor=PaperParty("Grainger", "Road 2", code="GRA", email="orders@grainger.example"),
        ship_to=PaperParty("Harbour Works", "North, Hall 3\nQuay 7"),
        buyer=PaperParty("Bea", email="bea@h.example"),
        payment_terms="30 days net",
        valid_to=None,
        blanket_limit=None,
        lines=rows,
        charges=(("FREIGHT", "Freight", eur("7")),),
        discount=eur("0"),
        discount_label="",
        net=net,
        taxes=(PaperTax(Decimal(20), taxable, tax),),
        tax=tax,
        total=taxable + tax,
    )
    return replace(made, **changes)
