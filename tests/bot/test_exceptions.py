"""Exception cards: in subscribed channels, with their ways out, shrinking when they close."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from bot.ids import Action
from tests.conftest import TestClock
from tests.factories.deliveries import Line, issued_order, vendor
from tests.factories.jobs import Company, row, rows
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.exception_cases import CaseState, ExceptionCase, Resolution
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.purchase_orders import PurchaseOrder
from wopo.usecases.door import Answer
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.invoices import EnterInvoice
from wopo.usecases.receipts import CountedLine, PostReceipt
from wopo.usecases.subscriptions import Subscribe

Json = dict[str, Any]
Send = Callable[[Json], Json]
Do = Callable[..., Answer]
Deliver = Callable[[], int]
PO = "PO-2026-000042"
CHANNEL = "CFIN"


@pytest.fixture
def order(transactions: SqlTransactions, company: Company, do: Do) -> str:
    """PO-42 at Grainger: ten seals came, two of them torn; the finance channel hears of it."""
    vendor(transactions)
    order = issued_order(transactions, company, Line("10", "12.50"))
    receive(do, company, "8", "2")
    do(Subscribe(channel=CHANNEL), by=company.fin)
    return order


def receive(do: Do, firm: Company, accepted: str, rejected: str = "0") -> None:
    counted = CountedLine(
        line_id=f"{PO}/1",
        accepted=Decimal(accepted),
        rejected=Decimal(rejected),
        reject_reason="Torn",
    )
    do(PostReceipt(order_id=PO, lines=(counted,)), by=firm.rec)


def bill(do: Do, firm: Company, quantity: str = "10", price: str = "12.50", **more: Any) -> str:
    """An invoice over the seals; its id."""
    line = BilledLine(
        order_line_id=f"{PO}/1", quantity=Decimal(quantity), unit_price=Decimal(price)
    )
    facts: dict[str, Any] = {
        "number": "R-1", "invoice_date": "2026-03-01", "order_id": PO, "lines": (line,)
    }  # fmt: skip
    return do(EnterInvoice(**{**facts, **more}), by=firm.fin).subject_id


@pytest.fixture
def carry(deliver: Deliver, clock: TestClock) -> Callable[[], None]:
    """Everything that is due, with the second between two messages of a channel."""

    def run() -> None:
        for _ in range(8):
            clock.forward(seconds=2)
            deliver()

    return run


@pytest.fixture
def card(carry: Callable[[], None], slack: RecordingSlack) -> Callable[[], Json]:
    """``card()``: the one card in the finance channel as it is now."""

    def run() -> Json:
        carry()
        assert len(slack.messages[CHANNEL]) == 1, [m["text"] for m in slack.messages[CHANNEL]]
        return slack.messages[CHANNEL][0]

    return run


@pytest.fixture
def press(
    send: Send, payloads: Payloads, slack: RecordingSlack, card: Callable[[], Json]
) -> Callable[..., Json]:
    """``press(text)``: the button with this text on the card; the form it opened."""

    def run(text: str, *, user: str = "U-fin") -> Json:
        button = next(b for b in buttons(card()) if b["text"]["text"] == text)
        send(payloads.click(button["action_id"], button["value"], user=user, channel=CHANNEL))
        return slack.view() if slack.of("views.open") else {}

    return run


@pytest.fixture
def the_case(transactions: SqlTransactions) -> Callable[[], ExceptionCase]:
    return lambda: rows(transactions, ExceptionCase)[0]


Card = Callable[[], Json]
Press = Callable[..., Json]
TheCase = Callable[[], ExceptionCase]


def buttons(message: Json) -> list[Json]:
    return [
        b for block in message["blocks"] if block["type"] == "actions" for b in block["elements"]
    ]


def texts(message: Json) -> list[str]:
    return [b["text"]["text"] for b in buttons(message)]


def test_the_card_shows_the_three_documents_side_by_side_and_the_ways_out(
    order: str, do: Do, company: Company, card: Card
) -> None:
    bill(do, company)
    message = card()
    assert message["text"] == "EX-1 · More billed than accepted · Grainger · PO-42 · 25.00 EUR"
    shown = str(message["blocks"])
    for part in ("At stake: 25.00 EUR", "25 %", "10 pcs at 12.5", "8 pcs accepted", "Invoice R-1",
                 "GRN-1", "Concerns receiver"):  # fmt: skip
        assert part in shown, part
    assert texts(message) == [
        "Take it", "Record the receipt", "Ask for credit note", "Enter credit note", "Dispute",
        "Accept", "Reject invoice", "Give to …", "Snooze", "Details",
    ]  # fmt: skip


def test_taking_it_says_who_on_the_card(
    order: str, do: Do, company: Company, card: Card, press: Press, the_case: TheCase
) -> None:
    bill(do, company)
    press("Take it")
    assert (the_case().state, the_case().owner_id) == (CaseState.ASSIGNED, company.fin)
    assert "Fia Finance takes care of it" in str(card()["blocks"])
    assert texts(card())[0] == "Take over"


def test_the_forms_begin_with_the_reason_that_fits_the_kind(
    order: str, do: Do, company: Company, card: Card, press: Press, slack: RecordingSlack
) -> None:
    bill(do, company)
    chosen = []
    for text in ("Dispute", "Reject invoice"):
        press(text)
        picks = [block["element"] for block in slack.view()["blocks"] if block["type"] == "input"]
        chosen.append(picks[0]["initial_option"]["value"])
    assert chosen == ["Goods were rejected", "The vendor sends a new one"]


def test_the_missing_receipt_is_recorded_from_the_card_and_the_case_closes_by_itself(
    order: str,
    do: Do,
    company: Company,
    card: Card,
    press: Press,
    the_case: TheCase,
    send: Send,
    payloads: Payloads,
) -> None:
    bill(do, company)
    form = press("Record the receipt", user="U-rec")
    send(payloads.submit(form, {}, user="U-rec"))
    assert the_case().resolution is Resolution.CAUSE_GONE
    message = card()
    (line,) = message["blocks"]
    assert "cause gone" in line["text"]["text"]
    assert line["accessory"]["text"]["text"] == "Details"


def test_accepting_needs_a_reason_of_the_list_and_frees_the_invoice(
    order: str,
    do: Do,
    company: Company,
    card: Card,
    press: Press,
    the_case: TheCase,
    send: Send,
    payloads: Payloads,
    transactions: SqlTransactions,
) -> None:
    invoice = bill(do, company)
    form = press("Accept")
    answer = send(payloads.submit(form, {"pick": "own_words"}, user="U-fin"))
    assert list(answer["errors"]) == ["reason"]
    assert the_case().state is CaseState.OPEN
    send(payloads.submit(form, {}, user="U-fin"))
    assert the_case().reason == "Agreed with the vendor"
    assert row(transactions, Invoice, invoice).state is InvoiceState.MATCHED
    assert "accepted by Fia Finance" in str(card()["blocks"])


@pytest.mark.parametrize(
    ("text", "resolution", "state"),
    [
        ("Dispute", Resolution.DISPUTED, InvoiceState.ON_HOLD),
        ("Reject invoice", Resolution.INVOICE_REJECTED, InvoiceState.REJECTED),
    ],
)
def test_other_answers(
    order: str,
    do: Do,
    company: Company,
    press: Press,
    the_case: TheCase,
    send: Send,
    payloads: Payloads,
    transactions: SqlTransactions,
    text: str,
    resolution: Resolution,
    state: InvoiceState,
) -> None:
    invoice = bill(do, company)
    send(payloads.submit(press(text), {"reason": "Two were never sent"}, user="U-fin"))
    assert the_case().resolution is resolution
    assert "Two were never sent" in (the_case().reason or "")
    assert row(transactions, Invoice, invoice).state is state


def test_a_credit_note_from_the_card_closes_it(
    order: str,
    do: Do,
    company: Company,
    press: Press,
    the_case: TheCase,
    send: Send,
    payloads: Payloads,
) -> None:
    bill(do, company)
    form = press("Enter credit note")
    values = {"number": "C-1", f"quantity:{PO}/1": "2"}
    send(payloads.submit(form, values, user="U-fin"))
    assert the_case().resolution is Resolution.CAUSE_GONE


def test_it_is_another_one(
    order: str,
    do: Do,
    company: Company,
    card: Card,
    press: Press,
    the_case: TheCase,
    send: Send,
    payloads: Payloads,
    transactions: SqlTransactions,
) -> None:
    bill(do, company, "4")
    bill(do, company, "4", number="R-2")
    assert "Not a duplicate" in texts(card())
    send(payloads.submit(press("Not a duplicate"), {}, user="U-fin"))
    assert the_case().resolution is Resolution.NOT_A_DUPLICATE
    states = {invoice.state for invoice in rows(transactions, Invoice)}
    assert states == {InvoiceState.MATCHED}


def test_a_stale_button_reads_who_was_first_and_changes_nothing(
    order: str,
    do: Do,
    company: Company,
    card: Card,
    press: Press,
    the_case: TheCase,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
) -> None:
    bill(do, company)
    old = {b["text"]["text"]: b for b in buttons(card())}
    send(payloads.submit(press("Dispute"), {}, user="U-fin"))
    opened = len(slack.of("views.open"))
    for text in ("Take it", "Accept", "Record the receipt"):
        button = old[text]
        send(payloads.click(button["action_id"], button["value"], user="U-bea", channel=CHANNEL))
        assert "Fia Finance" in slack.posted_hooks[-1]["text"]
        assert "nothing was changed" in slack.posted_hooks[-1]["text"]
    assert len(slack.of("views.open")) == opened
    assert the_case().resolution is Resolution.DISPUTED


def test_an_answer_to_another_difference_is_not_taken(
    order: str,
    do: Do,
    company: Company,
    press: Press,
    the_case: TheCase,
    send: Send,
    payloads: Payloads,
) -> None:
    bill(do, company)
    form = press("Accept")
    receive(do, company, "1")
    answer = send(payloads.submit(form, {}, user="U-fin"))
    assert "another difference now" in str(answer["errors"])
    assert the_case().state is CaseState.OPEN


def test_who_approved_or_asked_may_not_accept(
    order: str,
    do: Do,
    company: Company,
    press: Press,
    the_case: TheCase,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    bill(do, company)
    press("Accept", user="U-tess")
    assert "do not have the right to accept differences" in slack.posted_hooks[-1]["text"]
    assert slack.of("views.open") == []
    with transactions.write() as uow:
        uow.lock(PurchaseOrder, order).requested_by_ids = [company.fin]
        uow.commit()
    answer = send(payloads.submit(press("Accept"), {}, user="U-fin"))
    assert "somebody else in finance" in str(answer["errors"])
    assert the_case().state is CaseState.OPEN


def test_another_difference_updates_the_same_card(
    order: str, do: Do, company: Company, card: Card
) -> None:
    bill(do, company)
    assert "25.00 EUR" in card()["text"]
    receive(do, company, "1")
    assert "12.50 EUR" in card()["text"]


def test_home_of_finance_shows_what_waits_and_takes_it_with_one_tap(
    order: str,
    do: Do,
    company: Company,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    the_case: TheCase,
) -> None:
    bill(do, company)
    opened = {"type": "app_home_opened", "user": "U-fin", "tab": "home", "channel": "D1"}
    send(payloads.event(opened))
    shown = str(slack.view())
    assert "More billed than accepted" in shown
    case = next(
        b for block in slack.view()["blocks"] for b in block.get("elements", [])
        if b.get("action_id") == Action.CASE_TAKE
    )  # fmt: skip
    send(payloads.click_in_view(Action.CASE_TAKE, case["value"], slack.view(), user="U-fin"))
    assert the_case().owner_id == company.fin
