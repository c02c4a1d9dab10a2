"""An order's receipts on a screen: voiding a mistake, sending goods back."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from bot.ids import Action, SlashCommand
from bot.metadata import Target
from tests.factories.deliveries import Line, issued_order, vendor
from tests.factories.jobs import Company, row, rows
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.domain.receipts import Receipt, ReceiptKind, ReceiptState
from wopo.usecases.door import Answer
from wopo.usecases.receipts import CountedLine, PostReceipt

Json = dict[str, Any]
Send = Callable[[Json], Json]
Do = Callable[..., Answer]
PO = "PO-2026-000042"


@pytest.fixture
def order(transactions: SqlTransactions, company: Company, do: Do) -> str:
    """Ten seals ordered; eight came good, two torn."""
    vendor(transactions)
    issued_order(transactions, company, Line("10", "12.50"))
    counted = CountedLine(
        line_id=f"{PO}/1", accepted=Decimal(8), rejected=Decimal(2), reject_reason="Torn"
    )
    do(PostReceipt(order_id=PO, lines=(counted,), delivery_note="DN-7"), by=company.rec)
    return PO


@pytest.fixture
def screen(
    order: str, send: Send, payloads: Payloads, slack: RecordingSlack
) -> Callable[..., Json]:
    """``screen(user)``: the order's receipts, reached from its card."""

    def run(user: str = "U-rec") -> Json:
        card = send(payloads.command(SlashCommand.PO, "42", user=user))
        receipts = next(b for b in buttons(card) if b["text"]["text"] == "Receipts")
        send(payloads.click(receipts["action_id"], receipts["value"], user=user))
        return slack.view()

    return run


@pytest.fixture
def press(send: Send, payloads: Payloads, slack: RecordingSlack) -> Callable[..., Json]:
    """``press(screen, text)``: the form that the screen's button opened."""

    def run(shown: Json, text: str, *, user: str = "U-rec") -> Json:
        found = next(b for b in buttons(shown) if b["text"]["text"] == text)
        send(payloads.click_in_view(found["action_id"], found["value"], shown, user=user))
        return slack.view()

    return run


Screen = Callable[..., Json]
Press = Callable[..., Json]


def buttons(shown: Json) -> list[Json]:
    found = []
    for block in shown["blocks"]:
        elements = [*block.get("elements", []), block.get("accessory", {})]
        found += [e for e in elements if e.get("type") == "button"]
    return found


def texts(shown: Json) -> list[str]:
    return [b["text"]["text"] for b in buttons(shown)]


def test_a_mistake_is_voided_with_its_reason_and_the_list_shows_both(
    screen: Screen,
    press: Press,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    shown = screen()
    assert texts(shown) == ["Send goods back", "Void"]
    for part in ("*GRN-1*", "DN-7", "8 pcs accepted, 2 pcs rejected (Torn)", "Rex Receiver"):
        assert part in str(shown["blocks"]), part
    form = press(shown, "Void")
    assert list(send(payloads.submit(form, {}, user="U-rec"))["errors"]) == ["reason"]
    sent = payloads.submit(form, {"reason": "Counted the wrong pallet"}, user="U-rec")
    sent["view"]["previous_view_id"] = "V-LIST"
    assert "voided by GRN-2026-000002" in str(send(sent)["view"])
    redrawn = next(a for a in slack.of("views.update") if a["view_id"] == "V-LIST")["view"]
    assert texts(redrawn) == []
    assert "goods, voided" in str(redrawn)
    assert "Counted the wrong pallet" in str(redrawn)
    assert row(transactions, PurchaseOrderLine, f"{PO}/1").received == 0


def test_goods_go_back_filled_with_what_was_rejected(
    screen: Screen, press: Press, send: Send, payloads: Payloads, transactions: SqlTransactions
) -> None:
    form = press(screen(), "Send goods back")
    initial = {b["block_id"]: b["element"].get("initial_value") for b in form["blocks"]
               if b["type"] == "input"}  # fmt: skip
    assert initial[f"rejected:{PO}/1"] == "2"
    assert initial[f"accepted:{PO}/1"] is None
    too_much = {"reason": "Torn", f"rejected:{PO}/1": "3"}
    answer = send(payloads.submit(form, too_much, user="U-rec"))
    assert "enter at most 2" in answer["errors"][f"rejected:{PO}/1"]
    send(payloads.submit(form, {"reason": "Torn", "expected": "credit"}, user="U-rec"))
    back = [r for r in rows(transactions, Receipt) if r.kind is ReceiptKind.RETURN]
    assert [(r.note, r.for_credit) for r in back] == [("Torn", True)]
    line = row(transactions, PurchaseOrderLine, f"{PO}/1")
    assert (line.received, line.accepted) == (Decimal(8), Decimal(8))


def test_what_has_gone_back_since_can_not_be_voided_and_a_stale_button_says_why(
    screen: Screen, press: Press, send: Send, payloads: Payloads, transactions: SqlTransactions
) -> None:
    shown = screen()
    form = press(shown, "Void")
    back = press(shown, "Send goods back")
    send(payloads.submit(back, {"reason": "Torn"}, user="U-rec"))
    assert texts(screen()) == ["Send goods back", "Void"], "only the return may be voided"
    answer = send(payloads.submit(form, {"reason": "Wrong pallet"}, user="U-rec"))
    assert "void that return first" in str(answer["errors"])
    states = {r.number: r.state for r in rows(transactions, Receipt)}
    assert states == dict.fromkeys(("GRN-2026-000001", "GRN-2026-000002"), ReceiptState.POSTED)


def test_without_the_right_there_is_no_button_and_a_borrowed_one_is_refused(
    screen: Screen, send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    assert texts(screen("U-tess")) == []
    send(payloads.click(Action.RECEIPT_RETURN, Target(id=PO).pack(), user="U-tess"))
    assert "do not have the right to return goods" in slack.posted_hooks[-1]["text"]
