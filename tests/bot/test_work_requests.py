"""Reporting work from a phone: the form, the shortcuts, and the supervisor's review card."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.ids import Action, Callback, Options, Shortcut, SlashCommand
from bot.metadata import Target
from tests.factories.jobs import Company, row, rows
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.attachments import Attachment
from wopo.domain.audit import AuditEntry
from wopo.domain.work_orders import WorkOrder, WorkOrderState
from wopo.domain.work_requests import WorkRequest, WorkRequestState

Json = dict[str, Any]
Send = Callable[[Json], Json]


@pytest.fixture
def form(
    company: Company, send: Send, slack: RecordingSlack, payloads: Payloads
) -> Callable[..., Json]:
    """``form(user)``: what ``/wo`` opens for this user."""

    def run(user: str = "U-tess", text: str = "") -> Json:
        send(payloads.command(SlashCommand.WO, text, user=user))
        return slack.of("views.open")[-1]["view"]  # type: ignore[no-any-return]

    return run


@pytest.fixture
def report(
    form: Callable[..., Json], send: Send, payloads: Payloads, company: Company
) -> Callable[..., Json]:
    """``report(title=...)``: open the form and send it; Slack's answer."""

    def run(user: str = "U-tess", **values: Any) -> Json:
        values = {"title": "Pump leaks", "location_id": company.boiler_room, **values}
        return send(payloads.submit(form(user), values, user=user))

    return run


def texts(view: Json) -> str:
    return str(view["blocks"])


def test_the_form_opens_at_once_with_six_inputs_and_says_what_happens_next(
    form: Callable[..., Json],
) -> None:
    view = form("U-sue", "new Pump leaks")
    assert view["callback_id"] == Callback.NEW_WORK
    inputs = {b["block_id"]: b["element"] for b in view["blocks"] if b["type"] == "input"}
    assert len(inputs) == 6
    assert inputs["title"]["initial_value"] == "Pump leaks"
    assert inputs["location_id"]["initial_option"]["text"]["text"] == "North works"
    assert "you supervise North works" in texts(view)


def test_choosing_another_place_tells_what_happens_there(
    form: Callable[..., Json],
    send: Send,
    payloads: Payloads,
    company: Company,
    slack: RecordingSlack,
) -> None:
    view = form()
    assert "choose a place" in texts(view)
    for place, said in (
        (company.boiler_room, "Max Manager or Sue Supervisor decides"),
        (company.harbour, "joins the queue of Harbour"),
    ):
        body = payloads.click_in_view(Options.LOCATION, "", view, user="U-tess")
        body["actions"][0] |= {
            "type": "external_select",
            "block_id": "location_id",
            "selected_option": {"value": place},
        }
        send(body)
        updated = slack.of("views.update")[-1]
        assert updated["hash"] == "h"
        assert said in texts(updated["view"])


def test_more_fields_come_on_request(
    form: Callable[..., Json], send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    send(payloads.click_in_view(Action.MORE_FIELDS, "more", form(), user="U-tess"))
    names = {b.get("block_id") for b in slack.view()["blocks"]}
    assert {"required_by", "exact_spot", "client_id", "requester_id", "department"} <= names


def test_on_a_reviewed_site_the_supervisor_gets_the_card(
    report: Callable[..., Json],
    deliver: Callable[[], int],
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    answer = report(explanation="Water on the <!channel> floor")
    assert answer["response_action"] == "update"
    assert "the supervisor decides" in str(answer["view"]["blocks"])
    request = rows(transactions, WorkRequest)[0]
    assert (request.state, request.title) == (WorkRequestState.NEW, "Pump leaks")
    deliver()
    card = slack.messages["DU-sue"][0]
    assert card["text"] == (
        "WR-1 · Pump leaks · North works › Boiler room · Tess Technician asks · needs your decision"
    )
    body = next(b for b in card["blocks"] if b.get("text", {}).get("type") == "plain_text")
    assert body["text"]["text"] == "Water on the <!channel> floor"


def test_on_a_first_come_site_it_is_a_job_with_a_card_at_once(
    report: Callable[..., Json],
    company: Company,
    deliver: Callable[[], int],
    slack: RecordingSlack,
) -> None:
    answer = report(location_id=company.harbour)
    assert "WO-1" in answer["view"]["title"]["text"]
    deliver()
    card = slack.messages["C2"][0]
    assert card["text"].startswith("WO-1 · Pump leaks · Harbour · approved")
    buttons = [
        e["text"]["text"] for b in card["blocks"] if b["type"] == "actions" for e in b["elements"]
    ]
    assert buttons == ["Take it", "Request parts", "Details"]


def test_photos_of_the_form_go_along(
    report: Callable[..., Json], transactions: SqlTransactions
) -> None:
    photo = {"id": "F1", "name": "leak.jpg", "mimetype": "image/jpeg", "size": 348221}
    report(files=[photo | {"mode": "hosted", "is_external": False}])
    kept = rows(transactions, Attachment)
    assert [(a.name, a.slack_file_id, a.size) for a in kept] == [("leak.jpg", "F1", 348221)]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ({"size": 500_000_000, "mimetype": "image/jpeg"}, "too large"),
        ({"size": 10, "mimetype": "image/svg+xml"}, "not taken"),
        ({"size": 10, "mimetype": "image/png", "mode": "external"}, "does not lie in Slack"),
    ],
)
def test_a_file_that_is_not_taken_is_refused_at_its_input(
    report: Callable[..., Json], transactions: SqlTransactions, file: Json, said: str
) -> None:
    answer = report(files=[{"id": "F1", "name": "x", **file}])
    assert answer["response_action"] == "errors"
    assert said in answer["errors"]["files"]
    assert rows(transactions, WorkRequest) == []


def test_a_refusal_of_the_use_case_appears_at_the_field(
    form: Callable[..., Json], send: Send, payloads: Payloads, company: Company, slack: Any
) -> None:
    send(payloads.click_in_view(Action.MORE_FIELDS, "more", form(), user="U-tess"))
    values = {"title": "x", "location_id": company.harbour, "required_by": "2020-01-01"}
    answer = send(payloads.submit(slack.view(), values, user="U-tess"))
    assert answer["response_action"] == "errors"
    assert "2020-01-01 is over" in answer["errors"]["required_by"]


def test_without_place_and_machine_the_form_says_so(
    report: Callable[..., Json], transactions: SqlTransactions
) -> None:
    answer = report(location_id=None)
    assert list(answer["errors"]) == ["location_id"]
    assert rows(transactions, WorkRequest) == []


def test_the_same_form_delivered_a_hundred_times_is_one_request(
    form: Callable[..., Json],
    send: Send,
    payloads: Payloads,
    company: Company,
    transactions: SqlTransactions,
) -> None:
    body = payloads.submit(
        form(), {"title": "Pump leaks", "location_id": company.harbour}, user="U-tess"
    )
    answers = [send(body) for _ in range(90)]
    assert all(answer == answers[0] for answer in answers)
    assert len(rows(transactions, WorkRequest)) == 1


def test_a_message_becomes_a_job_with_its_text_and_photos(
    company: Company,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    message = {
        "ts": "1700000000.000100",
        "text": "Crane squeaks\nSince this morning",
        "files": [{"id": "F9", "name": "crane.png", "mimetype": "image/png", "size": 9}],
    }
    send(payloads.message_shortcut(Shortcut.MAKE_WORK_ORDER, message, user="U-tom"))
    view = slack.view()
    inputs = {b["block_id"]: b["element"] for b in view["blocks"] if b["type"] == "input"}
    assert inputs["title"]["initial_value"] == "Crane squeaks"
    assert inputs["explanation"]["initial_value"] == "Crane squeaks\nSince this morning"
    send(payloads.submit(view, {"location_id": company.harbour}, user="U-tom"))
    request = rows(transactions, WorkRequest)[0]
    assert (request.source_channel, request.source_ts) == ("C1", "1700000000.000100")
    assert {a.slack_file_id for a in rows(transactions, Attachment)} == {"F9"}


def test_the_same_message_twice_asks_once_and_then_goes_on(
    company: Company,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    message = {"ts": "1700000000.000100", "text": "Crane squeaks"}

    def sent(view: Json, view_id: str, **values: Any) -> Json:
        values = {"location_id": company.harbour, **values}
        return send(payloads.submit(view, values, user="U-tom", view_id=view_id))

    for view_id in ("V1", "V2"):
        send(payloads.message_shortcut(Shortcut.MAKE_WORK_ORDER, message, user="U-tom"))
        answer = sent(slack.view(), view_id)
    assert answer["response_action"] == "update"
    again = answer["view"]
    assert again["blocks"][0]["text"]["text"].startswith("WR-2026-000001 was already made")
    assert len(rows(transactions, WorkRequest)) == 1
    sent(again, "V2", acknowledged=["same_message"])
    assert len(rows(transactions, WorkRequest)) == 2


def test_the_problem_shortcut_opens_the_same_form(
    company: Company, send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    send(payloads.shortcut(Shortcut.REPORT_PROBLEM, user="U-rob"))
    assert slack.view()["callback_id"] == Callback.NEW_WORK


def review(slack: RecordingSlack, who: str = "sue") -> dict[str, str]:
    """The buttons of the review card in somebody's DM: action -> value."""
    card = slack.messages[f"DU-{who}"][0]
    return {
        e["action_id"]: e["value"]
        for b in card["blocks"]
        if b["type"] == "actions"
        for e in b["elements"]
    }


def test_one_tap_approves_and_every_copy_is_rewritten(
    report: Callable[..., Json],
    deliver: Callable[[], int],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    report()
    deliver()
    value = review(slack)[Action.REQUEST_APPROVE]
    send(payloads.click(Action.REQUEST_APPROVE, value, user="U-sue", channel="DU-sue"))
    deliver()
    assert rows(transactions, WorkOrder)[0].state is WorkOrderState.APPROVED
    for who in ("sue", "max"):
        card = slack.messages[f"DU-{who}"][0]
        assert "Approved by Sue Supervisor" in str(card["blocks"])
        assert "actions" not in [b["type"] for b in card["blocks"]]
    assert slack.messages["C1"][0]["text"].startswith("WO-1 · Pump leaks")
    assert "is approved" in slack.messages["DU-tess"][0]["text"]


def test_the_second_supervisor_hears_who_was_first_and_nothing_changes(
    report: Callable[..., Json],
    deliver: Callable[[], int],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    report()
    deliver()
    value = review(slack)[Action.REQUEST_APPROVE]
    send(payloads.click(Action.REQUEST_APPROVE, value, user="U-max", channel="DU-max"))
    before = len(rows(transactions, AuditEntry))
    send(payloads.click(Action.REQUEST_APPROVE, value, user="U-sue", channel="DU-sue"))
    said = slack.posted_hooks[-1]
    assert "already approved: Max Manager" in said["text"]
    assert (said["response_type"], said["replace_original"]) == ("ephemeral", False)
    assert len(rows(transactions, AuditEntry)) == before
    deliver()
    assert "Approved by Max Manager" in str(slack.messages["DU-sue"][0]["blocks"])


def test_rejecting_asks_for_a_reason_and_tells_it_to_whoever_asked(
    report: Callable[..., Json],
    deliver: Callable[[], int],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    report()
    deliver()
    value = review(slack)[Action.REQUEST_REJECT]
    send(payloads.click(Action.REQUEST_REJECT, value, user="U-sue", channel="DU-sue"))
    form = slack.view()
    assert form["callback_id"] == Callback.REJECT_REQUEST
    refused = send(payloads.submit(form, {"pick": "other"}, user="U-sue"))
    assert list(refused["errors"]) == ["reason"]
    send(payloads.submit(form, {"pick": "Already reported", "reason": "See WR-9"}, user="U-sue"))
    request = rows(transactions, WorkRequest)[0]
    assert (request.state, request.reason) == (
        WorkRequestState.REJECTED,
        "Already reported. See WR-9",
    )
    deliver()
    assert "Already reported. See WR-9" in slack.messages["DU-tess"][0]["text"]


def test_a_technician_who_clicks_approve_is_refused_and_it_is_kept(
    report: Callable[..., Json],
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    report()
    request = rows(transactions, WorkRequest)[0]
    value = Target(id=request.id, card="work_request").pack()
    send(payloads.click(Action.REQUEST_APPROVE, value, user="U-tom"))
    assert "do not have the right to review work requests" in slack.posted_hooks[-1]["text"]
    assert row(transactions, WorkRequest, request.id).state is WorkRequestState.NEW


def test_searches_answer_with_what_matches(
    company: Company, send: Send, payloads: Payloads
) -> None:
    found = send(payloads.options(Options.LOCATION, "boil", user="U-tess"))
    assert [o["text"]["text"] for o in found["options"]] == ["Boiler room (NORTH-B)"]
    people = send(payloads.options(Options.PERSON, "technician", user="U-tess"))
    assert len(people["options"]) == 2
    groups = send(payloads.options(Options.ASSIGNEE, "", user="U-sue"))["option_groups"]
    assert [g["label"]["text"] for g in groups] == ["People", "Teams"]
    assert send(payloads.options(Options.ASSIGNEE, "zzz", user="U-sue")) == {"options": []}


def test_machines_are_those_of_the_place_and_the_last_ones_come_first(
    report: Callable[..., Json], send: Send, payloads: Payloads, company: Company
) -> None:
    report(location_id=company.harbour, asset_id=company.crane)
    everything = send(payloads.options(Options.ASSET, "", user="U-tess"))["options"]
    assert [o["value"] for o in everything] == [company.crane, company.pump]
    body = payloads.options(Options.ASSET, "", user="U-tess")
    chosen = {Options.LOCATION: {"selected_option": {"value": company.boiler_room}}}
    body["view"]["state"] = {"values": {"location_id": chosen}}
    assert [o["value"] for o in send(body)["options"]] == [company.pump]
