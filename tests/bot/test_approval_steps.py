"""Several decisions about one order: the card and ``/wopo why`` show all of them."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.courier import Courier
from bot.ids import Action, SlashCommand
from tests.conftest import TestClock
from tests.factories.jobs import Company, Do, rows
from tests.factories.shop import asked, open_shop
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.delegations import Delegation, Source
from wopo.domain.people import Role
from wopo.domain.purchase_orders import OrderState, PurchaseOrder
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.domain.vendors import Vendor
from wopo.domain.work_orders import WorkOrder
from wopo.domain.work_requests import Priority
from wopo.usecases.cost_centres import SetCostCentreOwner
from wopo.usecases.delegations import Delegate
from wopo.usecases.labour import EnterLabour
from wopo.usecases.on_call_reviews import AskReviews
from wopo.usecases.order_changes import ReviseOrder
from wopo.usecases.order_documents import load_order
from wopo.usecases.people import SavePerson
from wopo.usecases.purchasing_policy import ImportPolicy

Json = dict[str, Any]
Send = Callable[[Json], Json]


@pytest.fixture
def waiting(do: Do, company: Company, clock: TestClock, courier: Courier) -> Callable[[], None]:
    """Tess asked for 30 seals: Max, who owns the cost centre, and Fia decide before Abe."""
    shop = open_shop(do, company)
    do(SetCostCentreOwner(cost_centre="OPS", person="max"))
    rule = {"name": "plant", "steps": [["owner", "role finance"], "authority"]}
    document = PolicyDocument.model_validate({"title": "Ours", "approval": {"rules": [rule]}})
    do(ImportPolicy(document=document))
    asked(do, company, shop, shop.seal, 30, submit=True)

    def deliver() -> None:
        handled = 1
        while handled:
            clock.forward(seconds=5)
            handled = sum(1 for _ in iter(courier.deliver_next, False))

    deliver()
    return deliver


def approve(slack: RecordingSlack, send: Send, payloads: Payloads, who: str) -> None:
    card = next(m for m in slack.messages[f"DU-{who}"] if m["text"].startswith("PO-1 "))
    value = next(
        e["value"]
        for b in card["blocks"]
        if b["type"] == "actions"
        for e in b["elements"]
        if e["action_id"] == Action.ORDER_APPROVE
    )
    send(payloads.click(Action.ORDER_APPROVE, value, user=f"U-{who}", channel=f"DU-{who}"))


def test_the_card_shows_whose_turn_it_is_and_the_last_click_approves(
    waiting: Callable[[], None],
    slack: RecordingSlack,
    send: Send,
    payloads: Payloads,
    transactions: SqlTransactions,
) -> None:
    card = str(slack.messages["DU-fin"][-1]["blocks"])
    assert "*Who approves* (rule “plant”)" in card
    assert "1. finance: Fia Finance, asked now" in card
    assert "2. authority for the amount: Abe Approver, then" in card
    assert "DU-app" not in slack.messages
    approve(slack, send, payloads, "fin")
    waiting()
    assert rows(transactions, PurchaseOrder)[0].state is OrderState.PENDING_APPROVAL
    approve(slack, send, payloads, "max")
    waiting()
    assert rows(transactions, PurchaseOrder)[0].state is OrderState.APPROVED
    shown = str(slack.messages["DU-max"])
    assert "1. owner of Operations: Max Manager, approved" in shown
    assert "2. authority for the amount: Max Manager, approved" in shown
    why = str(send(payloads.command(SlashCommand.WOPO, "why PO-1", user="U-fin")))
    assert "step 2 · authority for the amount · approved on" in why


def test_a_stand_in_reads_for_whom_and_until_when_and_so_does_the_ending(
    waiting: Callable[[], None],
    do: Do,
    company: Company,
    slack: RecordingSlack,
    send: Send,
    payloads: Payloads,
    clock: TestClock,
) -> None:
    today = clock().date()
    away = Delegate(to_id=company.sue, starts=today, ends=today + timedelta(days=4))
    do(away, by=company.fin)
    waiting()
    card = str(slack.messages["DU-sue"][-1]["blocks"])
    assert "*You decide for*\\nFia Finance until Friday" in card
    approve(slack, send, payloads, "sue")
    waiting()
    ended = slack.messages["DU-sue"][-1]
    assert "by Sue Supervisor for Fia Finance until Friday" in ended["text"]
    assert "Approved by Sue Supervisor for Fia Finance until Friday" in str(ended["blocks"])


def test_a_stand_in_is_named_on_a_form_and_ended_there(
    waiting: Callable[[], None],
    company: Company,
    slack: RecordingSlack,
    send: Send,
    payloads: Payloads,
    transactions: SqlTransactions,
    clock: TestClock,
) -> None:
    send(payloads.command(SlashCommand.WOPO, "delegate", user="U-fin"))
    form = slack.view()
    days = {"starts": "2026-03-02", "ends": "2026-03-06"}
    wrong = send(payloads.submit(form, {"to_id": company.fin, **days}, user="U-fin"))
    assert "Nobody stands in for themselves" in wrong["errors"]["to_id"]
    late = send(
        payloads.submit(form, {"to_id": company.bea, "starts": days["starts"]}, user="U-fin")
    )
    assert late["errors"] == {"ends": "Choose a day. Nothing was changed."}
    done = str(send(payloads.submit(form, {"to_id": company.bea, **days}, user="U-fin")))
    assert "Bea Buyer decides for Fia Finance from 02 Mar to 06 Mar 2026." in done
    waiting()
    assert "You decide about orders for Fia Finance" in str(slack.messages["DU-bea"])
    send(payloads.command(SlashCommand.WOPO, "delegate", user="U-fin"))
    shown = slack.view()
    assert "*Bea Buyer* decides for you" in str(shown["blocks"])
    send(payloads.click_in_view(Action.ABSENCE, "absence", shown, user="U-fin"))
    away = send(payloads.submit(slack.view(), {"away_to_id": company.bea}, user="U-fin"))
    assert "Do Not Disturb says that you are away, Bea Buyer decides" in str(away)
    end = next(b["accessory"]["value"] for b in shown["blocks"] if "accessory" in b)
    send(payloads.click_in_view(Action.DELEGATION_END, end, shown, user="U-fin"))
    (row,) = rows(transactions, Delegation)
    assert row.ended_at is not None
    at = int(clock().timestamp())
    days = {"dnd_enabled": True, "next_dnd_start_ts": at, "next_dnd_end_ts": at + 2 * 86_400}
    paused = {"type": "dnd_updated_user", "user": "U-fin", "dnd_status": days}
    assert send(payloads.event(paused)) == {}
    over = {"dnd_enabled": False, "next_dnd_start_ts": 1, "next_dnd_end_ts": 1}
    (_, row) = rows(transactions, Delegation)
    assert (row.to_id, row.source, row.ended_at) == (company.bea, Source.DO_NOT_DISTURB, None)
    send(payloads.event({**paused, "dnd_status": over}))
    assert rows(transactions, Delegation)[1].ended_at is not None


def test_the_card_shows_what_decides_and_what_a_change_changes(
    waiting: Callable[[], None],
    do: Do,
    company: Company,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    """The machine's cost this year, the vendor's standing, and old -> new with the vendor first."""
    job = rows(transactions, WorkOrder)[0]
    do(EnterLabour(work_order_id=job.id, hours=Decimal(2), day=date(2026, 3, 2)), by=company.tess)
    order = rows(transactions, PurchaseOrder)[0]
    with transactions.read() as uow:
        found = uow.get(PurchaseOrder, order.id)
        assert found is not None
        now = load_order(uow, found).content()
        acme = uow.find(Vendor, code="ACM")
        assert acme is not None
    line = now.lines[0].model_copy(update={"quantity": Decimal(20)})
    changed = now.model_copy(update={"vendor_id": acme.id, "lines": (line,)})
    do(ReviseOrder(order_id=order.id, content=changed, reason="cheaper"), by=company.bea)
    waiting()
    card = str(slack.messages["DU-fin"][-1]["blocks"])
    for text in (
        "*What changes*",
        ":warning: *another* vendor Grainger -&gt; Acme",
        "Seal: quantity 25 -&gt; 20",
        "*Vendor*\\nApproved, nothing came within a year",
        "this year*\\n",
    ):
        assert text in card, text


def test_an_emergency_at_night_from_being_set_on_call_to_its_review(
    waiting: Callable[[], None],
    do: Do,
    company: Company,
    slack: RecordingSlack,
    send: Send,
    payloads: Payloads,
    transactions: SqlTransactions,
    clock: TestClock,
) -> None:
    with transactions.write() as uow:
        for job in uow.all(WorkOrder):
            job.priority = Priority.EMERGENCY
        uow.commit()
    do(SavePerson(code="tom", roles=frozenset({Role.TECHNICIAN, Role.SUPERVISOR})))
    send(payloads.command(SlashCommand.WOPO, "oncall", user="U-sue"))
    form = slack.view()
    days = {"starts": "2026-03-02", "ends": "2026-03-06"}
    who = {"person_id": company.tom, "site_id": company.north, **days}
    wrong = send(payloads.submit(form, {**who, "cap": "much"}, user="U-sue"))
    assert "cap" in wrong["errors"]
    done = str(send(payloads.submit(form, {**who, "cap": "400"}, user="U-sue")))
    assert "Tom Technician is on call for North works" in done
    waiting()
    approve(slack, send, payloads, "tom")
    waiting()
    assert rows(transactions, PurchaseOrder)[0].state is OrderState.APPROVED
    clock.forward(days=1)
    do(AskReviews())
    waiting()
    review = slack.messages["DU-fin"][-1]
    assert review["text"] == "PO-1 · Grainger · 312.50 EUR · WO-1 Feed pump · review it"
    buttons = {e["action_id"]: e["value"] for b in review["blocks"] if b["type"] == "actions"
               for e in b["elements"]}  # fmt: skip
    click = payloads.click(
        Action.REVIEW_OBJECT, buttons[Action.REVIEW_OBJECT], user="U-fin", channel="DU-fin"
    )
    send(click)
    send(payloads.submit(slack.view(), {"note": "Stock had some"}, user="U-fin"))
    waiting()
    assert "Fia Finance objects" in str(slack.messages["DU-fin"])
    assert "objects to the approval on call of PO-1: Stock had some" in str(
        slack.messages["DU-tom"]
    )
    agree = next(
        e["value"]
        for m in slack.messages["DU-app"]
        for b in m["blocks"]
        if b["type"] == "actions"
        for e in b["elements"]
        if e["action_id"] == Action.REVIEW_AGREE
    )
    send(payloads.click(Action.REVIEW_AGREE, agree, user="U-app", channel="DU-app"))
    waiting()
    assert "Abe Approver agrees" in str(slack.messages["DU-app"])
