"""One invoice judged: the single function behind simulations and real invoices."""

from collections.abc import Callable, Iterable
from decimal import Decimal, Inexact, localcontext
from typing import NamedTuple

from wopo.domain.currencies import iso_digits
from wopo.domain.matching.arithmetic import (
    EXACT,
    ONE,
    ZERO,
    Exact,
    N,
    as_decimal,
    as_fraction,
    plus,
    round_minor,
)
from wopo.domain.matching.codes import MatchCode
from wopo.domain.matching.context import InvoiceContext, KnownInvoice, LineFacts
from wopo.domain.matching.documents import InvoiceLine
from wopo.domain.matching.header import after_the_fact, header_checks, identity, look_alike
from wopo.domain.matching.lines import Ratio, judge_line
from wopo.domain.matching.pricing import extended
from wopo.domain.matching.totals import document_total, total_checks
from wopo.domain.matching.verdict import Check, Figures, InvoiceVerdict, LineVerdict


class _Sorted(NamedTuple):
    """An invoice's lines by order line; ``loose`` lines can't be compared with any."""

    by_line: dict[str, list[tuple[InvoiceLine, Ratio]]]
    loose: list[InvoiceLine]
    checks: list[Check]
    order_lines: int


def judge_invoice(context: InvoiceContext) -> InvoiceVerdict:
    """Every check of one invoice, at entry or again later; pure and exact.

    The header's stops suppress all else (rule 7). At re-judging ``context.order.closed`` and
    ``context.known`` stay what they were when the invoice was entered; ``LineFacts`` bring today's
    receipts, prices and later credits.
    """
    with localcontext(EXACT):
        return _judge(context)


def invoice_identity(context: InvoiceContext) -> KnownInvoice:
    """What the invoice is recognised by when others come after it."""
    with localcontext(EXACT):
        total = document_total(context.invoice, net_value(context, context.invoice.lines))
        return identity(context.invoice, context.order, total)


def net_value(context: InvoiceContext, lines: Iterable[InvoiceLine]) -> Decimal:
    """Sum of the lines' net amounts, each rounded (rule 5), as the document writes them."""
    digits = iso_digits(context.currency)
    return sum((round_minor(_net(context, line), digits) for line in lines), ZERO)


def _net(context: InvoiceContext, line: InvoiceLine) -> Exact:
    try:
        return _net_in(context, line, as_decimal)
    except Inexact:
        return _net_in(context, line, as_fraction)


def _net_in(context: InvoiceContext, line: InvoiceLine, number: Callable[[Exact], N]) -> N:
    per = line.price_per
    if per is None:
        facts = _facts(context, line)
        per = ONE if facts is None else facts.order.price_per
    qty = number(line.qty)
    return extended(qty, line.unit_price, per, line.line_charge, line.line_discount, number)


def _facts(context: InvoiceContext, line: InvoiceLine) -> LineFacts | None:
    return None if line.po_line is None else context.lines.get(line.po_line)


def _judge(context: InvoiceContext) -> InvoiceVerdict:
    invoice = context.invoice
    stops = header_checks(context)
    if not all(check.passed for check in stops):
        return InvoiceVerdict(invoice.number, stops)
    split = sort_lines(context)
    digits = iso_digits(context.currency)
    lines = {
        name: judge_line(context, context.lines[name], billed, digits)
        for name, billed in split.by_line.items()
    }
    checks = [*(stops if context.explain else ()), *split.checks]
    for line in lines.values():
        checks += line.checks
    loose = net_value(context, split.loose)
    billed = sum((line.billed.net for line in lines.values()), ZERO)
    value = billed + (-abs(loose) if invoice.is_credit else loose)
    figures = Figures()
    if not invoice.is_credit:
        expected = sum((line.expected for line in lines.values()), ZERO)
        whole, figures = total_checks(context, value, expected)
        checks += whole
    if context.known:
        checks.append(look_alike(context, invoice_identity(context)))
    checks += after_the_fact(context)
    return InvoiceVerdict(
        invoice.number,
        tuple(checks),
        lines,
        figures,
        value,
        _price_total(lines.values()),
        split.order_lines,
    )


def sort_lines(context: InvoiceContext) -> _Sorted:
    """The invoice's lines by order line, with LINE_NOT_ON_PO and UOM_MISMATCH where they are due.

    Either takes the billed line out of every further line check (rule 7); other lines on the same
    order line are judged without it.
    """
    by_line: dict[str, list[tuple[InvoiceLine, Ratio]]] = {}
    loose: list[InvoiceLine] = []
    checks: list[Check] = []
    known: set[str] = set()
    for line in context.invoice.lines:
        facts = _facts(context, line)
        if facts is None:
            loose.append(line)
            named = "no order line" if line.po_line is None else f"line {line.po_line}"
            told = (f"under {named}", "no such line")
            checks.append(Check(MatchCode.LINE_NOT_ON_PO, False, line=line.po_line, told=told))
            continue
        order = facts.order
        known.add(order.line)
        ratio = (facts.conversions or context.conversions).ratio(line.uom, order.uom)
        if ratio is None:
            loose.append(line)
            told = (line.uom or "", order.uom or "")
            checks.append(Check(MatchCode.UOM_MISMATCH, False, line=order.line, told=told))
        else:
            by_line.setdefault(order.line, []).append((line, ratio))
    return _Sorted(by_line, loose, checks, len(known))


def _price_total(lines: Iterable[LineVerdict]) -> Exact | None:
    """Sum over the order lines; None when no line could be compared."""
    total: Exact | None = None
    for line in lines:
        variance = line.price_variance_total
        total = variance if total is None else plus(total, variance)
    return total
