"""``judge_invoice`` as real documents use it: sums in, checks with their explanation out."""

from dataclasses import replace
from datetime import date
from decimal import Decimal, getcontext

import pytest

from wopo.domain.matching import (
    CODES,
    HEADER_STOPS,
    SHIPPED_DEFAULTS,
    Billed,
    Combine,
    DocumentType,
    Invoice,
    InvoiceContext,
    InvoiceLine,
    KnownInvoice,
    Level,
    LineFacts,
    MatchCode,
    OrderHeader,
    OrderLine,
    Policy,
    Tolerances,
    default_policy,
    default_tolerances,
    invoice_identity,
    judge_invoice,
)

D = Decimal
ORDER_LINE = OrderLine("1", D(100), D("1.50"), "kg")
FACTS = LineFacts(ORDER_LINE, Policy.FOUR_WAY, default_tolerances(), received=D(90), accepted=D(90))
CONTEXT = InvoiceContext(
    Invoice("INV-1", (InvoiceLine("1", D(100), D("1.50"), "kg"),)),
    OrderHeader("USD", vendor="V1"),
    {"1": FACTS},
    default_tolerances(),
)


def sentences(context: InvoiceContext, *, failed: bool) -> list[str]:
    verdict = judge_invoice(context)
    return [check.sentence() for check in verdict.checks if check.passed is not failed]


def test_an_exception_is_explained_with_both_figures_and_the_limit() -> None:
    limit = "(limit 0 % (qty_over_pct, company default))"
    assert sentences(CONTEXT, failed=True) == [
        f"line 1: billed 100 kg, received 90 kg, 10 kg over {limit}",
        f"line 1: billed 100 kg, accepted 90 kg, 10 kg over {limit}",
    ]


def test_what_passed_is_explained_too() -> None:
    told = sentences(CONTEXT, failed=False)
    assert (
        "line 1: unit price billed 1.5 USD/kg, ordered at 1.5 USD/kg, equal "
        "(limit 0 % (price_pct, company default))"
    ) in told
    assert "invoice INV-1, order open" in told
    assert (
        "invoice total 150 USD, expected 150 USD, equal (limit 0 % (total_pct, company default))"
    ) in told


def test_without_explanation_only_failures_are_kept_and_nothing_else_changes() -> None:
    full, brief = judge_invoice(CONTEXT), judge_invoice(replace(CONTEXT, explain=False))
    assert brief.failed == full.failed == brief.checks
    assert brief.lines["1"].quantity_variance == full.lines["1"].quantity_variance == 10
    assert (brief.figures, brief.value) == (full.figures, full.value)


def test_names_that_differ_are_told_as_they_are_written() -> None:
    context = replace(CONTEXT, invoice=replace(CONTEXT.invoice, currency="EUR", vendor="V2"))
    assert sentences(context, failed=True) == [
        "invoice from V2, order with V1",
        "invoice in EUR, order in USD",
    ]
    assert judge_invoice(context).stopped


def test_earlier_bills_and_later_credits_come_as_sums() -> None:
    whole = replace(FACTS, received=D(100), accepted=D(100))
    earlier = replace(whole, earlier=Billed(D(10), D(15)))
    over = judge_invoice(replace(CONTEXT, lines={"1": earlier}))
    assert over.exceptions == (
        "LINE_TOTAL_OVER",
        "QTY_OVER_ACCEPTED",
        "QTY_OVER_ORDERED",
        "QTY_OVER_RECEIVED",
    )
    cured = replace(earlier, later=Billed(D(-10), D(-15)))
    assert judge_invoice(replace(CONTEXT, lines={"1": cured})).matched


def test_what_an_invoice_adds_to_the_sums_is_told() -> None:
    verdict = judge_invoice(CONTEXT)
    assert verdict.lines["1"].billed == Billed(D(100), D(150))
    assert verdict.value == 150
    credit = replace(CONTEXT.invoice, type=DocumentType.CREDIT)
    facts = replace(FACTS, earlier=Billed(D(100), D(150)))
    given = judge_invoice(replace(CONTEXT, invoice=credit, lines={"1": facts}))
    assert given.matched
    assert given.lines["1"].billed == Billed(D(-100), D(-150))
    assert given.value == -150


def test_known_invoices_are_recognised_by_number_and_by_look() -> None:
    dated = replace(CONTEXT.invoice, dated=date(2026, 3, 1))
    known = invoice_identity(replace(CONTEXT, invoice=dated))
    assert known == KnownInvoice("INV-1", "V1", DocumentType.INVOICE, "usd", date(2026, 3, 1), 150)
    same = judge_invoice(replace(CONTEXT, invoice=dated, known=(known,)))
    assert same.exceptions == ("DUPLICATE_INVOICE",)
    other = replace(dated, number="INV-2")
    alike = judge_invoice(replace(CONTEXT, invoice=other, known=(known,)))
    assert "POSSIBLE_DUPLICATE" in alike.exceptions
    assert not alike.stopped
    stated = replace(other, stated_total=D("150.01"))
    unlike = judge_invoice(replace(CONTEXT, invoice=stated, known=(known,)))
    assert "POSSIBLE_DUPLICATE" not in unlike.exceptions


def test_the_callers_decimal_context_is_left_alone() -> None:
    before = getcontext().prec
    judge_invoice(CONTEXT)
    assert getcontext().prec == before


@pytest.mark.parametrize("price", ["1.0725", "0.3333", "33.3335"])
def test_a_four_decimal_price_billed_as_ordered_raises_nothing(price: str) -> None:
    """Parts that round down bill no more than the order, by the shipped zeros too."""
    order = replace(ORDER_LINE, qty=D(7), unit_price=D(price))
    facts = replace(FACTS, order=order, received=D(7), accepted=D(7))
    earlier = Billed()
    for number in range(7):
        invoice = Invoice(f"I{number}", (InvoiceLine("1", D(1), D(price), "kg"),))
        context = replace(CONTEXT, invoice=invoice, lines={"1": replace(facts, earlier=earlier)})
        verdict = judge_invoice(context)
        assert verdict.exceptions == ()
        own = verdict.lines["1"].billed
        earlier = Billed(earlier.qty + own.qty, earlier.net + own.net)


def test_a_bill_in_the_vendors_own_price_basis() -> None:
    line = InvoiceLine("1", D(90), D(150), "kg", price_per=D(100))
    verdict = judge_invoice(replace(CONTEXT, invoice=Invoice("I", (line,))))
    assert verdict.matched


def test_defaults_are_explicit_zeros_each_with_a_reason() -> None:
    tolerances = default_tolerances()
    assert {value for _, value, _ in SHIPPED_DEFAULTS} == {D(0)}
    assert all(reason for _, _, reason in SHIPPED_DEFAULTS)
    assert set(tolerances.values) == {
        "price_pct",
        "qty_over_pct",
        "line_total_pct",
        "total_pct",
        "charge_pct",
        "tax_pct",
        "discount_pct",
        "blanket_abs",
        "blanket_days",
        "over_receipt_pct",
        "balance_abs",
    }
    assert tolerances.combine is Combine.LESSER
    assert default_policy(service=False) is Policy.FOUR_WAY
    assert default_policy(service=True) is Policy.THREE_WAY


def test_every_code_has_a_level_and_words() -> None:
    assert set(CODES) == set(MatchCode)
    assert {code.value for code in HEADER_STOPS} == {
        "NO_PO",
        "PO_CLOSED",
        "VENDOR_MISMATCH",
        "CURRENCY_MISMATCH",
        "DUPLICATE_INVOICE",
    }
    assert {CODES[code].level for code in MatchCode} == set(Level)
    assert all(facts.actual and facts.reference for facts in CODES.values())


def test_no_limit_is_told_in_words() -> None:
    from wopo.domain.matching import Family

    tolerances = Tolerances({"price_pct": None, "tax_abs": D("0.01"), "tax_pct": D(1)})
    assert tolerances.limits(Family.PRICE_OVER).words() == "no limit"
    assert tolerances.limits(Family.TAX).words() == "limit 1 % (tax_pct) and 0.01 (tax_abs)"


@pytest.mark.parametrize("values", [{"price": D(1)}, {"price_pct": D(-1)}, {"tax_abs": D("NaN")}])
def test_a_tolerance_that_is_none(values: dict[str, D]) -> None:
    with pytest.raises(ValueError, match=r"is not a tolerance|must be zero or more"):
        Tolerances(values)
