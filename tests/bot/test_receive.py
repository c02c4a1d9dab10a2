"""Receiving in Slack: choose, confirm, book; soft questions once; refusals at the field."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from bot.ids import Action, Callback, Options, Shortcut, SlashCommand
from bot.metadata import Target
from tests.factories.deliveries import Line, issued_order, vendor
from tests.factories.jobs import Company, free_job, rows
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.attachments import Attachment
from wopo.domain.purchase_orders import OrderState, PurchaseOrder, PurchaseOrderLine
from wopo.domain.receipts import Receipt, ReceiptKind, ReceiptLine
from wopo.usecases.door import Answer

Json = dict[str, Any]
Send = Callable[[Json], Json]
Do = Callable[..., Answer]
PO = "PO-2026-000042"
FIRST = f"accepted:{PO}/1"


@pytest.fixture
def order(transactions: SqlTransactions, company: Company) -> str:
    """PO-42 at Grainger: ten seals, four belts."""
    vendor(transactions)
    return issued_order(
        transactions, company, Line("10", "12.50"), Line("4", "30", description="Belt")
    )


@pytest.fixture
def form(order: str, send: Send, payloads: Payloads, slack: RecordingSlack) -> Callable[..., Json]:
    """``form()``: the order's form as the receiver sees it."""

    def run(user: str = "U-rec", number: str = "PO-42") -> Json:
        assert send(payloads.command(SlashCommand.RECEIVE, number, user=user)) == {}
        return slack.view()

    return run


@pytest.fixture
def book(form: Callable[..., Json], send: Send, payloads: Payloads) -> Callable[..., Json]:
    """``book(values)``: open the form and send it."""

    def run(values: Json | None = None, *, user: str = "U-rec") -> Json:
        return send(payloads.submit(form(user), values or {}, user=user))

    return run


Form = Callable[..., Json]


def counted(transactions: SqlTransactions) -> list[tuple[Decimal, Decimal]]:
    """Received and accepted of each line."""
    lines = rows(transactions, PurchaseOrderLine, purchase_order_id=PO, order="position")
    return [(line.received, line.accepted) for line in lines]


def test_the_command_opens_a_form_filled_with_what_is_left_and_book_is_one_tap(
    book: Form, slack: RecordingSlack, transactions: SqlTransactions, company: Company
) -> None:
    answer = book({"delivery_note": "LS-7"})
    assert "10 pcs Seal, 4 pcs Belt" in str(answer["view"]["blocks"])
    assert counted(transactions) == [(Decimal(10), Decimal(10)), (Decimal(4), Decimal(4))]
    receipt = rows(transactions, Receipt)[0]
    assert (receipt.delivery_note, receipt.received_by_id) == ("LS-7", company.rec)
    assert slack.of("views.publish"), "Home shows what is left now"


def test_a_second_delivery_is_offered_with_what_is_left(
    book: Form, form: Form, transactions: SqlTransactions
) -> None:
    book({FIRST: "6", f"accepted:{PO}/2": ""})
    filled = {
        b["block_id"]: b["element"].get("initial_value") for b in form()["blocks"] if "element" in b
    }
    assert (filled[FIRST], filled[f"accepted:{PO}/2"]) == ("4", "4")
    assert len(rows(transactions, ReceiptLine)) == 1, "an empty line is not booked"


def test_rejected_goods_are_counted_with_their_reason(
    form: Form,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    send(payloads.click_in_view(Action.RECEIVE_MORE, "more", form(), user="U-rec"))
    full = slack.view()
    values = {FIRST: "8", f"rejected:{PO}/1": "2", f"accepted:{PO}/2": ""}
    answer = send(payloads.submit(full, values, user="U-rec"))
    assert list(answer["errors"]) == ["reject_reason"]
    assert rows(transactions, Receipt) == []
    send(payloads.submit(full, {**values, "reject_reason": "Torn"}, user="U-rec"))
    assert counted(transactions)[0] == (Decimal(10), Decimal(8))
    assert rows(transactions, ReceiptLine)[0].reject_reason == "Torn"


@pytest.mark.parametrize(
    ("typed", "said"),
    [("-3", "zero or more"), ("NaN", "like 1,234.56"), ("1,5", "like 1,234.56"), ("x", "like")],
)
def test_counts_that_are_none_are_refused_at_their_line(
    book: Form, transactions: SqlTransactions, typed: str, said: str
) -> None:
    answer = book({f"accepted:{PO}/2": typed})
    assert said in answer["errors"][f"accepted:{PO}/2"]
    assert rows(transactions, Receipt) == []


def test_more_than_ordered_asks_once_and_yes_books(
    form: Form, send: Send, payloads: Payloads, transactions: SqlTransactions
) -> None:
    values = {FIRST: "12", f"accepted:{PO}/2": ""}
    asked = send(payloads.submit(form(), values, user="U-rec"))["view"]
    assert "line 1: ordered 10" in str(asked["blocks"][0])
    assert rows(transactions, Receipt) == []
    name = f"more_than_ordered:{PO}"
    send(payloads.submit(asked, {**values, "acknowledged": [name]}, user="U-rec"))
    assert counted(transactions)[0] == (Decimal(12), Decimal(12))


def test_who_corrects_the_count_instead_is_not_asked_any_more(
    form: Form, send: Send, payloads: Payloads, transactions: SqlTransactions
) -> None:
    asked = send(payloads.submit(form(), {FIRST: "99"}, user="U-rec"))["view"]
    box = next(block for block in asked["blocks"] if block["block_id"] == "acknowledged")
    assert box["optional"]
    send(payloads.submit(asked, {FIRST: "1"}, user="U-rec"))
    assert counted(transactions)[0] == (Decimal(1), Decimal(1))


def test_the_same_delivery_note_asks_once(
    book: Form, form: Form, send: Send, payloads: Payloads, transactions: SqlTransactions
) -> None:
    book({FIRST: "4", f"accepted:{PO}/2": "", "delivery_note": "ls 9"})
    values = {FIRST: "4", f"accepted:{PO}/2": "", "delivery_note": "LS9"}
    asked = send(payloads.submit(form(), values, user="U-rec"))["view"]
    assert "was booked 0 min ago by Rex Receiver" in str(asked["blocks"][0])
    assert len(rows(transactions, Receipt)) == 1
    send(payloads.submit(asked, {**values, "acknowledged": ["same_note:LS9"]}, user="U-rec"))
    assert len(rows(transactions, Receipt)) == 2


def test_the_same_form_sent_again_by_slack_books_once(
    form: Form, send: Send, payloads: Payloads, transactions: SqlTransactions
) -> None:
    body = payloads.submit(form(), {}, user="U-rec")
    for _ in range(3):
        send(body)
    assert len(rows(transactions, Receipt)) == 1


def test_photos_stay_in_slack_and_hang_on_the_receipt(
    book: Form, transactions: SqlTransactions
) -> None:
    file = {"id": "F1", "name": "box.jpg", "mimetype": "image/jpeg", "size": 1000}
    book({"files": [file]})
    attached = rows(transactions, Attachment)[0]
    assert (attached.subject, attached.slack_file_id) == ("receipt", "F1")


def test_a_day_still_to_come_is_refused_at_the_field(
    form: Form, send: Send, payloads: Payloads, slack: RecordingSlack, transactions: SqlTransactions
) -> None:
    send(payloads.click_in_view(Action.RECEIVE_MORE, "more", form(), user="U-rec"))
    answer = send(payloads.submit(slack.view(), {"received_on": "2026-03-05"}, user="U-rec"))
    assert "still to come" in answer["errors"]["received_on"]
    assert rows(transactions, Receipt) == []


def test_a_person_without_the_right_is_told_who_can(
    book: Form, transactions: SqlTransactions
) -> None:
    answer = book(user="U-tom")
    assert "a receiver, or the person named on the line" in str(answer["errors"])
    assert rows(transactions, Receipt) == []


def test_a_service_is_confirmed_by_the_supervisor(
    do: Do,
    company: Company,
    transactions: SqlTransactions,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
) -> None:
    vendor(transactions)
    job = free_job(do, company)
    line = Line("1", "400", description="Crane inspection", unit="visit", service=True)
    order = issued_order(transactions, company, line, job=job)
    send(payloads.click(Action.ORDER_RECEIVE, Target(id=order).pack(), user="U-sue"))
    view = slack.view()
    assert view["title"]["text"] == "Confirm service"
    assert "WO-" in str(view["blocks"])
    send(payloads.submit(view, {}, user="U-sue"))
    assert rows(transactions, Receipt)[0].kind is ReceiptKind.SERVICE


def test_the_shortcut_offers_open_orders_by_number_and_vendor(
    order: str,
    company: Company,
    transactions: SqlTransactions,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
) -> None:
    vendor(transactions, "acm", "Acme")
    issued_order(transactions, company, Line("1", "5"), number="PO-2026-000051", vendor_id="acm")
    send(payloads.shortcut(Shortcut.RECEIVE_GOODS, user="U-rec"))
    choice = slack.view()
    assert choice["callback_id"] == Callback.CHOOSE_DELIVERY

    def found(typed: str) -> list[str]:
        body = payloads.options(Options.OPEN_ORDER, typed, user="U-rec", block="order_id")
        return [option["value"] for option in send(body)["options"]]

    assert set(found("")) == {PO, "PO-2026-000051"}
    assert (found("acme"), found("42"), found("zzz")) == (["PO-2026-000051"], [PO], [])
    answer = send(payloads.submit(choice, {"order_id": PO}, user="U-rec"))
    assert answer["view"]["callback_id"] == Callback.RECEIVE


def test_a_closed_order_is_refused_with_its_figures(
    transactions: SqlTransactions,
    company: Company,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
) -> None:
    vendor(transactions)
    order = issued_order(transactions, company, Line("10", "12.50"))
    with transactions.write() as uow:
        found = uow.get(PurchaseOrder, order)
        assert found is not None
        found.state = OrderState.CLOSED
        uow.commit()
    said = send(payloads.command(SlashCommand.RECEIVE, "42", user="U-rec"))
    assert "PO-2026-000042 is closed" in said["text"]
    assert "ordered 10 pcs, received 0" in said["text"]
    assert slack.of("views.open") == []


def test_an_unknown_number_offers_the_nearest(
    order: str, send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    said = send(payloads.command(SlashCommand.RECEIVE, "P0-42", user="U-rec"))
    offered = [b for block in said["blocks"] for b in block.get("elements", [])]
    assert [b["text"]["text"] for b in offered] == ["PO-42", "Choose an order"]
    send(payloads.click(Action.RECEIVE_NUMBER, offered[0]["value"], user="U-rec"))
    assert slack.view()["callback_id"] == Callback.RECEIVE


def test_home_shows_a_receiver_what_is_to_come(
    order: str, send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    opened = {"type": "app_home_opened", "user": "U-rec", "tab": "home", "channel": "D1"}
    send(payloads.event(opened))
    assert "PO-42 · Grainger" in str(slack.view())
    send(payloads.event({**opened, "user": "U-tom"}))
    assert "PO-42" not in str(slack.view())
