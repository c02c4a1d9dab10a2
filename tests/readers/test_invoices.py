"""Invoices as vendors send them: Peppol BIS Billing 3, the Cross Industry Invoice, tables."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.factories import papers
from wopo.domain.errors import DomainError
from wopo.readers.documents import document_of
from wopo.readers.invoice_tables import read_invoices
from wopo.readers.problems import ReadingError
from wopo.readers.xml import MAX_MARKS
from wopo.usecases.imports.contradictions import contradictions
from wopo.usecases.imports.documents import DocumentKind, LineAnswer, OrderAnswer

PEPPOL = papers.ubl(
    papers.ubl_line(
        1, "10", "1250", per="100", extra=papers.adjustment(
            "6.25", charge=False, reason="Loyalty", percent="5", base="125.00"
        ), amount="118.75", order_line="1",
    )
    + papers.ubl_line(2, "4", "30", name="Belt"),
    body=papers.adjustment("10", charge=True, reason="Freight")
    + papers.adjustment("8.75", charge=False, reason="Discount")
    + papers.tax(("200.00", "40.00", "20"), ("40.00", "2.20", "5.5"), second="470.00"),
    net="238.75",
    totals=papers.money("TaxExclusiveAmount", "240.00")
    + papers.money("TaxInclusiveAmount", "282.20")
    + papers.money("AllowanceTotalAmount", "8.75")
    + papers.money("ChargeTotalAmount", "10"),
    total="282.20",
)  # fmt: skip


def test_a_peppol_invoice_keeps_both_levels_of_allowances_and_the_tax_in_its_currency() -> None:
    found = document_of(PEPPOL, "peppol.xml")

    assert contradictions(found) == ()
    assert found.kind is DocumentKind.INVOICE
    assert [(a.charge, a.amount) for a in found.adjustments] == [
        (True, 10),
        (False, Decimal("8.75")),
    ]
    first = found.lines[0]
    assert (first.price, first.price_per, first.order_line) == (1250, 100, "1")
    assert [(a.charge, a.amount) for a in first.adjustments] == [(False, Decimal("6.25"))]
    assert found.tax == Decimal("42.20")
    assert [share.percent for share in found.tax_shares] == [20, Decimal("5.5")]


def test_a_percentage_that_does_not_give_the_allowance_is_a_contradiction() -> None:
    wrong = PEPPOL.replace(b">5</cbc:MultiplierFactorNumeric", b">7</cbc:MultiplierFactorNumeric")

    assert [c.sentence for c in contradictions(document_of(wrong, "peppol.xml"))] == [
        "Line 1: the allowance of 7 x 125 is 875, and it says 6.25."
    ]


@pytest.mark.parametrize(
    ("order", "head", "kind", "named"),
    [
        ("NA", "", DocumentKind.INVOICE, None),
        ("PO-7", "<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>", DocumentKind.INVOICE, "PO-7"),
        ("PO-7", "<cbc:InvoiceTypeCode>381</cbc:InvoiceTypeCode>", DocumentKind.CREDIT, "PO-7"),
    ],
)
def test_no_order_and_a_credit_by_code_are_understood(
    order: str, head: str, kind: DocumentKind, named: str | None
) -> None:
    raw = papers.ubl(papers.ubl_line(1, "1", "5"), order=order, head=head, total="5")

    found = document_of(raw, "x.xml")

    assert (found.kind, found.order) == (kind, named)


def test_a_cross_industry_invoice_says_the_same_as_its_paper() -> None:
    found = document_of(papers.cii(code="381"), "factur-x.xml")

    assert contradictions(found) == ()
    assert found.kind is DocumentKind.CREDIT
    assert (found.vendor.name, found.vendor.tax_id) == ("Grainger", "FR11123456782")
    assert (found.issued, found.due) == (date(2026, 3, 1), date(2026, 3, 31))
    line = found.lines[0]
    assert (line.order_line, line.quantity, line.price, line.price_per) == ("1", 10, 1250, 100)
    assert (found.tax, found.totals.with_tax) == (26, 156)


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("20260301", "01.03.26", "line 9, element rsm:ExchangedDocument/ram:IssueDateTime: "
         "'01.03.26' is not a day"),
        (">1250<", ">viel<", "element ram:NetPriceProductTradePrice/ram:ChargeAmount: 'viel'"),
        ("IncludedSupplyChainTradeLineItem", "Other", "has no lines (profiles MINIMUM"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_it_is_told_with_its_element(right: str, wrong: str, told: str) -> None:
    raw = papers.cii().replace(right.encode(), wrong.encode())

    with pytest.raises(ReadingError) as refused:
        document_of(raw, "factur-x.xml")

    assert told in str(refused.value)


def test_an_order_response_is_read_line_by_line() -> None:
    raw = papers.response(
        papers.response_line("1", status="3", quantity="8", day="2026-04-01")
        + papers.response_line("2", status="7")
    )

    found = document_of(raw, "response.xml")

    assert (found.kind, found.answer) == (DocumentKind.RESPONSE, OrderAnswer.CHANGED)
    assert [(x.order_line, x.answer, x.promised, x.quantity) for x in found.lines] == [
        ("1", LineAnswer.CHANGED, date(2026, 4, 1), 8),
        ("2", LineAnswer.REFUSED, None, 0),
    ]


def test_a_hundred_thousand_elements_are_refused_before_they_are_a_tree() -> None:
    raw = b"<Invoice>" + b"<a/>" * (MAX_MARKS + 1) + b"</Invoice>"

    with pytest.raises(DomainError, match="tags and attributes, and at most 400,000 are read"):
        document_of(raw, "deep.xml")


TABLE = """number,vendor,order,currency,invoice_date,item,description,quantity,unit_price,tax,total
R-1,GRA,PO-2026-000042,EUR,2026-03-01,S-1,Seal,8,12.50,20,120
R-1,GRA,PO-2026-000042,EUR,2026-03-01,,Belt,0,30,20,120
R-2,GRA,,EUR,2026-03-01,,Belt,1,30,0,30
"""


def test_a_table_gives_one_document_per_number(tmp_path: Path) -> None:
    path = tmp_path / "march.csv"
    path.write_text(TABLE)

    first, second = read_invoices(path)

    assert (first.number, first.order, first.vendor.code, len(first.lines)) == (
        "R-1", "PO-2026-000042", "GRA", 2,
    )  # fmt: skip
    assert (first.lines[0].seller_item, first.lines[0].line) == ("S-1", 2)
    assert (second.order, second.totals.with_tax) == (None, 30)


def test_what_is_wrong_in_a_table_is_told_with_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "march.csv"
    path.write_text(TABLE.replace("2,GRA,,EUR,2026-03-01", "2,GRA,,EUR,1.3.2026"))

    with pytest.raises(DomainError) as refused:
        read_invoices(path)

    assert "march.csv line 4, column invoice_date: '1.3.2026' is not a day" in refused.value.message
