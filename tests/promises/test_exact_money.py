"""P15: amounts, quantities and prices survive both databases exactly, and SQL adds as Python does.

Both databases are compared with the same figures, so they are alike too.
"""

import random
from dataclasses import dataclass
from decimal import Decimal

import pytest
from sqlalchemy import Connection, text

from tests.conftest import START
from tests.promises import rounds
from wopo.db.uow import SqlTransactions
from wopo.domain.cost_centres import CostCentre
from wopo.domain.money import MAX_AMOUNT, Money, allocate, extend, minor_digits, total
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.vendors import Vendor

LINES = 500
"""Lines of one order; their quantities in millionths still add up within 64 bits."""
ORDERS = rounds(4, soak=2_000)
CURRENCIES = ("EUR", "USD", "JPY", "KWD")
MILLION = Decimal(1_000_000)


@dataclass(frozen=True)
class Figures:
    """One line as it was before any database saw it."""

    quantity: Decimal
    unit_price: Decimal
    per: Decimal
    net: Money
    share_minor: int


@pytest.mark.parametrize("currency", CURRENCIES)
def test_figures_come_back_and_add_up(shared_transactions: SqlTransactions, currency: str) -> None:
    chance = random.Random(f"money in {currency}")
    base(shared_transactions)
    for number in range(max(1, ORDERS // len(CURRENCIES))):
        order_id = f"{currency}-{number}"
        lines = [figures(chance, currency) for _ in range(LINES)]
        lines = shared(lines, chance.randrange(-(10**9), 10**9))
        write(shared_transactions, order_id, currency, lines)
        assert read(shared_transactions, order_id, currency) == lines
        with shared_transactions.read() as uow:
            check_sums(uow.session.connection(), order_id, currency, lines)


def figures(chance: random.Random, currency: str) -> Figures:
    """A line of any size that wopo takes, up to the largest amount there is."""
    while True:
        quantity = Decimal(chance.randrange(1, 10 ** chance.randint(1, 15))) / MILLION
        unit_price = Decimal(chance.randrange(0, 10 ** chance.randint(1, 15))) / MILLION
        per = Decimal(chance.choice([1, 1, 1, 10, 100, 1000]))
        if quantity * unit_price / per <= MAX_AMOUNT:
            net = extend(quantity, unit_price, currency, per=per)
            return Figures(quantity, unit_price, per, net, 0)


def shared(lines: list[Figures], discount_minor: int) -> list[Figures]:
    """The lines with each one's share of a discount or a charge on the whole order."""
    shares = allocate(discount_minor, [line.net.minor for line in lines])
    assert sum(shares) == discount_minor
    return [
        Figures(line.quantity, line.unit_price, line.per, line.net, line.net.minor + share)
        for line, share in zip(lines, shares, strict=True)
    ]


def base(transactions: SqlTransactions) -> None:
    with transactions.write() as uow:
        uow.add(
            CostCentre(id="cc", code="cc", name="Building", currency="EUR"),
            Vendor(id="v", code="V", name="Vendor", currency="EUR", created_at=START),
        )
        uow.commit()


def write(
    transactions: SqlTransactions, order_id: str, currency: str, lines: list[Figures]
) -> None:
    whole = total((line.net for line in lines), currency)
    with transactions.write() as uow:
        uow.append(
            PurchaseOrder(
                id=order_id,
                number=order_id,
                vendor_id="v",
                currency=currency,
                net_minor=whole.minor,
                total_minor=sum(line.share_minor for line in lines),
                created_at=START,
            )
        )
        uow.append(
            *(
                PurchaseOrderLine(
                    id=f"{order_id}/{place}",
                    purchase_order_id=order_id,
                    position=place,
                    description="Seal",
                    quantity=line.quantity,
                    unit="pcs",
                    unit_price=line.unit_price,
                    price_per=line.per,
                    net_minor=line.net.minor,
                    share_minor=line.share_minor,
                    cost_centre_id="cc",
                )
                for place, line in enumerate(lines, start=1)
            )
        )
        uow.commit()


def read(transactions: SqlTransactions, order_id: str, currency: str) -> list[Figures]:
    with transactions.read() as uow:
        rows = uow.all(PurchaseOrderLine, purchase_order_id=order_id, order="position")
        return [
            Figures(
                row.quantity,
                row.unit_price,
                row.price_per,
                Money(row.net_minor, currency),
                row.share_minor,
            )
            for row in rows
        ]


def check_sums(connection: Connection, order_id: str, currency: str, lines: list[Figures]) -> None:
    """SQL adds up the columns to what Python does, and the lines to the order's own totals."""
    sums = connection.execute(
        text(
            "SELECT SUM(quantity), SUM(unit_price), SUM(l.net_minor), SUM(share_minor), "
            "MAX(o.net_minor), MAX(o.total_minor) "
            "FROM purchase_order_line l JOIN purchase_order o ON o.id = l.purchase_order_id "
            "WHERE o.id = :order"
        ),
        {"order": order_id},
    ).one()
    # A sum that the database made in floating point would differ from these integers.
    assert not any(isinstance(value, float) for value in sums)
    quantity, price, net, share, order_net, order_total = (int(value) for value in sums)
    assert quantity == sum(line.quantity for line in lines) * MILLION
    assert price == sum(line.unit_price for line in lines) * MILLION
    assert net == order_net == sum(line.net.minor for line in lines)
    assert share == order_total == sum(line.share_minor for line in lines)
    digits = minor_digits(currency)
    assert Money(net, currency).amount == Decimal(net).scaleb(-digits)
