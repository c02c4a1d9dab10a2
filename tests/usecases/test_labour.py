"""Hours entered on a job, at the rate of that day, and taken back exactly."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories.jobs import (
    add,
    audit,
    free_job,
    row,
    rows,
    started_job,
)
from wopo.domain.audit import RefusalEntry
from wopo.domain.errors import DomainError
from wopo.domain.exchange_rates import ExchangeRate
from wopo.domain.labour import LabourEntry
from wopo.domain.outbox import OutboxRow
from wopo.domain.people import Person
from wopo.usecases.cost_centres import SaveCostCentre
from wopo.usecases.labour import CorrectLabour, EnterLabour
from wopo.usecases.people import SetLabourRate
from wopo.usecases.ports.work_orders import WorkOrderStore
from wopo.usecases.views.work_orders import work_order_view
from wopo.usecases.work_order_moves import CompleteWork
from wopo.usecases.work_orders import ChangeWorkOrder

TODAY = date(2026, 3, 2)


def refusal(call) -> DomainError:
    with pytest.raises(DomainError) as refused:
        call()
    return refused.value


def entries(transactions) -> list[tuple[Decimal, int, str]]:
    found = rows(transactions, LabourEntry, order=("at", "id"))
    return [(entry.hours, entry.amount_minor, entry.currency) for entry in found]


def test_hours_cost_the_rate_of_their_day(firm, do, transactions):
    job = started_job(do, firm)
    do(SetLabourRate(person="tess", per_hour=Decimal("50.10"), valid_from=date(2026, 3, 1)))
    old = EnterLabour(work_order_id=job, hours=Decimal("1.25"), day=date(2026, 2, 28))
    do(old, by=firm.tess)
    do(EnterLabour(work_order_id=job, hours=Decimal("1.25")), by=firm.tess)
    assert entries(transactions) == [
        (Decimal("1.25"), 5000, "EUR"),
        (Decimal("1.25"), 6263, "EUR"),
    ]
    entry = [e for e in audit(transactions) if e.event == "work_order:labour_entered"][-1]
    assert entry.facts["amount"] == {"amount": "62.63", "currency": "EUR"}
    assert entry.facts["cost_centre_id"] == firm.ops


def test_without_a_rate_that_day_hours_are_refused_and_logged(firm, do, transactions):
    job = started_job(do, firm)
    early = EnterLabour(work_order_id=job, hours=Decimal(1), day=date(2025, 12, 31))
    error = refusal(lambda: do(early, by=firm.tess))
    assert error.code == "labour.no_rate"
    assert "Tess Technician has no labour rate valid on 2025-12-31" in error.message
    assert entries(transactions) == []
    assert len(rows(transactions, RefusalEntry, code="labour.no_rate")) == 1


@pytest.mark.parametrize(
    ("hours", "day", "code", "field"),
    [
        ("0", None, "labour.hours", "hours"),
        ("-1", None, "labour.hours", "hours"),
        ("24.5", None, "labour.hours", "hours"),
        ("1.005", None, "money.too_fine", "hours"),
        ("1", date(2026, 3, 3), "labour.future_day", "day"),
    ],
)
def test_impossible_hours_are_refused_at_the_field(firm, do, transactions, hours, day, code, field):
    job = started_job(do, firm)
    command = EnterLabour(work_order_id=job, hours=Decimal(hours), day=day)
    error = refusal(lambda: do(command, by=firm.tess))
    assert (error.code, error.field) == (code, field)
    assert entries(transactions) == []


def test_a_day_has_twenty_four_hours_over_all_jobs(firm, do):
    first, second = started_job(do, firm), started_job(do, firm)
    do(EnterLabour(work_order_id=first, hours=Decimal(20)), by=firm.tess)
    error = refusal(
        lambda: do(EnterLabour(work_order_id=second, hours=Decimal("4.5")), by=firm.tess)
    )
    assert error.code == "labour.day_full"
    assert "already has 20 hours" in error.message
    do(EnterLabour(work_order_id=second, hours=Decimal(4)), by=firm.tess)


def test_a_correction_takes_back_exactly_and_enters_the_right_hours(firm, do, transactions):
    job = started_job(do, firm)
    wrong = do(EnterLabour(work_order_id=job, hours=Decimal("3.33")), by=firm.tess)
    do(SetLabourRate(person="tess", per_hour=Decimal(99), valid_from=date(2026, 1, 1)))
    entry = wrong.facts["labour_entry_id"]
    do(CorrectLabour(labour_entry_id=entry, hours=Decimal("0.5")), by=firm.tess)
    assert entries(transactions) == [
        (Decimal("3.33"), 13320, "EUR"),
        (Decimal("-3.33"), -13320, "EUR"),
        (Decimal("0.5"), 4950, "EUR"),
    ]
    with transactions.read() as uow:
        assert uow.store(WorkOrderStore).hours([job]) == {job: Decimal("0.5")}


def test_an_entry_is_corrected_once_and_a_correction_never(firm, do, transactions):
    job = started_job(do, firm)
    wrong = do(EnterLabour(work_order_id=job, hours=Decimal(2)), by=firm.tess)
    fix = CorrectLabour(labour_entry_id=wrong.facts["labour_entry_id"])
    back = do(fix, by=firm.tess)
    assert refusal(lambda: do(fix, by=firm.tess)).code == "labour.corrected"
    again = CorrectLabour(labour_entry_id=back.facts["labour_entry_id"])
    assert refusal(lambda: do(again, by=firm.tess)).code == "labour.is_correction"
    assert sum(amount for _, amount, _ in entries(transactions)) == 0


def test_a_correction_goes_to_the_cost_centre_that_paid(firm, do, transactions):
    job = started_job(do, firm)
    lab = do(SaveCostCentre(code="LAB", name="Lab")).subject_id
    wrong = do(EnterLabour(work_order_id=job, hours=Decimal(2)), by=firm.tess)
    do(ChangeWorkOrder(work_order_id=job, cost_centre_id=lab), by=firm.sue)
    fix = CorrectLabour(labour_entry_id=wrong.facts["labour_entry_id"], hours=Decimal(1))
    do(fix, by=firm.tess)
    paid = [(e.cost_centre_id, e.hours) for e in rows(transactions, LabourEntry, order="id")]
    assert sorted(paid) == sorted([(firm.ops, 2), (firm.ops, -2), (lab, 1)])


@pytest.mark.parametrize("command", ["enter", "correct"])
def test_hours_of_others_are_the_supervisors_business(firm, do, command):
    job = started_job(do, firm)
    own = do(EnterLabour(work_order_id=job, hours=Decimal(2)), by=firm.tess)
    enter = EnterLabour(work_order_id=job, hours=Decimal(1), person_id=firm.tess)
    correct = CorrectLabour(labour_entry_id=own.facts["labour_entry_id"])
    chosen = enter if command == "enter" else correct
    assert refusal(lambda: do(chosen, by=firm.tom)).code == "not_allowed"
    do(chosen, by=firm.sue)


def test_a_technician_who_helps_enters_own_hours(firm, do, transactions):
    job = started_job(do, firm)
    do(EnterLabour(work_order_id=job, hours=Decimal(1)), by=firm.tom)
    assert rows(transactions, LabourEntry)[0].person_id == firm.tom


def test_late_hours_are_entered_after_completion_but_not_before_the_start(firm, do, transactions):
    waiting = free_job(do, firm)
    error = refusal(lambda: do(EnterLabour(work_order_id=waiting, hours=Decimal(1)), by=firm.sue))
    assert error.code == "illegal_move"
    job = started_job(do, firm)
    do(CompleteWork(work_order_id=job), by=firm.tess)
    do(EnterLabour(work_order_id=job, hours=Decimal(1)), by=firm.tess)
    assert len(entries(transactions)) == 1


def rate(transactions, day: date, value: str) -> None:
    add(
        transactions,
        ExchangeRate(id=f"r{day}", source="USD", target="EUR", day=day, rate=Decimal(value)),
    )


def test_another_currency_needs_a_dated_rate(firm, do, transactions):
    job = started_job(do, firm)
    do(
        SetLabourRate(
            person="tess", per_hour=Decimal("33.33"), currency="USD", valid_from=date(2026, 2, 1)
        )
    )
    command = EnterLabour(work_order_id=job, hours=Decimal("1.5"))
    rate(transactions, date(2026, 3, 3), "9")
    error = refusal(lambda: do(command, by=firm.tess))
    assert error.code == "labour.no_exchange_rate"
    assert "no USD to EUR rate for 2026-03-02" in error.message
    rate(transactions, date(2026, 2, 20), "0.8")
    rate(transactions, date(2026, 3, 1), "0.912345")
    do(command, by=firm.tess)
    assert entries(transactions) == [(Decimal("1.5"), 4561, "EUR")]
    kept = rows(transactions, LabourEntry)[0]
    assert (kept.rate, kept.rate_currency, kept.exchange_rate) == (
        Decimal("33.33"),
        "USD",
        Decimal("0.912345"),
    )


def test_the_thread_tells_hours_and_no_cost(firm, do, transactions):
    job = started_job(do, firm)
    do(EnterLabour(work_order_id=job, hours=Decimal("2.50")), by=firm.tess)
    story = rows(transactions, OutboxRow, card="story", order="-seq", limit=1)[0]
    assert story.facts == {"text": "Tess Technician worked 2.5 hours."}


def test_a_replay_enters_hours_once(firm, do, transactions):
    job = started_job(do, firm)
    command = EnterLabour(work_order_id=job, hours=Decimal(1))
    assert do(command, by=firm.tess, key="v") == do(command, by=firm.tess, key="v")
    assert len(entries(transactions)) == 1


def test_amounts_are_shown_only_with_the_right_to_costs(firm, do, transactions):
    job = started_job(do, firm)
    do(EnterLabour(work_order_id=job, hours=Decimal(2)), by=firm.tess)
    with transactions.read() as uow:
        tess = work_order_view(uow, job, reader=uow.get(Person, firm.tess), today=TODAY)
        sue = work_order_view(uow, job, reader=uow.get(Person, firm.sue), today=TODAY)
    assert (tess.labour[0].amount, tess.actual_hours) == (None, Decimal(2))
    assert str(sue.labour[0].amount) == "80.00 EUR"
    assert row(transactions, LabourEntry, sue.labour[0].id).amount_minor == 8000
