"""What an order of another system comes to here, and what in it contradicts itself.

Unit prices keep their decimals; every line is rounded once by the one rounding rule, so an order
may differ from its source by at most half a minor unit a line. More is a contradiction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from wopo.domain.money import Money, allocate, extend, minor_digits, plain
from wopo.usecases.imports.shapes import OrderLineRow, OrderRow, SourceStatus

FREIGHT = "FREIGHT"


@dataclass(frozen=True)
class LineFigures:
    """Minor units of one line."""

    net: int
    tax: int
    share: int
    discount: int
    rounding: Decimal | None
    """Rounded net less the source's line total, in major units; none when it states no total."""


@dataclass(frozen=True)
class OrderFigures:
    """Minor units of an order, its lines, and sentences about what does not fit."""

    lines: tuple[LineFigures, ...]
    charges: tuple[tuple[str, int], ...]
    discount: int
    tax: int
    contradictions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    """All that does not fit, the contradictions first."""

    @property
    def net(self) -> int:
        """Sum of the lines."""
        return sum(line.net for line in self.lines)

    @property
    def charged(self) -> int:
        """Sum of the charges."""
        return sum(amount for _, amount in self.charges)

    @property
    def total(self) -> int:
        """Lines + charges + tax - discount."""
        return self.net + self.charged + self.tax - self.discount


def figures_of(order: OrderRow) -> OrderFigures:
    """Round the order once per line and share charges, discount and tax over its lines."""
    currency = order.currency
    rows = [line.row for line in order.lines]
    nets = [_net(row, currency) for row in rows]
    charges = [(code, Money.of(amount, currency).minor) for code, amount in order.charges]
    if order.freight:
        charges.append((FREIGHT, Money.of(order.freight, currency).minor))
    discount = Money.of(order.discount, currency).minor
    tax, line_taxes = _taxes(order, rows, nets)
    more = allocate(sum(amount for _, amount in charges), nets)
    less = allocate(discount, nets)
    lines = tuple(
        LineFigures(
            net=net,
            tax=line_tax,
            share=net + added - taken,
            discount=Money.of(row.discount, currency).minor,
            rounding=None
            if row.line_total is None
            else Money(net, currency).amount - row.line_total,
        )
        for row, net, line_tax, added, taken in zip(rows, nets, line_taxes, more, less, strict=True)
    )
    made = OrderFigures(lines, tuple(charges), discount, tax)
    contradictions = (*order.warnings, *_amount_warnings(order, rows, made))
    warnings = (*contradictions, *_date_warnings(order, rows), *_receipt_warnings(order, rows))
    return OrderFigures(lines, tuple(charges), discount, tax, contradictions, warnings)


def _net(row: OrderLineRow, currency: str) -> int:
    whole = extend(row.quantity, row.unit_price, currency, per=row.price_per)
    return whole.minor - Money.of(row.discount, currency).minor


def _taxes(
    order: OrderRow, rows: Sequence[OrderLineRow], nets: Sequence[int]
) -> tuple[int, list[int]]:
    """The order's tax, and each line's: as stated, else shared by amount."""
    currency = order.currency
    if all(row.tax is not None for row in rows):
        taxes = [Money.of(row.tax or 0, currency).minor for row in rows]
        if not order.tax or sum(taxes) == Money.of(order.tax, currency).minor:
            return sum(taxes), taxes
    whole = Money.of(order.tax, currency).minor
    return whole, allocate(whole, list(nets))


def _amount_warnings(
    order: OrderRow, rows: Sequence[OrderLineRow], made: OrderFigures
) -> list[str]:
    currency = order.currency
    half = Decimal(1).scaleb(-minor_digits(currency)) / 2
    found = []
    for row, line in zip(rows, made.lines, strict=True):
        if line.rounding is not None and abs(line.rounding) > half:
            found.append(
                f"Line {row.position}: {plain(row.quantity)} at {plain(row.unit_price)} is "
                f"{Money(line.net, currency)}, "
                f"the source says {plain(row.line_total or Decimal(0))}."
            )
    slack = half * (len(rows) + 3)
    stated = (("lines", order.net_total, made.net), ("order", order.total, made.total))
    for name, said, minor in stated:
        if said is not None and abs(Money(minor, currency).amount - said) > slack:
            found.append(
                f"The {name} {'come' if name == 'lines' else 'comes'} to {Money(minor, currency)}, "
                f"the source says {plain(said)}."
            )
    return found


def _date_warnings(order: OrderRow, rows: Sequence[OrderLineRow]) -> list[str]:
    found = []
    early = [str(row.position) for row in rows if row.due and row.due < order.order_date]
    if early:
        lines = f"line{'s' if len(early) > 1 else ''} {', '.join(early)}"
        found.append(f"Due before the order was made ({order.order_date}): {lines}.")
    for name, day in (("Shipped", order.ship_date), ("Received", order.received_on)):
        if day is not None and day < order.order_date:
            found.append(f"{name} on {day}, before the order was made ({order.order_date}).")
    return found


def _receipt_warnings(order: OrderRow, rows: Sequence[OrderLineRow]) -> list[str]:
    came = [row for row in rows if row.received]
    found = []
    if came and order.status in UNAPPROVED:
        found.append(unapproved(order.status))
    if not came and order.status is SourceStatus.COMPLETE:
        found.append("Complete in the source system, and nothing was received.")
    over = [str(row.position) for row in rows if row.received > row.quantity]
    if over:
        found.append(
            f"More received than ordered: line{'s' if len(over) > 1 else ''} {', '.join(over)}."
        )
    return found


UNAPPROVED = {
    SourceStatus.PENDING: "waiting for approval",
    SourceStatus.REJECTED: "rejected",
}
"""How an order stands that nobody approved."""


def unapproved(status: SourceStatus) -> str:
    """What is said about goods that came on an order nobody approved."""
    return f"Goods were received on an order that is {UNAPPROVED[status]} in the source system."
