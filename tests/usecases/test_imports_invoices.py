"""Invoices from tables and responses to orders, taken in by ``wopo import``."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.factories import papers
from tests.factories.deliveries import Line, issued_order, vendor
from tests.factories.imports import importing
from tests.factories.jobs import Company, make_company, rows
from wopo.db.uow import SqlTransactions
from wopo.domain.errors import DomainError
from wopo.domain.invoices import Invoice, InvoiceLine, InvoiceState
from wopo.domain.outbox import OutboxRow
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.readers.documents import document_of
from wopo.usecases.door import Answer
from wopo.usecases.imports.ubl import TakeInDocument
from wopo.usecases.receipts import CountedLine, PostReceipt

Do = Callable[..., Answer]
PO = "PO-2026-000042"


@pytest.fixture
def company(transactions: SqlTransactions, do: Do) -> Company:
    """PO-42 at Grainger: ten seals, which came, and four belts that did not."""
    made = make_company(do)
    vendor(transactions)
    lines = (Line("10", "12.50"), Line("4", "30", description="Belt"))
    order = issued_order(transactions, made, *lines)
    counted = CountedLine(line_id=f"{PO}/1", accepted=Decimal(10))
    do(PostReceipt(order_id=order, lines=(counted,)), by=made.rec)
    return made


def row(number: str = "R-1", **changes: object) -> dict[str, object]:
    line = {"position": 1, "description": "seal", "quantity": 10, "unit_price": "12.5"}
    return {
        "number": number,
        "vendor": "GRA",
        "order": PO,
        "currency": "EUR",
        "invoice_date": "2026-03-01",
        "total": "125",
        "lines": [line],
        **changes,
    }


def test_invoices_of_a_table_are_entered_once_judged_and_told_in_one_summary(
    company: Company, do: Do, transactions: SqlTransactions
) -> None:
    first = do(importing(invoices=[row()]))
    again = do(importing(invoices=[row(), row("R-2", total="126")]))

    assert first.facts["counts"]["invoices"] == {"added": 1, "changed": 0, "unchanged": 0}
    assert again.facts["counts"]["invoices"] == {"added": 1, "changed": 0, "unchanged": 1}
    one, two = sorted(rows(transactions, Invoice), key=lambda each: each.sequence)
    assert (one.state, two.state) == (InvoiceState.MATCHED, InvoiceState.ON_HOLD)
    tied = {line.purchase_order_line_id for line in rows(transactions, InvoiceLine)}
    assert tied == {f"{PO}/1"}
    cards = [each for each in rows(transactions, OutboxRow) if each.card == "invoice"]
    assert cards == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"vendor": "GRB"}, "there is no vendor 'GRB'. Did you mean 'GRA'?"),
        ({"lines": []}, "The invoice bills nothing"),
    ],
)
def test_what_cannot_be_entered_refuses_the_whole_import_at_its_line(
    company: Company, do: Do, transactions: SqlTransactions, changes: dict[str, object], told: str
) -> None:
    with pytest.raises(DomainError) as refused:
        do(importing(invoices=[row(), row("R-2", **changes)]))

    assert "invoices.csv line 3" in refused.value.message
    assert told in refused.value.message
    assert rows(transactions, Invoice) == []


def test_a_response_taken_in_from_the_console_moves_promises_and_tells_the_job(
    company: Company, do: Do, transactions: SqlTransactions
) -> None:
    raw = papers.response(
        papers.response_line("2", day="2026-04-01", extra='<cbc:MaximumBackorderQuantity>3'
                             "</cbc:MaximumBackorderQuantity>")
    )  # fmt: skip

    answer = do(TakeInDocument(document=document_of(raw, "response.xml")))
    again = do(TakeInDocument(document=document_of(raw, "response.xml")))

    assert "1 lines have what the vendor promised" in answer.message
    assert again.facts["outcome"] == "unchanged"
    seal, belt = sorted(rows(transactions, PurchaseOrderLine), key=lambda each: each.position)
    assert (seal.promised_on, seal.backordered) == (None, False)
    assert (str(belt.promised_on), belt.backordered, belt.backorder_note) == (
        "2026-04-01",
        True,
        "3 pcs of 4",
    )
    told = [each for each in rows(transactions, OutboxRow) if each.card == "order_story"]
    assert "Belt is on backorder, promised on" in str([each.facts for each in told])


def test_a_refused_order_promises_nothing_and_a_past_day_is_said_to_be_past(
    company: Company, do: Do, transactions: SqlTransactions
) -> None:
    late = papers.response(papers.response_line("2", day="2026-01-01"), number="OR-0")
    assert "which is past" in do(TakeInDocument(document=document_of(late, "late.xml"))).message

    refused = papers.response("", code="RE")
    answer = do(TakeInDocument(document=document_of(refused, "response.xml")))

    assert "Grainger refuses PO-42" in answer.message
    belt = max(rows(transactions, PurchaseOrderLine), key=lambda each: each.position)
    assert (belt.promised_on, belt.backorder_note) == (
        None,
        "the vendor does not accept the order",
    )


def test_a_response_to_another_vendors_order_changes_nothing(
    company: Company, do: Do, transactions: SqlTransactions
) -> None:
    vendor(transactions, "fis", "Fischer")
    raw = papers.response(papers.response_line("1", day="2026-04-01"))
    wrong = document_of(raw.replace(b"Grainger", b"Fischer"), "response.xml")

    with pytest.raises(DomainError, match="PO-42 is with another vendor"):
        do(TakeInDocument(document=wrong))

    assert all(line.promised_on is None for line in rows(transactions, PurchaseOrderLine))
