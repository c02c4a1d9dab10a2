"""Checks of the invoice as a whole: charges, tax, discount, balance, total and blanket order.

Readings chosen where the rule text leaves room:

- Charges, tax and discount that the order does not mention are expected to be zero.
- A charge not expected still has the charge limits: an absolute one may allow it, a percentage of
  nothing never does. The code is UNEXPECTED_CHARGE or CHARGE_OVER by what was expected.
- Tax and discount are compared both ways, as *mismatch* says.
- The invoice's total is what its lines, charges, tax and discount add up to; whether it states
  another one is INVOICE_NOT_BALANCED's business alone.
- A line that is not on the order, or whose unit nobody can convert, is expected to cost nothing.
- The value billed on a blanket order is that of the lines, without charges and tax (as SAP does).
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from wopo.domain.matching.arithmetic import ZERO
from wopo.domain.matching.codes import MatchCode
from wopo.domain.matching.context import InvoiceContext
from wopo.domain.matching.documents import Invoice
from wopo.domain.matching.tolerances import Family, within
from wopo.domain.matching.verdict import Check, Figures


def document_total(invoice: Invoice, lines: Decimal) -> Decimal:
    """Rounded lines + charges + tax - discount."""
    return lines + sum(invoice.charges.values(), ZERO) + invoice.tax - invoice.discount


def total_checks(
    context: InvoiceContext, lines: Decimal, expected_lines: Decimal
) -> tuple[list[Check], Figures]:
    """Every check of the whole invoice and its variances.

    ``lines`` is the sum of the rounded line amounts, ``expected_lines`` the same at order prices.
    """
    invoice = context.invoice
    checks: list[Check] = []
    charges = _charges(context, checks)
    tax = _compare(context, checks, _TAX, invoice.tax, invoice.expected_tax)
    discount = _compare(context, checks, _DISCOUNT, invoice.discount, invoice.expected_discount)
    total = document_total(invoice, lines)
    if invoice.stated_total is not None:
        _compare(context, checks, _BALANCE, invoice.stated_total, total)
    expected = expected_lines + sum(invoice.expected_charges.values(), ZERO)
    expected += invoice.expected_tax - invoice.expected_discount
    apart = _compare(context, checks, _TOTAL_OVER, total, expected)
    _compare(context, checks, _TOTAL_UNDER, total, expected)
    _blanket_days(context, checks)
    blanket = None
    if context.order.limit is not None:
        billed = context.value_before + lines + context.value_later
        blanket = _compare(context, checks, _BLANKET, billed, context.order.limit)
    return checks, Figures(apart, tax, discount, charges, blanket)


def _charges(context: InvoiceContext, checks: list[Check]) -> Mapping[str, Decimal]:
    billed, expected = context.invoice.charges, context.invoice.expected_charges
    variances: dict[str, Decimal] = {}
    for charge in sorted({*billed, *expected}):
        actual, allowed = billed.get(charge, ZERO), expected.get(charge, ZERO)
        watch = _CHARGE if allowed else _NEW_CHARGE
        variances[charge] = _compare(context, checks, watch, actual, allowed, subject=charge)
    return variances


def _blanket_days(context: InvoiceContext, checks: list[Check]) -> None:
    last, dated = context.order.valid_to, context.invoice.dated
    if last is not None and dated is not None:
        late = Decimal(max((dated - last).days, 0))
        _compare(context, checks, _EXPIRED, late, ZERO)


class _Watch(NamedTuple):
    """What a comparison raises, by which limits, and in which direction(s)."""

    code: MatchCode
    family: Family
    over: bool = True
    under: bool = False
    days: bool = False


_TAX = _Watch(MatchCode.TAX_MISMATCH, Family.TAX, under=True)
_DISCOUNT = _Watch(MatchCode.DISCOUNT_MISMATCH, Family.DISCOUNT, under=True)
_BALANCE = _Watch(MatchCode.INVOICE_NOT_BALANCED, Family.BALANCE, under=True)
_TOTAL_OVER = _Watch(MatchCode.INVOICE_TOTAL_OVER, Family.TOTAL_OVER)
_TOTAL_UNDER = _Watch(MatchCode.INVOICE_TOTAL_UNDER, Family.TOTAL_UNDER, over=False, under=True)
_CHARGE = _Watch(MatchCode.CHARGE_OVER, Family.CHARGE)
_NEW_CHARGE = _Watch(MatchCode.UNEXPECTED_CHARGE, Family.CHARGE)
_BLANKET = _Watch(MatchCode.OVER_BLANKET_LIMIT, Family.BLANKET)
_EXPIRED = _Watch(MatchCode.BLANKET_EXPIRED, Family.BLANKET_DAYS, days=True)


def _compare(
    context: InvoiceContext,
    checks: list[Check],
    watch: _Watch,
    actual: Decimal,
    expected: Decimal,
    *,
    subject: str | None = None,
) -> Decimal:
    """actual - expected; checked only when one of its limits is set (rule 10)."""
    apart = actual - expected
    limits = context.tolerances.limits(watch.family)
    if limits.limits:
        beyond = apart if watch.over else -apart
        if watch.over and watch.under:
            beyond = abs(apart)
        base = abs(expected)
        held = within(limits, beyond, base)
        if held and not context.explain:
            return apart
        checks.append(
            Check(
                watch.code,
                held,
                actual,
                expected,
                beyond,
                base,
                limits=limits,
                subject=subject,
                unit="days" if watch.days else context.currency,
            )
        )
    return apart
