"""Exceptions as cases: owned, answered by those who may, true to the facts."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories.buying import seed
from tests.factories.money import BUYER, FINANCE, PAYER, RECEIVER, Desk, desk, line
from wopo.domain.errors import DomainError
from wopo.domain.exception_cases import CaseState, ExceptionCase, Resolution
from wopo.domain.exchange_rates import NO_RATE
from wopo.domain.invoices import InvoiceState
from wopo.domain.outbox import OutboxRow
from wopo.domain.people import AuthorityLimit, Person
from wopo.usecases.exception_cases import (
    AcceptCase,
    AcknowledgeCase,
    AssignCase,
    DisputeCase,
    NotADuplicate,
    ReopenCase,
    TakeCase,
    within_authority,
)
from wopo.usecases.payables import MakePayable
from wopo.usecases.receipt_corrections import ReturnedLine, ReturnGoods
from wopo.usecases.settings import ChangeCompanySettings

D = Decimal


@pytest.fixture
def at(transactions, clock, do) -> Desk:
    return desk(do, seed(transactions, clock))


def refused(call, *args, **kwargs) -> DomainError:
    with pytest.raises(DomainError) as error:
        call(*args, **kwargs)
    assert "othing" in error.value.message
    return error.value


@pytest.fixture
def held(at: Desk):
    """An order of which 9 of 10 were accepted, 1 rejected, and 10 billed; its one case."""
    order = at.issued(line(receiver_id=RECEIVER))
    at.receive(order, "9", "1")
    at.bill(order, ("10", "10"))
    (case,) = at.cases().values()
    return case


def test_it_is_numbered_keyed_dated_and_routed(at, held):
    assert held.number == "EX-2026-000001"
    assert held.key == f"{held.invoice_id}|{held.purchase_order_line_id}|QTY_OVER_ACCEPTED"
    assert (held.owner_kind, held.owner_id) == ("receiver", RECEIVER)
    assert (held.due_at - held.raised_at).days == 3
    assert held.cost_centre_id == "cc"


def test_taking_and_giving(at, do, held):
    do(TakeCase(case_id=held.id), by=FINANCE)
    assert at.cases()[held.code].state is CaseState.ASSIGNED
    do(AssignCase(case_id=held.id, person_id=BUYER), by=FINANCE)
    events = [e for e in at.world.all_entries() if e.event == "exception:assigned"]
    assert [(e.facts["before_id"], e.facts["owner_id"]) for e in events] == [
        (RECEIVER, FINANCE),
        (FINANCE, BUYER),
    ]


def test_taking_twice_changes_nothing(at, do, held):
    do(TakeCase(case_id=held.id), by=FINANCE)
    before = len(at.world.all_entries())
    do(TakeCase(case_id=held.id), by=FINANCE)
    assert len(at.world.all_entries()) == before


def test_it_is_not_given_to_somebody_without_the_right(at, do, held):
    error = refused(do, AssignCase(case_id=held.id, person_id="tess"), by=FINANCE)
    assert (error.code, error.field) == ("not_allowed", "person_id")


def test_accepting_stores_who_why_and_how_much(at, do, held):
    do(AcceptCase(case_id=held.id, reason="it was used"), by=FINANCE)
    case = at.cases(open_only=False)[held.code]
    assert (case.resolution, case.resolved_by_id, case.reason) == (
        Resolution.ACCEPTED,
        FINANCE,
        "it was used",
    )
    assert (case.accepted_amount_minor, case.accepted_variance) == (1000, 1)
    assert at.invoice(held.invoice_id).state is InvoiceState.MATCHED
    assert at.ledger() == {"invoiced": 10000}


def test_acceptance_is_void_when_the_variance_grows(at, do, held):
    do(AcceptCase(case_id=held.id, reason="it was used"), by=FINANCE)
    back = ReturnedLine(line_id=held.purchase_order_line_id, accepted=D(1))
    do(
        ReturnGoods(order_id=held.purchase_order_id, lines=(back,), reason="bent"),
        by=RECEIVER,
    )
    case = at.cases()[held.code]
    assert (case.state, case.reopened, case.amount_minor) == (CaseState.OPEN, 1, 2000)
    assert case.accepted_amount_minor is None
    assert at.invoice(held.invoice_id).state is InvoiceState.ON_HOLD


def test_acceptance_stands_while_the_variance_shrinks(at, do, held):
    do(AcceptCase(case_id=held.id, reason="it was used"), by=FINANCE)
    at.receive(held.purchase_order_id, "0.5")
    assert at.cases() == {}
    assert at.invoice(held.invoice_id).state is InvoiceState.MATCHED


def test_a_dispute_closes_the_case_and_keeps_the_hold(at, do, held):
    do(DisputeCase(case_id=held.id, reason="we wrote to them"), by=FINANCE)
    assert at.cases() == {}
    error = refused(do, MakePayable(invoice_id=held.invoice_id), by=PAYER)
    assert error.code == "invoice.still_held"
    at.receive(held.purchase_order_id, "1")
    case = at.cases(open_only=False)[held.code]
    assert case.resolution is Resolution.CAUSE_GONE
    assert at.invoice(held.invoice_id).state is InvoiceState.MATCHED


def test_a_dispute_comes_back_when_the_facts_change(at, do, held):
    do(DisputeCase(case_id=held.id, reason="we wrote to them"), by=FINANCE)
    at.receive(held.purchase_order_id, "0.5")
    assert at.cases()[held.code].reopened == 1


def test_the_second_of_two_is_told_who_was_first(at, do, held, clock):
    do(AcceptCase(case_id=held.id, reason="fine"), by=FINANCE)
    clock.forward(minutes=1)
    error = refused(do, DisputeCase(case_id=held.id, reason="no"), by=PAYER)
    assert error.message == (
        "Fin resolved EX-2026-000001 on 02 Mar at 09:00: accepted (fine). "
        "Nothing more is needed, and nothing was changed."
    )


@pytest.mark.parametrize(
    "command", [NotADuplicate, AcknowledgeCase], ids=["not_duplicate", "acknowledge"]
)
def test_a_way_out_that_does_not_fit_is_refused_with_those_that_do(do, held, command):
    error = refused(do, command(case_id=held.id, reason="x"), by=FINANCE)
    assert error.code == "exception.not_a_way_out"
    assert "possible: record receipt, ask credit, dispute, accept" in error.message


def test_a_reason_is_needed(do, held):
    error = refused(do, AcceptCase(case_id=held.id, reason=" "), by=FINANCE)
    assert (error.code, error.field) == ("required", "reason")


def test_a_receiver_may_take_but_not_accept(at, do, held):
    do(TakeCase(case_id=held.id), by=RECEIVER)
    error = refused(do, AcceptCase(case_id=held.id, reason="x"), by=RECEIVER)
    assert error.code == "not_allowed"


def test_who_asked_for_the_order_may_not_accept(do, held):
    error = refused(do, AcceptCase(case_id=held.id, reason="x"), by=BUYER)
    assert error.code == "duty.same_person"


def test_a_waived_pair_may_and_it_is_recorded(at, do, held):
    pair = ["requester", "invoice_approver"]
    do(ChangeCompanySettings(changes={"waived_pairs": [pair]}))
    do(AcceptCase(case_id=held.id, reason="small team"), by=BUYER)
    used = [e for e in at.world.all_entries() if e.event == "waiver:used"]
    assert [e.facts["duties"] for e in used] == [pair]


def test_a_limit_binds_whoever_has_one(at, do, held):
    at.world.limit(FINANCE, 9)
    error = refused(do, AcceptCase(case_id=held.id, reason="x"), by=FINANCE)
    assert error.message.startswith("EX-2026-000001 is about 10.00 EUR, above your limit of 9.00")
    do(AcceptCase(case_id=held.id, reason="x"), by=PAYER)


def test_a_decision_is_taken_back(at, do, held):
    do(AcceptCase(case_id=held.id, reason="fine"), by=FINANCE)
    do(ReopenCase(case_id=held.id, reason="not fine"), by=PAYER)
    assert at.cases()[held.code].state is CaseState.OPEN
    assert at.invoice(held.invoice_id).state is InvoiceState.ON_HOLD
    assert at.ledger() == {"committed": 1000, "accrued": 9000}


def test_not_after_the_invoice_was_released(at, do, held):
    do(AcceptCase(case_id=held.id, reason="fine"), by=FINANCE)
    do(MakePayable(invoice_id=held.invoice_id), by=PAYER)
    error = refused(do, ReopenCase(case_id=held.id, reason="not fine"), by=PAYER)
    assert error.code == "exception.already_resolved"


def test_the_subscribers_get_the_card_and_the_named_receiver_the_question(at, held):
    told = {
        (row.card, row.audience)
        for row in at.world.all(OutboxRow)
        if row.card in ("exception", "arrival")
    }
    assert told == {("exception", "subscribers:exception"), ("arrival", f"person:{RECEIVER}")}


def test_not_received_waits_for_the_grace_period_but_holds_at_once(at, do):
    do(ChangeCompanySettings(changes={"grace_days_not_received": 2}))
    invoice = at.bill(at.issued(), ("10", "10"))
    assert invoice.state is InvoiceState.ON_HOLD
    assert [row for row in at.world.all(OutboxRow) if row.card == "exception"] == []


def test_a_deactivated_person_is_given_nothing(at, do, held, transactions):
    with transactions.write() as uow:
        uow.lock(Person, PAYER).active = False
        uow.commit()
    error = refused(do, AssignCase(case_id=held.id, person_id=PAYER), by=FINANCE)
    assert error.code == "person.not_active"


def test_a_case_without_an_exchange_rate_is_left_out_of_several_and_refused_alone(at, do, held):
    dollars = AuthorityLimit(
        id="usd",
        person_id=FINANCE,
        amount_minor=10_000,
        currency="USD",
        valid_from=date(2026, 1, 1),
    )
    at.world.add(dollars)
    case = at.cases()[held.code]
    with at.world.transactions.read() as uow:
        other = ExceptionCase(**{**case.model_dump(), "id": "other", "currency": "USD"})
        assert within_authority(uow, FINANCE, [case, other], date(2026, 3, 2)) == [other]
    assert refused(do, AcceptCase(case_id=case.id, reason="x"), by=FINANCE).code == NO_RATE.code
