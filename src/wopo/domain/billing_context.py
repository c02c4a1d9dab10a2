"""An invoice put before the match: the order's facts, what was billed before, what is expected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from wopo.domain.billing import (
    NOTHING,
    Document,
    LineSums,
    billed_of,
    counted,
    major,
    name_of,
)
from wopo.domain.invoices import InvoiceLine
from wopo.domain.matching import (
    Billed,
    Conversions,
    DocumentType,
    InvoiceContext,
    KnownInvoice,
    LineFacts,
    OrderHeader,
    OrderLine,
    Policy,
    Tolerances,
    default_policy,
)
from wopo.domain.matching import Invoice as Paper
from wopo.domain.matching import InvoiceLine as PaperLine
from wopo.domain.money import round_half_up
from wopo.domain.purchase_orders import OrderCharge, PurchaseOrder, PurchaseOrderLine

ZERO = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Around:
    """What an invoice is judged in: what was billed before it, and what credits gave back after.

    ``charges_before`` are by code in minor units; ``credited`` are later credit notes that name
    this very invoice; ``value_before`` is what lines of earlier invoices come to, ``value_later``
    what later credits gave back (so usually negative), in minor units: for blanket orders.
    """

    earlier: Mapping[str, LineSums] = field(default_factory=dict)
    later: Mapping[str, LineSums] = field(default_factory=dict)
    charges_before: Mapping[str, int] = field(default_factory=dict)
    credited: Sequence[Document] = ()
    known: tuple[KnownInvoice, ...] = ()
    value_before: int = 0
    value_later: int = 0


class LineRule(NamedTuple):
    """How one order line is matched: its limits, its kind of match, and who set the latter."""

    tolerances: Tolerances
    policy: Policy
    source: str = ""


@dataclass(frozen=True)
class Ordered:
    """The order as invoices see it, with the names of vendors and the rules in force.

    ``rules`` are by line id; a line without one takes what holds for the invoice as a whole.
    """

    order: PurchaseOrder | None
    lines: Mapping[str, PurchaseOrderLine]
    charges: Sequence[OrderCharge]
    tolerances: Tolerances
    vendor: str = ""
    rules: Mapping[str, LineRule] = field(default_factory=dict)

    def rule(self, line: PurchaseOrderLine) -> LineRule:
        """How this line is matched."""
        return self.rules.get(line.id) or LineRule(self.tolerances, policy_of(line))


def context(
    ordered: Ordered,
    document: Document,
    around: Around,
    *,
    found: bool,
    closed: bool,
    vendor: str,
) -> InvoiceContext:
    """Everything the match wants to know about one invoice.

    ``found``: there is an approved order. ``closed``: it was closed when the invoice came.
    ``vendor`` is the invoice's, by the same kind of name as the order's.
    """
    invoice, order = document.invoice, ordered.order
    currency = order.currency if order is not None and found else invoice.currency
    limit = order.blanket_limit_minor if order is not None and found else None
    header = OrderHeader(
        currency=currency,
        vendor=ordered.vendor or None,
        dated=_dated(order),
        limit=None if limit is None else major(limit, currency),
        valid_to=order.valid_to if order is not None else None,
        closed=closed,
    )
    return InvoiceContext(
        invoice=_paper(ordered, document, around, found=found, vendor=vendor),
        order=header,
        lines={} if not found else _line_facts(ordered, document, around),
        tolerances=ordered.tolerances,
        known=around.known,
        value_before=major(around.value_before, currency),
        value_later=major(around.value_later, currency),
    )


def _dated(order: PurchaseOrder | None) -> date | None:
    """When the order was authorised: the day it carries, else that of its approval."""
    if order is None:
        return None
    if order.order_date is not None or order.approved_at is None:
        return order.order_date
    return order.approved_at.date()


def _line_facts(ordered: Ordered, document: Document, around: Around) -> dict[str, LineFacts]:
    assert ordered.order is not None
    currency = ordered.order.currency
    earlier, later = billed_of(around.earlier, currency), billed_of(around.later, currency)
    converted = _conversions(document, ordered.lines)
    return {
        name_of(line): LineFacts(
            order=order_line(line, currency),
            policy=ordered.rule(line).policy,
            tolerances=ordered.rule(line).tolerances,
            conversions=converted.get(line.id),
            received=line.received,
            accepted=line.accepted,
            earlier=earlier.get(line.id, Billed()),
            later=later.get(line.id, Billed()),
        )
        for line in ordered.lines.values()
    }


def _conversions(
    document: Document, lines: Mapping[str, PurchaseOrderLine]
) -> dict[str, Conversions]:
    """How billed units become the order's, by order line, as it was kept with the billed lines."""
    factors: dict[str, dict[tuple[str, str], Decimal]] = {}
    for billed in document.lines:
        line = lines.get(billed.purchase_order_line_id or "")
        if line is None or billed.unit_factor is None or billed.unit_divisor is None:
            continue
        pair, factor = (billed.unit, line.unit), billed.unit_factor
        if billed.unit_divisor != 1:
            pair, factor = (line.unit, billed.unit), billed.unit_divisor
        factors.setdefault(line.id, {})[pair] = factor
    return {line_id: Conversions(own) for line_id, own in factors.items()}


def policy_of(line: PurchaseOrderLine) -> Policy:
    """The line's own policy, else 4-way for goods and 3-way for services (matching.md 13)."""
    return Policy(line.match_policy) if line.match_policy else default_policy(service=line.service)


def order_line(line: PurchaseOrderLine, currency: str) -> OrderLine:
    """A cancelled line orders nothing; a line closed short keeps what was agreed, so its prices
    stay comparable."""
    return OrderLine(
        line=name_of(line),
        qty=ZERO if line.cancelled else line.quantity,
        unit_price=line.unit_price,
        uom=line.unit,
        price_per=line.price_per,
        line_discount=ZERO if line.cancelled else major(line.discount_minor, currency),
        promised_date=line.promised_on,
    )


def _paper(
    ordered: Ordered, document: Document, around: Around, *, found: bool, vendor: str
) -> Paper:
    """The invoice as the match sees it: less charges and tax that credit notes naming it gave
    back."""
    invoice, currency = document.invoice, document.invoice.currency
    charges, tax, discount = _charges(document), invoice.tax_minor, invoice.discount_minor
    stated = invoice.stated_total_minor
    for credit in around.credited:
        for code, amount in _charges(credit).items():
            charges[code] = charges.get(code, 0) - amount
        tax -= credit.invoice.tax_minor
        discount -= credit.invoice.discount_minor
        if stated is not None:
            stated -= (
                credit.invoice.charges_minor
                + credit.invoice.tax_minor
                - credit.invoice.discount_minor
            )
    expected = Expected.of(ordered, document, around, tax=tax) if found else Expected()
    return Paper(
        number=invoice.number,
        lines=tuple(_paper_line(ordered, line, currency) for line in document.lines),
        charges={code: major(amount, currency) for code, amount in charges.items() if amount},
        tax=major(tax, currency),
        discount=major(discount, currency),
        dated=invoice.invoice_date,
        type=DocumentType(invoice.type.value),
        vendor=vendor,
        currency=currency,
        po_found=found,
        stated_total=None if stated is None else major(stated, currency),
        expected_charges={
            code: major(amount, currency) for code, amount in expected.charges.items()
        },
        expected_tax=major(expected.tax, currency),
        expected_discount=major(expected.discount, currency),
    )


def _charges(document: Document) -> dict[str, int]:
    sums: dict[str, int] = {}
    for charge in document.charges:
        sums[charge.code] = sums.get(charge.code, 0) + charge.amount_minor
    return sums


def _paper_line(ordered: Ordered, line: InvoiceLine, currency: str) -> PaperLine:
    order_line = ordered.lines.get(line.purchase_order_line_id or "")
    return PaperLine(
        po_line=name_of(order_line) if order_line is not None else None,
        qty=line.quantity,
        unit_price=line.unit_price,
        uom=line.unit or None,
        line_charge=major(line.charge_minor, currency),
        line_discount=major(line.discount_minor, currency),
        price_per=line.price_per,
    )


@dataclass(frozen=True)
class Expected:
    """What the order expects of one invoice's charges, tax and discount, in minor units."""

    charges: Mapping[str, int] = field(default_factory=dict)
    tax: int = 0
    discount: int = 0

    @classmethod
    def of(cls, ordered: Ordered, document: Document, around: Around, *, tax: int) -> "Expected":
        """Charges: what is left of the agreed. Tax and discount: in proportion to what is billed,
        counted from the first invoice on, so that the parts add up to the order's."""
        left = {
            charge.code: max(charge.amount_minor - around.charges_before.get(charge.code, 0), 0)
            for charge in ordered.charges
        }
        own: dict[str, int] = {}
        for line, billed in counted(document, ordered.lines):
            own[line.id] = own.get(line.id, 0) + billed.net_minor
        for credit in around.credited:
            for line, billed in counted(credit, ordered.lines):
                own[line.id] = own.get(line.id, 0) - billed.net_minor
        return cls(
            charges={code: amount for code, amount in left.items() if amount},
            tax=_expected_tax(ordered, document, around, own, tax),
            discount=_expected_discount(ordered, around, own),
        )


def _expected_tax(
    ordered: Ordered, document: Document, around: Around, own: Mapping[str, int], billed: int
) -> int:
    """The order's tax on what is billed.

    Vendors round it per line or once per rate, and tax charges with the goods or not: all are
    right, so the billed tax is expected when it is one of these.
    """
    per_line = 0
    by_rate: dict[Decimal, int] = {}
    for line_id, net in own.items():
        line = ordered.lines[line_id]
        before = around.earlier.get(line_id, NOTHING).billed_minor
        per_line += part_of(line.tax_minor, before, net, line.net_minor)
        rate = line.tax_percent or _rate(line)
        by_rate[rate] = by_rate.get(rate, 0) + net
    right = {per_line, sum(_tax(rate, net) for rate, net in by_rate.items())}
    if len(by_rate) == 1:
        ((rate, net),) = by_rate.items()
        invoice = document.invoice
        right.add(_tax(rate, net + invoice.charges_minor - invoice.discount_minor))
    return billed if billed in right else per_line


def _tax(rate: Decimal, net: int) -> int:
    return int(round_half_up(rate * net / HUNDRED, 0))


def _rate(line: PurchaseOrderLine) -> Decimal:
    return HUNDRED * line.tax_minor / line.net_minor if line.net_minor else ZERO


def _expected_discount(ordered: Ordered, around: Around, own: Mapping[str, int]) -> int:
    order = ordered.order
    if order is None or not order.discount_minor:
        return 0
    before = sum(sums.billed_minor for sums in around.earlier.values())
    return part_of(order.discount_minor, before, sum(own.values()), order.net_minor)


def part_of(whole: int, before: int, own: int, base: int) -> int:
    """The part of ``whole`` that falls on ``own``, after ``before`` of ``base`` had its part."""
    if not base:
        return 0

    def upto(part: int) -> int:
        return int(round_half_up(Decimal(whole) * part / base, 0))

    return upto(before + own) - upto(before)
