"""Who may come in, once-only, floods, and what is said when something goes wrong."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt import App, BoltRequest
from sqlalchemy import Engine
from sqlalchemy.event import listen

from bot.app import build_app
from bot.ids import Action, SlashCommand
from bot.limits import Flood
from bot.metadata import Target
from bot.services import Services, build_services
from bot.visit import request_key, who_acts
from bot.warmup import warm_up
from bot.words.settings import build as settings_form
from tests.conftest import START, Ids, TestClock
from tests.factories.jobs import Company, add, free_job, row, rows, started_job
from tests.payloads import Payloads
from tests.slack import TEAM, RecordingSlack, Trouble
from wopo.config import Settings
from wopo.db.engine import make_engine
from wopo.db.uow import SqlTransactions
from wopo.domain.audit import AuditEntry, RefusalEntry
from wopo.domain.people import Person, SlackIdentity
from wopo.domain.work_orders import WorkOrder, WorkOrderState
from wopo.usecases.door import Answer
from wopo.usecases.settings import channels

Json = dict[str, Any]
Send = Callable[[Json], Json]
Do = Callable[..., Answer]


def said(answer: Json) -> str:
    return str(answer.get("text", ""))


def test_a_member_known_by_email_is_linked_at_first_sight(
    company: Company,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
    clock: TestClock,
) -> None:
    new = Person(
        id="nia",
        code="nia",
        name="Nia New",
        email="nia@example.org",
        roles=["technician"],
        created_at=clock(),
    )
    add(transactions, new)
    slack.users["U-nia"] = {
        "id": "U-nia",
        "team_id": TEAM,
        "profile": {"email": "nia@example.org"},
    }
    answer = send(payloads.command(SlashCommand.WO, "mine", user="U-nia"))
    assert "no open job" in said(answer)
    send(payloads.command(SlashCommand.WO, "mine", user="U-nia"))
    assert len(slack.of("users.info")) == 1, "afterwards nobody has to be asked"
    assert len(rows(transactions, SlackIdentity, person_id="nia")) == 1


@pytest.mark.parametrize(
    ("user", "told", "code"),
    [
        ("U-x", {"profile": {"email": "x@elsewhere.org"}}, "identity.unknown"),
        ("U-g", {"is_restricted": True, "profile": {}}, "identity.guest"),
        ("U-d", {"deleted": True, "profile": {}}, "identity.deactivated"),
        ("U-b", {"is_bot": True, "profile": {}}, "identity.bot"),
    ],
)
def test_others_can_do_nothing_and_it_is_kept(
    company: Company,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
    user: str,
    told: Json,
    code: str,
) -> None:
    slack.users[user] = {"id": user, "team_id": TEAM, **told}
    answer = send(payloads.command(SlashCommand.WO, "mine", user=user))
    assert "nothing was changed" in said(answer)
    assert [entry.code for entry in rows(transactions, RefusalEntry)] == [code]


def test_a_stranger_in_a_shared_channel_is_judged_by_their_own_workspace(
    company: Company,
    do: Do,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    job = free_job(do, company)
    value = Target(id=job).pack()
    send(payloads.click(Action.JOB_TAKE, value, user="U-tess", team="T-OTHER"))
    assert "Only members of this company's own workspace" in slack.posted_hooks[-1]["text"]
    assert row(transactions, WorkOrder, job).state is WorkOrderState.APPROVED


def test_who_was_deactivated_in_slack_is_out_at_once(
    company: Company, send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    gone = {"id": "U-tess", "team_id": TEAM, "deleted": True, "profile": {}}
    slack.users["U-tess"] = gone
    assert send(payloads.event({"type": "user_change", "user": gone})) == {}
    answer = send(payloads.command(SlashCommand.WO, "mine", user="U-tess"))
    assert "You are deactivated" in said(answer)


def test_bots_and_echoes_are_passed_by(
    company: Company, send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    for event in (
        {"type": "message", "channel_type": "im", "channel": "D1", "bot_id": "B2", "text": "hi"},
        {"type": "message", "channel_type": "im", "channel": "D1", "subtype": "message_changed"},
    ):
        assert send(payloads.event(event)) == {}
    assert slack.calls == []


def test_a_flood_of_one_person_is_slowed_down_and_others_pass(
    company: Company, send: Send, payloads: Payloads, clock: TestClock
) -> None:
    for _ in range(100):
        assert "open job" in said(send(payloads.command(SlashCommand.WO, "mine", user="U-tess")))
        clock.forward(milliseconds=400)
    answer = send(payloads.command(SlashCommand.WO, "mine", user="U-tess"))
    assert said(answer).startswith("Slow down: try again in 20 s")
    assert "open job" in said(send(payloads.command(SlashCommand.WO, "mine", user="U-tom")))
    clock.forward(seconds=21)
    assert "open job" in said(send(payloads.command(SlashCommand.WO, "mine", user="U-tess")))


def test_the_flood_gate_opens_with_the_oldest_request() -> None:
    gate = Flood(most=2)
    assert [gate.wait("a", START) for _ in range(3)] == [0, 0, 60]
    assert gate.wait("b", START) == 0


def test_keys_are_the_same_for_a_redelivery_and_differ_for_a_second_click(
    payloads: Payloads,
) -> None:
    click = payloads.click("a", "v", user="U1")
    assert request_key(click) == request_key({**click})
    assert request_key(click) != request_key(payloads.click("a", "v", user="U1"))
    event = payloads.event({"type": "app_home_opened", "user": "U1"}, event_id="Ev9")
    assert request_key(event) == f"{TEAM}:event:Ev9"
    assert who_acts(event) == (TEAM, "U1")
    assert who_acts(payloads.command("/wo", "", user="U2", team="T2")) == ("T2", "U2")


def test_our_own_mistake_gets_a_reference_that_the_log_has_too(
    company: Company,
    do: Do,
    services: Services,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
    caplog: pytest.LogCaptureFixture,
) -> None:
    job = free_job(do, company)

    def broken(*_: Any) -> None:
        raise ZeroDivisionError("a mistake of ours")

    services.redraw["job_details"] = broken
    view = {"type": "modal", "callback_id": "job_details", "blocks": []}
    with caplog.at_level(logging.ERROR, "wopo.bot"):
        send(payloads.click_in_view(Action.JOB_TAKE, Target(id=job).pack(), view, user="U-tess"))
    sentence = slack.view()["blocks"][0]["text"]["text"]
    reference = caplog.records[-1].message.removeprefix("reference ")
    assert f"the reference is {reference}" in sentence
    assert "ZeroDivisionError" in (caplog.text or "")
    assert "ZeroDivisionError" not in sentence


def test_a_database_that_is_locked_too_long_is_busy_and_changes_nothing(
    sqlite_url: str, settings: Settings, clock: TestClock, new_id: Ids, payloads: Payloads
) -> None:
    engine = make_engine(sqlite_url)
    transactions = SqlTransactions(engine)
    services = build_services(settings, transactions, clock=clock, new_id=new_id)
    add(
        transactions,
        Person(id="ann", code="ann", name="Ann", roles=["admin"], created_at=clock()),
        SlackIdentity(id="i1", workspace_id=TEAM, user_id="U-ann", person_id="ann"),
    )
    app = build_app(services)
    form = settings_form([], {})
    with transactions.write() as uow:  # Somebody else holds the write lock all the time.
        uow.next_seq("held")
        body = payloads.submit(form, {"finance": "C5"}, user="U-ann")
        answer = app.dispatch(BoltRequest(body=body, mode="socket_mode"))
    assert answer.status == 200
    assert "Busy: nothing was changed" in str(answer.body)
    with transactions.read() as uow:
        assert channels(uow) == {}
    engine.dispose()


def test_an_expired_trigger_says_click_again(
    company: Company, send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    slack.trouble("views.open", Trouble(error="expired_trigger_id"))
    answer = send(payloads.command(SlashCommand.WO, "", user="U-tess"))
    assert said(answer).startswith("Slack did not wait long enough for the form")


def test_the_first_screens_are_drawn_before_anybody_waits(
    company: Company,
    app: App,
    services: Services,
    engine: Engine,
    transactions: SqlTransactions,
    slack: RecordingSlack,
) -> None:
    said: list[str] = []
    listen(engine, "before_cursor_execute", lambda *told: said.append(told[2].lower()))
    before = len(rows(transactions, AuditEntry))
    warm_up(app, services)
    for table in ("work_order", "purchase_order", "location"):
        assert any(f"from {table}" in one for one in said), f"nothing of {table} was drawn"
    assert slack.calls == []
    assert not any(one.startswith(("insert", "update", "delete")) for one in said)
    assert len(rows(transactions, AuditEntry)) == before


def test_a_late_click_in_home_is_answered_in_home(
    company: Company, send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    send(payloads.event({"type": "app_home_opened", "user": "U-tess", "tab": "home"}))
    home = slack.view()
    for _ in range(2):
        slack.trouble("views.open", Trouble(error="expired_trigger_id"))
        slack.trouble("views.open", Trouble(error="expired_trigger_id"))
        click = payloads.click_in_view(Action.NEW_WORK, "home", slack.view(), user="U-tess")
        assert send(click) == {}
        first, *others = slack.of("views.publish")[-1]["view"]["blocks"]
        assert "Slack did not wait long enough" in str(first)
        assert others == home["blocks"], "the same buttons stand below, once more to press"


def test_a_row_of_buttons_is_the_same_thing_at_each_redraw(
    company: Company, do: Do, send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    def rows_of_home() -> set[str]:
        send(payloads.event({"type": "app_home_opened", "user": "U-tess", "tab": "home"}))
        return {b["block_id"] for b in slack.view()["blocks"] if "block_id" in b}

    before = rows_of_home()
    started_job(do, company)
    assert before
    assert rows_of_home() > before, "new rows came above; a click on the old ones still finds them"


def test_a_dropped_line_while_opening_a_form_is_told_not_raised(
    company: Company, send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    slack.trouble("views.open", Trouble(drop=True))
    answer = send(payloads.command(SlashCommand.WO, "", user="U-tess"))
    assert said(answer).startswith("Slack did not answer wopo")
    assert len(slack.of("views.open")) == 1, "the client repeats nothing by itself"


def test_what_nobody_listens_to_is_acknowledged(
    company: Company, send: Send, payloads: Payloads
) -> None:
    assert send(payloads.click("link", "x", user="U-tess")) == {}
    assert send(payloads.event({"type": "app_home_opened", "user": "U-tess", "tab": "about"})) == {}
    assert send(payloads.event({"type": "never_heard_of", "user": "U-tess"})) == {}
