"""What screens show of jobs: every field, the right buttons, no cost without the right, and the
same number of queries however much there is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event

from tests.factories.jobs import (
    NOW,
    add,
    free_job,
    order_line,
    started_job,
)
from wopo.domain.errors import DomainError
from wopo.domain.ledger import CostKind, LedgerEntry
from wopo.domain.money import Money
from wopo.domain.part_requests import LineKind, LineState, PartRequest, PartRequestLine
from wopo.domain.people import Person
from wopo.domain.purchase_orders import OrderState
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.attachments import AddAttachments, FileFacts
from wopo.usecases.labour import EnterLabour
from wopo.usecases.settings import ChangeCompanySettings
from wopo.usecases.views.job_lists import free_jobs, my_jobs
from wopo.usecases.views.people import home_view
from wopo.usecases.views.work_orders import WorkOrderView, work_order_view
from wopo.usecases.work_order_assignment import AssignWorkOrder, TakeJob
from wopo.usecases.work_order_needs import AddNeed
from wopo.usecases.work_orders import ChangeWorkOrder, OpenWorkOrder
from wopo.usecases.work_requests import ReportWork

TODAY = date(2026, 3, 2)
NOT_SHOWN_AS_SUCH = {
    "work_request_id": "request",
    "requester_id": "requester",
    "client_id": "client",
    "approved_by_id": "approved_by",
    "assignee_id": "assignee",
    "contract_override_by_id": "contract_override_by",
    "site_id": "places",
    "location_id": "places",
    "asset_id": "asset",
    "project_id": "project",
    "cost_centre_id": "cost_centre",
    "nte_minor": "costs",
    "charge_back_client_id": "charge_back_client",
}
"""Columns that a screen shows by another name."""


def show(transactions, job: str, reader: str | None) -> WorkOrderView:
    with transactions.read() as uow:
        person = uow.get(Person, reader) if reader else None
        return work_order_view(uow, job, reader=person, today=TODAY)


def part(transactions, job: str, state: LineState, n: int = 1) -> None:
    add(
        transactions,
        PartRequest(id=f"pr{n}", number=f"PR-{n}", work_order_id=job, created_at=NOW),
        PartRequestLine(
            id=f"prl{n}",
            part_request_id=f"pr{n}",
            work_order_id=job,
            kind=LineKind.FREE_TEXT,
            description="Seal",
            quantity=Decimal(1),
            unit="pc",
            state=state,
        ),
    )


def cost(transactions, firm, job: str, kind: CostKind, minor: int) -> None:
    add(
        transactions,
        LedgerEntry(
            id=f"{kind}{minor}",
            at=NOW,
            day=TODAY,
            kind=kind,
            amount_minor=minor,
            currency="EUR",
            cost_centre_id=firm.ops,
            work_order_id=job,
            source="test",
            source_id="x",
        ),
    )


def test_every_column_of_a_job_is_shown_somewhere():
    shown = set(WorkOrderView.__dataclass_fields__)
    columns = {NOT_SHOWN_AS_SUCH.get(name, name) for name in WorkOrder.model_fields}
    assert columns <= shown


def test_the_card_shows_what_was_entered(firm, do, transactions):
    job = started_job(do, firm, explanation="Drips", exact_spot="left", department="Mech")
    do(
        ChangeWorkOrder(
            work_order_id=job,
            project_id=firm.plan,
            charge_back_client_id=firm.tenant,
            instructions="Lock out",
            estimated_hours=Decimal("1.5"),
            nte=Decimal(100),
        ),
        by=firm.sue,
    )
    do(AddNeed(work_order_id=job, kind="permit", text="Hot work"), by=firm.tess)
    do(EnterLabour(work_order_id=job, hours=Decimal(2)), by=firm.tess)
    photo = FileFacts(name="a.jpg", mimetype="image/jpeg", slack_file_id="F1")
    do(AddAttachments(document="work_order", document_id=job, files=(photo,)), by=firm.tess)
    order_line(transactions, firm, job, OrderState.APPROVED)
    view = show(transactions, job, firm.sue)
    assert (view.number, view.title, view.explanation) == ("WO-2026-000001", "Pump leaks", "Drips")
    assert [place.name for place in view.places] == ["North works", "Boiler room"]
    assert (view.asset.name, view.asset_tag, view.exact_spot) == ("Feed pump", "PUMP-1", "left")
    assert (view.request.name, view.requester.name) == ("WR-2026-000001", "Sue Supervisor")
    assert (view.approved_by.name, view.assignee.name) == ("Sue Supervisor", "Tess Technician")
    assert (view.project.name, view.charge_back_client.name) == ("Retrofit", "Tenant Ltd")
    assert (view.estimated_hours, view.actual_hours) == (Decimal("1.5"), Decimal(2))
    assert [(need.text, need.ready) for need in view.needs] == [("Hot work", False)]
    assert [file.name for file in view.files] == ["a.jpg"]
    assert [(order.number, order.state) for order in view.orders] == [
        ("PO-2026-000001", "approved")
    ]
    assert view.costs.nte == Money(10000, "EUR")


def test_costs_are_for_readers_with_the_right_and_never_for_a_channel(firm, do, transactions):
    job = started_job(do, firm)
    for reader in (None, firm.tess, firm.rec, firm.rob):
        assert show(transactions, job, reader).costs is None
    for reader in (firm.sue, firm.fin, firm.aud, firm.bea):
        assert show(transactions, job, reader).costs is not None
    do(ChangeCompanySettings(changes={"technicians_see_costs": True}))
    assert show(transactions, job, firm.tess).costs is not None
    assert show(transactions, job, None).costs is None


def test_so_far_and_to_come_add_up_from_the_ledger(firm, do, transactions):
    job = started_job(do, firm)
    for kind, minor in (
        (CostKind.PLANNED, 100),
        (CostKind.COMMITTED, 2000),
        (CostKind.ACCRUED, 300),
        (CostKind.INVOICED, 5000),
        (CostKind.VARIANCE, -20),
        (CostKind.STOCK_ISSUE, 700),
        (CostKind.OUT_OF_POCKET, 1),
    ):
        cost(transactions, firm, job, kind, minor)
    do(ChangeWorkOrder(work_order_id=job, nte=Decimal("79.81")), by=firm.sue)
    costs = show(transactions, job, firm.sue).costs
    assert costs.so_far == (Money(5981, "EUR"),)
    assert costs.to_come == (Money(2000, "EUR"),)
    assert costs.requested == (Money(100, "EUR"),)
    assert not costs.over_nte
    cost(transactions, firm, job, CostKind.VARIANCE, 1)
    assert show(transactions, job, firm.sue).costs.over_nte


def test_verbs_are_the_readers_own(firm, do, transactions):
    job = started_job(do, firm)
    assert show(transactions, job, firm.tess).verbs == (
        "complete",
        "request_parts",
        "hold",
        "log_labour",
    )
    assert show(transactions, job, firm.tom).verbs == ("log_labour",)
    assert show(transactions, job, firm.aud).verbs == ()
    assert show(transactions, job, None).verbs == ("complete", "request_parts", "log_labour")


def test_waiting_for_parts_is_derived_and_ends_with_the_last_arrival(firm, do, transactions):
    job = started_job(do, firm)
    part(transactions, job, LineState.RECEIVED, 1)
    assert not show(transactions, job, firm.tess).waiting_for_parts
    part(transactions, job, LineState.ORDERED, 2)
    view = show(transactions, job, firm.tess)
    assert view.waiting_for_parts
    assert dict(view.part_states) == {LineState.ORDERED: 1, LineState.RECEIVED: 1}
    assert view.verbs[0] == "request_parts"
    with transactions.write() as uow:
        uow.get(PartRequestLine, "prl2").state = LineState.RECEIVED
        uow.commit()
    assert not show(transactions, job, firm.tess).waiting_for_parts


def test_an_unknown_job_is_refused(firm, transactions):
    with pytest.raises(DomainError) as refused:
        show(transactions, "nothing", firm.sue)
    assert refused.value.code == "not_found"


def test_overdue_until_the_work_is_done(firm, do, transactions):
    job = free_job(do, firm, required_by=TODAY)
    with transactions.read() as uow:
        sue = uow.get(Person, firm.sue)
        on_time = work_order_view(uow, job, reader=sue, today=TODAY)
        late = work_order_view(uow, job, reader=sue, today=TODAY + timedelta(days=1))
    assert (on_time.overdue, late.overdue) == (False, True)


def test_my_jobs_are_mine_and_my_teams_most_urgent_first_with_one_main_verb(firm, do, transactions):
    started_job(do, firm, title="Normal")
    low = free_job(do, firm, title="Low", priority="low")
    urgent = free_job(do, firm, title="Urgent", priority="emergency")
    other = free_job(do, firm, title="Other")
    do(AssignWorkOrder(work_order_id=low, kind="person", assignee_id=firm.tess), by=firm.sue)
    do(AssignWorkOrder(work_order_id=urgent, kind="team", assignee_id=firm.crew), by=firm.sue)
    do(TakeJob(work_order_id=other), by=firm.tom)
    with transactions.read() as uow:
        jobs = my_jobs(uow, uow.get(Person, firm.tess), today=TODAY)
        two = my_jobs(uow, uow.get(Person, firm.tess), today=TODAY, limit=2)
    assert [(line.title, line.main) for line in jobs.lines] == [
        ("Urgent", "start"),
        ("Normal", "complete"),
        ("Low", "start"),
    ]
    assert (jobs.more, two.more, len(two.lines)) == (False, True, 2)


def test_the_queue_holds_free_jobs_only_the_most_urgent_first(firm, do, transactions, clock):
    free_job(do, firm, title="Old")
    clock.forward(hours=1)
    free_job(do, firm, title="New")
    free_job(do, firm, title="Urgent", priority="emergency")
    started_job(do, firm, title="Taken")
    do(ReportWork(title="Crane", asset_id=firm.crane), by=firm.tess)
    with transactions.read() as uow:
        everywhere = free_jobs(uow, uow.get(Person, firm.tess), today=TODAY)
        north = free_jobs(uow, uow.get(Person, firm.sue), today=TODAY)
        one = free_jobs(uow, uow.get(Person, firm.tess), today=TODAY, limit=1)
    assert [line.title for line in everywhere.lines] == ["Urgent", "Old", "New", "Crane"]
    assert [line.title for line in north.lines] == ["Urgent", "Old", "New"]
    assert {line.main for line in everywhere.lines} == {"take"}
    assert ([line.title for line in one.lines], one.more) == (["Urgent"], True)


def test_home_shows_what_waits_first(firm, do, transactions):
    do(ReportWork(title="Broken lamp", location_id=firm.north), by=firm.rob)
    do(OpenWorkOrder(title="Inspect", location_id=firm.north), by=firm.bea)
    started_job(do, firm)
    free_job(do, firm)
    with transactions.read() as uow:
        sue = home_view(uow, firm.sue, today=TODAY)
        tess = home_view(uow, firm.tess, today=TODAY)
        rob = home_view(uow, firm.rob, today=TODAY)
    assert [line.title for line in sue.to_review] == ["Broken lamp"]
    assert [(line.title, line.main) for line in sue.to_approve] == [("Inspect", "approve")]
    assert (sue.sees_costs, sue.free) == (True, None)
    assert [line.main for line in tess.jobs.lines] == ["complete"]
    assert (len(tess.free.lines), tess.sees_costs, tess.to_review) == (1, False, ())
    assert (rob.jobs.lines, rob.to_review) == ((), ())


@contextmanager
def counted(engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_conn, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def queries(engine, transactions, look) -> int:
    with counted(engine) as statements, transactions.read() as uow:
        look(uow)
    return len(statements)


def test_screens_cost_the_same_queries_however_much_there_is(firm, do, transactions, engine):
    job = started_job(do, firm)
    do(AddNeed(work_order_id=job, kind="tool", text="Wrench"), by=firm.tess)
    do(EnterLabour(work_order_id=job, hours=Decimal(1)), by=firm.tess)
    part(transactions, job, LineState.ORDERED, 1)
    free_job(do, firm)
    do(ReportWork(title="Lamp", location_id=firm.north), by=firm.tess)

    def card(uow):
        work_order_view(uow, job, reader=uow.get(Person, firm.sue), today=TODAY)

    def homes(uow):
        home_view(uow, firm.sue, today=TODAY)
        home_view(uow, firm.tess, today=TODAY)

    few = [queries(engine, transactions, look) for look in (card, homes)]
    for n in range(2, 8):
        do(AddNeed(work_order_id=job, kind="tool", text=f"Tool {n}"), by=firm.tess)
        do(EnterLabour(work_order_id=job, hours=Decimal(1)), by=firm.tom)
        part(transactions, job, LineState.ORDERED, n)
        free_job(do, firm)
        started_job(do, firm)
        do(ReportWork(title="Lamp", location_id=firm.north), by=firm.tess)
    many = [queries(engine, transactions, look) for look in (card, homes)]
    assert many[0] <= few[0]
    assert many[1] <= few[1]
    assert few[0] <= 24
