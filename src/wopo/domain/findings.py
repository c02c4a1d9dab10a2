"""From a verdict of the match to what is kept: findings for cases, and JSON for the invoice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from wopo.domain.billing import Document
from wopo.domain.billing_context import Ordered
from wopo.domain.columns import rounded
from wopo.domain.exception_kinds import Measure, kind_of
from wopo.domain.matching import Check, InvoiceVerdict, MatchCode
from wopo.domain.money import Money, format_number, minor_digits, plain, round_half_up
from wopo.domain.purchase_orders import PurchaseOrderLine

HUNDRED = Decimal(100)
OF_THE_WHOLE_PAPER = frozenset({MatchCode.LINE_NOT_ON_PO, MatchCode.UOM_MISMATCH})


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit, as found now.

    ``amount_minor`` is the money at stake, ``variance`` how far beyond in its own unit; either one
    growing makes an acceptance void. ``facts`` fill the kind's sentence.
    """

    code: str
    amount_minor: int
    variance: Decimal
    line_id: str | None = None
    subject: str = ""
    cost_centre_ids: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    def key(self, subject_id: str) -> str:
        """One case per document, order line (or charge) and code (matching.md 10.16)."""
        return f"{subject_id}|{self.line_id or self.subject or '-'}|{self.code}"


def findings(verdict: InvoiceVerdict, ordered: Ordered, document: Document) -> list[Finding]:
    """What the verdict raises, one per order line (or charge) and code; several checks of one code
    on one line are told together and count with the largest."""
    by_position = {str(line.position): line for line in ordered.lines.values()}
    found: dict[tuple[str | None, str, str], Finding] = {}
    for check in verdict.failed:
        line = by_position.get(check.line or "")
        finding = _finding(check, line, ordered, document)
        key = (finding.line_id, finding.subject, finding.code)
        known = found.get(key)
        found[key] = finding if known is None else _together(known, finding)
    return list(found.values())


def _together(one: Finding, other: Finding) -> Finding:
    """The larger difference is told; the others' figures are kept beside it."""
    larger, smaller = (one, other) if one.amount_minor >= other.amount_minor else (other, one)
    also = [*smaller.facts.get("also", ()), smaller.facts["sentence"]]
    facts = {**larger.facts, "also": [*larger.facts.get("also", ()), *also]}
    return Finding(
        larger.code,
        larger.amount_minor,
        max(one.variance, other.variance),
        larger.line_id,
        larger.subject,
        larger.cost_centre_ids,
        facts,
    )


def _finding(
    check: Check, line: PurchaseOrderLine | None, ordered: Ordered, document: Document
) -> Finding:
    measure = kind_of(check.code.value).measure
    variance = rounded(_decimal(check.variance)) if check.variance is not None else Decimal(0)
    centres = [line] if line else list(ordered.lines.values())
    return Finding(
        code=check.code.value,
        amount_minor=_at_stake(check, measure, line, document),
        variance=variance,
        line_id=line.id if line else None,
        subject=check.subject or "",
        cost_centre_ids=tuple(dict.fromkeys(one.cost_centre_id for one in centres)),
        facts=_facts(check, measure, line, document),
    )


def _at_stake(
    check: Check, measure: Measure, line: PurchaseOrderLine | None, document: Document
) -> int:
    """How much money hangs on it, in minor units of the invoice's currency."""
    currency = document.invoice.currency
    if check.code in OF_THE_WHOLE_PAPER:
        return sum(abs(part.net_minor) for part in _its_lines(check, line, document))
    if measure is Measure.NAMES or check.variance is None:
        return document.invoice.total_minor
    variance = abs(_decimal(check.variance))
    if measure is Measure.QUANTITY:
        price = _decimal(check.each) if check.each is not None else _net_price(line, currency)
        variance *= price
    elif measure is Measure.PRICE and check.each is not None:
        variance *= _decimal(check.each)
    elif measure is Measure.AMOUNT and check.unit != currency and line is not None:
        variance *= _net_price(line, currency)
    return int(round_half_up(variance.scaleb(minor_digits(currency)), 0))


def _its_lines(check: Check, line: PurchaseOrderLine | None, document: Document) -> Iterable[Any]:
    wanted = line.id if line else None
    return [part for part in document.lines if part.purchase_order_line_id == wanted]


def _net_price(line: PurchaseOrderLine | None, currency: str) -> Decimal:
    if line is None:
        return Decimal(0)
    if not line.quantity:
        return line.unit_price / line.price_per
    return Money(line.net_minor, currency).amount / line.quantity


def _facts(
    check: Check, measure: Measure, line: PurchaseOrderLine | None, document: Document
) -> dict[str, Any]:
    invoice = document.invoice
    facts: dict[str, Any] = {
        "sentence": check.sentence(),
        "document": f"{'credit note' if invoice.is_credit else 'invoice'} {invoice.number}",
        "order_reference": invoice.order_reference or "no number given",
    }
    if line is not None:
        facts["line"] = label(line)
    if check.subject:
        facts["subject"] = check.subject
    if check.limits.limits:
        facts["limit"] = check.limits.words()
    if check.code is MatchCode.LINE_NOT_ON_PO:
        parts = list(_its_lines(check, line, document))
        facts["subject"] = "; ".join(part.description or part.item_number or "?" for part in parts)
    if check.told is not None:
        facts["actual"], facts["reference"] = check.told
    elif check.actual is not None and check.reference is not None:
        facts |= _figures(check, measure, line, invoice.currency)
    return facts


def _figures(
    check: Check, measure: Measure, line: PurchaseOrderLine | None, currency: str
) -> dict[str, str]:
    actual, reference = _decimal(check.actual), _decimal(check.reference)
    apart = abs(actual - reference)
    price_unit = f"{currency} per {line.unit}" if line is not None else currency
    unit = price_unit if measure is Measure.PRICE else check.unit

    def shown(value: Decimal) -> str:
        if unit == currency:
            return Money.of(value, currency).format()
        return f"{format_number(rounded(value))} {unit}".strip()

    facts = {"actual": shown(actual), "reference": shown(reference), "apart": shown(apart)}
    if reference:
        percent = round_half_up(apart * HUNDRED / abs(reference), 1)
        facts["percent"] = plain(percent)
    return facts


def label(line: PurchaseOrderLine) -> str:
    """An order line as people see it: ``line 2 (ball bearing)``."""
    return f"line {line.position} ({line.description})"


def _decimal(value: Any) -> Decimal:
    """A figure of the match as a decimal; a rational is cut far beyond any shown place."""
    if isinstance(value, Decimal):
        return value
    return Decimal(value.numerator) / Decimal(value.denominator)


def verdict_json(
    verdict: InvoiceVerdict, *, closed: bool, policy: int, alike: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    """The verdict as it is kept on the invoice: every check with its two figures and limits.

    ``closed``: the order was closed when the invoice came; kept, since later judging must not
    change it (matching.md 10.15). ``policy`` is the version it was judged by, ``alike`` the
    invoices entered before that it may be again (ids, and why).
    """
    return {
        "order_closed": closed,
        "policy": policy,
        "alike": [dict(twin) for twin in alike],
        "exceptions": list(verdict.exceptions),
        "checks": [_check_json(check) for check in verdict.checks],
        "invoice_total_variance": _text(verdict.figures.invoice_total),
        "price_variance_total": _text(verdict.price_variance_total),
    }


def _check_json(check: Check) -> dict[str, Any]:
    return {
        "code": check.code.value,
        "passed": check.passed,
        "line": check.line,
        "subject": check.subject,
        "actual": check.told[0] if check.told else _text(check.actual),
        "reference": check.told[1] if check.told else _text(check.reference),
        "variance": _text(check.variance),
        "unit": check.unit,
        "limit": check.limits.words() if check.limits.limits else "",
        "limits": [
            {"key": limit.key, "value": plain(limit.value), "source": limit.source}
            for limit in check.limits.limits
        ],
    }


def _text(value: Any) -> str | None:
    return None if value is None else plain(rounded(_decimal(value)))
