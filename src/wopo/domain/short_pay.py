"""Short pay: what of a disputed invoice is held back, so that the rest can be paid meanwhile.

A dispute about so many pieces, a price, a line or a charge leaves the rest of the invoice
undisputed; one about whose invoice it is, or whether it is one at all, does not.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from wopo.domain.billing import Document, counted, in_order_unit
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.ledger import prorated
from wopo.domain.matching import MatchCode
from wopo.domain.money import allocate, plain
from wopo.domain.purchase_orders import PurchaseOrderLine

_C = MatchCode
PIECES = frozenset(
    {_C.NOT_RECEIVED, _C.QTY_OVER_RECEIVED, _C.QTY_OVER_ACCEPTED, _C.QTY_OVER_ORDERED}
)
WHOLE_LINES = frozenset({_C.LINE_NOT_ON_PO, _C.UOM_MISMATCH})
CHARGES = frozenset({_C.UNEXPECTED_CHARGE, _C.CHARGE_OVER})
OF_A_LINE = PIECES | {_C.PRICE_OVER, _C.LINE_TOTAL_OVER}
OF_THE_INVOICE = CHARGES | {
    _C.TAX_MISMATCH, _C.DISCOUNT_MISMATCH, _C.OVER_BLANKET_LIMIT, _C.INVOICE_TOTAL_OVER,
}  # fmt: skip
DIVISIBLE = OF_A_LINE | WHOLE_LINES | OF_THE_INVOICE
"""Kinds of exceptions that are about a part of the invoice."""


@dataclass(frozen=True)
class Part:
    """What is held back of one order line: pieces in its unit, and minor units as the ledger
    counts them (with tax where budgets are gross)."""

    quantity: Decimal
    minor: int


@dataclass(frozen=True)
class Withheld:
    """What is held back of an invoice, in minor units with tax, and of which order lines."""

    minor: int = 0
    lines: Mapping[str, Part] = field(default_factory=dict)

    def kept(self) -> dict[str, Any]:
        """The lines' parts as they are kept with the invoice."""
        return {
            line_id: {"quantity": plain(part.quantity), "minor": part.minor}
            for line_id, part in self.lines.items()
        }


NOTHING = Withheld()


def divisible(case: ExceptionCase) -> bool:
    """Whether the case is about a part of its invoice."""
    return case.code in DIVISIBLE


def withheld(
    document: Document,
    cases: Sequence[ExceptionCase],
    lines: Mapping[str, PurchaseOrderLine],
    *,
    gross: bool,
) -> Withheld | None:
    """What these disputes are about; none when nothing that is certain would be left to pay.

    Differences of one line are not added twice: the pieces, then the price of the other pieces,
    or the line's total where that is more. Charges are held back only where they are disputed;
    the invoice's discount and tax go with what they belong to.
    """
    invoice = document.invoice
    if invoice.is_credit or not cases or not all(divisible(case) for case in cases):
        return None
    if invoice.net_minor <= 0 or invoice.net_minor < invoice.discount_minor:
        return None
    found = _Sum(document, cases, lines).worked_out(gross=gross)
    return found if 0 < found.minor < invoice.total_minor else None


def spread(document: Document, minor: int, lines: Mapping[str, PurchaseOrderLine]) -> Withheld:
    """An amount that is held back without saying of what: from every line its share."""
    shares: dict[str, int] = {}
    for ordered, line in counted(document, lines):
        shares[ordered.id] = shares.get(ordered.id, 0) + line.share_minor
    total = document.invoice.total_minor
    of_lines = prorated(sum(shares.values()), Fraction(minor, total)) if total else 0
    parts = allocate(of_lines, list(shares.values()))
    return Withheld(
        minor, {id: Part(Decimal(0), part) for id, part in zip(shares, parts, strict=True)}
    )


class _Sum:
    """One invoice's disputed amounts, added up from its lines to its total."""

    def __init__(
        self,
        document: Document,
        cases: Sequence[ExceptionCase],
        lines: Mapping[str, PurchaseOrderLine],
    ) -> None:
        self.invoice, self.cases = document.invoice, cases
        self.nets: dict[str, int] = {}
        self.billed: dict[str, Fraction] = {}
        for ordered, line in counted(document, lines):
            self.nets[ordered.id] = self.nets.get(ordered.id, 0) + line.net_minor
            quantity = Fraction(in_order_unit(line))
            self.billed[ordered.id] = self.billed.get(ordered.id, Fraction(0)) + quantity

    def worked_out(self, *, gross: bool) -> Withheld:
        """Lines less discount, charges, then tax on both."""
        invoice = self.invoice
        goods = Fraction(invoice.net_minor - invoice.discount_minor, invoice.net_minor)
        pieces, net = {}, {}
        for line_id in self.nets:
            pieces[line_id], amount = self._of_line(line_id)
            net[line_id] = prorated(amount, goods)
        foreign = prorated(self._amount(WHOLE_LINES), goods)
        beyond = max(self._amount({_C.OVER_BLANKET_LIMIT}) - sum(net.values()) - foreign, 0)
        header = beyond + self._amount(CHARGES | ({_C.DISCOUNT_MISMATCH} & self._dearer()))
        tax_apart = self._amount({_C.TAX_MISMATCH} & self._dearer())
        taxed = goods * invoice.net_minor + invoice.charges_minor
        rate = Fraction(invoice.tax_minor - tax_apart) / taxed if taxed else Fraction(0)
        before = sum(net.values()) + foreign + header
        tax = prorated(before, rate) + tax_apart
        gap = max(self._amount({_C.INVOICE_TOTAL_OVER}) - before - tax, 0)
        more = prorated(gap, 1 / (1 + rate)) if rate > -1 else gap
        header, before, tax = header + more, before + more, tax + gap - more
        parts = self._kept(net, header, foreign, tax if gross else 0)
        kept = {
            id: Part(_plain(pieces[id]), minor)
            for id, minor in parts.items()
            if minor or pieces[id]
        }
        return Withheld(before + tax, kept)

    def _of_line(self, line_id: str) -> tuple[Fraction, int]:
        """Disputed pieces of an order line, and its disputed net amount."""
        own = [case for case in self.cases if case.purchase_order_line_id == line_id]
        billed, net = self.billed[line_id], self.nets[line_id]
        if billed <= 0 or not any(case.code in OF_A_LINE for case in own):
            return Fraction(0), 0
        missing = [abs(Fraction(case.variance)) for case in own if case.code in PIECES]
        pieces = min(max(missing, default=Fraction(0)), billed)
        amount = prorated(net, pieces / billed)
        amount += prorated(_largest(own, _C.PRICE_OVER), 1 - pieces / billed)
        return pieces, min(max(amount, _largest(own, _C.LINE_TOTAL_OVER)), net)

    def _dearer(self) -> set[str]:
        """Which of tax and discount make the invoice dearer than agreed; of one that makes it
        cheaper nothing is held back."""
        signs = {_C.TAX_MISMATCH.value: 1, _C.DISCOUNT_MISMATCH.value: -1}
        found = set()
        for check in self.invoice.verdict.get("checks", ()):
            sign = signs.get(check["code"])
            if sign and check["actual"] is not None and check["reference"] is not None:
                apart = Decimal(check["actual"]) - Decimal(check["reference"])
                found |= {check["code"]} if sign * apart > 0 else set()
        return found

    def _amount(self, codes: Collection[str]) -> int:
        return sum(abs(case.amount_minor) for case in self.cases if case.code in codes)

    def _kept(self, net: Mapping[str, int], header: int, foreign: int, tax: int) -> dict[str, int]:
        """The order lines' parts: what belongs to no line is shared out by their amounts."""
        headers = allocate(header, list(self.nets.values()))
        parts = [own + share for own, share in zip(net.values(), headers, strict=True)]
        weights = [*parts, foreign]
        if not any(weights):  # A tax alone belongs to all lines.
            weights = [*self.nets.values(), 0]
        taxes = allocate(tax, weights)
        return {id: parts[at] + taxes[at] for at, id in enumerate(self.nets)}


def _largest(cases: Sequence[ExceptionCase], code: MatchCode) -> int:
    return max((abs(case.amount_minor) for case in cases if case.code == code), default=0)


def _plain(quantity: Fraction) -> Decimal:
    """Pieces as a case keeps them: a decimal of six places, or all that is billed."""
    return Decimal(quantity.numerator) / Decimal(quantity.denominator)
