"""A job's life by buttons and forms: one thumb, no ids typed, every refusal in its place."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.ids import Action, Block, Callback
from bot.metadata import Target
from bot.modals.change_job import FIELDS, PAGES
from tests.conftest import TestClock
from tests.factories.jobs import Company, add, free_job, row, rows, started_job
from tests.payloads import Payloads
from tests.slack import RecordingSlack
from wopo.db.uow import SqlTransactions
from wopo.domain.audit import AuditEntry
from wopo.domain.labour import LabourEntry
from wopo.domain.work_orders import (
    AssigneeKind,
    HoldReason,
    NeedKind,
    WorkOrder,
    WorkOrderNeed,
    WorkOrderState,
)
from wopo.usecases.door import Answer
from wopo.usecases.work_orders import ChangeWorkOrder

Json = dict[str, Any]
Send = Callable[[Json], Json]
Do = Callable[..., Answer]


@pytest.fixture
def job(do: Do, company: Company) -> str:
    """A job at north that Tess works on."""
    return started_job(do, company)


@pytest.fixture
def click(send: Send, payloads: Payloads) -> Callable[..., None]:
    """``click(action, job)``: the button on the job's card."""

    def run(action: Action, job: str, *, user: str = "U-tess", rev: int = 0) -> None:
        value = Target(id=job, rev=rev, card="work_order").pack()
        assert send(payloads.click(action, value, user=user)) == {}

    return run


@pytest.fixture
def fill(
    click: Callable[..., None], send: Send, payloads: Payloads, slack: RecordingSlack
) -> Callable[..., Json]:
    """``fill(action, job, field=...)``: open the form behind a button and send it."""

    def run(action: Action, job: str, *, user: str = "U-tess", **values: Any) -> Json:
        click(action, job, user=user)
        return send(payloads.submit(slack.view(), values, user=user))

    return run


@pytest.fixture
def the_job(transactions: SqlTransactions) -> Callable[[str], WorkOrder]:
    return lambda id: row(transactions, WorkOrder, id)


Click = Callable[..., None]
Fill = Callable[..., Json]
TheJob = Callable[[str], WorkOrder]


def buttons(message: Json) -> list[str]:
    """Texts of a message's buttons."""
    return [
        element["text"]["text"]
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def test_from_taking_to_closing_the_one_card_follows(
    do: Do,
    company: Company,
    click: Click,
    fill: Fill,
    the_job: TheJob,
    deliver: Callable[[], int],
    slack: RecordingSlack,
    clock: TestClock,
) -> None:
    job = free_job(do, company)
    deliver()
    shown = []
    for step in (
        lambda: click(Action.JOB_TAKE, job),
        lambda: click(Action.JOB_START, job),
        lambda: fill(Action.JOB_COMPLETE, job, note="New seal", hours="1.5"),
        lambda: click(Action.JOB_CLOSE, job, user="U-sue"),
    ):
        step()
        for _ in range(6):
            clock.forward(seconds=2)
            deliver()
        card = next(m for m in slack.messages["C1"] if not m.get("thread_ts"))
        shown.append((the_job(job).state.value, buttons(card)))
    assert shown == [
        ("assigned", ["Start", "Request parts", "Details"]),
        ("in_progress", ["Complete", "Request parts", "Log hours", "Details"]),
        ("completed", ["Log hours", "Details"]),
        ("closed", []),
    ]
    cards = [m for m in slack.messages["C1"] if not m.get("thread_ts")]
    assert len(cards) == 1, "one card for the whole life of the job"
    story = [m["text"] for m in slack.messages["C1"] if m.get("thread_ts") == cards[0]["ts"]]
    assert any("Started" in line for line in story)
    assert not any("EUR" in str(m) for m in slack.messages["C1"]), "no costs in a site's channel"


def test_a_taken_job_tells_the_second_who_has_it_and_the_card_is_drawn_anew(
    do: Do,
    company: Company,
    click: Click,
    the_job: TheJob,
    deliver: Callable[[], int],
    slack: RecordingSlack,
) -> None:
    job = free_job(do, company)
    deliver()
    click(Action.JOB_TAKE, job)
    deliver()
    updates = len(slack.of("chat.update"))
    click(Action.JOB_TAKE, job, user="U-tom")
    assert "Tess Technician already has" in slack.posted_hooks[-1]["text"]
    assert the_job(job).assignee_id == company.tess
    deliver()
    assert len(slack.of("chat.update")) == updates + 1


def test_a_double_click_and_a_redelivery_act_once(
    do: Do,
    company: Company,
    send: Send,
    payloads: Payloads,
    transactions: SqlTransactions,
    slack: RecordingSlack,
) -> None:
    job = free_job(do, company)
    body = payloads.click(Action.JOB_TAKE, Target(id=job).pack(), user="U-tess")
    before = len(rows(transactions, AuditEntry))
    for _ in range(5):
        send(body)  # The same trigger: Slack delivered it again.
    assert (len(rows(transactions, AuditEntry)) - before, slack.posted_hooks) == (1, [])
    send(payloads.click(Action.JOB_TAKE, Target(id=job).pack(), user="U-tess"))
    assert "You already have" in slack.posted_hooks[-1]["text"]
    assert len(rows(transactions, AuditEntry)) - before == 1


def test_hold_asks_why_and_other_needs_words(job: str, fill: Fill, the_job: TheJob) -> None:
    answer = fill(Action.JOB_HOLD, job, reason=HoldReason.OTHER.value)
    assert list(answer["errors"]) == ["note"]
    fill(Action.JOB_HOLD, job, reason=HoldReason.UNSAFE.value)
    assert the_job(job).hold_reason is HoldReason.UNSAFE


def test_resume_is_one_tap(job: str, fill: Fill, click: Click, the_job: TheJob) -> None:
    fill(Action.JOB_HOLD, job, reason=HoldReason.UNSAFE.value)
    click(Action.JOB_RESUME, job)
    assert the_job(job).state is WorkOrderState.IN_PROGRESS


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1,5", "like 1,234.56"),
        ("-3", "more than zero"),
        ("NaN", "like 1,234.56"),
        ("1e3", "like 1,234.56"),
        ("１２", "like 1,234.56"),
        ("25", "at most 24 hours"),
        ("1.005", "at most 2 decimals"),
    ],
)
def test_hours_that_are_none_are_refused_at_the_field_and_nothing_is_done(
    job: str, fill: Fill, the_job: TheJob, transactions: SqlTransactions, typed: str, said: str
) -> None:
    answer = fill(Action.JOB_COMPLETE, job, note="x", hours=typed)
    assert said in answer["errors"]["hours"]
    assert the_job(job).state is WorkOrderState.IN_PROGRESS
    assert rows(transactions, LabourEntry) == []


def test_completing_enters_the_hours_too(
    job: str, fill: Fill, the_job: TheJob, transactions: SqlTransactions
) -> None:
    fill(Action.JOB_COMPLETE, job, note="New seal", hours="1.5")
    assert (the_job(job).state, the_job(job).completion_note) == (
        WorkOrderState.COMPLETED,
        "New seal",
    )
    assert [entry.hours for entry in rows(transactions, LabourEntry)] == [Decimal("1.5")]


def test_labour_of_a_day_by_its_own_form(
    job: str, fill: Fill, transactions: SqlTransactions
) -> None:
    answer = fill(Action.JOB_LOG_LABOUR, job, hours="2", day="2026-03-03")
    assert "still to come" in answer["errors"]["day"]
    fill(Action.JOB_LOG_LABOUR, job, hours="2", day="2026-03-01", note="Sunday")
    entry = rows(transactions, LabourEntry)[0]
    assert (entry.day, entry.hours, entry.note) == (date(2026, 3, 1), Decimal(2), "Sunday")


def test_a_supervisor_gives_the_job_to_a_team(
    job: str, company: Company, fill: Fill, the_job: TheJob
) -> None:
    fill(Action.JOB_ASSIGN, job, user="U-sue", assignee_id=f"team:{company.crew}")
    assert (the_job(job).assignee_kind, the_job(job).assignee_id) == (
        AssigneeKind.TEAM,
        company.crew,
    )


def test_giving_back_and_cancelling_say_why(
    do: Do, company: Company, click: Click, fill: Fill, the_job: TheJob
) -> None:
    job = free_job(do, company)
    click(Action.JOB_TAKE, job)
    assert list(fill(Action.JOB_RELEASE, job)["errors"]) == ["reason"]
    fill(Action.JOB_RELEASE, job, reason="Ill")
    assert the_job(job).state is WorkOrderState.APPROVED
    fill(Action.JOB_CANCEL, job, user="U-sue", reason="Machine sold")
    assert the_job(job).cancel_reason == "Machine sold"


def test_a_missing_permit_asks_once_and_yes_starts(
    do: Do,
    company: Company,
    click: Click,
    the_job: TheJob,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    job = free_job(do, company)
    add(transactions, WorkOrderNeed(id="n1", work_order_id=job, kind=NeedKind.PERMIT, text="Hot"))
    click(Action.JOB_TAKE, job)
    click(Action.JOB_START, job)
    asked = slack.view()
    assert asked["callback_id"] == Callback.CONFIRM
    assert "Hot, not marked as ready" in str(asked["blocks"])
    assert the_job(job).state is WorkOrderState.ASSIGNED
    send(payloads.submit(asked, {}, user="U-tess"))
    assert the_job(job).state is WorkOrderState.IN_PROGRESS


def test_somebody_elses_job_is_not_touched(
    job: str, click: Click, fill: Fill, the_job: TheJob, slack: RecordingSlack
) -> None:
    answer = fill(Action.JOB_COMPLETE, job, user="U-tom", note="x")
    assert "is given to Tess Technician" in str(answer["errors"])
    assert the_job(job).state is WorkOrderState.IN_PROGRESS


def test_details_show_every_field_and_costs_only_to_those_with_the_right(
    job: str, click: Click, fill: Fill, slack: RecordingSlack
) -> None:
    fill(Action.JOB_LOG_LABOUR, job, hours="2", day="2026-03-02")
    click(Action.JOB_DETAILS, job)
    assert "EUR" not in str(slack.view())
    click(Action.JOB_DETAILS, job, user="U-sue")
    assert "80.00 EUR" in str(slack.view())


def test_a_click_in_details_draws_them_anew(
    do: Do,
    company: Company,
    click: Click,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
) -> None:
    job = free_job(do, company)
    click(Action.JOB_DETAILS, job)
    details = slack.view()
    send(payloads.click_in_view(Action.JOB_TAKE, Target(id=job).pack(), details, user="U-tess"))
    again = slack.of("views.update")[-1]
    assert again["view_id"] == "V1"
    assert "Tess Technician" in str(again["view"]["blocks"])


def test_needs_are_written_down_and_ticked_off_in_details(
    job: str,
    click: Click,
    fill: Fill,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    transactions: SqlTransactions,
) -> None:
    fill(Action.JOB_ADD_NEED, job, kind="permit", text="Hot work permit")
    need = rows(transactions, WorkOrderNeed)[0]
    click(Action.JOB_DETAILS, job)
    value = Target(id=need.id).pack()
    send(payloads.click_in_view(Action.JOB_NEED_READY, value, slack.view(), user="U-tess"))
    assert row(transactions, WorkOrderNeed, need.id).ready
    assert "☑ permit: Hot work permit" in str(slack.of("views.update")[-1])


VALUES: dict[str, Any] = {
    "title": "Pump leaks badly",
    "explanation": "At the flange",
    "type": "inspection",
    "instructions": "Close valve 3",
    "priority": "high",
    "required_by": "2026-03-09",
    "exact_spot": "Behind the boiler",
    "estimated_completion": "2026-03-08",
    "estimated_hours": "3.5",
    "nte": "1,250.50",
    "department": "Energy",
    "finding_reference": "ISO-7",
    "compliance_deadline": "2026-04-01",
    "mandatory": ["yes"],
}


def test_every_field_of_a_job_can_be_entered(
    job: str,
    company: Company,
    click: Click,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    the_job: TheJob,
) -> None:
    ids = {
        "location_id": company.north,
        "asset_id": None,
        "project_id": company.plan,
        "requester_id": company.rob,
        "charge_back_client_id": company.tenant,
        "client_id": company.tenant,
        "cost_centre_id": company.ops,
    }
    values = {**VALUES, **ids}
    for page, (_, names) in PAGES.items():
        click(Action.JOB_CHANGE, job, user="U-sue")
        turn = payloads.click_in_view(Action.JOB_CHANGE_PAGE, "", slack.view(), user="U-sue")
        turn["actions"][0]["selected_option"] = {"value": page}
        send(turn)
        form = slack.view()
        wanted = {name: values[name] for name in names}
        assert send(payloads.submit(form, wanted, user="U-sue")) == {}, page
    order = the_job(job)
    assert set(values) == set(FIELDS)
    assert (order.title, order.type.value, order.priority.value) == (
        "Pump leaks badly",
        "inspection",
        "high",
    )
    assert (order.nte_minor, order.estimated_hours) == (125_050, Decimal("3.5"))
    for name, id in ids.items():
        assert getattr(order, name) == id, name
    click(Action.JOB_DETAILS, job, user="U-sue")
    shown = str(slack.view())
    for text in ("At the flange", "Close valve 3", "Retrofit", "Tenant Ltd", "ISO-7", "1,250.50"):
        assert text in shown


def test_who_changes_the_same_field_second_is_asked_with_both_values(
    job: str,
    company: Company,
    do: Do,
    click: Click,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    the_job: TheJob,
) -> None:
    click(Action.JOB_CHANGE, job, user="U-sue")
    form = slack.view()
    do(ChangeWorkOrder(work_order_id=job, title="Valve leaks"), by=company.max)
    body = payloads.submit(form, {"title": "Flange leaks"}, user="U-sue", view_id="V7")
    answer = send(body)
    asked = answer["view"]
    said = asked["blocks"][0]["text"]["text"]
    assert "from Pump leaks to Valve leaks" in said
    assert "Flange leaks" in said
    assert the_job(job).title == "Valve leaks"
    values = {"title": "Flange leaks", Block.ACKNOWLEDGED: ["overwrite"]}
    send(payloads.submit(asked, values, user="U-sue", view_id="V7", hash="h2"))
    assert the_job(job).title == "Flange leaks"


def test_changes_of_different_fields_do_not_undo_each_other(
    job: str,
    company: Company,
    do: Do,
    click: Click,
    send: Send,
    payloads: Payloads,
    slack: RecordingSlack,
    the_job: TheJob,
) -> None:
    click(Action.JOB_CHANGE, job, user="U-sue")
    form = slack.view()
    do(ChangeWorkOrder(work_order_id=job, title="Valve leaks"), by=company.max)
    assert send(payloads.submit(form, {"instructions": "Slowly"}, user="U-sue")) == {}
    assert (the_job(job).title, the_job(job).instructions) == ("Valve leaks", "Slowly")


def test_a_form_that_changes_nothing_says_so(
    job: str, click: Click, send: Send, payloads: Payloads, slack: RecordingSlack
) -> None:
    click(Action.JOB_CHANGE, job, user="U-sue")
    answer = send(payloads.submit(slack.view(), {}, user="U-sue"))
    assert "already says just that" in str(answer["errors"])


def test_a_foreign_or_broken_value_is_refused_in_words(
    send: Send, company: Company, payloads: Payloads, slack: RecordingSlack
) -> None:
    for value in ("{}", "nonsense", '{"id": "nobody"}'):
        send(payloads.click(Action.JOB_START, value, user="U-tess"))
    said = [hook["text"] for hook in slack.posted_hooks]
    assert "from an older wopo" in said[0] and "from an older wopo" in said[1]
    assert "There is no work order nobody" in said[2]
