"""Entering invoices in Slack: filled from what was received, judged at once."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from bot.ids import Action, Callback, Options, SlashCommand
from bot.metadata import Target
from tests.conftest import TestClock
from tests.factories.deliveries import Line, issued_order, vendor
from tests.factories.jobs import Company, rows
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.invoices import Invoice, InvoiceCharge, InvoiceLine, InvoiceState, InvoiceType
from wopo.domain.purchase_orders import OrderCharge
from wopo.usecases.door import Answer
from wopo.usecases.receipts import CountedLine, PostReceipt
from wopo.usecases.settings import SetChannels

Json = dict[str, Any]
Send = Callable[[Json], Json]
Do = Callable[..., Answer]
PO = "PO-2026-000042"
NUMBER = {"number": "R-1"}


@pytest.fixture
def order(transactions: SqlTransactions, company: Company, do: Do) -> str:
    """PO-42 at Grainger: ten seals of which eight came, four belts that did not."""
    vendor(transactions)
    order = issued_order(
        transactions, company, Line("10", "12.50"), Line("4", "30", description="Belt")
    )
    counted = CountedLine(line_id=f"{PO}/1", accepted=Decimal(8))
    do(PostReceipt(order_id=order, lines=(counted,)), by=company.rec)
    return order


@pytest.fixture
def form(order: str, send: Send, payloads: Payloads, slack: RecordingSlack) -> Callable[..., Json]:
    """``form()``: the order's form as finance sees it."""

    def run(more: bool = False) -> Json:
        assert send(payloads.command(SlashCommand.INVOICE, "42", user="U-fin")) == {}
        if more:
            body = payloads.click_in_view(Action.INVOICE_MORE, "more", slack.view(), user="U-fin")
            send(body)
        return slack.view()

    return run


@pytest.fixture
def enter(form: Callable[..., Json], send: Send, payloads: Payloads) -> Callable[..., Json]:
    """``enter(values)``: open the form and send it."""

    def run(values: Json, *, more: bool = False) -> Json:
        return send(payloads.submit(form(more), values, user="U-fin"))

    return run


Form = Callable[..., Json]


def test_what_was_received_and_not_billed_is_filled_in_and_matches_at_once(
    enter: Form, transactions: SqlTransactions, company: Company
) -> None:
    answer = enter({**NUMBER, "stated_total": "100.00"})
    assert "Invoice R-1 over 100.00 EUR is matched" in str(answer["view"]["blocks"])
    invoice = rows(transactions, Invoice)[0]
    assert (invoice.state, invoice.total_minor) == (InvoiceState.MATCHED, 100_00)
    assert invoice.entered_by_id == company.fin
    assert [line.quantity for line in rows(transactions, InvoiceLine)] == [Decimal(8)]


def test_what_does_not_fit_is_told_in_words(enter: Form, transactions: SqlTransactions) -> None:
    values = {**NUMBER, f"quantity:{PO}/1": "10", f"unit_price:{PO}/1": "14"}
    answer = enter(values)
    said = str(answer["view"]["blocks"])
    assert "is on hold" in said
    assert "More billed than accepted" in said
    assert "Price above the order" in said
    assert rows(transactions, Invoice)[0].state is InvoiceState.ON_HOLD


def test_charges_of_the_order_are_filled_in_with_the_first_invoice(
    order: str, transactions: SqlTransactions, enter: Form, form: Form
) -> None:
    with transactions.write() as uow:
        uow.add(OrderCharge(id="c1", purchase_order_id=order, code="FREIGHT", amount_minor=9_50))
        uow.commit()
    enter(NUMBER)
    assert [c.amount_minor for c in rows(transactions, InvoiceCharge)] == [9_50]
    charge = next(b for b in form()["blocks"] if b.get("block_id") == "charge:FREIGHT")
    assert "initial_value" not in charge["element"]


def test_more_fields_take_another_charge_tax_discount_and_a_line_of_its_own(
    enter: Form, transactions: SqlTransactions
) -> None:
    values = {
        **NUMBER,
        "charge_code": "packing",
        "charge_amount": "5",
        "tax": "19.05",
        "discount": "2.5",
        "description": "Gloves",
        "quantity:other": "2",
        "unit_price:other": "3",
        "due_date": "2026-04-01",
    }
    enter(values, more=True)
    invoice = rows(transactions, Invoice)[0]
    assert (invoice.charges_minor, invoice.tax_minor, invoice.discount_minor) == (500, 1905, 250)
    assert invoice.net_minor == 106_00
    assert "LINE_NOT_ON_PO" in invoice.codes


def test_a_credit_note_names_the_invoice_it_takes_back(
    enter: Form, transactions: SqlTransactions
) -> None:
    enter(NUMBER)
    credit = {"number": "C-1", "type": "credit", f"quantity:{PO}/1": "8", "credits_number": "nope"}
    assert "no invoice nope" in enter(credit, more=True)["errors"]["credits_number"]
    enter({**credit, "credits_number": "R-1"}, more=True)
    invoice, note = rows(transactions, Invoice, order="sequence")
    assert (note.type, note.credits_invoice_id) == (InvoiceType.CREDIT, invoice.id)
    assert invoice.state is InvoiceState.CREDITED


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("tax", "1.234,56", "like 1,234.56"),
        ("tax", "1.005", "2 decimals for EUR"),
        ("stated_total", "-3", "zero or more"),
        (f"unit_price:{PO}/1", "NaN", "like 1,234.56"),
        (f"quantity:{PO}/1", "1e30", "like 1,234.56"),
        ("number", "", "missing"),
        ("invoice_date", "2027-03-02", "days ahead"),
    ],
)
def test_bad_input_is_refused_at_its_field_and_nothing_is_kept(
    enter: Form, transactions: SqlTransactions, name: str, typed: str, said: str
) -> None:
    answer = enter({**NUMBER, name: typed})
    assert said in answer["errors"][name]
    assert rows(transactions, Invoice) == []


def test_an_empty_paper_is_refused_at_the_first_line(enter: Form) -> None:
    answer = enter({**NUMBER, f"quantity:{PO}/1": ""})
    assert "at least one line" in answer["errors"][f"quantity:{PO}/1"]


def test_an_invoice_without_an_order_is_entered_by_vendor_and_held(
    order: str, send: Send, payloads: Payloads, slack: RecordingSlack, transactions: SqlTransactions
) -> None:
    send(payloads.command(SlashCommand.INVOICE, "", user="U-fin"))
    choice = slack.view()
    refused = send(payloads.submit(choice, {}, user="U-fin"))
    assert list(refused["errors"]) == ["order_id"]
    form = send(payloads.submit(choice, {"vendor_id": "gra"}, user="U-fin"))["view"]
    values = {**NUMBER, "description": "Repairs", "unit_price:other": "80"}
    answer = send(payloads.submit(form, values, user="U-fin"))
    assert "No approved order" in str(answer["view"]["blocks"])
    assert rows(transactions, Invoice)[0].state is InvoiceState.ON_HOLD


def test_orders_are_found_by_number_and_vendor(order: str, send: Send, payloads: Payloads) -> None:
    def found(typed: str) -> list[str]:
        body = payloads.options(Options.BILLED_ORDER, typed, user="U-fin", block="order_id")
        return [option["value"] for option in send(body)["options"]]

    assert (found(""), found("grain"), found("99")) == ([PO], [PO], [])
    assert (found("PO-4"), found("po 42"), found("PO-2026")) == ([PO], [PO], [PO])
    assert (found("PO-43"), found("WO-42")) == ([], [])


def test_others_are_told_who_may_before_they_fill_in_anything(
    order: str, send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    said = send(payloads.command(SlashCommand.INVOICE, "42", user="U-tess"))
    assert "finance can do it" in said["text"]
    assert slack.of("views.open") == []


def test_an_unknown_number_offers_the_nearest(
    order: str, send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    said = send(payloads.command(SlashCommand.INVOICE, "PO-4Z", user="U-fin"))
    offered = [b for block in said["blocks"] for b in block.get("elements", [])]
    assert [b["text"]["text"] for b in offered] == ["PO-42", "Choose an order"]
    send(payloads.click(Action.INVOICE_NUMBER, offered[0]["value"], user="U-fin"))
    assert slack.view()["callback_id"] == Callback.INVOICE


@pytest.fixture
def card(
    do: Do,
    company: Company,
    deliver: Callable[[], int],
    clock: TestClock,
    slack: RecordingSlack,
) -> Callable[[], Json]:
    """``card()``: the one card in the invoice channel as it is now."""
    do(SetChannels(channels={"invoices": "CINV"}), by=company.ann)

    def run() -> Json:
        for _ in range(6):
            clock.forward(seconds=2)
            deliver()
        assert len(slack.messages["CINV"]) == 1
        return slack.messages["CINV"][0]

    return run


def texts(message: Json) -> list[str]:
    return [
        button["text"]["text"]
        for block in message["blocks"]
        if block["type"] == "actions"
        for button in block["elements"]
    ]


def test_the_card_goes_from_matched_to_paid_in_place(
    enter: Form,
    card: Callable[[], Json],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    enter(NUMBER)
    message = card()
    assert message["text"] == "Invoice R-1 · Grainger · PO-42 · 100.00 EUR · matched"
    assert texts(message) == ["Release", "Correct", "Reject", "Details"]
    invoice = rows(transactions, Invoice)[0].id
    value = Target(id=invoice, card="invoice").pack()
    send(payloads.click(Action.INVOICE_MAKE_PAYABLE, value, user="U-fin", channel="CINV"))
    assert texts(card()) == ["Mark as paid", "Reject", "Details"]
    send(payloads.click(Action.INVOICE_PAID, value, user="U-fin", channel="CINV"))
    refused = send(payloads.submit(slack.view(), {"paid_on": "2026-03-09"}, user="U-fin"))
    assert "still to come" in refused["errors"]["paid_on"]
    send(payloads.submit(slack.view(), {"reference": "SEPA 7"}, user="U-fin"))
    message = card()
    assert message["text"].endswith("paid")
    assert [block["type"] for block in message["blocks"]] == ["context"]


def test_a_held_invoice_says_why_and_can_be_corrected_or_rejected(
    enter: Form,
    card: Callable[[], Json],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    enter({**NUMBER, f"unit_price:{PO}/1": "14"})
    message = card()
    assert "Price above the order" in str(message["blocks"])
    assert texts(message) == ["Correct", "Reject", "Details"]
    value = Target(id=rows(transactions, Invoice)[0].id, card="invoice").pack()
    send(payloads.click(Action.INVOICE_REJECT, value, user="U-fin", channel="CINV"))
    form = slack.view()
    assert "is missing" in send(payloads.submit(form, {}, user="U-fin"))["errors"]["reason"]
    send(payloads.submit(form, {"reason": "Wrong price"}, user="U-fin"))
    assert rows(transactions, Invoice)[0].state is InvoiceState.REJECTED
    assert "rejected by Fia Finance" in str(card()["blocks"])
    send(payloads.click(Action.INVOICE_PAID, value, user="U-fin", channel="CINV"))
    assert "Invoice R-1 is rejected" in slack.posted_hooks[-1]["text"]


def test_who_received_the_goods_may_not_release_their_invoice(
    enter: Form,
    order: str,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    enter(NUMBER)
    value = Target(id=rows(transactions, Invoice)[0].id, card="invoice").pack()
    send(payloads.click(Action.INVOICE_MAKE_PAYABLE, value, user="U-rec", channel="CINV"))
    assert "do not have the right" in slack.posted_hooks[-1]["text"]
    assert rows(transactions, Invoice)[0].state is InvoiceState.MATCHED


def test_home_of_finance_offers_matched_invoices_for_release(
    enter: Form,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    enter(NUMBER)
    home = slack.view()
    line = next(b for b in home["blocks"] if "Invoice R-1" in str(b.get("text")))
    value = line["accessory"]["value"]
    send(payloads.click_in_view(Action.INVOICE_MAKE_PAYABLE, value, home, user="U-fin"))
    assert rows(transactions, Invoice)[0].state is InvoiceState.PAYABLE
    assert "Invoice R-1" not in str(slack.view())
