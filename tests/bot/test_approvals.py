"""The approval card: enough to decide on, one tap, and every copy rewritten."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.courier import Courier
from bot.ids import Action, Callback, SlashCommand
from bot.metadata import Target
from tests.conftest import TestClock
from tests.factories.jobs import Company, Do, row, rows
from tests.factories.shop import Shop, asked, open_shop
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.audit import AuditEntry
from wopo.domain.budgets import Budget
from wopo.domain.people import Role
from wopo.domain.purchase_orders import OrderState, PurchaseOrder
from wopo.usecases.budgets import SetBudget
from wopo.usecases.people import SavePerson, SetAuthority
from wopo.usecases.settings import ChangeCompanySettings

Json = dict[str, Any]
Send = Callable[[Json], Json]
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def shop(do: Do, company: Company) -> Shop:
    """The shop, with a second approver of the same limit (``ann``) and a budget of 2,000 EUR."""
    made = open_shop(do, company)
    roles = frozenset({Role.ADMIN, Role.APPROVER})
    do(SavePerson(code="ann", name="Ann Admin", roles=roles))
    do(SetAuthority(person="ann", amount=Decimal(1000), currency="EUR", valid_from=YEAR[0]))
    do(SetBudget(cost_centre="OPS", starts=YEAR[0], ends=YEAR[1], amount=Decimal(2000)))
    return made


@pytest.fixture
def deliver(courier: Courier, clock: TestClock) -> Callable[[], int]:
    """Carry everything, also what has to keep Slack's pace of one message a second."""

    def run() -> int:
        handled, last = 0, 1
        while last:
            clock.forward(seconds=5)
            last = 0
            while courier.deliver_next():
                last += 1
            handled += last
        return handled

    return run


@pytest.fixture
def waiting(do: Do, company: Company, shop: Shop, deliver: Callable[[], int]) -> str:
    """Tess asked for 30 seals; 25 of them, 312.50 EUR, wait for approval: the order's id."""
    asked(do, company, shop, shop.seal, 30, submit=True)
    deliver()
    return "PO-1"


def card(slack: RecordingSlack, who: str = "app") -> Json:
    """The approval card in somebody's DM."""
    return next(m for m in slack.messages[f"DU-{who}"] if m["text"].startswith("PO-"))


def buttons(message: Json) -> dict[str, Json]:
    return {
        e["action_id"]: e
        for b in message["blocks"]
        if b["type"] == "actions"
        for e in b["elements"]
    }


def state(transactions: SqlTransactions) -> OrderState:
    return rows(transactions, PurchaseOrder)[0].state


def test_the_card_has_all_that_is_needed_to_decide(waiting: str, slack: RecordingSlack) -> None:
    shown = card(slack)
    assert shown["text"] == "PO-1 · Grainger · 312.50 EUR · WO-1 Feed pump · needs you"
    blocks = str(shown["blocks"])
    for text in (
        "312.50 EUR",
        "Grainger",
        "WO-1 Feed pump",
        "Tess Technician",
        "More than 250 EUR needs an approved purchase order",
        "over-250",
        "25 pcs *Seal* at 12.5",
        "contract C-7: 12.50, as agreed",
        "Budget OPS after this*\\n1,687.50 EUR",
    ):
        assert text in blocks, text
    assert [b["text"]["text"] for b in buttons(shown).values()] == [
        "Approve", "Reject", "Ask", "Details",
    ]  # fmt: skip
    assert "confirm" not in buttons(shown)[Action.ORDER_APPROVE]


def test_what_was_split_is_decided_by_its_sum_and_the_card_lists_the_others(
    do: Do,
    company: Company,
    shop: Shop,
    waiting: str,
    slack: RecordingSlack,
    deliver: Callable[[], int],
) -> None:
    asked(do, company, shop, shop.seal, 60, submit=True)
    deliver()
    shown = card(slack, "max")
    assert shown["text"] == "PO-2 · Grainger · 750.00 EUR · WO-1 Feed pump · needs you"
    said = (
        "*Decided by the sum, 1,062.50 EUR:* with PO-1 (312.50 EUR); the same vendor within 7 days"
    )
    assert said in str(shown["blocks"])


def test_a_button_carries_an_id_a_revision_and_a_hash_only(
    waiting: str, slack: RecordingSlack, transactions: SqlTransactions
) -> None:
    approval = rows(transactions, Approval)[0]
    value = Target.parse(buttons(card(slack))[Action.ORDER_APPROVE]["value"])
    assert (value.id, value.rev, value.seen) == (approval.id, 1, approval.content_hash)


def test_a_price_above_the_contract_is_flagged_with_the_last_price(
    do: Do,
    company: Company,
    shop: Shop,
    waiting: str,
    deliver: Callable[[], int],
    slack: RecordingSlack,
    send: Send,
    payloads: Payloads,
) -> None:
    value = buttons(card(slack))[Action.ORDER_APPROVE]["value"]
    send(payloads.click(Action.ORDER_APPROVE, value, user="U-app", channel="DU-app"))
    line = asked(do, company, shop, shop.seal, 10)
    send(payloads.click(Action.PART_SOURCE, Target(id=line).pack(), user="U-bea"))
    send(payloads.submit(slack.view(), {"unit_price": "15"}, user="U-bea"))
    deliver()
    second = next(m for m in slack.messages["DU-app"] if m["text"].startswith("PO-3"))
    blocks = str(second["blocks"])
    assert "12.50, 20 % above" in blocks
    assert "last paid 12.50 EUR" in blocks
    assert "also open on PO-1" in blocks


def test_above_the_set_amount_approve_asks_once_more(
    do: Do, company: Company, shop: Shop, deliver: Callable[[], int], slack: RecordingSlack
) -> None:
    do(ChangeCompanySettings(changes={"confirm_approval_above_minor": 30_000}))
    asked(do, company, shop, shop.seal, 30, submit=True)
    deliver()
    confirm = buttons(card(slack))[Action.ORDER_APPROVE]["confirm"]
    assert confirm["text"]["text"] == "PO-1 at Grainger: 312.50 EUR."


def test_one_tap_approves_and_every_copy_is_rewritten(
    waiting: str,
    deliver: Callable[[], int],
    slack: RecordingSlack,
    send: Send,
    payloads: Payloads,
    transactions: SqlTransactions,
) -> None:
    value = buttons(card(slack))[Action.ORDER_APPROVE]["value"]
    send(payloads.click(Action.ORDER_APPROVE, value, user="U-app", channel="DU-app"))
    assert state(transactions) is OrderState.APPROVED
    deliver()
    for who in ("app", "ann"):
        shown = card(slack, who)
        assert "Approved by Abe Approver" in str(shown["blocks"])
        assert Action.ORDER_APPROVE not in buttons(shown)
    thread = [m["text"] for m in slack.messages["C1"] if m.get("thread_ts")]
    assert any("PO-1 is approved by Abe Approver" in text for text in thread)
    assert "312.50" not in str(slack.messages["C1"])


def test_a_later_click_hears_what_happened_and_changes_nothing(
    waiting: str,
    slack: RecordingSlack,
    send: Send,
    payloads: Payloads,
    transactions: SqlTransactions,
) -> None:
    value = buttons(card(slack))[Action.ORDER_APPROVE]["value"]
    send(payloads.click(Action.ORDER_APPROVE, value, user="U-app", channel="DU-app"))
    before = len(rows(transactions, AuditEntry))
    for who, said in (("app", "already approved by you"), ("ann", "Abe Approver approved PO-1")):
        send(payloads.click(Action.ORDER_APPROVE, value, user=f"U-{who}", channel=f"DU-{who}"))
        told = slack.posted_hooks[-1]
        assert said in told["text"]
        assert (told["response_type"], told["replace_original"]) == ("ephemeral", False)
    assert len(rows(transactions, AuditEntry)) == before


def test_a_card_of_an_older_revision_is_refused_with_both_totals(
    do: Do,
    company: Company,
    waiting: str,
    deliver: Callable[[], int],
    slack: RecordingSlack,
    send: Send,
    payloads: Payloads,
    transactions: SqlTransactions,
) -> None:
    value = buttons(card(slack))[Action.ORDER_APPROVE]["value"]
    order = rows(transactions, PurchaseOrder)[0]
    send(payloads.click(Action.ORDER_CHANGE, Target(id=order.id).pack(), user="U-bea"))
    view = slack.view()
    ids = {b["block_id"].partition("@")[0]: b["block_id"] for b in view["blocks"] if "element" in b}
    values = {ids["quantity"]: "26", ids["reason"]: "One more"}
    assert send(payloads.submit(view, values, user="U-bea"))["response_action"] == "update"
    send(payloads.click(Action.ORDER_APPROVE, value, user="U-app", channel="DU-app"))
    assert "312.50 EUR -&gt; 325.00 EUR" in slack.posted_hooks[-1]["text"]
    assert state(transactions) is OrderState.PENDING_APPROVAL
    deliver()
    first, second = (m for m in slack.messages["DU-app"] if m["text"].startswith("PO-1"))
    assert "no longer asked for" in first["text"]
    assert second["text"] == "PO-1 · Grainger · 325.00 EUR · WO-1 Feed pump · needs you"
    assert "One more" in str(second["blocks"])


def test_rejecting_asks_for_a_reason_that_whoever_asked_reads(
    waiting: str,
    deliver: Callable[[], int],
    slack: RecordingSlack,
    send: Send,
    payloads: Payloads,
    transactions: SqlTransactions,
) -> None:
    value = buttons(card(slack))[Action.ORDER_REJECT]["value"]
    send(payloads.click(Action.ORDER_REJECT, value, user="U-app", channel="DU-app"))
    form = slack.view()
    assert form["callback_id"] == Callback.REJECT_ORDER
    answer = send(payloads.submit(form, {"pick": "other"}, user="U-app", view_id="V1"))
    assert "reason" in answer["errors"]
    values = {"pick": "other", "reason": "We have some in Harbour"}
    send(payloads.submit(form, values, user="U-app", view_id="V2"))
    assert state(transactions) is OrderState.REJECTED
    deliver()
    assert "Rejected by Abe Approver" in str(card(slack, "ann")["blocks"])
    assert "We have some in Harbour" in str(slack.messages["DU-tess"])
    assert "Harbour" not in str(slack.messages["C1"])


def test_a_question_waits_for_its_answer_and_the_card_comes_back_with_it(
    waiting: str,
    deliver: Callable[[], int],
    slack: RecordingSlack,
    send: Send,
    payloads: Payloads,
    transactions: SqlTransactions,
) -> None:
    value = buttons(card(slack))[Action.ORDER_ASK]["value"]
    send(payloads.click(Action.ORDER_ASK, value, user="U-app", channel="DU-app"))
    values = {"pick": "other", "question": "Why thirty?"}
    send(payloads.submit(slack.view(), values, user="U-app", view_id="V1"))
    first = rows(transactions, Approval)[0]
    assert first.state is ApprovalState.RETURNED
    deliver()
    question = slack.messages["DU-tess"][-1]
    assert question["text"] == "PO-1 waits: Abe Approver asks: Why thirty?"
    asks = buttons(question)[Action.ORDER_ANSWER]
    shown = send(payloads.command(SlashCommand.PO, "1", user="U-tess"))
    assert Action.ORDER_ANSWER in buttons(shown)
    send(payloads.click(Action.ORDER_ANSWER, asks["value"], user="U-tess"))
    send(payloads.submit(slack.view(), {"answer": "All pumps"}, user="U-tess", view_id="V2"))
    deliver()
    answered = [m for m in slack.messages["DU-tess"] if "Why thirty?" in str(m)]
    assert [m["text"] for m in answered] == ["PO-1: Answered: All pumps"]
    assert Action.ORDER_ANSWER not in buttons(answered[0])
    send(payloads.click(Action.ORDER_ANSWER, asks["value"], user="U-tess", channel="DU-tess"))
    assert "Answered: All pumps" in slack.posted_hooks[-1]["text"]
    assert row(transactions, Approval, first.id).state is ApprovalState.VOID
    again = [m for m in slack.messages["DU-app"] if "needs you" in m["text"]][-1]
    assert "Why thirty?" in str(again["blocks"])
    assert "All pumps" in str(again["blocks"])
    assert "actions" in [b["type"] for b in again["blocks"]]


def test_home_shows_what_waits_first_and_takes_the_decision(
    waiting: str,
    slack: RecordingSlack,
    send: Send,
    payloads: Payloads,
    transactions: SqlTransactions,
) -> None:
    send(payloads.event({"type": "app_home_opened", "user": "U-app", "tab": "home"}))
    home = slack.view()
    assert home["blocks"][0]["text"]["text"] == "Orders wait for you"
    approve = buttons(home)[Action.ORDER_APPROVE]
    send(payloads.click_in_view(Action.ORDER_APPROVE, approve["value"], home, user="U-app"))
    assert state(transactions) is OrderState.APPROVED
    assert "Orders wait for you" not in str(slack.view())


def test_who_was_not_asked_can_decide_nothing(
    waiting: str,
    slack: RecordingSlack,
    send: Send,
    payloads: Payloads,
    transactions: SqlTransactions,
) -> None:
    value = buttons(card(slack))[Action.ORDER_APPROVE]["value"]
    send(payloads.click(Action.ORDER_APPROVE, value, user="U-tess"))
    assert "someone else must approve" in slack.posted_hooks[-1]["text"]
    send(payloads.click(Action.ORDER_APPROVE, value, user="U-fin"))
    assert "cannot approve" in slack.posted_hooks[-1]["text"]
    assert state(transactions) is OrderState.PENDING_APPROVAL


def test_a_limit_that_shrank_decides_nothing_and_says_whom_it_waits_for(
    do: Do,
    waiting: str,
    slack: RecordingSlack,
    send: Send,
    payloads: Payloads,
    clock: Any,
    transactions: SqlTransactions,
) -> None:
    start = clock().date()
    do(SetAuthority(person="app", amount=Decimal(10), currency="EUR", valid_from=start))
    value = buttons(card(slack))[Action.ORDER_APPROVE]["value"]
    send(payloads.click(Action.ORDER_APPROVE, value, user="U-app", channel="DU-app"))
    assert "Ann Admin" in slack.posted_hooks[-1]["text"]
    assert state(transactions) is OrderState.PENDING_APPROVAL


def test_the_budget_is_only_shown_never_moved_by_looking(
    waiting: str, transactions: SqlTransactions
) -> None:
    assert rows(transactions, Budget)[0].committed_minor == 0


def test_a_decision_is_handed_on_from_details_and_the_old_cards_say_so(
    waiting: str,
    company: Company,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    deliver: Callable[[], int],
    transactions: SqlTransactions,
) -> None:
    details = buttons(card(slack))[Action.ORDER_DETAILS]["value"]
    send(payloads.click(Action.ORDER_DETAILS, details, user="U-app"))
    screen = slack.view()
    value = buttons(screen)[Action.ORDER_HAND_ON]["value"]
    send(payloads.click_in_view(Action.ORDER_HAND_ON, value, screen, user="U-app"))
    form = slack.of("views.push")[-1]["view"]
    people = next(b for b in form["blocks"] if b.get("block_id") == "person_id")
    names = [o["text"]["text"] for o in people["element"]["options"]]
    assert names == ["Ann Admin", "Max Manager"]
    values = {"person_id": company.max, "reason": "On leave"}
    assert send(payloads.submit(form, values, user="U-app")) == {}
    deliver()
    assert Action.ORDER_APPROVE not in buttons(card(slack))
    assert "handed on by Abe Approver" in card(slack, "ann")["text"]
    new = card(slack, "max")
    assert "Abe Approver: On leave" in str(new["blocks"])
    send(
        payloads.click(
            Action.ORDER_APPROVE, buttons(new)[Action.ORDER_APPROVE]["value"], user="U-max"
        )
    )
    assert state(transactions) is OrderState.APPROVED
    send(payloads.click(Action.ORDER_DETAILS, details, user="U-bea"))
    assert Action.ORDER_HAND_ON not in buttons(slack.view())
