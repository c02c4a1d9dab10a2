"""The ways out of an exception that ask somebody: the receiver, the vendor, a colleague."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from bot.jobs import JOBS, Clockwork
from bot.services import Services
from tests.conftest import TestClock
from tests.factories.deliveries import Line, issued_order, vendor
from tests.factories.jobs import Company, Do, row, rows
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.case_notes import CaseNote
from wopo.domain.exception_cases import CaseState, ExceptionCase, Resolution
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.invoices import EnterInvoice
from wopo.usecases.receipts import CountedLine, PostReceipt
from wopo.usecases.subscriptions import Subscribe

Json = dict[str, Any]
Send = Callable[[Json], Json]
Click = Callable[..., Json]
PO, LINE = "PO-2026-000042", "PO-2026-000042/1"
CHANNEL, REX = "CFIN", "DU-rec"


@pytest.fixture
def billed(transactions: SqlTransactions, company: Company, do: Do) -> str:
    """Ten seals are billed, eight came; Rex is named as their receiver. The invoice's id."""
    vendor(transactions)
    issued_order(transactions, company, Line("10", "12.50"))
    with transactions.write() as uow:
        line = uow.get(PurchaseOrderLine, LINE)
        assert line is not None
        line.receiver_id = company.rec
        uow.commit()
    counted = CountedLine(line_id=LINE, accepted=Decimal(8))
    do(PostReceipt(order_id=PO, lines=(counted,)), by=company.rec)
    do(Subscribe(channel=CHANNEL), by=company.fin)
    paper = BilledLine(order_line_id=LINE, quantity=Decimal(10), unit_price=Decimal("12.50"))
    entered = EnterInvoice(number="R-1", invoice_date="2026-03-01", order_id=PO, lines=(paper,))
    return do(entered, by=company.fin).subject_id


@pytest.fixture
def carry(deliver: Callable[[], int], clock: TestClock) -> Callable[[], None]:
    """Everything that is due, with the second between two messages of a channel."""

    def run() -> None:
        for _ in range(8):
            clock.forward(seconds=2)
            deliver()

    return run


@pytest.fixture
def click(
    billed: str,
    carry: Callable[[], None],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
) -> Click:
    """``click(text, channel, user)``: the first button of this text in the channel's messages; the
    form it opened, if it did."""

    def run(text: str, *, channel: str = CHANNEL, user: str = "U-fin") -> Json:
        carry()
        shown = [button for message in slack.messages[channel] for button in buttons(message)]
        one = next(button for button in shown if button["text"]["text"] == text)
        before = len(slack.of("views.open"))
        send(payloads.click(one["action_id"], one["value"], user=user, channel=channel))
        return slack.view() if len(slack.of("views.open")) > before else {}

    return run


@pytest.fixture
def cases(transactions: SqlTransactions) -> Callable[[], list[ExceptionCase]]:
    return lambda: rows(transactions, ExceptionCase, order="number")


Cases = Callable[[], list[ExceptionCase]]


def buttons(message: Json) -> list[Json]:
    found = []
    for block in message["blocks"]:
        inside = [*block.get("elements", ()), block.get("accessory") or {}]
        found += [one for one in inside if one.get("type") == "button"]
    return found


def test_the_receiver_is_asked_once_however_many_exceptions_ask(
    billed: str, cases: Cases, carry: Callable[[], None], slack: RecordingSlack
) -> None:
    carry()
    assert len(cases()) == 2
    assert len([m for m in slack.messages[REX] if "arrive?" in m["text"]]) == 1


def test_all_of_it_arrived_books_what_was_missing_and_everything_closes(
    billed: str,
    click: Click,
    cases: Cases,
    carry: Callable[[], None],
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    click("All", channel=REX, user="U-rec")
    assert row(transactions, PurchaseOrderLine, LINE).accepted == 10
    assert {case.resolution for case in cases()} == {Resolution.CAUSE_GONE}
    assert row(transactions, Invoice, billed).state is InvoiceState.MATCHED
    carry()
    left = {b["text"]["text"] for message in slack.messages[REX] for b in buttons(message)}
    assert left <= {"Details"}


def test_only_who_was_asked_answers(
    billed: str, click: Click, send: Send, payloads: Payloads, transactions: SqlTransactions
) -> None:
    click("All", channel=REX, user="U-fin")
    assert row(transactions, PurchaseOrderLine, LINE).accepted == 8


def test_some_of_it_arrived_opens_the_form_of_the_line(
    billed: str,
    click: Click,
    cases: Cases,
    send: Send,
    payloads: Payloads,
    transactions: SqlTransactions,
) -> None:
    form = click("Some", channel=REX, user="U-rec")
    name = next(
        b["block_id"] for b in form["blocks"] if b["type"] == "input" and "accept" in b["block_id"]
    )
    assert send(payloads.submit(form, {name: "1"}, user="U-rec")).get("errors") is None
    assert row(transactions, PurchaseOrderLine, LINE).accepted == 9
    assert CaseState.RESOLVED not in {case.state for case in cases()}


def test_not_yet_stays_open_and_can_be_answered_again(
    billed: str,
    click: Click,
    cases: Cases,
    carry: Callable[[], None],
    slack: RecordingSlack,
    services: Services,
    clock: TestClock,
    send: Send,
    payloads: Payloads,
) -> None:
    def question() -> Json:
        carry()
        (found,) = [m for m in slack.messages[REX] if "arrive?" in m["text"]]
        return found

    def texts() -> list[str]:
        return [button["text"]["text"] for button in buttons(question())]

    form = click("Not yet", channel=REX, user="U-rec")
    past = send(payloads.submit(form, {"until": "2026-03-02"}, user="U-rec", view_id="N1"))
    assert "not after today" in past["errors"]["until"]
    assert send(payloads.submit(form, {}, user="U-rec", view_id="N2")) == {}
    assert "I ask again on Mar 3, 2026" in str(question()["blocks"])
    assert "Not yet" not in texts()
    assert any("asked again on" in str(m["blocks"]) for m in slack.messages[CHANNEL])
    ticking = Clockwork(services)
    for hour in (20, 4, 1):
        clock.forward(hours=hour)
        assert all(ticking.run(job) for job in JOBS)
        carry()
    again = [m["text"] for m in slack.messages[REX] if "by now?" in m["text"]]
    assert again == ["Did 2 pcs Seal (PO-42) arrive by now? Answer in the question above."]
    assert "Not yet" in texts()
    assert CaseState.RESOLVED not in {case.state for case in cases()}
    click("All", channel=REX, user="U-rec")
    assert {case.state for case in cases()} == {CaseState.RESOLVED}


def test_not_mine_goes_to_the_buyer(
    billed: str, company: Company, click: Click, cases: Cases
) -> None:
    click("Not mine", channel=REX, user="U-rec")
    assert {case.owner_id for case in cases()} == {company.bea}


def test_a_case_is_given_to_a_colleague(
    company: Company, click: Click, cases: Cases, send: Send, payloads: Payloads
) -> None:
    form = click("Give to …")
    assert "person_id" in send(payloads.submit(form, {}, user="U-fin", view_id="W1"))["errors"]
    send(payloads.submit(form, {"person_id": company.bea}, user="U-fin", view_id="W2"))
    assert company.bea in {case.owner_id for case in cases()}


def test_a_credit_note_is_asked_for_with_the_letter_written(
    click: Click,
    cases: Cases,
    carry: Callable[[], None],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    form = click("Ask for credit note")
    letter = next(b for b in form["blocks"] if b.get("block_id") == "letter")
    written = letter["element"]["initial_value"]
    for part in ("R-1", "10 pcs at 12.50", "accepted: 8"):
        assert part in written, written
    send(payloads.submit(form, {}, user="U-fin"))
    (note,) = rows(transactions, CaseNote)
    assert note.text == written.strip()
    carry()
    assert any("R-1" in message["text"] for message in slack.messages["DU-fin"])
    assert CaseState.RESOLVED not in {case.state for case in cases()}


def test_a_decision_is_taken_back_with_a_reason(
    billed: str,
    click: Click,
    cases: Cases,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    for turn in range(len(cases())):
        form = click("Accept")
        pick = next(b for b in form["blocks"] if b["type"] == "input")
        value = pick["element"]["options"][0]["value"]
        sent = {pick["block_id"]: value}
        assert send(payloads.submit(form, sent, user="U-fin", view_id=f"A{turn}")) == {}
    assert row(transactions, Invoice, billed).state is InvoiceState.MATCHED
    details = click("Details")
    (again,) = [b for b in buttons(details) if b["text"]["text"] == "Reopen"]
    send(payloads.click_in_view(again["action_id"], again["value"], details, user="U-fin"))
    form = slack.view()
    assert "reason" in send(payloads.submit(form, {}, user="U-fin", view_id="R1"))["errors"]
    send(payloads.submit(form, {"reason": "Wrong line"}, user="U-fin", view_id="R2"))
    assert row(transactions, Invoice, billed).state is InvoiceState.ON_HOLD


def test_the_invoice_is_corrected_from_the_card(
    billed: str,
    company: Company,
    do: Do,
    click: Click,
    cases: Cases,
    send: Send,
    payloads: Payloads,
    transactions: SqlTransactions,
) -> None:
    other = issued_order(transactions, company, Line("4", "9"), number="PO-2026-000043")
    counted = CountedLine(line_id=f"{other}/1", accepted=Decimal(4))
    do(PostReceipt(order_id=other, lines=(counted,)), by=company.rec)
    paper = BilledLine(order_line_id=f"{other}/1", quantity=Decimal(4), unit_price=Decimal(90))
    entered = EnterInvoice(number="R-9", invoice_date="2026-03-02", order_id=other, lines=(paper,))
    invoice = do(entered, by=company.fin).subject_id
    form = click("Correct invoice")
    price = next(
        b["block_id"]
        for b in form["blocks"]
        if b["type"] == "input" and "price in EUR" in b["label"]["text"]
    )
    values = {price: "9", "reason": "Misread"}
    assert "errors" not in send(payloads.submit(form, values, user="U-fin"))
    assert row(transactions, Invoice, invoice).state is InvoiceState.MATCHED
    closed = [case for case in cases() if case.invoice_id == invoice]
    assert {case.resolution for case in closed} == {Resolution.CAUSE_GONE}


def test_what_is_amended_on_the_order_starts_from_what_is_billed(
    company: Company, do: Do, click: Click, transactions: SqlTransactions
) -> None:
    paper = BilledLine(order_line_id=LINE, quantity=Decimal(2), unit_price=Decimal(15))
    entered = EnterInvoice(number="R-2", invoice_date="2026-03-02", order_id=PO, lines=(paper,))
    do(entered, by=company.fin)
    form = click("Amend the order", user="U-bea")
    values = {b["block_id"].partition("@")[0]: b["element"] for b in form["blocks"]
              if b["type"] == "input"}  # fmt: skip
    assert values["quantity"]["initial_value"] == "12"
