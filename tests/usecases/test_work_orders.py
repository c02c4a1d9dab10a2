"""Work orders: opened, approved, changed, given, worked on, closed, cancelled."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories.jobs import (
    NOW,
    add,
    audit,
    free_job,
    order_line,
    row,
    rows,
    started_job,
)
from wopo.domain.audit import RefusalEntry
from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import DomainError
from wopo.domain.exception_cases import CaseState, ExceptionCase
from wopo.domain.invoices import Invoice, InvoiceLine, InvoiceState
from wopo.domain.ledger import CostKind, LedgerEntry
from wopo.domain.outbox import OutboxRow
from wopo.domain.part_requests import LineKind, LineState, PartRequest, PartRequestLine
from wopo.domain.purchase_orders import OrderState
from wopo.domain.work_orders import HoldReason, WorkOrder, WorkOrderState
from wopo.usecases.cost_centres import SaveCostCentre
from wopo.usecases.people import DeactivatePerson
from wopo.usecases.work_order_assignment import AssignWorkOrder, ReleaseJob, TakeJob
from wopo.usecases.work_order_moves import (
    CancelWorkOrder,
    CloseWorkOrder,
    CompleteWork,
    HoldWork,
    ResumeWork,
    StartWork,
)
from wopo.usecases.work_order_needs import AddNeed, RemoveNeed, SetNeedReady
from wopo.usecases.work_orders import ApproveWorkOrder, ChangeWorkOrder, OpenWorkOrder

S = WorkOrderState


def refusal(call) -> DomainError:
    with pytest.raises(DomainError) as refused:
        call()
    return refused.value


def stories(transactions) -> list[str]:
    return [o.facts["text"] for o in rows(transactions, OutboxRow, card="story", order="seq")]


def directs(transactions) -> list[tuple[str, str]]:
    found = rows(transactions, OutboxRow, card="direct", order="seq")
    return [(o.audience.removeprefix("person:"), o.facts["text"]) for o in found]


def test_a_job_lives_from_the_queue_to_its_end_and_its_thread_tells_it(
    firm, do, transactions, clock
):
    job = free_job(do, firm)
    do(TakeJob(work_order_id=job), by=firm.tess)
    do(StartWork(work_order_id=job), by=firm.tess)
    do(HoldWork(work_order_id=job, reason="weather", note="storm"), by=firm.tess)
    do(ResumeWork(work_order_id=job), by=firm.tess)
    clock.forward(hours=2)
    do(CompleteWork(work_order_id=job, note="New seal fitted"), by=firm.tess)
    do(CloseWorkOrder(work_order_id=job), by=firm.sue)
    order = row(transactions, WorkOrder, job)
    assert order.state is S.CLOSED
    assert (order.completed_at - order.started_at).total_seconds() == 7200
    assert order.completion_note == "New seal fitted"
    assert stories(transactions) == [
        "Approved by Sue Supervisor.",
        "Taken by Tess Technician.",
        "Started by Tess Technician.",
        "On hold by Tess Technician: weather (storm).",
        "Work goes on by Tess Technician.",
        "Completed by Tess Technician. New seal fitted",
        "Closed by Sue Supervisor.",
    ]
    assert (firm.sue, "WO-2026-000001 Pump leaks is done. New seal fitted") in directs(transactions)


def test_two_take_one_job_and_the_second_is_told_who_has_it(firm, do, transactions):
    job = free_job(do, firm)
    do(TakeJob(work_order_id=job), by=firm.tess)
    error = refusal(lambda: do(TakeJob(work_order_id=job), by=firm.tom))
    assert error.code == "work_order.taken"
    assert "Tess Technician already has WO-2026-000001" in error.message
    again = refusal(lambda: do(TakeJob(work_order_id=job), by=firm.tess))
    assert again.code == "work_order.already_yours"
    assert row(transactions, WorkOrder, job).assignee_id == firm.tess
    assert len(rows(transactions, RefusalEntry, code="work_order.taken")) == 1
    assigned = [entry for entry in audit(transactions) if entry.event == "work_order:assigned"]
    assert len(assigned) == 1


def test_a_replayed_click_gets_the_first_answer(firm, do, transactions):
    job = free_job(do, firm)
    first = do(TakeJob(work_order_id=job), by=firm.tess, key="click")
    count = len(audit(transactions))
    assert do(TakeJob(work_order_id=job), by=firm.tess, key="click") == first
    assert len(audit(transactions)) == count


@pytest.mark.parametrize(
    ("who", "command"),
    [
        ("tom", StartWork),
        ("tom", CompleteWork),
        ("bea", StartWork),
    ],
)
def test_only_whoever_has_the_job_or_the_supervisor_works_on_it(firm, do, who, command):
    job = started_job(do, firm)
    error = refusal(lambda: do(command(work_order_id=job), by=getattr(firm, who)))
    assert error.code == "work_order.not_yours"
    assert "given to Tess Technician" in error.message


@pytest.mark.parametrize("who", ["aud", "rob"])
def test_an_auditor_and_somebody_without_a_role_move_nothing(firm, do, who):
    job = started_job(do, firm)
    error = refusal(lambda: do(CompleteWork(work_order_id=job), by=getattr(firm, who)))
    assert error.code == "not_allowed"


def test_a_job_opened_by_a_buyer_waits_for_approval(firm, do, transactions):
    opened = do(OpenWorkOrder(title="Inspect", location_id=firm.north), by=firm.bea)
    order = row(transactions, WorkOrder, opened.subject_id)
    assert (order.state, order.approved_by_id) == (S.REQUESTED, None)
    waiting = (firm.sue, "WO-2026-000001 Inspect waits for your approval.")
    assert waiting in directs(transactions)
    error = refusal(lambda: do(ApproveWorkOrder(work_order_id=order.id), by=firm.tess))
    assert error.code == "not_allowed"
    do(ApproveWorkOrder(work_order_id=order.id), by=firm.sue)
    order = row(transactions, WorkOrder, order.id)
    assert (order.state, order.approved_by_id, order.approved_at) == (S.APPROVED, firm.sue, NOW)
    second = refusal(lambda: do(ApproveWorkOrder(work_order_id=order.id), by=firm.max))
    assert second.code == "work_order.already"


EDITS = {
    "title": ("New title", "New title"),
    "explanation": ("Because", "Because"),
    "type": ("compliance", "compliance"),
    "instructions": ("Lock out first", "Lock out first"),
    "department": ("Ops", "Ops"),
    "required_by": (date(2026, 4, 1), date(2026, 4, 1)),
    "estimated_completion": (date(2026, 4, 2), date(2026, 4, 2)),
    "exact_spot": ("left wall", "left wall"),
    "priority": ("emergency", "emergency"),
    "estimated_hours": (Decimal("2.5"), Decimal("2.5")),
    "nte": (Decimal("120.50"), 12050),
    "finding_reference": ("F-1", "F-1"),
    "compliance_deadline": (date(2026, 5, 1), date(2026, 5, 1)),
    "mandatory": (True, True),
}
COLUMN = {"nte": "nte_minor"}


@pytest.mark.parametrize("field", EDITS)
def test_every_plain_field_can_be_changed_and_is_audited(firm, do, transactions, field):
    job = free_job(do, firm)
    given, kept = EDITS[field]
    do(ChangeWorkOrder(work_order_id=job, **{field: given}), by=firm.sue)
    column = COLUMN.get(field, field)
    assert getattr(row(transactions, WorkOrder, job), column) == kept
    entry = audit(transactions)[-1]
    assert entry.event == "work_order:changed"
    assert list(entry.facts["after"]) == [column]


def test_every_reference_can_be_changed_and_taken_away(firm, do, transactions):
    job = free_job(do, firm)
    second = do(SaveCostCentre(code="LAB", name="Lab", currency="USD")).subject_id
    wanted = {
        "requester_id": firm.rob,
        "client_id": firm.tenant,
        "project_id": firm.plan,
        "charge_back_client_id": firm.tenant,
        "cost_centre_id": second,
    }
    do(ChangeWorkOrder(work_order_id=job, **wanted), by=firm.sue)
    order = row(transactions, WorkOrder, job)
    assert {name: getattr(order, name) for name in wanted} == wanted
    empty = dict.fromkeys(wanted.keys() - {"cost_centre_id"}) | {"asset_id": None}
    do(ChangeWorkOrder(work_order_id=job, **empty), by=firm.sue)
    order = row(transactions, WorkOrder, job)
    assert {name: getattr(order, name) for name in empty} == empty


def test_a_new_place_takes_the_site_along_and_the_asset_must_fit(firm, do, transactions):
    job = free_job(do, firm)
    error = refusal(
        lambda: do(ChangeWorkOrder(work_order_id=job, location_id=firm.harbour), by=firm.sue)
    )
    assert error.code == "work_request.wrong_place"
    move = ChangeWorkOrder(work_order_id=job, location_id=firm.harbour, asset_id=firm.crane)
    do(move, by=firm.sue)
    order = row(transactions, WorkOrder, job)
    assert (order.site_id, order.location_id) == (firm.harbour, firm.harbour)
    cards = {o.audience for o in rows(transactions, OutboxRow, card="work_order")[-2:]}
    assert cards == {f"site:{firm.north}", f"site:{firm.harbour}"}


def test_another_currency_empties_the_not_to_exceed_amount(firm, do, transactions):
    job = free_job(do, firm)
    usd = do(SaveCostCentre(code="US", name="US", currency="JPY")).subject_id
    do(ChangeWorkOrder(work_order_id=job, nte=Decimal(100)), by=firm.sue)
    do(ChangeWorkOrder(work_order_id=job, cost_centre_id=usd), by=firm.sue)
    assert row(transactions, WorkOrder, job).nte_minor is None
    assert row(transactions, CostCentre, usd).currency == "JPY"
    error = refusal(lambda: do(ChangeWorkOrder(work_order_id=job, nte=Decimal("1.5")), by=firm.sue))
    assert (error.code, error.field) == ("money.too_fine", "nte")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"title": " "}, "required", "title"),
        ({"required_by": date(2026, 3, 1)}, "date.past", "required_by"),
        ({"estimated_completion": date(2020, 1, 1)}, "date.past", "estimated_completion"),
        ({"nte": Decimal("-3")}, "money.negative", "nte"),
        ({"nte": Decimal("1e30")}, "money.not_a_number", "nte"),
        ({"nte": Decimal("0.005")}, "money.too_fine", "nte"),
        ({"estimated_hours": Decimal("-1")}, "money.negative", "estimated_hours"),
        ({"estimated_hours": Decimal("0.001")}, "money.too_fine", "estimated_hours"),
        ({"project_id": "none such"}, "not_found", "project_id"),
        ({"cost_centre_id": "none such"}, "not_found", "cost_centre_id"),
        ({"title": "Pump leaks"}, "work_order.nothing_changed", None),
    ],
)
def test_bad_changes_are_refused_at_the_field(firm, do, transactions, change, code, field):
    job = free_job(do, firm)
    before = row(transactions, WorkOrder, job).model_dump()
    error = refusal(lambda: do(ChangeWorkOrder(work_order_id=job, **change), by=firm.sue))
    assert (error.code, error.field) == (code, field)
    assert row(transactions, WorkOrder, job).model_dump() == before


def test_a_finished_job_is_not_changed(firm, do):
    job = started_job(do, firm)
    do(CompleteWork(work_order_id=job), by=firm.tess)
    error = refusal(lambda: do(ChangeWorkOrder(work_order_id=job, title="x"), by=firm.sue))
    assert (error.code, error.facts["state"]) == ("illegal_move", "completed")


def test_a_team_gets_a_job_and_its_members_may_work_on_it(firm, do, transactions):
    job = free_job(do, firm)
    give = AssignWorkOrder(work_order_id=job, kind="team", assignee_id=firm.crew)
    do(give, by=firm.sue)
    assert (firm.tess, "WO-2026-000001 Pump leaks is yours now.") in directs(transactions)
    error = refusal(lambda: do(StartWork(work_order_id=job), by=firm.tom))
    assert "given to Night crew" in error.message
    do(StartWork(work_order_id=job), by=firm.tess)


def test_a_job_given_to_another_tells_both(firm, do, transactions):
    job = started_job(do, firm)
    give = AssignWorkOrder(work_order_id=job, kind="person", assignee_id=firm.tom)
    do(give, by=firm.sue)
    assert directs(transactions)[-2:] == [
        (firm.tom, "WO-2026-000001 Pump leaks is yours now."),
        (firm.tess, "WO-2026-000001 Pump leaks is no longer yours (Sue Supervisor)."),
    ]
    assert row(transactions, WorkOrder, job).state is S.IN_PROGRESS


def test_a_deactivated_person_gets_no_job(firm, do):
    job = free_job(do, firm)
    do(DeactivatePerson(code="tom"))
    give = AssignWorkOrder(work_order_id=job, kind="person", assignee_id=firm.tom)
    error = refusal(lambda: do(give, by=firm.sue))
    assert (error.code, error.field) == ("person.not_active", "assignee_id")


def test_whoever_is_deactivated_leaves_jobs_that_the_supervisor_hears_of(firm, do, transactions):
    started_job(do, firm)
    do(DeactivatePerson(code="tess"))
    text = "Tess Technician is deactivated. Please give to others: WO-2026-000001."
    assert (firm.sue, text) in directs(transactions)


def test_a_job_goes_back_into_the_queue_with_a_reason(firm, do, transactions):
    job = free_job(do, firm)
    do(TakeJob(work_order_id=job), by=firm.tess)
    assert refusal(lambda: do(ReleaseJob(work_order_id=job), by=firm.tess)).field == "reason"
    do(ReleaseJob(work_order_id=job, reason="called away"), by=firm.tess)
    order = row(transactions, WorkOrder, job)
    assert (order.state, order.assignee_id) == (S.APPROVED, None)
    do(TakeJob(work_order_id=job), by=firm.tom)


def test_a_missing_permit_asks_once_before_the_start(firm, do, transactions):
    job = free_job(do, firm)
    do(TakeJob(work_order_id=job), by=firm.tess)
    need = do(AddNeed(work_order_id=job, kind="permit", text="Hot work"), by=firm.tess)
    do(AddNeed(work_order_id=job, kind="tool", text="Wrench"), by=firm.tess)
    start = StartWork(work_order_id=job)
    error = refusal(lambda: do(start, by=firm.tess))
    assert (error.code, error.facts["acknowledge"]) == ("work_order.permit_missing", "permits")
    assert "Hot work" in error.message
    assert "Wrench" not in error.message
    assert row(transactions, WorkOrder, job).state is S.ASSIGNED
    do(SetNeedReady(need_id=need.facts["need_id"]), by=firm.tess)
    do(start, by=firm.tess)


def test_the_permit_question_may_be_answered_with_yes(firm, do, transactions):
    job = free_job(do, firm)
    do(TakeJob(work_order_id=job), by=firm.tess)
    do(AddNeed(work_order_id=job, kind="permit", text="Hot work"), by=firm.sue)
    do(StartWork(work_order_id=job, acknowledged=frozenset({"permits"})), by=firm.tess)
    assert row(transactions, WorkOrder, job).state is S.IN_PROGRESS


def test_needs_are_for_those_who_work_on_the_job(firm, do):
    job = started_job(do, firm)
    need = do(AddNeed(work_order_id=job, kind="document", text="Manual"), by=firm.tess)
    error = refusal(lambda: do(RemoveNeed(need_id=need.facts["need_id"]), by=firm.tom))
    assert error.code == "work_order.not_yours"
    do(RemoveNeed(need_id=need.facts["need_id"]), by=firm.tess)
    do(CompleteWork(work_order_id=job), by=firm.tess)
    late = AddNeed(work_order_id=job, kind="tool", text="Wrench")
    assert refusal(lambda: do(late, by=firm.sue)).code == "illegal_move"


def test_hold_for_other_needs_a_note(firm, do):
    job = started_job(do, firm)
    hold = HoldWork(work_order_id=job, reason=HoldReason.OTHER)
    assert refusal(lambda: do(hold, by=firm.tess)).field == "note"


def completed(do, firm) -> str:
    job = started_job(do, firm)
    do(CompleteWork(work_order_id=job), by=firm.tess)
    return job


def close(do, firm, job) -> DomainError:
    error = refusal(lambda: do(CloseWorkOrder(work_order_id=job), by=firm.sue))
    assert error.code == "work_order.not_closable"
    return error


def test_an_open_order_line_keeps_a_job_open(firm, do, transactions):
    job = completed(do, firm)
    order_line(transactions, firm, job, OrderState.ISSUED)
    assert "PO-2026-000001 is issued" in close(do, firm, job).message


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (OrderState.CLOSED, {}),
        (OrderState.CANCELLED, {}),
        (OrderState.ISSUED, {"cancelled": True}),
        (OrderState.ISSUED, {"closed_short": True}),
    ],
)
def test_orders_that_are_over_do_not(firm, do, transactions, state, line):
    job = completed(do, firm)
    order_line(transactions, firm, job, state, **line)
    do(CloseWorkOrder(work_order_id=job), by=firm.fin)


def test_an_open_part_request_line_keeps_a_job_open(firm, do, transactions):
    job = completed(do, firm)
    part_line(transactions, job, LineState.TO_BUY)
    assert "Seal is to buy" in close(do, firm, job).message


def part_line(transactions, job: str, state: LineState) -> None:
    add(
        transactions,
        PartRequest(id="pr", number="PR-2026-000001", work_order_id=job, created_at=NOW),
        PartRequestLine(
            id="prl",
            part_request_id="pr",
            work_order_id=job,
            kind=LineKind.FREE_TEXT,
            description="Seal",
            quantity=Decimal(1),
            unit="pc",
            state=state,
        ),
    )


@pytest.mark.parametrize(
    ("state", "blocks"),
    [
        (InvoiceState.ON_HOLD, True),
        (InvoiceState.PAYABLE, True),
        (InvoiceState.PAID, False),
        (InvoiceState.REJECTED, False),
    ],
)
def test_an_unsettled_invoice_keeps_a_job_open(firm, do, transactions, state, blocks):
    job = completed(do, firm)
    order_line(transactions, firm, job, OrderState.CLOSED)
    add(
        transactions,
        Invoice(
            id="inv",
            sequence=1,
            number="INV-7",
            number_key="INV-7",
            state=state,
            vendor_id="acme",
            currency="EUR",
            invoice_date=date(2026, 3, 1),
            entered_at=NOW,
        ),
        InvoiceLine(
            id="il",
            invoice_id="inv",
            position=1,
            purchase_order_line_id="pol",
            quantity=Decimal(2),
            unit_price=Decimal(5),
        ),
    )
    if blocks:
        assert "invoice INV-7 is" in close(do, firm, job).message
    else:
        do(CloseWorkOrder(work_order_id=job), by=firm.sue)


@pytest.mark.parametrize("on_line", [True, False])
def test_an_open_exception_keeps_a_job_open(firm, do, transactions, on_line):
    job = completed(do, firm)
    order_line(transactions, firm, job, OrderState.CLOSED)
    add(
        transactions,
        ExceptionCase(
            id="ex",
            number="EX-2026-000001",
            key="k",
            code="PRICE",
            state=CaseState.ASSIGNED,
            subject="invoice",
            subject_id="i",
            currency="EUR",
            raised_at=NOW,
            changed_at=NOW,
            purchase_order_id="po",
            purchase_order_line_id="pol" if on_line else None,
        ),
    )
    assert "exception EX-2026-000001 is open" in close(do, firm, job).message


@pytest.mark.parametrize(
    ("kind", "blocks"),
    [(CostKind.COMMITTED, True), (CostKind.ACCRUED, True), (CostKind.LABOUR, False)],
)
def test_unsettled_money_keeps_a_job_open(firm, do, transactions, kind, blocks):
    job = completed(do, firm)
    ledger(transactions, firm, job, kind, 500)
    if blocks:
        assert f"{kind.value} money is not settled" in close(do, firm, job).message
        ledger(transactions, firm, job, kind, -500)
    do(CloseWorkOrder(work_order_id=job), by=firm.sue)


def ledger(transactions, firm, job: str, kind: CostKind, minor: int) -> None:
    add(
        transactions,
        LedgerEntry(
            id=f"l-{kind}-{minor}",
            at=NOW,
            day=NOW.date(),
            kind=kind,
            amount_minor=minor,
            currency="EUR",
            cost_centre_id=firm.ops,
            work_order_id=job,
            source="test",
            source_id="x",
        ),
    )


@pytest.mark.parametrize(
    ("state", "line", "said"),
    [
        (OrderState.ISSUED, {}, "PO-2026-000001 is issued"),
        (OrderState.ISSUED, {"received": Decimal(1)}, "goods of PO-2026-000001 are received"),
        (OrderState.CLOSED, {"received": Decimal(2)}, "goods of PO-2026-000001 are received"),
    ],
)
def test_a_job_is_not_cancelled_while_an_order_binds(firm, do, transactions, state, line, said):
    job = started_job(do, firm)
    order_line(transactions, firm, job, state, **line)
    cancel = CancelWorkOrder(work_order_id=job, reason="Not needed")
    error = refusal(lambda: do(cancel, by=firm.sue))
    assert error.code == "work_order.not_cancellable"
    assert said in error.message
    assert row(transactions, WorkOrder, job).state is S.IN_PROGRESS


@pytest.mark.parametrize("state", [OrderState.DRAFT, OrderState.CANCELLED, OrderState.REJECTED])
def test_orders_that_do_not_bind_let_a_job_be_cancelled(firm, do, transactions, state):
    job = started_job(do, firm)
    order_line(transactions, firm, job, state)
    do(CancelWorkOrder(work_order_id=job, reason="Not needed"), by=firm.sue)
    order = row(transactions, WorkOrder, job)
    assert (order.state, order.cancel_reason) == (S.CANCELLED, "Not needed")
    text = "WO-2026-000001 Pump leaks is cancelled by Sue Supervisor: Not needed"
    assert (firm.tess, text) in directs(transactions)


def test_a_completed_job_is_not_cancelled(firm, do):
    job = completed(do, firm)
    cancel = CancelWorkOrder(work_order_id=job, reason="x")
    assert refusal(lambda: do(cancel, by=firm.sue)).code == "illegal_move"


def test_no_notice_of_a_site_ever_names_an_amount(firm, do, transactions):
    job = started_job(do, firm)
    do(ChangeWorkOrder(work_order_id=job, nte=Decimal("987.65")), by=firm.sue)
    do(CompleteWork(work_order_id=job), by=firm.tess)
    shown = [
        str(o.facts) for o in rows(transactions, OutboxRow) if not o.audience.startswith("person:")
    ]
    assert shown
    assert not [text for text in shown if "987" in text or "98765" in text]
