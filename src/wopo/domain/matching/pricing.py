"""Net unit prices (rule 4) and line amounts (rule 5) of orders and invoices."""

from collections.abc import Callable
from decimal import Decimal
from typing import Generic, NamedTuple

from wopo.domain.matching.arithmetic import ONE, Exact, N, round_minor
from wopo.domain.matching.documents import InvoiceLine, OrderLine


class Priced(NamedTuple, Generic[N]):
    """A billed line in the order's unit: quantity, amount before and after rounding."""

    qty: N
    net: N
    rounded: Decimal


def extended(  # noqa: PLR0917
    qty: N,
    price: Decimal,
    per: Decimal,
    charge: Decimal,
    discount: Decimal,
    number: Callable[[Exact], N],
) -> N:
    """qty x price / per + charge - discount."""
    net = qty * number(price)
    if per != ONE:
        net = net / number(per)
    if charge or discount:
        net = net + number(charge) - number(discount)
    return net


def order_price(order: OrderLine, number: Callable[[Exact], N]) -> tuple[N, N]:
    """(net unit price, net amount) of an order line.

    A line amended to zero pieces keeps its list price as unit price: nothing is left to share a
    discount.
    """
    qty = number(order.qty)
    net = extended(
        qty, order.unit_price, order.price_per, order.line_charge, order.line_discount, number
    )
    if qty and (order.line_charge or order.line_discount):
        return net / qty, net
    price = number(order.unit_price)
    return (price if order.price_per == ONE else price / number(order.price_per)), net


def priced(
    line: InvoiceLine,
    order: OrderLine,
    ratio: tuple[Decimal, Decimal],
    *,
    flip: bool,
    digits: int,
    number: Callable[[Exact], N],
) -> Priced[N]:
    """A billed line in the order's unit; ``flip`` turns its sign (a credit written negative)."""
    qty = number(line.qty)
    per = order.price_per if line.price_per is None else line.price_per
    net = extended(qty, line.unit_price, per, line.line_charge, line.line_discount, number)
    multiply, divide = ratio
    if multiply != ONE:
        qty = qty * number(multiply)
    if divide != ONE:
        qty = qty / number(divide)
    if flip:
        qty, net = -qty, -net
    return Priced(qty, net, round_minor(net, digits))
