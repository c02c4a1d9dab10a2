"""Which orders need not be judged again: those that no limit of any policy could hold.

An order is quiet when its invoices bill exactly what was ordered and accepted, at the order's
prices and taxes, and nothing was ever found in it. Every difference that the match knows is then
zero, and zero passes under every limit; so nothing but its figures is asked for, no policy and no
object. Where that is not certain the order is *loud*, and judged in full. Quantities and prices
are whole millionths here, amounts minor units, as the database keeps them.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from wopo.domain.billing_context import part_of
from wopo.domain.invoices import CLEARED, InvoiceState, InvoiceType
from wopo.domain.matching import Tolerances
from wopo.domain.money import PRICE_PLACES, minor_digits
from wopo.domain.purchase_orders import SHUT, OrderState
from wopo.domain.unit_conversions import same_unit

MILLION = 10**PRICE_PLACES
VERDICT_BEGINS = 120
_NOTHING_FOUND = re.compile(
    r'\{"order_closed": false, "policy": \d+, "alike": \[\], "exceptions": \[\], '
)
"""How ``verdict_json`` begins where nothing was found. All of it is long, and most of a look would
be spent on reading it; a text that begins in another way only makes its order loud."""


class OrderFigures(NamedTuple):
    """An order's header, as far as the match asks for it."""

    id: str
    state: OrderState
    vendor_id: str
    currency: str
    approved_revision: int | None
    approved_at: datetime | None
    order_date: date | None
    valid_to: date | None
    blanket_limit_minor: int | None
    charges_minor: int
    discount_minor: int


class LineFigures(NamedTuple):
    """An order line with the sums that are kept on it."""

    order_id: str
    id: str
    quantity: int
    unit: str
    unit_price: int
    price_per: int
    discount_minor: int
    tax_minor: int
    net_minor: int
    promised_on: date | None
    cancelled: bool
    received: int
    accepted: int
    billed: int
    billed_minor: int
    cleared: int
    cleared_minor: int


class InvoiceFigures(NamedTuple):
    """A live invoice's header; ``verdict`` is how the kept one's text begins, ``VERDICT_BEGINS``
    letters of it."""

    order_id: str
    id: str
    sequence: int
    type: InvoiceType
    state: InvoiceState
    vendor_id: str
    currency: str
    invoice_date: date
    charges_minor: int
    tax_minor: int
    discount_minor: int
    stated_total_minor: int | None
    stopped: bool
    verdict: str


class BilledFigures(NamedTuple):
    """A billed line."""

    invoice_id: str
    line_id: str | None
    quantity: int
    unit: str
    unit_price: int
    price_per: int
    charge_minor: int
    discount_minor: int
    net_minor: int
    share_minor: int
    unit_factor: int | None


class Watched(NamedTuple):
    """What else some version of the policy looks at: that less is billed than ordered, and that
    something is billed before the day it was promised for."""

    under: bool
    early: bool

    @classmethod
    def by(cls, limits: Iterable[Tolerances]) -> "Watched":
        """What these limits look at, all together."""
        keys = {key for one in limits for key, value in one.values.items() if value is not None}
        return cls(
            under=bool(keys & {"qty_under_pct", "qty_under_abs"}), early="date_value_days" in keys
        )


@dataclass(frozen=True)
class Figures:
    """Some orders with all that is billed on them; ``cased``: orders that ever had a case."""

    orders: Sequence[OrderFigures]
    lines: Sequence[LineFigures]
    invoices: Sequence[InvoiceFigures]
    billed: Sequence[BilledFigures]
    cased: Collection[str]


@dataclass(slots=True)
class _Sums:
    """What is billed on one order line; ``exact``: no amount of it was rounded."""

    bills: int = 0
    quantity: int = 0
    net_minor: int = 0
    share_minor: int = 0
    exact: bool = True


_NONE = _Sums()


def loud(figures: Figures, watched: Watched) -> set[str]:
    """Ids of the orders that have to be judged in full."""
    return _Ear(figures, watched).found


@dataclass
class _Ear:
    figures: Figures
    watched: Watched
    found: set[str] = field(init=False)
    sums: dict[str, _Sums] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.found = set(self.figures.cased)
        orders = {order.id: order for order in self.figures.orders}
        lines = {line.id: line for line in self.figures.lines}
        billed: dict[str, list[BilledFigures]] = {}
        for row in self.figures.billed:
            billed.setdefault(row.invoice_id, []).append(row)
        for invoice in sorted(self.figures.invoices, key=lambda row: row.sequence):
            if invoice.order_id in self.found:
                continue
            rows = billed.get(invoice.id, ())
            quiet = _quiet_header(invoice, orders[invoice.order_id])
            if not (quiet and self._quiet_rows(invoice, rows, lines)):
                self.found.add(invoice.order_id)
        for line in self.figures.lines:
            if line.order_id not in self.found and not self._quiet_line(line):
                self.found.add(line.order_id)

    def _quiet_rows(
        self,
        invoice: InvoiceFigures,
        rows: Sequence[BilledFigures],
        lines: Mapping[str, LineFigures],
    ) -> bool:
        """Whether everything is billed as it was ordered, and the tax is the order's."""
        net = tax = 0
        scale = 10 ** minor_digits(invoice.currency)
        for row in rows:
            line = lines.get(row.line_id or "")
            if line is None or line.order_id != invoice.order_id or not _as_ordered(row, line):
                return False
            if self.watched.early and (line.promised_on or date.min) > invoice.invoice_date:
                return False
            exact, rest = divmod(row.quantity * row.unit_price * scale, row.price_per * MILLION)
            if row.net_minor != exact + (2 * rest >= row.price_per * MILLION):
                return False
            sums = self.sums.setdefault(line.id, _Sums())
            tax += _tax(row, line, before=sums.net_minor)
            sums.bills += 1
            sums.quantity += row.quantity
            sums.net_minor += row.net_minor
            sums.share_minor += row.share_minor
            sums.exact = sums.exact and not rest
            net += row.net_minor
        stated = invoice.stated_total_minor
        return bool(rows) and invoice.tax_minor == tax and stated in (None, net + tax)

    def _quiet_line(self, line: LineFigures) -> bool:
        """Whether no more is billed than came, none came beyond the order, and the sums that are
        kept are those of the documents."""
        sums = self.sums.get(line.id, _NONE)
        if (line.billed, line.billed_minor) != (sums.quantity, sums.net_minor):
            return False
        if (line.cleared, line.cleared_minor) != (sums.quantity, sums.share_minor):
            return False
        if line.accepted > line.quantity:
            return False
        if not sums.bills:
            return True
        if self.watched.under and (sums.bills > 1 or sums.quantity < line.quantity):
            return False
        came = min(line.quantity, line.received, line.accepted)
        return sums.quantity <= came and (sums.bills == 1 or sums.exact)


def _quiet_header(invoice: InvoiceFigures, order: OrderFigures) -> bool:
    approved = order.approved_revision is not None or order.state in SHUT
    dated = order.order_date
    if dated is None and order.approved_at is not None:
        dated = order.approved_at.date()
    return (
        approved
        and order.blanket_limit_minor is None
        and not (order.charges_minor or order.discount_minor)
        and not (invoice.charges_minor or invoice.discount_minor or invoice.stopped)
        and invoice.type is InvoiceType.INVOICE
        and invoice.state in CLEARED
        and invoice.vendor_id == order.vendor_id
        and invoice.currency == order.currency
        and (dated or date.min) <= invoice.invoice_date <= (order.valid_to or date.max)
        and _NOTHING_FOUND.match(invoice.verdict) is not None
    )


def _tax(row: BilledFigures, line: LineFigures, *, before: int) -> int:
    """The order's tax on the billed line, as the match expects it."""
    if row.net_minor == line.net_minor and not before:
        return line.tax_minor if line.net_minor else 0
    return part_of(line.tax_minor, before, row.net_minor, line.net_minor) if line.tax_minor else 0


def _as_ordered(row: BilledFigures, line: LineFigures) -> bool:
    """In the order's unit, at its price, with nothing added or taken off."""
    return (
        row.unit_price == line.unit_price > 0
        and row.price_per == line.price_per
        and row.quantity > 0
        and line.quantity > 0
        and not (row.charge_minor or row.discount_minor or line.discount_minor)
        and not line.cancelled
        and row.unit_factor is None
        and same_unit(row.unit, line.unit)
    )
