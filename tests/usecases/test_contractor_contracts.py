"""Jobs for contractors: not issued before contract, validity and rates are checked for their day,
unless a supervisor overrides with a reason that is reported."""

from datetime import date

import pytest

from tests.factories.jobs import audit, contract, contractor, free_job, row, rows
from wopo.domain.audit_tests import Period
from wopo.domain.errors import DomainError
from wopo.domain.outbox import OutboxRow
from wopo.domain.price_agreements import PriceAgreement, PriceTier
from wopo.domain.vendors import Standing
from wopo.domain.work_orders import AssigneeKind, WorkOrder, WorkOrderState
from wopo.usecases.views.overrides import by_person, overrides
from wopo.usecases.work_order_assignment import AssignWorkOrder, TakeJob
from wopo.usecases.work_order_moves import StartWork
from wopo.usecases.work_orders import ChangeWorkOrder

S = WorkOrderState


def refusal(call) -> DomainError:
    with pytest.raises(DomainError) as refused:
        call()
    return refused.value


def directs(transactions) -> list[tuple[str, str]]:
    found = rows(transactions, OutboxRow, card="direct", order="seq")
    return [(o.audience.removeprefix("person:"), o.facts["text"]) for o in found]


def to_acme(job: str, **other) -> AssignWorkOrder:
    return AssignWorkOrder(work_order_id=job, kind="contractor", assignee_id="acme", **other)


def test_a_contractor_under_contract_gets_the_job(firm, do, transactions):
    contractor(transactions)
    contract(transactions, "acme", date(2026, 1, 1), date(2026, 3, 2))
    job = free_job(do, firm)
    do(to_acme(job), by=firm.sue)
    order = row(transactions, WorkOrder, job)
    assert (order.state, order.assignee_kind) == (S.ASSIGNED, AssigneeKind.CONTRACTOR)
    assert order.contract_flag is None


@pytest.mark.parametrize("required", [None, date(2026, 3, 20)])
def test_without_a_contract_on_the_day_the_job_is_kept_back_and_procurement_told(
    firm, do, transactions, required
):
    contractor(transactions)
    ends = date(2026, 3, 1) if required is None else date(2026, 3, 19)
    contract(transactions, "acme", date(2026, 1, 1), ends)
    job = free_job(do, firm, required_by=required)
    answer = do(to_acme(job), by=firm.sue)
    order = row(transactions, WorkOrder, job)
    day = (required or date(2026, 3, 2)).isoformat()
    assert (order.state, order.kept_back) == (S.APPROVED, True)
    assert order.contract_flag == (
        f"Acme has no service contract valid on {day} (C-acme ended on {ends})"
    )
    assert "kept back" in answer.message
    told = [who for who, text in directs(transactions) if "Please record a contract" in text]
    assert told == [firm.bea]
    assert refusal(lambda: do(TakeJob(work_order_id=job), by=firm.tess)).code == "work_order.taken"


def test_a_supervisor_overrides_with_a_reason_that_is_recorded(firm, do, transactions):
    contractor(transactions)
    job = free_job(do, firm)
    do(to_acme(job), by=firm.sue)
    do(to_acme(job, override_reason=" "), by=firm.sue)
    assert row(transactions, WorkOrder, job).state is S.APPROVED
    do(to_acme(job, override_reason="Flood, cannot wait"), by=firm.sue)
    order = row(transactions, WorkOrder, job)
    assert (order.state, order.contract_override_by_id) == (S.ASSIGNED, firm.sue)
    assert order.contract_flag is not None
    overridden, given = audit(transactions)[-2:]
    assert given.facts["override_reason"] == "Flood, cannot wait"
    assert (overridden.event, overridden.facts["day"]) == (
        "work_order:contract_overridden", "2026-03-02",
    )  # fmt: skip
    told = [who for who, text in directs(transactions) if "Please put the contract right" in text]
    assert told == [firm.bea]
    do(StartWork(work_order_id=job), by=firm.sue)
    with transactions.read() as uow:
        (one,) = overrides(uow, Period(date(2026, 3, 1), date(2026, 3, 31)))
        assert overrides(uow, Period(date(2026, 4, 1), date(2026, 4, 30))) == ()
    assert (one.number, one.by, one.reason) == (
        "WO-2026-000001", "Sue Supervisor", "Flood, cannot wait",
    )  # fmt: skip
    assert by_person([one]) == [("Sue Supervisor", "contractor without a contract", 1)]


def test_a_contract_without_rates_keeps_the_job_back(firm, do, transactions):
    contractor(transactions)
    contract(transactions, "acme", date(2026, 1, 1), date(2026, 3, 31))
    with transactions.write() as uow:
        uow.get(PriceTier, "rate-acme").unit_price = None
        uow.commit()
    job = free_job(do, firm)
    do(to_acme(job), by=firm.sue)
    order = row(transactions, WorkOrder, job)
    assert (order.state, order.kept_back) == (S.APPROVED, True)
    assert order.contract_flag == (
        "Acme has a service contract on 2026-03-02 (C-acme), but without rates"
    )


def test_a_contract_that_ended_since_keeps_the_work_from_beginning(firm, do, transactions):
    contractor(transactions)
    contract(transactions, "acme", date(2026, 1, 1), date(2026, 3, 31))
    job = free_job(do, firm)
    do(to_acme(job), by=firm.sue)
    with transactions.write() as uow:
        uow.get(PriceAgreement, "contract-acme").active = False
        uow.commit()
    error = refusal(lambda: do(StartWork(work_order_id=job), by=firm.sue))
    assert error.code == "work_order.kept_back"
    assert row(transactions, WorkOrder, job).state is S.ASSIGNED
    do(to_acme(job, override_reason="Signed tomorrow"), by=firm.sue)
    do(StartWork(work_order_id=job), by=firm.sue)


def test_an_administrator_does_not_override(firm, do, transactions):
    contractor(transactions)
    job = free_job(do, firm)
    do(to_acme(job, override_reason="because"), by=firm.ann)
    assert row(transactions, WorkOrder, job).kept_back


def test_a_job_moved_out_of_the_contract_is_kept_back_again(firm, do, transactions):
    contractor(transactions)
    contract(transactions, "acme", date(2026, 1, 1), date(2026, 3, 31))
    job = free_job(do, firm)
    do(to_acme(job), by=firm.sue)
    do(ChangeWorkOrder(work_order_id=job, required_by=date(2026, 4, 5)), by=firm.sue)
    assert row(transactions, WorkOrder, job).kept_back
    error = refusal(lambda: do(StartWork(work_order_id=job), by=firm.sue))
    assert error.code == "work_order.kept_back"
    do(ChangeWorkOrder(work_order_id=job, required_by=date(2026, 3, 5)), by=firm.sue)
    do(StartWork(work_order_id=job), by=firm.sue)


@pytest.mark.parametrize(
    ("vendor", "said"),
    [
        ({"contractor": False}, "is not marked as a contractor"),
        ({"active": False}, "is no longer active"),
        ({"standing": Standing.BLOCKED}, "is blocked"),
    ],
)
def test_who_may_not_be_a_contractor_is_refused(firm, do, transactions, vendor, said):
    contractor(transactions, **vendor)
    job = free_job(do, firm)
    error = refusal(lambda: do(to_acme(job), by=firm.sue))
    assert (error.code, error.field) == ("work_order.no_contractor", "assignee_id")
    assert said in error.message
