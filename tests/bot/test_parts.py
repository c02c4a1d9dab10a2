"""Requesting parts from a phone: the form, what happens next, several lines, and the store."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.ids import Action, Callback, Options, Shortcut, SlashCommand
from bot.metadata import Target
from bot.modals.parts import deciders_text
from tests.factories.jobs import Company, Do, row, rows, started_job
from tests.factories.shop import Shop, asked, open_shop
from tests.payloads import Payloads
from tests.slack import RecordingSlack, Trouble
from wopo.db.uow import SqlTransactions
from wopo.domain.part_requests import LineState, PartRequest, PartRequestLine
from wopo.domain.purchase_orders import OrderState, PurchaseOrder
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.views.need_deciders import Deciders

Json = dict[str, Any]
Send = Callable[[Json], Json]


@pytest.fixture
def shop(do: Do, company: Company) -> Shop:
    return open_shop(do, company)


@pytest.fixture
def form(shop: Shop, send: Send, slack: RecordingSlack, payloads: Payloads) -> Callable[..., Json]:
    """``form(text, user)``: what ``/parts`` opens."""

    def run(text: str = "WO-1", user: str = "U-tess") -> Json:
        send(payloads.command(SlashCommand.PARTS, text, user=user))
        return slack.of("views.open")[-1]["view"]  # type: ignore[no-any-return]

    return run


def chosen(payloads: Payloads, view: Json, part: str, quantity: str, user: str = "U-tess") -> Json:
    """A part was chosen in the form, with a quantity typed."""
    body = payloads.click_in_view(Options.PART, "", view, user=user)
    option = {"text": {"type": "plain_text", "text": "x"}, "value": part}
    body["actions"][0] |= {"type": "external_select", "selected_option": option}
    values = body["view"]["state"]["values"]
    for block in view["blocks"]:
        if block["type"] == "input":
            name = block["block_id"].partition(".")[0]
            state = {"part_id": {"selected_option": option}, "quantity": {"value": quantity}}
            element = block["element"]["action_id"]
            values[block["block_id"]] = {element: state.get(name, {})}
    return body


def inputs(view: Json) -> dict[str, Json]:
    return {b["block_id"]: b["element"] for b in view["blocks"] if b["type"] == "input"}


def test_the_form_for_a_job_has_five_inputs_and_without_a_job_asks_for_it(
    form: Callable[..., Json],
) -> None:
    view = form()
    assert "WO-1 Pump leaks" in str(view["blocks"][0])
    assert list(inputs(view)) == ["part_id", "description", "service", "quantity", "needed_by"]
    assert inputs(view)["part_id"]["min_query_length"] == 1
    typed = inputs(view)["quantity"]["dispatch_action_config"]
    assert typed == {"trigger_actions_on": ["on_character_entered"]}, "phones have no Enter here"
    assert next(iter(inputs(form("")))) == "work_order_id"


def test_what_happens_next_is_said_before_it_is_sent(
    form: Callable[..., Json],
    shop: Shop,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
) -> None:
    view = form()
    send(chosen(payloads, view, shop.seal, "2"))
    assert "From stock: ready now (2 pcs, Store)" in str(slack.view()["blocks"])
    send(chosen(payloads, view, shop.seal, "30"))
    text = str(slack.view()["blocks"])
    assert "25 pcs: Needs a purchase order (rule “over-250”)" in text
    assert "On contract C-7 with Grainger" in text
    assert "Approver: Abe Approver" in text
    assert "312.50" not in text
    send(chosen(payloads, view, shop.belt, "1"))
    assert "procurement chooses vendor and price first (preferred: Acme)" in str(slack.view())


def test_deciders_are_told_step_by_step() -> None:
    def told(*steps: tuple[tuple[str, ...], ...]) -> str:
        return deciders_text(Deciders(steps))

    assert told((("Mia",),), (("Fay",), ("Abe", "Ben"))) == "Mia, then Fay and Abe or Ben"
    assert told((("Mia",),), (("Mia",),), (("Abe",),)) == "Mia, then Abe", "one click makes both"
    assert told(((),)) == "nobody has the authority yet; finance is told"


def test_of_two_quick_choices_the_later_one_stays_on_the_screen(
    form: Callable[..., Json],
    shop: Shop,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
) -> None:
    """Both carry the hash of the form as it was opened, so Slack refuses to draw the second."""
    view = form()
    earlier, later = (chosen(payloads, view, shop.seal, quantity) for quantity in ("2", "30"))
    earlier["actions"][0]["action_ts"], later["actions"][0]["action_ts"] = "1.1", "1.2"
    slack.trouble("views.update", Trouble(error="hash_conflict"))
    send(later)
    assert "25 pcs: Needs a purchase order" in str(slack.view()["blocks"])
    drawn = len(slack.of("views.update"))
    assert drawn == 2
    slack.trouble("views.update", Trouble(error="hash_conflict"))
    send(earlier)
    assert len(slack.of("views.update")) == drawn + 1, "drawn over the later one's answer"


def test_figures_are_shown_to_those_with_the_right(
    form: Callable[..., Json],
    shop: Shop,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
) -> None:
    send(chosen(payloads, form(user="U-sue"), shop.seal, "30", user="U-sue"))
    assert "312.50 EUR" in str(slack.view()["blocks"])


def test_sending_takes_stock_first_and_asks_approval_for_the_rest(
    form: Callable[..., Json],
    shop: Shop,
    send: Send,
    payloads: Payloads,
    deliver: Callable[[], int],
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    values = {"part_id": shop.seal, "quantity": "7", "needed_by": "2026-03-09"}
    answer = send(payloads.submit(form(), values, user="U-tess"))
    assert answer["response_action"] == "update"
    assert "PR-1 is sent" in str(answer["view"]["blocks"])
    assert "5 reserved: ready now, 2 in approval (PO-1)" in str(answer["view"]["blocks"])
    assert rows(transactions, PurchaseOrder)[0].state is OrderState.PENDING_APPROVAL
    deliver()
    assert slack.messages["DU-app"][0]["text"] == (
        "PO-1 · Grainger · 25.00 EUR · WO-1 Feed pump · needs you"
    )
    assert "25.00" not in str(slack.messages["C1"])


def test_add_another_keeps_the_line_and_clears_the_inputs(
    form: Callable[..., Json],
    shop: Shop,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    body = chosen(payloads, form(), shop.seal, "2")
    body["actions"][0] = {
        "type": "button", "action_id": Action.PARTS_ADD_ANOTHER, "block_id": "b", "value": "add",
        "action_ts": "9.9",
    }  # fmt: skip
    send(body)
    second = slack.view()
    assert "1. 2 pcs Seal" in str(second["blocks"])
    assert next(iter(inputs(second))) == "part_id.1"
    values = {"description.1": "Grease", "quantity.1": "0.5 kg"}
    send(payloads.submit(second, values, user="U-tess"))
    found = rows(transactions, PartRequestLine, order="position")
    assert [(line.description, str(line.quantity), line.unit) for line in found] == [
        ("Seal", "2", "pcs"),
        ("Grease", "0.5", "kg"),
    ]
    assert [line.state for line in found] == [LineState.RESERVED, LineState.TO_BUY]


def test_add_another_with_something_wrong_says_so_and_keeps_what_was_typed(
    form: Callable[..., Json],
    shop: Shop,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
) -> None:
    body = chosen(payloads, form(), shop.seal, "-3")
    body["actions"][0]["action_id"] = Action.PARTS_ADD_ANOTHER
    send(body)
    view = slack.view()
    assert "more than zero" in str(view["blocks"][0])
    assert next(iter(inputs(view))) == "part_id"


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"quantity": "2"}, "part_id", "Choose a part, or write"),
        ({"description": "Grease", "quantity": "-3"}, "quantity", "more than zero"),
        ({"description": "Grease", "quantity": "NaN"}, "quantity", "NaN"),
        ({"description": "Grease", "quantity": "1e30"}, "quantity", "1e30"),
        (
            {"description": "Grease", "quantity": "2", "needed_by": "2020-01-01"},
            "needed_by",
            "past",
        ),
    ],
)
def test_a_refusal_stands_at_its_input(
    form: Callable[..., Json],
    send: Send,
    payloads: Payloads,
    transactions: SqlTransactions,
    values: Json,
    field: str,
    said: str,
) -> None:
    answer = send(payloads.submit(form(), values, user="U-tess"))
    assert answer["response_action"] == "errors"
    assert said in answer["errors"][field]
    assert rows(transactions, PartRequest) == []


def test_somebody_who_does_not_work_on_it_is_refused_and_nothing_is_asked(
    form: Callable[..., Json], shop: Shop, send: Send, payloads: Payloads,
    transactions: SqlTransactions,
) -> None:  # fmt: skip
    values = {"part_id": shop.seal, "quantity": "1"}
    answer = send(payloads.submit(form(user="U-tom"), values, user="U-tom"))
    assert "Tess Technician" in str(answer["errors"])
    assert rows(transactions, PartRequest) == []


def test_the_shortcut_and_the_button_open_the_same_form(
    shop: Shop, send: Send, payloads: Payloads, slack: RecordingSlack, deliver: Callable[[], int]
) -> None:
    send(payloads.shortcut(Shortcut.REQUEST_PART, user="U-tess"))
    assert slack.view()["callback_id"] == Callback.REQUEST_PARTS
    deliver()
    card = slack.messages["C1"][0]
    buttons = {
        e["text"]["text"]: e
        for b in card["blocks"]
        if b["type"] == "actions"
        for e in b["elements"]
    }
    clicked = buttons["Request parts"]
    send(payloads.click(clicked["action_id"], clicked["value"], user="U-tess"))
    assert "WO-1 Pump leaks" in str(slack.view()["blocks"][0])


def test_a_wrong_number_is_answered_with_my_jobs(
    shop: Shop, send: Send, payloads: Payloads
) -> None:
    answer = send(payloads.command(SlashCommand.PARTS, "WO-99", user="U-tess"))
    assert "There is no work order WO-99" in answer["text"]
    assert "Parts for WO-1" in str(answer["blocks"])


def test_parts_are_found_by_name_with_the_recent_ones_first(
    do: Do, company: Company, shop: Shop, send: Send, payloads: Payloads
) -> None:
    asked(do, company, shop, shop.seal, 1)
    found = send(payloads.options(Options.PART, "l", user="U-tess"))["options"]
    assert [o["text"]["text"] for o in found] == ["Seal (P-100)", "Belt (P-200)"]
    jobs = send(payloads.options(Options.JOB, "pump", user="U-tess"))["options"]
    assert [o["text"]["text"] for o in jobs] == ["WO-1 Pump leaks"]


def test_reserved_parts_are_handed_out_and_given_back_from_the_list(
    do: Do,
    company: Company,
    shop: Shop,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    line = asked(do, company, shop, shop.seal, 2)
    answer = send(payloads.command(SlashCommand.PARTS, "list WO-1", user="U-rec"))
    assert "Hand out" in str(answer["blocks"])
    assert "Request parts" not in str(answer["blocks"])
    send(payloads.click(Action.PART_ISSUE, Target(id=line).pack(), user="U-rec"))
    assert row(transactions, PartRequestLine, line).state is LineState.ISSUED
    send(payloads.click(Action.PART_RETURN, Target(id=line).pack(), user="U-tess"))
    assert inputs(slack.view())["quantity"]["initial_value"] == "2"
    answer = send(payloads.submit(slack.view(), {"quantity": "3"}, user="U-tess", view_id="V7"))
    assert "quantity" in answer["errors"]
    send(payloads.submit(slack.view(), {"quantity": "1"}, user="U-tess", view_id="V8"))
    assert str(row(transactions, PartRequestLine, line).returned) == "1"


def test_a_need_is_taken_back(
    do: Do,
    company: Company,
    shop: Shop,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    line = asked(do, company, shop, shop.seal, 2)
    send(payloads.click(Action.PART_CANCEL, Target(id=line).pack(), user="U-tess"))
    send(payloads.submit(slack.view(), {"reason": "found one"}, user="U-tess"))
    assert row(transactions, PartRequestLine, line).state is LineState.CANCELLED


def test_a_jobs_details_lead_to_its_parts_once_there_are_some(
    do: Do,
    company: Company,
    shop: Shop,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
) -> None:
    send(payloads.click(Action.JOB_DETAILS, Target(id=shop.job).pack(), user="U-tess"))
    assert Action.PARTS_SHOW not in str(slack.view()["blocks"])
    asked(do, company, shop, shop.seal, 2)
    send(payloads.click(Action.JOB_DETAILS, Target(id=shop.job).pack(), user="U-tess"))
    details = slack.view()
    (found,) = [
        e
        for b in details["blocks"]
        if b["type"] == "actions"
        for e in b["elements"]
        if e["action_id"] == Action.PARTS_SHOW
    ]
    send(payloads.click_in_view(Action.PARTS_SHOW, found["value"], details, user="U-tess"))
    assert slack.of("views.push")[-1]["view"]["callback_id"] == Callback.PART_LINES
    assert "Seal" in str(slack.view()["blocks"])


def test_sending_the_form_leaves_another_jobs_draft_alone(
    do: Do,
    company: Company,
    shop: Shop,
    form: Callable[..., Json],
    send: Send,
    payloads: Payloads,
    transactions: SqlTransactions,
) -> None:
    asked(do, company, shop, shop.seal, 30)
    other = started_job(do, company)
    number = row(transactions, WorkOrder, other).number
    send(payloads.submit(form(number), {"part_id": shop.seal, "quantity": "4"}, user="U-tess"))
    drafts = {order.number: order.state for order in rows(transactions, PurchaseOrder)}
    assert list(drafts.values()) == [OrderState.DRAFT, OrderState.PENDING_APPROVAL]
