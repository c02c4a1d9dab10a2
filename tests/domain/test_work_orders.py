"""The life of a job as a table: every state against every verb, and who sees which button."""

import itertools
from datetime import UTC, date, datetime

import pytest

from wopo.domain.errors import DomainError
from wopo.domain.part_requests import LineState
from wopo.domain.people import Person
from wopo.domain.work_order_rights import may, verbs_for
from wopo.domain.work_orders import (
    OPEN_STATES,
    WORK_ORDER,
    AssigneeKind,
    HoldReason,
    WorkOrder,
    WorkOrderState,
    waiting_for_parts,
)

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
S = WorkOrderState
BY = Person(id="sue", code="sue", name="Sue", roles=["supervisor"], created_at=AT)

MOVES = {
    "approve": lambda order: order.approve(by=BY, at=AT),
    "assign": lambda order: order.assign(AssigneeKind.PERSON, "tom", "Tom"),
    "take": lambda order: order.assign(AssigneeKind.PERSON, "tom", "Tom", taken=True),
    "release": lambda order: order.release("ill"),
    "start": lambda order: order.start(at=AT),
    "hold": lambda order: order.hold(HoldReason.WEATHER),
    "resume": lambda order: order.resume(),
    "complete": lambda order: order.complete("fine", at=AT),
    "close": lambda order: order.close(still_open=[], at=AT),
    "cancel": lambda order: order.cancel("not needed", binding=[], at=AT),
}
LEGAL = {
    (S.REQUESTED, "approve"): S.APPROVED,
    (S.REQUESTED, "cancel"): S.CANCELLED,
    (S.APPROVED, "assign"): S.ASSIGNED,
    (S.APPROVED, "take"): S.ASSIGNED,
    (S.APPROVED, "cancel"): S.CANCELLED,
    (S.ASSIGNED, "assign"): S.ASSIGNED,
    (S.ASSIGNED, "release"): S.APPROVED,
    (S.ASSIGNED, "start"): S.IN_PROGRESS,
    (S.ASSIGNED, "cancel"): S.CANCELLED,
    (S.IN_PROGRESS, "assign"): S.IN_PROGRESS,
    (S.IN_PROGRESS, "hold"): S.ON_HOLD,
    (S.IN_PROGRESS, "complete"): S.COMPLETED,
    (S.IN_PROGRESS, "cancel"): S.CANCELLED,
    (S.ON_HOLD, "assign"): S.ON_HOLD,
    (S.ON_HOLD, "resume"): S.IN_PROGRESS,
    (S.ON_HOLD, "cancel"): S.CANCELLED,
    (S.COMPLETED, "close"): S.CLOSED,
}


def job(state: WorkOrderState, **values) -> WorkOrder:
    facts = {"assignee_kind": AssigneeKind.PERSON, "assignee_id": "tess"}
    return WorkOrder(
        id="w",
        number="WO-2026-000007",
        state=state,
        title="Pump",
        site_id="n",
        location_id="n",
        cost_centre_id="c",
        created_at=AT,
        **{**facts, **values},
    )


def person(*roles: str, id: str = "p", site: str | None = None) -> Person:
    return Person(id=id, code=id, name=id, roles=list(roles), site_id=site, created_at=AT)


@pytest.mark.parametrize(("state", "verb"), list(itertools.product(WorkOrderState, MOVES)))
def test_every_state_against_every_verb(state, verb):
    order = job(state)
    if (state, verb) in LEGAL:
        event = MOVES[verb](order)
        assert order.state is LEGAL[state, verb]
        assert order.version == 1
        assert event.subject_id == "w"
        return
    with pytest.raises(DomainError) as refused:
        MOVES[verb](order)
    assert refused.value.code in {"illegal_move", "work_order.already"}
    assert "WO-2026-000007" in refused.value.message
    assert order.state is state
    assert order.version == 0


@pytest.mark.parametrize(
    ("state", "verb"),
    [(S.IN_PROGRESS, "start"), (S.APPROVED, "approve"), (S.ON_HOLD, "hold"), (S.CLOSED, "close")],
)
def test_a_second_click_is_told_apart_from_an_illegal_move(state, verb):
    with pytest.raises(DomainError) as refused:
        MOVES[verb](job(state))
    assert refused.value.code == "work_order.already"
    assert "This click changed nothing" in refused.value.message


def test_nothing_leaves_the_final_states():
    assert WORK_ORDER.allowed(S.CLOSED) == ()
    assert WORK_ORDER.allowed(S.CANCELLED) == ()


def test_a_job_that_was_never_started_can_not_be_completed():
    with pytest.raises(DomainError) as refused:
        job(S.ASSIGNED).complete("", at=AT)
    assert refused.value.facts["state"] == "assigned"
    assert "start" in refused.value.facts["allowed"]


def test_other_as_a_reason_to_hold_needs_a_note():
    order = job(S.IN_PROGRESS)
    with pytest.raises(DomainError) as refused:
        order.hold(HoldReason.OTHER, " ")
    assert (refused.value.code, refused.value.field) == ("required", "note")
    order.hold(HoldReason.OTHER, "key is lost")
    assert (order.hold_reason, order.hold_note) == (HoldReason.OTHER, "key is lost")
    order.resume()
    assert (order.hold_reason, order.hold_note) == (None, "")


def test_closing_names_what_is_still_open():
    with pytest.raises(DomainError) as refused:
        job(S.COMPLETED).close(still_open=["PO-2026-000001 is issued"], at=AT)
    assert "PO-2026-000001 is issued" in refused.value.message


def test_cancelling_names_the_orders_that_bind():
    with pytest.raises(DomainError) as refused:
        job(S.APPROVED).cancel("x", binding=["PO-2026-000001 is issued"], at=AT)
    assert refused.value.code == "work_order.not_cancellable"
    assert "PO-2026-000001 is issued" in refused.value.message


def test_a_contractors_job_that_is_kept_back_does_not_start_until_overridden():
    order = job(S.ASSIGNED, contract_flag="Acme has no service contract valid on 2026-03-05")
    with pytest.raises(DomainError) as refused:
        order.start(at=AT)
    assert refused.value.code == "work_order.kept_back"
    order.contract_override = "flood"
    order.start(at=AT)
    assert order.state is S.IN_PROGRESS


@pytest.mark.parametrize(
    ("states", "waits"),
    [
        ([], False),
        ([LineState.RESERVED, LineState.ISSUED, LineState.RECEIVED], False),
        ([LineState.CANCELLED], False),
        ([LineState.RECEIVED, LineState.BACKORDERED], True),
        *[([state], True) for state in ("requested", "to_buy", "in_approval", "ordered")],
    ],
)
def test_waiting_for_parts_ends_with_the_last_line(states, waits):
    assert waiting_for_parts([LineState(state) for state in states]) is waits


@pytest.mark.parametrize(
    ("required", "planned", "day"),
    [
        (None, None, date(2026, 3, 2)),
        (date(2026, 3, 9), date(2026, 3, 20), date(2026, 3, 9)),
        (None, date(2026, 3, 20), date(2026, 3, 20)),
        (date(2026, 1, 1), None, date(2026, 3, 2)),
    ],
)
def test_the_day_of_a_job_is_never_before_today(required, planned, day):
    order = job(S.APPROVED, required_by=required, estimated_completion=planned)
    assert order.day(date(2026, 3, 2)) == day


@pytest.mark.parametrize(
    ("reader", "state", "verbs"),
    [
        (person("technician", id="tess"), S.ASSIGNED, ("start", "request_parts", "release")),
        (person("technician", id="tom"), S.ASSIGNED, ()),
        (person("technician", id="tom"), S.APPROVED, ("take",)),
        (person("technician", id="tom", site="other"), S.APPROVED, ()),
        (person("buyer"), S.ASSIGNED, ("request_parts",)),
        (person("auditor"), S.ASSIGNED, ()),
        (person("finance"), S.COMPLETED, ("close",)),
        (person("supervisor", site="other"), S.COMPLETED, ()),
        (
            person("supervisor", site="n"),
            S.ASSIGNED,
            ("start", "request_parts", "assign", "release", "change", "cancel"),
        ),
        (person("admin"), S.ASSIGNED, ("assign", "release", "change", "cancel")),
    ],
)
def test_the_table_decides_the_buttons_and_rights_filter_them(reader, state, verbs):
    assert verbs_for(job(state), reader) == verbs


def test_team_members_work_on_the_teams_job():
    order = job(S.ASSIGNED, assignee_kind=AssigneeKind.TEAM, assignee_id="crew")
    tess = person("technician", id="tess")
    assert "start" in verbs_for(order, tess, teams={"crew"})
    assert verbs_for(order, tess, teams={"day"}) == ()


def test_a_requester_may_cancel_only_what_is_not_yet_approved():
    rob = person(id="rob")
    assert may(job(S.REQUESTED, requester_id="rob"), rob, "cancel")
    assert not may(job(S.APPROVED, requester_id="rob"), rob, "cancel")
    assert not may(job(S.REQUESTED, requester_id="bob"), rob, "cancel")


def test_while_parts_are_missing_complete_is_not_the_main_button():
    tess = person("technician", id="tess")
    assert verbs_for(job(S.IN_PROGRESS), tess)[0] == "complete"
    waiting = verbs_for(job(S.IN_PROGRESS), tess, waiting=True)
    assert (waiting[0], waiting[-1]) == ("request_parts", "complete")


def test_a_kept_back_job_shows_no_start():
    order = job(S.ASSIGNED, contract_flag="no contract")
    assert "start" not in verbs_for(order, person("supervisor"))


def test_every_open_state_can_be_left():
    for state in OPEN_STATES:
        assert WORK_ORDER.can(state, "cancel")
        assert WORK_ORDER.can(state, "change")
