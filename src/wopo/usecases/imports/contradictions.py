"""Where a document contradicts itself: a sentence each, and what it puts in doubt.

Documents are judged by their own figures only. A sum may differ by half a minor unit for every
figure that was rounded into it; nothing else is let pass.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from wopo.domain.money import Money, minor_digits, plain, round_half_up
from wopo.usecases.imports.documents import Adjustment, Document, DocumentKind, DocumentLine


class Doubt(StrEnum):
    """What a contradiction puts in doubt."""

    PRICE = "the price"
    AMOUNT = "the amount"
    QUANTITY = "the quantity"
    TAX = "the tax"
    DATE = "the date"
    IDENTITY = "which line is meant"


@dataclass(frozen=True)
class Contradiction:
    """One contradiction; ``line`` is the document line's id where it is about one."""

    sentence: str
    doubt: Doubt
    line: str | None = None


def contradictions(document: Document) -> tuple[Contradiction, ...]:
    """Everything in the document that does not fit together, in the order of the document."""
    found: list[Contradiction] = []
    for line in document.lines:
        found += _line(document, line)
    found += _identities(document)
    if document.kind in {DocumentKind.RECEIPT, DocumentKind.DESPATCH}:
        found += _deliveries(document)
    else:
        found += _sums(document)
        found += _taxes(document)
    found += _dates(document)
    return tuple(found)


def expected_amount(line: DocumentLine) -> Decimal | None:
    """Quantity x price / basis + charges - allowances, unrounded; none without a price."""
    if line.price is None:
        return None
    return line.quantity * line.price / line.price_per + line.adjusted()


def _half(document: Document) -> Decimal:
    digits = minor_digits(document.currency) if document.currency else 2
    return Decimal(1).scaleb(-digits) / 2


def _told(document: Document, amount: Decimal) -> str:
    if not document.currency:
        return plain(amount)
    return Money.of(amount, document.currency).format()


def _line(document: Document, line: DocumentLine) -> Iterator[Contradiction]:
    expected = expected_amount(line)
    if expected is not None and line.amount is not None:
        slack = _half(document) * (1 + len(line.adjustments))
        if abs(expected - line.amount) > slack:
            yield Contradiction(
                f"Line {line.id}: {_measure(line.quantity, line.unit)} at "
                f"{plain(line.price or Decimal(0))} per {_measure(line.price_per, line.unit)}"
                f"{_and(line.adjustments)} is {_told(document, expected)}, "
                f"and the line says {_told(document, line.amount)}.",
                Doubt.PRICE,
                line.id,
            )
    if line.price_unit and line.unit and line.price_unit != line.unit:
        yield Contradiction(
            f"Line {line.id}: counted in {line.unit}, priced per {line.price_unit}.",
            Doubt.PRICE,
            line.id,
        )
    for adjustment in (*line.adjustments, *line.price_adjustments):
        yield from _percentage(document, adjustment, f"Line {line.id}: ")


def _and(adjustments: Iterable[Adjustment]) -> str:
    parts = [f"{'plus' if a.charge else 'less'} {plain(a.amount)}" for a in adjustments]
    return f" {' '.join(parts)}" if parts else ""


def _measure(quantity: Decimal, unit: str) -> str:
    return f"{plain(quantity)} {unit}".strip()


def _percentage(document: Document, adjustment: Adjustment, lead: str) -> Iterator[Contradiction]:
    if adjustment.factor is None or adjustment.base is None:
        return
    expected = adjustment.base * adjustment.factor
    as_percent = expected / 100
    if all(abs(each - adjustment.amount) > _half(document) for each in (expected, as_percent)):
        word = "charge" if adjustment.charge else "allowance"
        yield Contradiction(
            f"{lead}the {word} of {plain(adjustment.factor)} x {plain(adjustment.base)} is "
            f"{plain(expected)}, and it says {plain(adjustment.amount)}.",
            Doubt.AMOUNT,
        )


def _identities(document: Document) -> Iterator[Contradiction]:
    ids = [line.id for line in document.lines]
    for double in sorted({each for each in ids if ids.count(each) > 1}):
        yield Contradiction(f"Line {double} is there twice.", Doubt.IDENTITY, double)
    named = {line.order for line in document.lines if line.order}
    for other in sorted(named - {document.order}):
        yield Contradiction(
            f"The document is for order {document.order}, a line for order {other}.",
            Doubt.IDENTITY,
        )


def _deliveries(document: Document) -> Iterator[Contradiction]:
    for line in document.lines:
        if line.rejected > line.quantity:
            yield Contradiction(
                f"Line {line.id}: {plain(line.rejected)} rejected of {plain(line.quantity)} "
                "received.",
                Doubt.QUANTITY,
                line.id,
            )
        if line.short and line.over:
            yield Contradiction(
                f"Line {line.id}: {plain(line.short)} too few and {plain(line.over)} too many.",
                Doubt.QUANTITY,
                line.id,
            )
    counted = sum((line.quantity for line in document.lines), Decimal(0))
    stated = document.delivered_quantity
    one_unit = len({line.unit for line in document.lines}) == 1
    if stated is not None and one_unit and stated != counted:
        yield Contradiction(
            f"The delivery says {plain(stated)}, the lines add up to {plain(counted)}.",
            Doubt.QUANTITY,
        )


def _sums(document: Document) -> Iterator[Contradiction]:
    totals = document.totals
    half = _half(document)
    amounts = [line.amount for line in document.lines]
    lines = (
        sum((a for a in amounts if a is not None), Decimal(0))
        if all(a is not None for a in amounts)
        else None
    )
    off = sum((a.amount for a in document.adjustments if not a.charge), Decimal(0))
    on = sum((a.amount for a in document.adjustments if a.charge), Decimal(0))
    yield from _apart(document, "the lines come", lines, totals.lines, half)
    if totals.allowances is not None or off:
        yield from _apart(document, "the allowances come", off, totals.allowances, half)
    if totals.charges is not None or on:
        yield from _apart(document, "the charges come", on, totals.charges, half)
    for adjustment in document.adjustments:
        yield from _percentage(document, adjustment, "")
    net = totals.lines if totals.lines is not None else lines
    if net is None:
        return
    yield from _apart(
        document, "lines, charges and allowances come", net + on - off, totals.before_tax, half
    )
    yield from _payable(
        document, totals.before_tax if totals.before_tax is not None else net + on - off
    )


def _payable(document: Document, before_tax: Decimal) -> Iterator[Contradiction]:
    """The end of the sum. An order may leave tax out of what it expects to pay."""
    totals, half = document.totals, _half(document)
    tax = document.tax or Decimal(0)
    rounding = totals.rounding or Decimal(0)
    with_tax = before_tax + tax
    if totals.with_tax is not None:
        options = {with_tax, with_tax + rounding}
        yield from _none_of(document, "amounts and tax come", options, totals.with_tax, half)
        with_tax = totals.with_tax
    if totals.payable is None:
        return
    due = with_tax - (totals.prepaid or Decimal(0))
    options = {due, due + rounding}
    if document.kind is DocumentKind.ORDER:
        options.add(before_tax)
    yield from _none_of(document, "the sum to be paid comes", options, totals.payable, half)


def _apart(
    document: Document, what: str, found: Decimal | None, stated: Decimal | None, half: Decimal
) -> Iterator[Contradiction]:
    if found is not None and stated is not None:
        yield from _none_of(document, what, {found}, stated, half)


def _none_of(
    document: Document, what: str, options: set[Decimal], stated: Decimal, half: Decimal
) -> Iterator[Contradiction]:
    if all(abs(option - stated) > half for option in options):
        nearest = min(options, key=lambda option: abs(option - stated))
        yield Contradiction(
            f"{what.capitalize()} to {_told(document, nearest)}, "
            f"and the document says {_told(document, stated)}.",
            Doubt.AMOUNT,
        )


def _taxes(document: Document) -> Iterator[Contradiction]:
    half, tax = _half(document), document.tax
    shares = [share.amount for share in document.tax_shares]
    if tax is not None and shares:
        yield from _tax_apart(document, "the tax by rate", sum(shares), tax, half * len(shares))
    lines = [line.tax for line in document.lines if line.tax is not None]
    if tax is not None and len(lines) == len(document.lines):
        yield from _tax_apart(document, "the tax of the lines", sum(lines), tax, half * len(lines))
    for share in document.tax_shares:
        if share.percent is None or share.taxable is None:
            continue
        expected = share.taxable * share.percent / 100
        if abs(expected - share.amount) > half:
            yield Contradiction(
                f"{plain(share.percent)} % of {_told(document, share.taxable)} is "
                f"{_told(document, expected)}, and the tax says {_told(document, share.amount)}.",
                Doubt.TAX,
            )


def _tax_apart(
    document: Document, what: str, found: Decimal | int, tax: Decimal, slack: Decimal
) -> Iterator[Contradiction]:
    if abs(found - tax) > slack:
        yield Contradiction(
            f"{what.capitalize()} comes to {_told(document, Decimal(found))}, "
            f"and the document says {_told(document, tax)}.",
            Doubt.TAX,
        )


def _dates(document: Document) -> Iterator[Contradiction]:
    if document.kind is DocumentKind.RECEIPT:
        if document.delivered and document.delivered > document.issued:
            yield Contradiction(
                f"It was received on {document.delivered}, after it was reported "
                f"({document.issued}).",
                Doubt.DATE,
            )
        return
    for what, day in (("due", document.due), ("to be delivered", document.requested)):
        if day is not None and day < document.issued:
            yield Contradiction(
                f"It is {what} on {day}, before it was issued ({document.issued}).", Doubt.DATE
            )


def rounded_price(line: DocumentLine) -> Decimal:
    """The unit price that the line's amount amounts to, to six places, for one unit."""
    if line.amount is None or not line.quantity:
        return line.price or Decimal(0)
    return round_half_up((line.amount - line.adjusted()) / line.quantity, 6)
