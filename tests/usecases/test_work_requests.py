"""Work requests: reported, reviewed, or work at once."""

from datetime import date, timedelta

import pytest

from tests.factories.jobs import Company, audit, row, rows
from wopo.domain.attachments import Attachment
from wopo.domain.audit import RefusalEntry
from wopo.domain.errors import DomainError
from wopo.domain.outbox import OutboxRow
from wopo.domain.people import Person, Role
from wopo.domain.work_orders import WorkOrder, WorkOrderState, WorkType
from wopo.domain.work_requests import Priority, WorkRequest, WorkRequestState
from wopo.usecases.attachments import FileFacts
from wopo.usecases.locations import SaveLocation
from wopo.usecases.people import DeactivatePerson, SavePerson
from wopo.usecases.views.work_requests import work_request_view
from wopo.usecases.work_requests import (
    ApproveWorkRequest,
    Need,
    RejectWorkRequest,
    ReportFindings,
    ReportWork,
)

PHOTO = FileFacts(name="leak.jpg", mimetype="image/jpeg", size=1000, slack_file_id="F1")


def report(firm: Company, **other) -> ReportWork:
    facts = {"title": "Pump leaks", "location_id": firm.boiler_room, "asset_id": firm.pump}
    return ReportWork(**{**facts, **other})


def refusal(call) -> DomainError:
    with pytest.raises(DomainError) as refused:
        call()
    return refused.value


def told(transactions) -> list[tuple[str, str]]:
    return [(o.card, o.audience) for o in rows(transactions, OutboxRow, order="seq")]


def test_a_technicians_report_waits_for_the_supervisors_of_the_site(firm, do, transactions):
    answer = do(report(firm, priority="high"), by=firm.tess)
    request = row(transactions, WorkRequest, answer.subject_id)
    assert (request.number, request.state) == ("WR-2026-000001", WorkRequestState.NEW)
    assert (request.requester_id, request.site_id) == (firm.tess, firm.north)
    assert rows(transactions, WorkOrder) == []
    cards = [audience for card, audience in told(transactions) if card == "work_request"]
    assert cards == [f"person:{firm.max}", f"person:{firm.sue}"]


def test_approval_makes_an_approved_job_with_everything_that_was_reported(firm, do, transactions):
    command = report(
        firm,
        explanation="Drips on the floor",
        priority="high",
        required_by=date(2026, 3, 9),
        exact_spot="behind the door",
        files=(PHOTO,),
        source_channel="C1",
        source_ts="17.1",
        department="Mechanics",
    )
    request_id = do(command, by=firm.rob).subject_id
    answer = do(ApproveWorkRequest(work_request_id=request_id, type="inspection"), by=firm.sue)
    order = row(transactions, WorkOrder, answer.facts["work_order_id"])
    assert (order.number, order.state) == ("WO-2026-000001", WorkOrderState.APPROVED)
    assert (order.title, order.explanation) == ("Pump leaks", "Drips on the floor")
    assert (order.requester_id, order.department) == (firm.rob, "Mechanics")
    assert (order.approved_by_id, order.approved_at is not None) == (firm.sue, True)
    assert (order.site_id, order.location_id, order.exact_spot) == (
        firm.north,
        firm.boiler_room,
        "behind the door",
    )
    assert (order.asset_id, order.priority, order.type) == (
        firm.pump,
        Priority.HIGH,
        WorkType.INSPECTION,
    )
    assert (order.required_by, order.cost_centre_id) == (date(2026, 3, 9), firm.ops)
    assert (order.source_channel, order.source_ts) == ("C1", "17.1")
    files = rows(transactions, Attachment, subject_id=order.id)
    assert [(file.subject, file.slack_file_id) for file in files] == [("work_order", "F1")]
    assert row(transactions, WorkRequest, request_id).work_order_id == order.id
    direct = rows(transactions, OutboxRow, card="direct")
    assert [(note.audience, note.facts["text"]) for note in direct] == [
        (
            f"person:{firm.rob}",
            "WR-2026-000001 Pump leaks is approved: it is now WO-2026-000001 (Sue Supervisor).",
        )
    ]


@pytest.mark.parametrize("who", ["sue", "max"])
def test_a_supervisors_report_is_an_approved_job_in_the_same_commit(firm, do, transactions, who):
    answer = do(report(firm), by=getattr(firm, who))
    order = row(transactions, WorkOrder, answer.facts["work_order_id"])
    assert order.state is WorkOrderState.APPROVED
    assert order.approved_by_id == getattr(firm, who)
    keys = {entry.key for entry in audit(transactions)[-4:]}
    assert len(keys) == 1
    assert [entry.event for entry in audit(transactions)[-4:]] == [
        "work_request:reported",
        "work_order:opened",
        "work_request:approved",
        "work_order:approved",
    ]
    assert "work_request" not in [card for card, _ in told(transactions)]


def test_first_come_first_served_asks_nobody(firm, do, transactions):
    answer = do(ReportWork(title="Crane stuck", asset_id=firm.crane), by=firm.tess)
    order = row(transactions, WorkOrder, answer.facts["work_order_id"])
    assert (order.state, order.approved_by_id) == (WorkOrderState.APPROVED, None)
    assert (order.site_id, order.location_id) == (firm.harbour, firm.harbour)
    assert answer.number == "WO-2026-000001"
    assert ("work_order", f"site:{firm.harbour}") in told(transactions)


def test_a_client_reports_from_outside(firm, do, transactions):
    answer = do(report(firm, client_id=firm.tenant), by=firm.sue)
    order = row(transactions, WorkOrder, answer.facts["work_order_id"])
    request = row(transactions, WorkRequest, answer.subject_id)
    assert (request.origin, request.entered_by_id) == ("external", firm.sue)
    assert (order.client_id, order.requester_id) == (firm.tenant, None)


def test_an_audit_reports_many_findings_at_once_or_none(firm, do, transactions):
    findings = tuple(
        Need(
            title=f"Finding {n}",
            location_id=firm.north,
            finding_reference=f"F-{n}",
            compliance_deadline=date(2026, 4, 1),
            mandatory=True,
            type="compliance",
        )
        for n in range(3)
    )
    bad = (*findings, Need(title="Late", location_id=firm.north, required_by=date(2020, 1, 1)))
    assert (
        refusal(lambda: do(ReportFindings(audit="ISO 2026", findings=bad), by=firm.sue)).code
        == "date.past"
    )
    assert rows(transactions, WorkRequest) == []
    answer = do(ReportFindings(audit="ISO 2026", findings=findings), by=firm.sue)
    assert answer.facts["numbers"] == ["WO-2026-000001", "WO-2026-000002", "WO-2026-000003"]
    orders = rows(transactions, WorkOrder, order="number")
    assert [order.finding_reference for order in orders] == [
        "ISO 2026 F-0",
        "ISO 2026 F-1",
        "ISO 2026 F-2",
    ]
    assert all(order.mandatory for order in orders)
    assert {order.compliance_deadline for order in orders} == {date(2026, 4, 1)}
    empty = ReportFindings(audit="X", findings=())
    assert refusal(lambda: do(empty, by=firm.sue)).code == "required"


def test_a_rejection_needs_a_reason_and_tells_it(firm, do, transactions):
    request_id = do(report(firm), by=firm.tess).subject_id
    empty = RejectWorkRequest(work_request_id=request_id, reason=" ")
    assert refusal(lambda: do(empty, by=firm.sue)).field == "reason"
    do(RejectWorkRequest(work_request_id=request_id, reason="Done last week"), by=firm.sue)
    request = row(transactions, WorkRequest, request_id)
    assert (request.state, request.reason) == (WorkRequestState.REJECTED, "Done last week")
    note = rows(transactions, OutboxRow, card="direct")[-1]
    assert note.audience == f"person:{firm.tess}"
    assert "is rejected: Done last week" in note.facts["text"]


def test_the_second_decision_loses_and_is_told_who_won(firm, do, transactions):
    request_id = do(report(firm), by=firm.tess).subject_id
    do(ApproveWorkRequest(work_request_id=request_id), by=firm.max)
    for command in (
        ApproveWorkRequest(work_request_id=request_id),
        RejectWorkRequest(work_request_id=request_id, reason="no"),
    ):
        error = refusal(lambda c=command: do(c, by=firm.sue))
        assert error.code == "work_request.decided"
        assert "already approved: Max Manager, 02 Mar 2026 09:00 UTC" in error.message
    assert len(rows(transactions, WorkOrder)) == 1
    assert len(rows(transactions, RefusalEntry, code="work_request.decided")) == 2


def test_every_copy_of_the_review_card_is_rewritten(firm, do, transactions):
    request_id = do(report(firm), by=firm.tess).subject_id
    do(ApproveWorkRequest(work_request_id=request_id), by=firm.sue)
    cards = [audience for card, audience in told(transactions) if card == "work_request"]
    assert sorted(cards) == sorted([f"person:{firm.max}", f"person:{firm.sue}"] * 2)


@pytest.mark.parametrize(
    ("who", "code"), [("tess", "not_allowed"), ("ann", "not_allowed"), ("bea", "not_allowed")]
)
def test_only_the_sites_supervisor_decides(firm, do, transactions, who, code):
    request_id = do(report(firm), by=firm.tess).subject_id
    error = refusal(
        lambda: do(ApproveWorkRequest(work_request_id=request_id), by=getattr(firm, who))
    )
    assert error.code == code
    assert rows(transactions, WorkOrder) == []
    assert len(rows(transactions, RefusalEntry, code="not_allowed")) == 1


def test_the_supervisor_of_another_site_does_not_decide(firm, do):
    request_id = do(report(firm), by=firm.tess).subject_id
    do(SavePerson(code="sue", site="HARBOUR"))
    error = refusal(lambda: do(ApproveWorkRequest(work_request_id=request_id), by=firm.sue))
    assert error.code == "not_allowed"
    assert "supervisor of that site" in error.message


@pytest.mark.parametrize(
    ("other", "code", "field"),
    [
        ({"title": "  "}, "required", "title"),
        ({"location_id": "", "asset_id": None}, "required", "location_id"),
        ({"location_id": "nowhere"}, "not_found", "location_id"),
        ({"asset_id": "nothing"}, "not_found", "asset_id"),
        ({"required_by": date(2026, 3, 1)}, "date.past", "required_by"),
        ({"compliance_deadline": date(2026, 3, 1)}, "date.past", "compliance_deadline"),
        ({"client_id": "nobody"}, "not_found", "client_id"),
        ({"requester_id": "nobody"}, "not_found", "requester_id"),
        (
            {"files": (FileFacts(name="x.svg", mimetype="image/svg+xml"),)},
            "invalid",
            "files",
        ),
    ],
)
def test_a_bad_report_is_refused_at_its_field_and_keeps_nothing(
    firm, do, transactions, other, code, field
):
    error = refusal(lambda: do(report(firm, **other), by=firm.tess))
    assert (error.code, error.field) == (code, field)
    assert "Nothing was changed" in error.message
    assert rows(transactions, WorkRequest) == []


def test_today_is_not_past(firm, do, transactions):
    answer = do(report(firm, required_by=date(2026, 3, 2)), by=firm.tess)
    assert row(transactions, WorkRequest, answer.subject_id).required_by == date(2026, 3, 2)


def test_an_asset_of_another_site_contradicts_the_place(firm, do):
    error = refusal(lambda: do(report(firm, asset_id=firm.crane), by=firm.tess))
    assert (error.code, error.field) == ("work_request.wrong_place", "asset_id")


def test_person_and_client_together_are_refused(firm, do):
    both = report(firm, client_id=firm.tenant, requester_id=firm.rob)
    assert refusal(lambda: do(both, by=firm.sue)).code == "work_request.who_reports"


def test_an_auditor_reads_all_and_reports_nothing(firm, do):
    assert refusal(lambda: do(report(firm), by=firm.aud)).code == "not_allowed"


def test_a_place_for_which_nobody_pays_is_refused_by_name(firm, do):
    bare = do(SaveLocation(code="BARE", name="Bare yard", intake="first_come_first_served"))
    error = refusal(lambda: do(ReportWork(title="x", location_id=bare.subject_id), by=firm.tess))
    assert error.code == "work_order.no_cost_centre"
    assert "Bare yard" in error.message
    named = ReportWork(title="x", location_id=bare.subject_id, cost_centre_id=firm.ops)
    assert do(named, by=firm.tess).number == "WO-2026-000001"


def test_the_same_message_makes_one_request_unless_asked_again(firm, do, transactions):
    command = report(firm, source_channel="C1", source_ts="17.1")
    do(command, by=firm.tess)
    error = refusal(lambda: do(command, by=firm.tom))
    assert error.facts["acknowledge"] == "same_message"
    assert "WR-2026-000001" in error.message
    again = command.model_copy(update={"acknowledged": frozenset({"same_message"})})
    do(again, by=firm.tom)
    assert len(rows(transactions, WorkRequest)) == 2


def test_a_replayed_report_has_no_second_effect(firm, do, transactions):
    first = do(report(firm), by=firm.tess, key="view-1")
    assert do(report(firm), by=firm.tess, key="view-1") == first
    assert len(rows(transactions, WorkRequest)) == 1
    error = refusal(lambda: do(report(firm, title="Other"), by=firm.tess, key="view-1"))
    assert error.code == "key_reused"


def test_a_refused_report_wastes_no_number(firm, do):
    refusal(lambda: do(report(firm, asset_id=firm.crane), by=firm.tess))
    assert do(report(firm), by=firm.tess).number == "WR-2026-000001"


def test_a_site_without_a_supervisor_tells_the_administrators(firm, do, transactions):
    do(SavePerson(code="sue", roles={Role.BUYER}))
    do(DeactivatePerson(code="max"))
    do(report(firm), by=firm.tess)
    note = rows(transactions, OutboxRow, card="direct")[-1]
    assert note.audience == f"person:{firm.ann}"
    assert "no supervisor" in note.facts["text"]


def test_the_review_view_shows_who_may_decide(firm, do, transactions, clock):
    request_id = do(report(firm, files=(PHOTO,)), by=firm.tess).subject_id
    with transactions.read() as uow:
        view = work_request_view(uow, request_id, reader=uow.get(Person, firm.sue))
        other = work_request_view(uow, request_id, reader=uow.get(Person, firm.tess))
    assert view.verbs == ("approve", "reject")
    assert other.verbs == ()
    assert [place.name for place in view.places] == ["North works", "Boiler room"]
    assert (view.requester.name, view.asset.name) == ("Tess Technician", "Feed pump")
    assert [file.name for file in view.files] == ["leak.jpg"]
    clock.forward(hours=1)
    do(ApproveWorkRequest(work_request_id=request_id), by=firm.sue)
    with transactions.read() as uow:
        view = work_request_view(uow, request_id, reader=uow.get(Person, firm.max))
    assert view.verbs == ()
    assert (view.decided_by.name, view.decided_at - view.created_at) == (
        "Sue Supervisor",
        timedelta(hours=1),
    )
    assert view.work_order.name == "WO-2026-000001"
