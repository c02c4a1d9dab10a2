"""An order's invoices added up and put before the match: pure functions over stored rows.

Sums are kept on the order's lines and changed with each document; ``recomputed`` is the same from
the documents alone, and the tests hold one against the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, Inexact
from fractions import Fraction

from wopo.domain.invoices import (
    CLEARED,
    Invoice,
    InvoiceCharge,
    InvoiceLine,
    InvoiceState,
)
from wopo.domain.matching import Billed
from wopo.domain.matching.arithmetic import EXACT, Exact, plus, round_minor
from wopo.domain.money import QUANTITY_PLACES, Money, allocate
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.domain.unit_conversions import same_unit

ZERO = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Document:
    """An invoice with its lines and charges."""

    invoice: Invoice
    lines: Sequence[InvoiceLine]
    charges: Sequence[InvoiceCharge] = ()

    @property
    def sign(self) -> int:
        """-1 for a credit note."""
        return -1 if self.invoice.is_credit else 1

    @property
    def value(self) -> int:
        """What its lines add to the value billed on the order, in minor units."""
        if self.invoice.stopped:
            return 0
        net = sum(line.net_minor for line in self.lines)
        return -abs(net) if self.invoice.is_credit else net

    @property
    def converted(self) -> bool:
        """Whether a line is billed in another unit than the order's."""
        return any(line.unit_factor is not None for line in self.lines)


@dataclass(frozen=True)
class LineSums:
    """What is billed on an order line: by all live invoices, and by those that count as money.

    Quantities are exact: a third of a box stays a third until the sum is kept.
    """

    billed: Exact = ZERO
    billed_minor: int = 0
    cleared: Exact = ZERO
    cleared_minor: int = 0

    @classmethod
    def of(cls, line: PurchaseOrderLine) -> "LineSums":
        """Those that are kept on the order line."""
        return cls(line.billed, line.billed_minor, line.cleared, line.cleared_minor)

    def plus(self, other: "LineSums") -> "LineSums":
        """Both together."""
        return LineSums(
            plus(self.billed, other.billed),
            self.billed_minor + other.billed_minor,
            plus(self.cleared, other.cleared),
            self.cleared_minor + other.cleared_minor,
        )

    def put(self, line: PurchaseOrderLine) -> None:
        """Keep them on the order line, quantities to six places."""
        line.billed, line.billed_minor = kept(self.billed), self.billed_minor
        line.cleared, line.cleared_minor = kept(self.cleared), self.cleared_minor


NOTHING = LineSums()


def kept(quantity: Exact) -> Decimal:
    """A quantity as a column holds it: at most six places, half up."""
    if isinstance(quantity, Decimal) and int(quantity.as_tuple().exponent) >= -QUANTITY_PLACES:
        return quantity
    return round_minor(quantity, QUANTITY_PLACES).normalize(EXACT)


def in_order_unit(line: InvoiceLine) -> Exact:
    """A billed quantity in the unit of its order line: as it was written, or converted."""
    if line.unit_factor is None or line.unit_divisor is None:
        return line.quantity
    quantity = line.quantity * line.unit_factor
    try:
        return EXACT.divide(quantity, line.unit_divisor)
    except Inexact:
        return Fraction(quantity) / Fraction(line.unit_divisor)


def counted(
    document: Document, lines: Mapping[str, PurchaseOrderLine]
) -> Iterable[tuple[PurchaseOrderLine, InvoiceLine]]:
    """The billed lines that can be compared with an order line."""
    for line in document.lines:
        ordered = lines.get(line.purchase_order_line_id or "")
        if ordered is None:
            continue
        if line.unit_factor is not None or same_unit(line.unit, ordered.unit):
            yield ordered, line


def added(
    document: Document, lines: Mapping[str, PurchaseOrderLine], *, clears: bool
) -> dict[str, LineSums]:
    """What the document adds to each order line's sums. ``clears``: it counts as money, but for
    what is held back of it."""
    if document.invoice.stopped or document.invoice.state is InvoiceState.REJECTED:
        return {}
    sums: dict[str, LineSums] = {}
    sign = document.sign
    for ordered, line in counted(document, lines):
        qty, net, share = sign * in_order_unit(line), sign * line.net_minor, sign * line.share_minor
        own = LineSums(qty, net, qty if clears else ZERO, share if clears else 0)
        sums[ordered.id] = sums.get(ordered.id, NOTHING).plus(own)
    if clears and document.invoice.withheld:
        for line_id, own in sums.items():
            pieces, minor = document.invoice.withheld_of(line_id)
            sums[line_id] = own.plus(LineSums(cleared=-pieces, cleared_minor=-minor))
    return sums


def clearing(documents: Sequence[Document]) -> set[str]:
    """Ids of the documents that count as money now, out of all of an order, as entered.

    An invoice does when it may become payable. A credit note does when what it takes back does:
    while that is on hold nothing moved that could be taken back; with a whole invoice credited,
    both count nothing. Decided by states alone, so the order of events does not matter.
    """
    states = {document.invoice.id: document.invoice.state for document in documents}
    held_lines: set[str | None] = set()
    clear: set[str] = set()
    for document in documents:
        invoice, own = document.invoice, {ln.purchase_order_line_id for ln in document.lines}
        if invoice.state is InvoiceState.ON_HOLD and not invoice.is_credit:
            held_lines |= own
        if invoice.state not in CLEARED or invoice.stopped:
            continue
        target = states.get(invoice.credits_invoice_id or "")
        waits = bool(own & held_lines) if target is None else target not in CLEARED
        if not (invoice.is_credit and waits):
            clear.add(invoice.id)
    return clear


def credits_by_invoice(documents: Iterable[Document]) -> dict[str, list[Document]]:
    """Live credit notes by the invoice they name."""
    found: dict[str, list[Document]] = {}
    for document in documents:
        target = document.invoice.credits_invoice_id
        if document.invoice.is_credit and target and not document.invoice.stopped:
            found.setdefault(target, []).append(document)
    return found


def summed(parts: Iterable[Mapping[str, LineSums]]) -> dict[str, LineSums]:
    """Sums by order line, added up."""
    total: dict[str, LineSums] = {}
    for part in parts:
        for line_id, sums in part.items():
            total[line_id] = total.get(line_id, NOTHING).plus(sums)
    return total


def negated(sums: Mapping[str, LineSums]) -> dict[str, LineSums]:
    """The billed sums with the other sign."""
    return {id: LineSums(-s.billed, -s.billed_minor) for id, s in sums.items()}


def recomputed(
    documents: Sequence[Document], lines: Mapping[str, PurchaseOrderLine]
) -> dict[str, LineSums]:
    """Every order line's sums from its documents alone, as they are kept."""
    clear = clearing(documents)
    sums = dict.fromkeys(lines, NOTHING)
    for document in documents:
        for line_id, own in added(document, lines, clears=document.invoice.id in clear).items():
            sums[line_id] = sums[line_id].plus(own)
    return {
        line_id: replace(own, billed=kept(own.billed), cleared=kept(own.cleared))
        for line_id, own in sums.items()
    }


def takes_back_whole(credit: Document, invoice: Document) -> bool:
    """Whether the credit note gives back every line and the total of the invoice."""
    if credit.invoice.total_minor != invoice.invoice.total_minor:
        return False
    return _quantities(credit) == _quantities(invoice)


def covered_by(credit: Document, invoice: Document) -> bool:
    """Whether every line of the credit note was billed, in at least its quantity, by the
    invoice."""
    billed = _quantities(invoice)
    return all(qty <= billed.get(line_id, 0) for line_id, qty in _quantities(credit).items())


def _quantities(document: Document) -> dict[str | None, Fraction]:
    sums: dict[str | None, Fraction] = {}
    for line in document.lines:
        key = line.purchase_order_line_id
        sums[key] = sums.get(key, Fraction(0)) + abs(Fraction(in_order_unit(line)))
    return sums


def shares(nets: Sequence[int], extra: int) -> list[int]:
    """Line amounts with their exact parts of ``extra`` (charges less discount, perhaps tax)."""
    return [net + part for net, part in zip(nets, allocate(extra, nets), strict=True)]


def name_of(line: PurchaseOrderLine) -> str:
    """What the match calls an order line: its position."""
    return str(line.position)


def billed_of(sums: Mapping[str, LineSums], currency: str) -> dict[str, Billed]:
    """Sums as the match wants them."""
    return {
        line_id: Billed(s.billed, major(s.billed_minor, currency)) for line_id, s in sums.items()
    }


def major(minor: int, currency: str) -> Decimal:
    """Minor units as an amount."""
    return Money(minor, currency).amount
