"""The documents of a match case as plain values: order, receipts, invoices, amendments.

Quantities, prices and amounts are exact decimals in major units; a missing figure is ``None``
only where that means something else than zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from wopo.domain.matching.arithmetic import ONE, ZERO
from wopo.domain.matching.codes import Policy
from wopo.domain.matching.tolerances import Tolerances


class DocumentType(StrEnum):
    """What a vendor sends."""

    INVOICE = "invoice"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of the order; ``policy`` and ``tolerances`` override the order's.

    ``unit_price`` is for ``price_per`` units; ``line_discount`` and ``line_charge`` are amounts for
    the whole line. A negative quantity is a return to the vendor.
    """

    line: str
    qty: Decimal
    unit_price: Decimal
    uom: str | None = None
    price_per: Decimal = ONE
    line_discount: Decimal = ZERO
    line_charge: Decimal = ZERO
    promised_date: date | None = None
    policy: Policy | None = None
    tolerances: Tolerances | None = None


@dataclass(frozen=True, slots=True)
class OrderHeader:
    """The order as the header checks see it; ``limit`` and ``valid_to`` make it a blanket order."""

    currency: str
    vendor: str | None = None
    dated: date | None = None
    limit: Decimal | None = None
    valid_to: date | None = None
    closed: bool = False
    """Closed when the invoice came; an order closed later undoes nothing."""


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """Quantities in the order's unit; negative ones went back to the vendor."""

    line: str
    accepted: Decimal = ZERO
    rejected: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Receipt:
    """What arrived (or went back) at once."""

    lines: tuple[ReceiptLine, ...]
    dated: date | None = None


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One billed line in the vendor's unit; ``po_line`` is None where it names no order line.

    Its price is for ``price_per`` units, the order line's basis when None (a match case gives
    invoices no basis of their own), also when the unit is converted: rule 4 read literally.
    """

    po_line: str | None
    qty: Decimal
    unit_price: Decimal
    uom: str | None = None
    line_charge: Decimal = ZERO
    line_discount: Decimal = ZERO
    price_per: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice or a credit note, with what the order expects of its charges, tax and discount."""

    number: str
    lines: tuple[InvoiceLine, ...]
    charges: Mapping[str, Decimal] = field(default_factory=dict)
    tax: Decimal = ZERO
    discount: Decimal = ZERO
    dated: date | None = None
    type: DocumentType = DocumentType.INVOICE
    vendor: str | None = None
    currency: str | None = None
    po_found: bool = True
    stated_total: Decimal | None = None
    expected_charges: Mapping[str, Decimal] = field(default_factory=dict)
    expected_tax: Decimal = ZERO
    expected_discount: Decimal = ZERO

    @property
    def is_credit(self) -> bool:
        """Does it give back rather than bill?"""
        return self.type is DocumentType.CREDIT


@dataclass(frozen=True, slots=True)
class LineAmendment:
    """A changed order line; ``None`` leaves a figure as it is. A new line needs both."""

    line: str
    qty: Decimal | None = None
    unit_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Amendment:
    """One change of the order: lines changed or added, or the order closed."""

    lines: tuple[LineAmendment, ...] = ()
    closes: bool = False


class Conversions:
    """Unit conversions: a quantity in ``to`` is a quantity in ``from`` times the factor.

    A pair given one way round also serves the other way; units are compared trimmed, in any case.
    """

    def __init__(self, factors: Mapping[tuple[str, str], Decimal] | None = None) -> None:
        self._ratios: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
        for (source, target), factor in (factors or {}).items():
            self._ratios.setdefault((_unit(target), _unit(source)), (ONE, factor))
        for (source, target), factor in (factors or {}).items():
            self._ratios[_unit(source), _unit(target)] = (factor, ONE)

    def ratio(self, source: str | None, target: str | None) -> tuple[Decimal, Decimal] | None:
        """(multiply, then divide) from ``source`` to ``target``; None when nobody knows.

        A unit that is not named is the other document's unit.
        """
        if source is None or target is None or source == target:
            return _SAME
        pair = _unit(source), _unit(target)
        return _SAME if pair[0] == pair[1] else self._ratios.get(pair)


_SAME = (ONE, ONE)


def _unit(name: str) -> str:
    return name.strip().casefold()


class EventKind(StrEnum):
    """The letters of the events."""

    RECEIPT = "R"
    INVOICE = "I"
    AMENDMENT = "A"


class Event(NamedTuple):
    """One event: the document's kind and its place among its kind, from 0."""

    kind: EventKind
    place: int

    @property
    def label(self) -> str:
        """``R1``, ``I2``, ``A1``."""
        return f"{self.kind.value}{self.place + 1}"


@dataclass(frozen=True, slots=True)
class MatchCase:
    """An order with everything that happened to it, in order."""

    order: OrderHeader
    policy: Policy
    lines: tuple[OrderLine, ...]
    tolerances: Tolerances = field(default_factory=Tolerances)
    receipts: tuple[Receipt, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    events: tuple[Event, ...] | None = None
    conversions: Conversions = field(default_factory=Conversions)
    id: Any = None
    """Echoed in the answer, whatever it is."""

    def history(self) -> tuple[Event, ...]:
        """The events; by default all receipts, then all invoices, then all amendments."""
        if self.events is not None:
            return self.events
        return (
            *(Event(EventKind.RECEIPT, i) for i in range(len(self.receipts))),
            *(Event(EventKind.INVOICE, i) for i in range(len(self.invoices))),
            *(Event(EventKind.AMENDMENT, i) for i in range(len(self.amendments))),
        )
