"""Not-to-exceed amounts of jobs: checked wherever money moves, raised by a decision."""

from decimal import Decimal

import pytest

from tests.factories.buying import seed
from tests.factories.money import BUYER, FINANCE, RECEIVER, Desk, desk, line
from wopo.domain.budgets import Budget
from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import DomainError
from wopo.domain.labour import LabourEntry
from wopo.domain.nte import NteRaise, RaiseState
from wopo.domain.outbox import OutboxRow
from wopo.domain.people import LabourRate, Role
from wopo.domain.purchase_orders import OrderState
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.audit import verify
from wopo.usecases.exception_cases import AcceptCase
from wopo.usecases.labour import EnterLabour
from wopo.usecases.nte import AskForHigherNte, GrantNteRaise, RefuseNteRaise, deciders
from wopo.usecases.order_changes import CancelOrder
from wopo.usecases.part_request_planning import LineInput
from wopo.usecases.part_requests import RequestParts
from wopo.usecases.people import SavePerson
from wopo.usecases.receipt_corrections import ReturnedLine, ReturnGoods, VoidReceipt
from wopo.usecases.settings import ChangeCompanySettings
from wopo.usecases.work_orders import ChangeWorkOrder

D = Decimal


@pytest.fixture
def at(transactions, clock, do) -> Desk:
    return desk(do, seed(transactions, clock))


def limit(at: Desk, amount: str | None) -> None:
    nte = None if amount is None else D(amount)
    at.do(ChangeWorkOrder(work_order_id="WO-1", nte=nte), by="sue")


def counted(at: Desk) -> int:
    (budget,) = at.world.all(Budget, work_order_id="WO-1")
    return budget.used_minor()


def strict(at: Desk, **changes: str) -> None:
    at.do(ChangeCompanySettings(changes=changes))


def refused(call, *args, **kwargs) -> DomainError:
    with pytest.raises(DomainError) as error:
        call(*args, **kwargs)
    return error.value


def sound(at: Desk) -> None:
    with at.world.transactions.read() as uow:
        assert [str(fault) for fault in verify(uow)] == []


def raises(at: Desk) -> list[NteRaise]:
    return at.world.all(NteRaise)


def request(at: Desk, quantity: str, **more) -> None:
    need = LineInput(part_id="seal", quantity=D(quantity))
    at.do(RequestParts(work_order_id="WO-1", lines=(need,), **more), by="tess")


class TestOrder:
    def test_an_order_over_the_amount_is_refused_and_waits(self, at):
        limit(at, "150")
        at.approved()
        waiting = at.submitted(line("6", "10"))
        error = refused(at.approve, waiting)
        assert error.message.startswith(
            "With this WO-1 would cost 160.00 EUR, more than its not-to-exceed amount of 150.00 EUR"
        )
        assert at.order(waiting).state is OrderState.PENDING_APPROVAL
        limit(at, "160")
        at.approve(waiting)
        assert counted(at) == 16000
        sound(at)

    @pytest.mark.parametrize(("strictness", "asked"), [("warn", 1), ("ignore", 0)])
    def test_a_warning_asks_the_supervisor_and_lets_it_pass(self, at, strictness, asked):
        strict(at, nte_on_approval=strictness, nte_on_request="ignore")
        limit(at, "99.99")
        at.approved()
        assert [(row.wanted_minor, row.asked_by_ids) for row in raises(at)] == (
            [(10000, ["max"])] * asked
        )

    def test_what_is_cancelled_counts_no_more(self, at):
        limit(at, "100")
        order = at.issued()
        at.do(CancelOrder(order_id=order, reason="not needed"), by=BUYER)
        at.approved()
        assert counted(at) == 10000
        sound(at)


class TestRequest:
    def test_a_technician_reads_no_figures(self, at):
        strict(at, nte_on_request="stop")
        limit(at, "109.99")
        error = refused(request, at, "10")
        assert error.code == "nte.over_unsaid"
        assert "110" not in error.message
        limit(at, "110")
        request(at, "10")

    def test_a_request_is_checked_with_what_others_ask_for(self, at):
        strict(at, nte_on_request="stop")
        limit(at, "200")
        at.submitted()
        request(at, "8")
        error = refused(request, at, "10", submit=True)
        assert error.code == "nte.over_unsaid"

    def test_a_warning_asks_for_more_in_the_name_of_whoever_requested(self, at):
        limit(at, "100")
        request(at, "10")
        (asked,) = raises(at)
        assert (asked.wanted_minor, asked.asked_by_ids) == (11000, ["tess"])
        cards = at.world.all(OutboxRow, card="nte_raise")
        assert [row.audience for row in cards] == ["person:sue"]


class TestReceiptAndInvoice:
    def test_a_price_difference_waits_while_the_company_stops_invoices(self, at):
        strict(at, nte_on_invoice="stop")
        limit(at, "100")
        order = at.issued()
        at.receive(order)
        at.bill(order, ("10", "11"))
        *others, last = (
            AcceptCase(case_id=case.id, reason="price rose") for case in at.cases().values()
        )
        for accept in others:
            at.do(accept, by=FINANCE)
        assert refused(at.do, last, by=FINANCE).code == "nte.over"
        limit(at, "110")
        at.do(last, by=FINANCE)
        assert counted(at) == 11000
        sound(at)

    def test_goods_that_come_back_are_stopped_where_the_company_says_so(self, at):
        strict(at, nte_on_receipt="stop")
        order = at.issued()
        at.receive(order)
        part = ReturnedLine(line_id=at.lines(order)[0].id, accepted=D(4))
        back = ReturnGoods(order_id=order, lines=(part,), for_credit=True, reason="bent")
        returned = at.do(back, by=RECEIVER).subject_id
        limit(at, "60")
        void = VoidReceipt(receipt_id=returned, reason="they stayed")
        assert refused(at.do, void, by=RECEIVER).code == "nte.over_unsaid"
        limit(at, "100")
        at.do(void, by=RECEIVER)
        assert counted(at) == 10000
        sound(at)

    def test_hours_count_and_are_never_refused(self, at):
        rate = {"per_hour": D(40), "currency": "EUR", "valid_from": at.world.clock().date()}
        at.world.add(LabourRate(id="r1", person_id="tess", **rate))
        limit(at, "50")
        at.do(EnterLabour(work_order_id="WO-1", hours=D(2)), by="tess")
        assert len(at.world.all(LabourEntry)) == 1
        assert counted(at) == 8000
        assert [row.wanted_minor for row in raises(at)] == [8000]
        sound(at)


class TestTheAmount:
    def test_a_new_one_knows_what_the_job_cost_before(self, at):
        at.receive(at.issued(), "4")
        limit(at, "500")
        assert counted(at) == 10000
        limit(at, None)
        assert at.world.all(Budget, work_order_id="WO-1") == []
        sound(at)

    @pytest.mark.parametrize("amount", ["500", "120"])
    def test_in_another_currency_it_begins_anew_and_nothing_waits(self, at, amount):
        """120: the same number in minor units as before."""
        at.world.add(CostCentre(id="us", code="4713", name="Plant", currency="USD"))
        limit(at, "120")
        at.issued()
        ask = AskForHigherNte(work_order_id="WO-1", wanted_minor=60000)
        asked = at.do(ask, by="ben").subject_id
        at.do(ChangeWorkOrder(work_order_id="WO-1", cost_centre_id="us", nte=D(amount)), by="sue")
        (budget,) = at.world.all(Budget, work_order_id="WO-1")
        assert (budget.currency, budget.limit_minor) == ("USD", int(D(amount) * 100))
        assert budget.used_minor() == 0
        assert at.world.get(NteRaise, asked).state is RaiseState.OVERTAKEN
        sound(at)


class TestRaising:
    def ask(self, at: Desk, by: str = "tess") -> str:
        limit(at, "100")
        return at.do(
            AskForHigherNte(work_order_id="WO-1", wanted_minor=15000, reason="two bearings"), by=by
        ).subject_id

    def test_granted_it_holds_and_who_asked_hears_no_figure(self, at):
        asked = self.ask(at)
        at.do(GrantNteRaise(nte_raise_id=asked), by="sue")
        assert at.world.get(WorkOrder, "WO-1").nte_minor == 15000
        (told,) = at.world.all(OutboxRow, card="direct", audience="person:tess")
        assert "150" not in told.facts["text"]
        assert refused(at.do, GrantNteRaise(nte_raise_id=asked), by="sue").code == "illegal_move"
        sound(at)

    def test_refused_it_stays_and_says_why(self, at):
        asked = self.ask(at)
        at.do(RefuseNteRaise(nte_raise_id=asked, reason="use the old ones"), by="sue")
        assert at.world.get(WorkOrder, "WO-1").nte_minor == 10000
        (told,) = at.world.all(OutboxRow, card="direct", audience="person:tess")
        assert told.facts["text"] == "WO-1 may not cost more: use the old ones"

    def test_asked_again_it_is_one_decision_that_grows(self, at):
        first = self.ask(at)
        again = AskForHigherNte(work_order_id="WO-1", wanted_minor=18000)
        assert at.do(again, by="ben").subject_id == first
        assert [row.wanted_minor for row in raises(at)] == [18000]

    def test_everybody_who_asked_hears_of_it_and_none_of_them_decides(self, at):
        asked = self.ask(at)
        again = AskForHigherNte(work_order_id="WO-1", wanted_minor=18000)
        said = at.do(again, by="sue").message
        assert said.startswith("Adm is asked for a higher amount for WO-1.")
        assert at.world.all(OutboxRow, card="nte_raise")[-1].audience == "person:adm"
        assert refused(at.do, GrantNteRaise(nte_raise_id=asked), by="sue").code == "nte.own_ask"
        at.do(GrantNteRaise(nte_raise_id=asked), by="adm")
        told = {row.audience for row in at.world.all(OutboxRow, card="direct")}
        assert {"person:tess", "person:sue"} <= told

    def test_where_nobody_may_decide_that_is_said(self, at):
        self.ask(at, by="sue")
        again = AskForHigherNte(work_order_id="WO-1", wanted_minor=18000)
        said = at.do(again, by="adm").message
        assert said.startswith("Nobody may decide yet what WO-1 may cost; finance is told.")

    def test_a_change_of_the_amount_answers_it(self, at):
        asked = self.ask(at)
        limit(at, "149")
        assert at.world.get(NteRaise, asked).state is RaiseState.WAITING
        limit(at, "150")
        assert at.world.get(NteRaise, asked).state is RaiseState.OVERTAKEN

    @pytest.mark.parametrize(("by", "code"), [("sue", "nte.own_ask"), ("tom", "not_allowed")])
    def test_nobody_decides_their_own_or_without_the_right(self, at, by, code):
        asked = self.ask(at, by="sue" if by == "sue" else "tess")
        assert refused(at.do, GrantNteRaise(nte_raise_id=asked), by=by).code == code

    def test_less_than_it_may_cost_already_is_nothing_to_decide(self, at):
        limit(at, "100")
        ask = AskForHigherNte(work_order_id="WO-1", wanted_minor=10000)
        assert refused(at.do, ask, by="ben").code == "nte.not_higher"
        asked = self.ask_again(at)
        low = GrantNteRaise(nte_raise_id=asked, amount=D(100))
        assert refused(at.do, low, by="sue").field == "amount"

    def ask_again(self, at: Desk) -> str:
        ask = AskForHigherNte(work_order_id="WO-1", wanted_minor=12000)
        return at.do(ask, by="ben").subject_id

    def test_an_administrator_who_asks_is_not_asked_in_turn(self, at):
        limit(at, "100")
        at.do(SavePerson(code="sue", roles=frozenset({Role.ADMIN})))
        with at.world.transactions.read() as uow:
            job = uow.get(WorkOrder, "WO-1")
            assert "sue" not in {one.id for one in deciders(uow, job, ["sue"])}
