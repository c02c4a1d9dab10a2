"""``/po``: the lists, one order with the buttons its state allows, its forms, and the queue."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.ids import Action, Callback, SlashCommand
from bot.metadata import Target
from slack_sandbox.blockkit import validate_message
from tests.factories.jobs import Company, Do, row, rows
from tests.factories.shop import Shop, asked, open_shop
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.approvals import Approval
from wopo.domain.part_requests import LineState, PartRequestLine
from wopo.domain.purchase_orders import (
    DeliverySchedule,
    OrderCharge,
    OrderState,
    PurchaseOrder,
    PurchaseOrderLine,
)
from wopo.usecases.approvals import ApproveOrder
from wopo.usecases.purchase_orders import SubmitOrder

Json = dict[str, Any]
Send = Callable[[Json], Json]
RECEIVE = {"U-rec": True, "U-tess": False, "U-app": False, "U-bea": False, "U-tom": False}
"""Who may receive it: Tess asked for more than requesters may receive, Abe approved it."""


@pytest.fixture
def shop(do: Do, company: Company) -> Shop:
    return open_shop(do, company)


@pytest.fixture
def order(do: Do, company: Company, shop: Shop, transactions: SqlTransactions) -> str:
    """A draft for 25 seals, 312.50 EUR at Grainger; its id."""
    asked(do, company, shop, shop.seal, 30)
    return rows(transactions, PurchaseOrder)[0].id


@pytest.fixture
def po(send: Send, payloads: Payloads) -> Callable[..., Json]:
    """``po(text, user)``: the answer to ``/po``, checked as Slack would."""

    def run(text: str = "", user: str = "U-bea") -> Json:
        answer = send(payloads.command(SlashCommand.PO, text, user=user))
        assert answer["response_type"] == "ephemeral"
        assert list(validate_message(answer)) == []
        return answer

    return run


def labels(blocks: list[Json]) -> list[str]:
    return [e["text"]["text"] for b in blocks if b["type"] == "actions" for e in b["elements"]]


def approve(do: Do, company: Company, order: str, transactions: SqlTransactions) -> None:
    """Send the draft for approval and approve it."""

    do(SubmitOrder(order_id=order), by=company.bea)
    approval = rows(transactions, Approval, purchase_order_id=order)[-1]
    do(
        ApproveOrder(
            approval_id=approval.id,
            revision=approval.revision,
            content_hash=approval.content_hash,
        ),
        by=company.app,
    )


def inputs(view: Json) -> dict[str, Json]:
    return {b["block_id"]: b for b in view["blocks"] if b["type"] == "input"}


def test_a_draft_shows_what_may_be_done_with_it(order: str, po: Callable[..., Json]) -> None:
    answer = po("1")
    assert answer["text"].startswith("PO-1 · Grainger · 312.50 EUR · WO-1 Feed pump · draft")
    assert labels(answer["blocks"]) == [
        "Send for approval", "Edit", "Cancel order", "Already delivered or billed", "Details",
    ]  # fmt: skip
    assert "over-250" not in answer["text"]
    assert "250" in str(answer["blocks"])


def test_without_the_right_there_are_no_figures_and_no_buttons(
    order: str, po: Callable[..., Json]
) -> None:
    answer = po("PO-1", user="U-tom")
    assert "312.50" not in str(answer)
    assert labels(answer["blocks"]) == ["Details"]


def test_the_requester_may_send_it_and_the_buyer_issue_it(
    do: Do,
    company: Company,
    order: str,
    po: Callable[..., Json],
    send: Send,
    payloads: Payloads,
    transactions: SqlTransactions,
) -> None:
    assert "Send for approval" in labels(po("1", user="U-tess")["blocks"])
    target = Target(id=order).pack()
    send(payloads.click(Action.ORDER_SUBMIT, target, user="U-tess"))
    assert row(transactions, PurchaseOrder, order).state is OrderState.PENDING_APPROVAL
    assert "Abe Approver" in str(po("1")["blocks"])


def test_issue_promise_and_close_short(
    do: Do,
    company: Company,
    order: str,
    po: Callable[..., Json],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    approve(do, company, order, transactions)
    target = Target(id=order).pack()
    assert labels(po("1")["blocks"])[0] == "Issue to vendor"
    send(payloads.click(Action.ORDER_ISSUE, target, user="U-bea"))
    assert row(transactions, PurchaseOrder, order).state is OrderState.ISSUED
    may = {user: "Receive" in labels(po("1", user=user)["blocks"]) for user in RECEIVE}
    assert may == RECEIVE
    send(payloads.click(Action.ORDER_RECEIVE, target, user="U-rec"))
    assert slack.view()["callback_id"] == Callback.RECEIVE
    send(payloads.click(Action.ORDER_PROMISE, target, user="U-bea"))
    form = slack.view()
    answer = send(payloads.submit(form, {}, user="U-bea", view_id="V2"))
    assert "backorder" in answer["errors"]["promised_on"]
    answer = send(payloads.submit(form, {"promised_on": "2020-01-01"}, user="U-bea", view_id="V3"))
    assert "past" in answer["errors"]["promised_on"]
    send(payloads.submit(form, {"promised_on": "2026-03-20"}, user="U-bea", view_id="V4"))
    line = rows(transactions, PurchaseOrderLine)[0]
    assert str(line.promised_on) == "2026-03-20"
    assert "20 Mar 2026" in str(po("open")["blocks"]).replace("Mar 20, 2026", "20 Mar 2026")
    send(payloads.click(Action.ORDER_CLOSE_SHORT, target, user="U-bea"))
    send(payloads.submit(slack.view(), {"reason": "Vendor stopped"}, user="U-bea", view_id="V5"))
    assert rows(transactions, PurchaseOrderLine)[0].closed_short


def test_cancelling_needs_a_reason(
    order: str,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    send(payloads.click(Action.ORDER_CANCEL, Target(id=order).pack(), user="U-bea"))
    answer = send(payloads.submit(slack.view(), {}, user="U-bea", view_id="V2"))
    assert "reason" in answer["errors"]
    send(payloads.submit(slack.view(), {"reason": "Found some"}, user="U-bea", view_id="V3"))
    assert row(transactions, PurchaseOrder, order).state is OrderState.CANCELLED


def turn(send: Send, payloads: Payloads, slack: RecordingSlack, page: str) -> Json:
    """Another page of the form that is shown."""
    body = payloads.click_in_view(Action.ORDER_CHANGE_PAGE, "", slack.view(), user="U-bea")
    body["actions"][0] |= {"type": "static_select", "selected_option": {"value": page}}
    send(body)
    return slack.view()


def named(view: Json, **values: Any) -> Json:
    """Values by the block ids of this page."""
    ids = {name.partition("@")[0]: name for name in inputs(view)}
    return {ids[name]: value for name, value in values.items()}


def test_every_page_of_a_draft_is_edited_with_at_most_six_inputs(
    do: Do,
    company: Company,
    order: str,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    pages: dict[str, Json] = {
        "terms": {"payment_terms": "30 days", "order_date": "2026-03-02"},
        "kind": {"service_frequency": "monthly", "valid_to": "2026-12-31"},
        "amounts": {
            "discount": "2.50",
            "discount_label": "Spring",
            "charges": "FREIGHT 12.00 road",
        },
        "what": {"quantity": "26", "unit_price": "12.4", "vendor_item": "X-1"},
        "price": {"tax_percent": "19", "tax_code": "DE19", "discount": "1"},
        "whom": {"match_policy": "3-way", "receiver_id": company.rec},
        "dates": {"schedule": "2026-03-20 20\n2026-03-27 6"},
    }
    for number, (page, values) in enumerate(pages.items()):
        send(payloads.click(Action.ORDER_CHANGE, Target(id=order).pack(), user="U-bea"))
        view = turn(send, payloads, slack, page)
        assert len(inputs(view)) <= 6, page
        body = payloads.submit(view, named(view, **values), user="U-bea", view_id=f"W{number}")
        assert send(body).get("response_action") == "update", page
    found = row(transactions, PurchaseOrder, order)
    line = rows(transactions, PurchaseOrderLine)[0]
    assert (found.payment_terms, found.discount_minor, found.discount_label) == (
        "30 days", 250, "Spring",
    )  # fmt: skip
    assert [(c.code, c.amount_minor, c.label) for c in rows(transactions, OrderCharge)] == [
        ("FREIGHT", 1200, "road")
    ]
    assert (str(line.quantity), str(line.unit_price), line.vendor_item) == ("26", "12.4", "X-1")
    assert (str(line.tax_percent), line.tax_code, line.discount_minor) == ("19", "DE19", 100)
    assert (line.match_policy, line.receiver_id) == ("3-way", company.rec)
    planned = rows(transactions, DeliverySchedule, order="due_on")
    assert [str(part.quantity) for part in planned] == ["20", "6"]


def test_details_show_every_field_that_was_entered(
    do: Do, company: Company, order: str, send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    send(payloads.click(Action.ORDER_CHANGE, Target(id=order).pack(), user="U-bea"))
    view = turn(send, payloads, slack, "amounts")
    values = named(view, discount="2.50", discount_label="Spring", charges="FREIGHT 12.00 road")
    send(payloads.submit(view, values, user="U-bea"))
    send(payloads.click(Action.ORDER_DETAILS, Target(id=order).pack(), user="U-bea"))
    shown = str(slack.view()["blocks"])
    for text in ("Spring", "road", "12.00 EUR", "322.00 EUR", "C-7", "PR-1 line 1", "14 days",
                 "WO-1 Pump leaks", "Operations", "12.5", "draft"):  # fmt: skip
        assert text in shown, text
    send(payloads.click(Action.ORDER_DETAILS, Target(id=order).pack(), user="U-tom"))
    hidden = str(slack.view()["blocks"])
    assert "322.00" not in hidden
    assert "12.5" not in hidden


@pytest.mark.parametrize(
    ("page", "field", "typed", "said"),
    [
        ("what", "quantity", "-1", "more than zero"),
        ("what", "unit_price", "1.234,56", "1,234.56"),
        ("amounts", "charges", "FREIGHT", "FREIGHT 12.00"),
        ("amounts", "currency", "XXX1", "currency"),
        ("dates", "schedule", "soon 5", "2026-03-31 5"),
        ("dates", "schedule", "2026-03-20 1", "add up"),
        ("dates", "schedule", "2020-03-20 25", "past"),
    ],
)
def test_what_is_wrong_stands_at_its_input_and_nothing_changes(
    order: str,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
    page: str,
    field: str,
    typed: str,
    said: str,
) -> None:
    before = row(transactions, PurchaseOrder, order).version
    send(payloads.click(Action.ORDER_CHANGE, Target(id=order).pack(), user="U-bea"))
    view = turn(send, payloads, slack, page)
    answer = send(payloads.submit(view, named(view, **{field: typed}), user="U-bea"))
    assert answer["response_action"] == "errors"
    ((place, sentence),) = answer["errors"].items()
    assert place.startswith(f"{field}@{page}")
    assert said in sentence
    assert row(transactions, PurchaseOrder, order).version == before


def test_two_people_cannot_undo_each_other(
    order: str,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    send(payloads.click(Action.ORDER_CHANGE, Target(id=order).pack(), user="U-bea"))
    view = slack.view()
    send(payloads.submit(view, named(view, quantity="26"), user="U-bea", view_id="V1"))
    answer = send(payloads.submit(view, named(view, quantity="27"), user="U-ann", view_id="V2"))
    assert "somebody else" in str(answer["errors"])
    assert str(rows(transactions, PurchaseOrderLine)[0].quantity) == "26"


def test_a_change_of_an_approved_order_says_why_and_waits_again(
    do: Do,
    company: Company,
    order: str,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    approve(do, company, order, transactions)
    send(payloads.click(Action.ORDER_CHANGE, Target(id=order).pack(), user="U-bea"))
    view = slack.view()
    answer = send(payloads.submit(view, named(view, quantity="26"), user="U-bea", view_id="V1"))
    assert "reason" in answer["errors"]
    values = named(view, quantity="26", reason="One more pump")
    send(payloads.submit(view, values, user="U-bea", view_id="V2"))
    assert row(transactions, PurchaseOrder, order).state is OrderState.PENDING_APPROVAL


def test_a_line_is_added_from_the_catalogue_and_taken_off_again(
    order: str,
    shop: Shop,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    send(payloads.click(Action.ORDER_CHANGE, Target(id=order).pack(), user="U-bea"))
    view = turn(send, payloads, slack, "new")
    values = named(view, part_id=shop.belt, quantity="2", unit_price="8")
    send(payloads.submit(view, values, user="U-bea", view_id="V1"))
    added = rows(transactions, PurchaseOrderLine, order="position")[-1]
    assert (added.description, added.unit, str(added.unit_price)) == ("Belt", "pcs", "8")
    send(payloads.click(Action.ORDER_CHANGE, Target(id=order).pack(), user="U-bea"))
    turn(send, payloads, slack, "dates")
    body = payloads.click_in_view(Action.ORDER_CHANGE_LINE, "", slack.view(), user="U-bea")
    body["actions"][0] |= {"type": "static_select", "selected_option": {"value": added.id}}
    send(body)
    view = slack.view()
    send(payloads.submit(view, named(view, remove=["yes"]), user="U-bea", view_id="V2"))
    assert row(transactions, PurchaseOrderLine, added.id).cancelled


def test_the_queue_gets_a_vendor_and_a_price(
    do: Do,
    company: Company,
    shop: Shop,
    po: Callable[..., Json],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    line = asked(do, company, shop, shop.belt, 4)
    assert "no agreed price" in str(po("queue")["blocks"])
    assert "Belt" in str(po("")["blocks"])
    send(payloads.click(Action.PART_SOURCE, Target(id=line).pack(), user="U-bea"))
    form = slack.view()
    assert inputs(form)["vendor_id"]["element"]["initial_option"]["text"]["text"] == "Acme (ACM)"
    answer = send(payloads.submit(form, {}, user="U-bea", view_id="V1"))
    assert "price" in answer["errors"]["unit_price"]
    send(payloads.submit(form, {"unit_price": "9.90"}, user="U-bea", view_id="V2"))
    assert row(transactions, PartRequestLine, line).state is LineState.IN_APPROVAL


def test_a_need_is_split_over_two_vendors(
    do: Do,
    company: Company,
    shop: Shop,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    line = asked(do, company, shop, shop.belt, 4)
    send(payloads.click(Action.PART_SOURCE, Target(id=line).pack(), user="U-bea"))
    form = slack.view()
    values: Json = {"unit_price": "9", "quantity": "3", "submit": []}
    answer = send(payloads.submit(form, values, user="U-bea", view_id="V1"))
    assert "rest" in answer["errors"]["other_vendor_id"]
    values |= {"other_vendor_id": shop.grainger, "other_price": "8"}
    send(payloads.submit(form, values, user="U-bea", view_id="V2"))
    found = rows(transactions, PurchaseOrderLine)
    assert sorted(str(one.quantity) for one in found) == ["1", "3"]


def test_a_wrong_number_offers_the_nearest_and_the_lists(
    order: str, po: Callable[..., Json], send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    answer = po("PO-11")
    assert "There is no purchase order PO-11" in answer["text"]
    assert labels(answer["blocks"])[0] == "PO-2026-000001"
    assert "Open orders" in labels(answer["blocks"])
    send(payloads.click(Action.ORDER_SHOW, "PO-2026-000001", user="U-bea"))
    assert slack.posted_hooks[-1]["text"].startswith("PO-1 · Grainger")
    send(payloads.click(Action.ORDER_LIST, "open", user="U-bea"))
    assert "PO-1" in str(slack.posted_hooks[-1]["blocks"])


def test_home_shows_a_buyer_what_to_do_next(
    do: Do, company: Company, shop: Shop, order: str, send: Send, payloads: Payloads,
    slack: RecordingSlack,
) -> None:  # fmt: skip
    asked(do, company, shop, shop.belt, 4)
    send(payloads.event({"type": "app_home_opened", "user": "U-bea", "tab": "home"}))
    home = str(slack.view()["blocks"])
    assert "Needs to buy" in home
    assert "Orders to send on" in home
    assert slack.view()["type"] == "home"


def test_details_are_drawn_anew_after_a_form_over_them(
    order: str, send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    send(payloads.click(Action.ORDER_DETAILS, Target(id=order).pack(), user="U-bea"))
    details = slack.view()
    body = payloads.click_in_view(
        Action.ORDER_CANCEL, Target(id=order).pack(), details, user="U-bea"
    )
    send(body)
    body = payloads.submit(slack.view(), {"reason": "No"}, user="U-bea", view_id="V2")
    body["view"]["previous_view_id"] = "V1"
    send(body)
    drawn = [v for v in slack.of("views.update") if v["view_id"] == "V1"][-1]["view"]
    assert drawn["callback_id"] == Callback.ORDER_DETAILS
    assert "cancelled" in str(drawn["blocks"])


def test_an_order_for_stock_is_drafted_by_hand_and_shown(
    company: Company,
    shop: Shop,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    send(payloads.command(SlashCommand.PO, "new", user="U-bea"))
    form = slack.view()
    assert len(inputs(form)) == 6
    values = {
        "vendor_id": shop.acme,
        "part_id": shop.belt,
        "quantity": "4",
        "unit_price": "9.90",
        "cost_centre_id": company.ops,
        "ship_to_id": shop.store,
    }
    refused = send(payloads.submit(form, values, user="U-tess", view_id="V1"))
    assert "do not have the right" in str(refused["errors"])
    answer = send(payloads.submit(form, values, user="U-bea", view_id="V2"))
    assert answer["view"]["callback_id"] == Callback.ORDER_DETAILS
    assert "39.60 EUR" in str(answer["view"]["blocks"])
    assert rows(transactions, PurchaseOrder)[0].without_job
