"""A trade document as it was sent: order, order response, receipt advice, despatch advice, invoice,
credit note.

Amounts are in major units exactly as stated; what is not stated is ``None``. Readers of electronic
formats fill this shape, so that what follows does not depend on a format.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from wopo.usecases.imports.rows import Code, Currency, LongCode


class DocumentKind(StrEnum):
    """What a document is."""

    ORDER = "order"
    RECEIPT = "receipt advice"
    DESPATCH = "despatch advice"
    INVOICE = "invoice"
    CREDIT = "credit note"
    RESPONSE = "order response"


class OrderAnswer(StrEnum):
    """What a vendor says to an order as a whole."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    CHANGED = "accepted with changes"
    REFUSED = "refused"


class LineAnswer(StrEnum):
    """What a vendor says to one line of an order."""

    ADDED = "added"
    ACCEPTED = "accepted"
    CHANGED = "changed"
    REFUSED = "refused"


class Part(BaseModel):
    """A part of a document; frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Party(Part):
    """The vendor, as the document names it. ``code`` is the number we gave the vendor."""

    code: str = ""
    ids: tuple[str, ...] = ()
    name: str = ""
    tax_id: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""


class Adjustment(Part):
    """An allowance (takes off) or a charge (adds), of a line or of the whole document.

    ``factor`` is a fraction of ``base`` in UBL 2.0's examples and a percentage in EN 16931."""

    charge: bool
    amount: Decimal
    reason: str = ""
    factor: Decimal | None = None
    base: Decimal | None = None


class TaxShare(Part):
    """One tax rate's part of the tax."""

    taxable: Decimal | None = None
    amount: Decimal
    percent: Decimal | None = None


class DocumentLine(Part):
    """One line. ``order_line`` is the order's line id where the document names it."""

    id: str
    line: int = 0
    quantity: Decimal
    unit: str = ""
    rejected: Decimal = Decimal(0)
    short: Decimal | None = None
    over: Decimal | None = None
    reject_reason: str = ""
    amount: Decimal | None = None
    price: Decimal | None = None
    price_per: Decimal = Decimal(1)
    price_unit: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    price_adjustments: tuple[Adjustment, ...] = ()
    tax: Decimal | None = None
    tax_percent: Decimal | None = None
    order_line: str | None = None
    order: str | None = None
    buyer_item: str | None = None
    seller_item: str | None = None
    standard_item: str | None = None
    name: str = ""
    description: str = ""
    due: date | None = None
    backordered: Decimal | None = None
    backorder_reason: str = ""
    answer: LineAnswer | None = None
    promised: date | None = None

    def items(self) -> tuple[str, ...]:
        """The item numbers that name what the line is about, the seller's first."""
        named = (self.seller_item, self.buyer_item, self.standard_item)
        return tuple(item for item in named if item)

    def adjusted(self) -> Decimal:
        """Charges less allowances of the line."""
        return sum((a.amount if a.charge else -a.amount for a in self.adjustments), Decimal(0))


class Totals(Part):
    """The totals as stated."""

    lines: Decimal | None = None
    allowances: Decimal | None = None
    charges: Decimal | None = None
    before_tax: Decimal | None = None
    with_tax: Decimal | None = None
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    payable: Decimal | None = None


class Document(Part):
    """A whole document; ``corrects`` are the invoices that a credit note names."""

    kind: DocumentKind
    file: str
    number: Code | LongCode
    issued: date
    copy_of_original: bool = False
    currency: Currency | None = None
    vendor: Party
    order: str | None = None
    corrects: tuple[str, ...] = ()
    despatch: str | None = None
    delivered: date | None = None
    delivered_quantity: Decimal | None = None
    due: date | None = None
    requested: date | None = None
    answer: OrderAnswer | None = None
    note: str = ""
    promised: date | None = None
    payment_terms: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    tax: Decimal | None = None
    tax_shares: tuple[TaxShare, ...] = ()
    totals: Totals = Totals()
    lines: tuple[DocumentLine, ...]

    @property
    def total(self) -> Decimal | None:
        """What it comes to in the end, as stated; negative where it takes back."""
        return self.totals.with_tax if self.totals.with_tax is not None else self.totals.payable


def as_credit(invoice: Document) -> Document:
    """An invoice over a negative sum as what it is: a credit note over the same, positive."""
    return _turned(invoice).model_copy(update={"kind": DocumentKind.CREDIT})


P = TypeVar("P", bound=Part)


def _turned(part: P) -> P:
    """The same with every quantity and amount turned round; prices, rates and bases stay."""
    changes: dict[str, Any] = {}
    for name in type(part).model_fields:
        value = getattr(part, name)
        if name in _KEPT:
            continue
        if isinstance(value, Decimal):
            changes[name] = -value
        elif isinstance(value, Part):
            changes[name] = _turned(value)
        elif isinstance(value, tuple) and value and isinstance(value[0], Part):
            changes[name] = tuple(_turned(each) for each in value)
    return part.model_copy(update=changes)


_KEPT = {"price", "price_per", "price_adjustments", "factor", "percent", "tax_percent"}
