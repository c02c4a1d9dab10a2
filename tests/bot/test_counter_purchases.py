"""``/po counter`` on a phone: two taps to a number, who decides above the cap, and the photo."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.ids import Action, Callback, SlashCommand
from bot.metadata import Target
from tests.conftest import TestClock
from tests.factories.jobs import Company, Do, row, rows
from tests.factories.shop import Shop, open_shop
from tests.payloads import Payloads, shown
from tests.slack import TEAM, RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval
from wopo.domain.attachments import Attachment
from wopo.domain.outbox import PostedCard
from wopo.domain.purchase_orders import OrderState, Progress, PurchaseOrder
from wopo.usecases.approvals import ApproveOrder

Json = dict[str, Any]
Send = Callable[[Json], Json]
PHOTO = {"id": "F1", "name": "till.jpg", "mimetype": "image/jpeg", "size": 1000, "mode": "hosted"}


@pytest.fixture
def shop(do: Do, company: Company) -> Shop:
    return open_shop(do, company)


@pytest.fixture
def form(shop: Shop, send: Send, slack: RecordingSlack, payloads: Payloads) -> Callable[..., Json]:
    """``form(text)``: what ``/po counter`` opens for Tess."""

    def run(text: str = "counter", user: str = "U-tess") -> Json:
        assert send(payloads.command(SlashCommand.PO, text, user=user)) == {}
        return slack.of("views.open")[-1]["view"]  # type: ignore[no-any-return]

    return run


@pytest.fixture
def told(deliver: Callable[[], int], clock: TestClock) -> Callable[[], None]:
    """``told()``: everything is carried out, whatever has to wait its turn in a channel too."""

    def run() -> None:
        while deliver():
            clock.forward(seconds=2)

    return run


@pytest.fixture
def bought(
    form: Callable[..., Json], shop: Shop, send: Send, payloads: Payloads
) -> Callable[..., Json]:
    """``bought("40")``: the screen after the form was sent."""

    def run(amount: str = "40", **more: Any) -> Json:
        values = {"vendor_id": shop.grainger, "amount": amount, "description": "Hose", **more}
        answer = send(payloads.submit(form(), values, user="U-tess"))
        assert answer["response_action"] == "update", answer
        return answer["view"]  # type: ignore[no-any-return]

    return run


@pytest.fixture
def dm(send: Send, payloads: Payloads) -> Callable[..., None]:
    """``dm(...)``: Tess sends the bot a picture."""

    def run(text: str = "", user: str = "U-tess", **more: Any) -> None:
        event = {
            "type": "message", "subtype": "file_share", "channel_type": "im", "channel": "D1",
            "ts": "9.1", "user": user, "team": TEAM, "text": text, "files": [PHOTO], **more,
        }  # fmt: skip
        send(payloads.event(event))

    return run


def large(view: Json) -> str:
    return str(next(b for b in view["blocks"] if b["type"] == "header")["text"]["text"])


def test_the_form_knows_the_job_and_says_what_happens_next(form: Callable[..., Json]) -> None:
    view = form()
    inputs = {b["block_id"]: b["element"] for b in view["blocks"] if b["type"] == "input"}
    assert list(inputs) == ["work_order_id", "vendor_id", "amount", "description", "files"]
    assert inputs["work_order_id"]["initial_option"]["text"]["text"] == "WO-1 Pump leaks"
    assert "up to 100.00 EUR a day you get the number at once" in str(view["blocks"])
    assert form("counter 1")["blocks"][0] == view["blocks"][0]


def test_the_number_stands_large_and_the_threads_name_no_costs(
    bought: Callable[..., Json],
    told: Callable[[], None],
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    view = bought()
    assert large(view) == "PO-1"
    assert "Say this number in the shop" in str(view["blocks"])
    (order,) = rows(transactions, PurchaseOrder)
    assert order.state is OrderState.ISSUED
    told()
    posted = slack.of("chat.postMessage")
    assert any("PO-1 is bought at Grainger's counter by Tess" in p["text"] for p in posted)
    assert [p for p in posted if "40" in str(p.get("blocks")) + p["text"]] == []
    (card,) = rows(transactions, PostedCard, card="counter")
    assert card.subject_id == order.id


def test_what_is_wrong_stands_at_its_input(
    form: Callable[..., Json], shop: Shop, send: Send, payloads: Payloads
) -> None:
    values = {"vendor_id": shop.grainger, "amount": "forty", "description": ""}
    answer = send(payloads.submit(form(), values, user="U-tess"))
    assert sorted(answer["errors"]) == ["amount", "description"]


def test_above_the_cap_it_says_who_decides_and_the_number_comes_with_the_approval(
    bought: Callable[..., Json],
    company: Company,
    do: Do,
    told: Callable[[], None],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    view = bought("100")
    assert large(view) == "PO-1"
    waiting = bought("60")
    assert large(waiting) == "PO-2 waits: buy nothing yet"
    assert "Decides: Abe Approver" in str(waiting["blocks"])
    told()
    (asked,) = rows(transactions, Approval, state="waiting")
    command = ApproveOrder(approval_id=asked.id, revision=1, content_hash=asked.content_hash)
    do(command, by=company.app)
    open_view = shown(waiting, "V9")
    target = Target(id=asked.purchase_order_id).pack()
    send(payloads.click_in_view(Action.COUNTER_LOOK, target, open_view, user="U-tess"))
    assert slack.of("views.update")[-1]["view_id"] == "V9"
    assert large(slack.view()) == "PO-2"
    told()
    texts = [p["text"] for p in slack.of("chat.postMessage")]
    assert "PO-2 is approved by Abe Approver: say this number at Grainger's counter." in texts
    assert any("PO-2" in p["text"] and "waits" not in p["text"] for p in slack.of("chat.update"))


def test_the_photo_by_the_button_closes_it(
    bought: Callable[..., Json],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    screen = shown(bought(), "V9")
    (order,) = rows(transactions, PurchaseOrder)
    target = Target(id=order.id).pack()
    send(payloads.click_in_view(Action.COUNTER_RECEIPT, target, screen, user="U-tess"))
    upload = slack.of("views.push")[-1]["view"]
    assert upload["callback_id"] == Callback.TILL_RECEIPT
    answer = send(payloads.submit(upload, {"files": [PHOTO]}, user="U-tess"))
    assert "complete" in str(answer["view"]["blocks"])
    assert row(transactions, PurchaseOrder, order.id).receipt_progress is Progress.FULL
    assert "till receipt missing" not in str(slack.of("views.publish")[-1])


def test_a_photo_sent_to_the_bot_finds_the_only_purchase_that_waits(
    bought: Callable[..., Json],
    dm: Callable[..., None],
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    bought()
    assert "till receipt missing" in str(slack.of("views.publish")[-1])
    dm()
    assert "till receipt of PO-1 is complete" in slack.of("chat.postMessage")[-1]["text"]
    assert rows(transactions, PurchaseOrder)[0].receipt_progress is Progress.FULL
    dm()
    assert "till receipt" not in slack.of("chat.postMessage")[-1]["text"], "no purchase waits now"


@pytest.mark.parametrize("how", ["thread", "words", "button", "job"])
def test_of_several_purchases_the_photo_goes_to_the_one_that_was_meant(
    how: str,
    bought: Callable[..., Json],
    dm: Callable[..., None],
    told: Callable[[], None],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    bought("10")
    bought("11")
    told()
    second = rows(transactions, PurchaseOrder, number="PO-2026-000002")[0]
    if how == "thread":
        (card,) = rows(transactions, PostedCard, card="counter", subject_id=second.id)
        dm(channel=card.channel, thread_ts=card.ts)
    elif how == "job":
        (card,) = rows(transactions, PostedCard, card="work_order")
        dm("po-2", channel=card.channel, channel_type="channel", thread_ts=card.ts)
        assert slack.of("chat.postMessage")[-1]["thread_ts"] == card.ts
    elif how == "words":
        dm("receipt of po-2")
    else:
        dm()
        asked = slack.of("chat.postMessage")[-1]
        choices = [b["elements"][0] for b in asked["blocks"] if b["type"] == "actions"]
        meant = next(e for e in choices if "PO-2" in e["text"]["text"])
        send(payloads.click(Action.COUNTER_PHOTO, meant["value"], user="U-tess"))
    (photo,) = rows(transactions, Attachment)
    assert photo.subject_id == second.id
