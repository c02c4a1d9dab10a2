"""Correcting a captured invoice from its card: the old figures stay in the audit, the match is
done again."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from bot.ids import Action, Options
from bot.metadata import Target
from tests.factories.deliveries import Line, issued_order, vendor
from tests.factories.jobs import Company, audit, row, rows
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.exception_cases import CaseState, ExceptionCase
from wopo.domain.invoices import Invoice, InvoiceCharge, InvoiceLine, InvoiceState
from wopo.usecases.door import Answer
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.invoices import EnterInvoice
from wopo.usecases.payables import MakePayable
from wopo.usecases.receipts import CountedLine, PostReceipt
from wopo.usecases.settings import SetChannels

Json = dict[str, Any]
Send = Callable[[Json], Json]
Do = Callable[..., Answer]
PO = "PO-2026-000042"


@pytest.fixture
def order(transactions: SqlTransactions, company: Company, do: Do) -> str:
    """Ten seals ordered, eight came; a belt that nobody billed."""
    vendor(transactions)
    issued_order(transactions, company, Line("10", "12.50"), Line("1", "30", description="Belt"))
    counted = CountedLine(line_id=f"{PO}/1", accepted=Decimal(8))
    do(PostReceipt(order_id=PO, lines=(counted,)), by=company.rec)
    do(SetChannels(channels={"invoices": "CINV"}))
    return PO


def enter(do: Do, firm: Company, quantity: str, price: str, **more: Any) -> str:
    line = BilledLine(
        order_line_id=f"{PO}/1",
        description="Seal",
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
    )
    facts: dict[str, Any] = {
        "number": "R-1",
        "invoice_date": "2026-03-01",
        "order_id": PO,
        "lines": (line,),
        "charges": {"FREIGHT": Decimal("9.50")},
    }
    return do(EnterInvoice(**{**facts, **more}), by=firm.fin).subject_id


@pytest.fixture
def correct(
    send: Send, payloads: Payloads, slack: RecordingSlack, deliver: Callable[[], int]
) -> Callable[..., Json]:
    """``correct()``: the form behind the Correct button of the newest invoice card."""

    def run() -> Json:
        deliver()
        found = next(
            b
            for block in slack.messages["CINV"][-1]["blocks"]
            for b in block.get("elements", ())
            if b.get("action_id") == Action.INVOICE_CORRECT
        )
        send(payloads.click(found["action_id"], found["value"], user="U-fin", channel="CINV"))
        return slack.view()

    return run


Correct = Callable[..., Json]


def test_wrong_figures_are_put_right_and_the_invoice_matches(
    order: str,
    do: Do,
    company: Company,
    correct: Correct,
    send: Send,
    payloads: Payloads,
    transactions: SqlTransactions,
) -> None:
    invoice_id = enter(do, company, "10", "14")
    form = correct()
    key = rows(transactions, InvoiceLine)[0].id
    values = {f"quantity:{key}": "8", f"unit_price:{key}": "12.50", "charge:FREIGHT": ""}
    assert list(send(payloads.submit(form, values, user="U-fin"))["errors"]) == ["reason"]
    answer = send(payloads.submit(form, {**values, "reason": "Typed wrong"}, user="U-fin"))
    assert "corrected and matched" in str(answer["view"]["blocks"])
    invoice = row(transactions, Invoice, invoice_id)
    assert (invoice.state, invoice.total_minor) == (InvoiceState.MATCHED, 100_00)
    assert rows(transactions, InvoiceCharge) == []
    assert {case.state for case in rows(transactions, ExceptionCase)} == {CaseState.RESOLVED}
    kept = next(entry for entry in audit(transactions) if entry.event == "invoice:corrected").facts
    assert kept["reason"] == "Typed wrong"
    assert kept["before"]["charges"] == {"FREIGHT": 9_50}
    assert [(line["quantity"], line["unit_price"]) for line in kept["before"]["lines"]] == [
        ("10", "14")
    ]
    assert [line["quantity"] for line in kept["after"]["lines"]] == ["8"]


def test_the_right_order_is_chosen_and_its_lines_are_offered(
    order: str,
    do: Do,
    company: Company,
    correct: Correct,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    invoice_id = enter(do, company, "8", "12.50", order_id=None, vendor_id="gra", charges={})
    form = correct()
    body = payloads.click_in_view(Options.BILLED_ORDER, "", form, user="U-fin")
    body["actions"][0] |= {"type": "external_select", "selected_option": {"value": PO}}
    send(body)
    form = slack.view()
    key = rows(transactions, InvoiceLine)[0].id
    values = {f"tie:{key}": f"{PO}/1", "reason": "No reference on the paper"}
    answer = send(payloads.submit(form, values, user="U-fin"))
    assert "corrected and matched" in str(answer["view"]["blocks"])
    invoice = row(transactions, Invoice, invoice_id)
    assert (invoice.state, invoice.purchase_order_id) == (InvoiceState.MATCHED, PO)


def test_what_was_changed_meanwhile_or_released_is_not_corrected(
    order: str,
    do: Do,
    company: Company,
    correct: Correct,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    invoice_id = enter(do, company, "8", "12.50", charges={})
    form = correct()
    do(MakePayable(invoice_id=invoice_id), by=company.fin)
    answer = send(payloads.submit(form, {"reason": "Late"}, user="U-fin"))
    assert "changed by somebody else meanwhile" in str(answer["errors"])
    opened = len(slack.of("views.open"))
    for user, why in (("U-fin", "so correct is not possible"), ("U-tess", "do not have the right")):
        click = payloads.click(Action.INVOICE_CORRECT, Target(id=invoice_id).pack(), user=user)
        send(click)
        assert why in slack.posted_hooks[-1]["text"], slack.posted_hooks[-1]["text"]
    assert len(slack.of("views.open")) == opened
    assert row(transactions, Invoice, invoice_id).state is InvoiceState.PAYABLE
