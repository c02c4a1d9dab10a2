"""Receipts: who may book them, against what, and what follows."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories.buying import seed
from tests.factories.money import APPROVER, BUYER, RECEIVER, Desk, content, desk, line
from wopo.domain.errors import DomainError
from wopo.domain.exception_cases import Resolution
from wopo.domain.purchase_orders import Progress
from wopo.domain.receipts import Receipt, ReceiptKind
from wopo.usecases.exception_cases import AcknowledgeCase
from wopo.usecases.order_changes import CancelOrder, CloseOrderShort, ReviseOrder
from wopo.usecases.receipt_corrections import ReturnedLine, ReturnGoods, VoidReceipt
from wopo.usecases.receipts import CountedLine, PostReceipt
from wopo.usecases.settings import ChangeCompanySettings

D = Decimal


@pytest.fixture
def at(transactions, clock, do) -> Desk:
    return desk(do, seed(transactions, clock))


def refused(call, *args, **kwargs) -> DomainError:
    with pytest.raises(DomainError) as error:
        call(*args, **kwargs)
    assert "Nothing was changed" in error.value.message
    return error.value


def test_a_partial_receipt_keeps_the_sums_and_the_progress(at):
    order = at.issued()
    answer = at.receive(order, "3", "1", delivery_note="DN-77")
    (row,) = at.lines(order)
    assert (row.accepted, row.received) == (D(3), D(4))
    assert at.order(order).receipt_progress is Progress.PARTIAL
    assert answer.number == "GRN-2026-000001"
    assert answer.message.startswith("GRN-2026-000001 is booked: 3 pcs bearing (1 rejected)")


def test_the_receipt_moves_committed_money_to_accrued(at):
    budget = at.budget()
    order = at.issued()
    assert at.balances(budget) == {"committed": 10000}
    at.receive(order, "4")
    assert at.ledger() == {"committed": 6000, "accrued": 4000}
    assert at.balances(budget) == {"committed": 6000, "accrued": 4000}


@pytest.mark.parametrize("stage", ["submitted", "approved"])
def test_goods_for_an_order_that_is_not_out_are_refused_with_the_figures(at, stage):
    order = getattr(at, stage)()
    error = refused(at.receive, order, "3")
    assert error.code == "receipt.not_open"
    assert "line 1: ordered 10 pcs, received 0, left 10" in error.message
    assert at.world.all(Receipt) == []


def test_goods_for_a_cancelled_order_are_refused(at, do):
    order = at.issued()
    do(CancelOrder(order_id=order, reason="not needed"), by=BUYER)
    assert "is cancelled" in refused(at.receive, order, "3").message


def test_goods_for_a_line_closed_short_are_refused(at, do):
    order = at.issued(line(), line("5", "1"))
    first = at.lines(order)[0].id
    do(CloseOrderShort(order_id=order, line_ids=(first,), reason="sold out"), by=BUYER)
    error = refused(at.receive, order, "3")
    assert error.code == "receipt.line_shut"
    assert "Line 1 of" in error.message


@pytest.mark.parametrize(
    ("accepted", "rejected", "code"),
    [
        ("0", "0", "receipt.nothing_counted"),
        ("-3", "0", "money.negative"),
        ("1e30", "0", "money.not_a_number"),
        ("0.0000001", "0", "money.too_fine"),
    ],
)
def test_bad_counts_are_refused_at_the_field(at, do, accepted, rejected, code):
    order = at.issued()
    count = CountedLine(line_id=at.lines(order)[0].id, accepted=D(accepted), rejected=D(rejected))
    error = refused(do, PostReceipt(order_id=order, lines=(count,)), by=RECEIVER)
    assert (error.code, error.field) == (code, "lines")


def test_rejected_goods_need_a_reason(at, do):
    order = at.issued()
    count = CountedLine(line_id=at.lines(order)[0].id, rejected=D(1))
    assert refused(do, PostReceipt(order_id=order, lines=(count,)), by=RECEIVER).code == "required"


def test_a_day_still_to_come_is_refused(at):
    order = at.issued()
    error = refused(at.receive, order, "3", received_on=date(2026, 3, 3))
    assert (error.code, error.field) == ("receipt.future", "received_on")


def test_the_same_delivery_note_is_asked_about_with_who_and_when(at, clock):
    order = at.issued()
    at.receive(order, "3", delivery_note="DN-77")
    clock.forward(minutes=5)
    error = refused(at.receive, order, "3", delivery_note=" dn-77 ")
    assert "Same delivery note dn-77 was booked 5 min ago by Rex" in error.message
    assert error.facts["acknowledge"] == "same_note:DN-77"
    at.receive(order, "3", delivery_note="DN-77", acknowledged={"same_note:DN-77"})
    assert at.lines(order)[0].accepted == 6


def test_more_than_ordered_is_asked_about_then_raises_a_case_that_heals_itself(at, do):
    order = at.issued()
    error = refused(at.receive, order, "12")
    assert "ordered 10 pcs, received 0, left 10, now 12" in error.message
    receipt = at.receive(order, "12", acknowledged={error.facts["acknowledge"]})
    case = at.cases()["OVER_RECEIPT"]
    assert case.told == "Line 1 (bearing): 12 pcs accepted, 10 pcs ordered; 2 pcs too many."
    assert (case.amount_minor, case.owner_id) == (2000, BUYER)
    back = ReturnedLine(line_id=at.lines(order)[0].id, accepted=D(2))
    do(ReturnGoods(order_id=order, lines=(back,), reason="too many"), by=RECEIVER)
    healed = at.cases(open_only=False)["OVER_RECEIPT"]
    assert healed.resolution is Resolution.CAUSE_GONE
    assert healed.reason == "receipt GRN-2026-000002"
    assert receipt.number == "GRN-2026-000001"


def test_an_acknowledged_excess_comes_back_when_it_grows(at, do):
    order = at.issued()
    yes = {f"more_than_ordered:{order}"}
    at.receive(order, "12", acknowledged=yes)
    case = at.cases()["OVER_RECEIPT"]
    do(AcknowledgeCase(case_id=case.id, reason="we use them"), by="fin")
    assert at.cases() == {}
    at.receive(order, "1", acknowledged=yes)
    again = at.cases()["OVER_RECEIPT"]
    assert (again.id, again.amount_minor, again.reopened) == (case.id, 3000, 1)


def test_nothing_beyond_the_order_is_accrued(at):
    order = at.issued()
    at.receive(order, "12", acknowledged={f"more_than_ordered:{order}"})
    assert at.ledger() == {"accrued": 10000}


def test_the_approver_may_not_receive(at):
    order = at.issued()
    error = refused(at.receive, order, "3", by=APPROVER)
    assert error.code == "duty.same_person"
    assert "rule: approver is not receiver" in error.message


def test_a_waived_pair_lets_the_approver_receive_and_is_recorded(at, do):
    do(ChangeCompanySettings(changes={"waived_pairs": [["approver", "receiver"]]}))
    order = at.issued(line(receiver_id=APPROVER))
    at.receive(order, "3", by=APPROVER)
    used = [e for e in at.world.all_entries() if e.event == "waiver:used"]
    assert [e.facts["duties"] for e in used] == [["approver", "receiver"]]


def test_somebody_who_is_no_receiver_may_not_book(at):
    order = at.issued()
    error = refused(at.receive, order, "3", by="tom")
    assert error.code == "receipt.may_not_receive"


def test_the_person_named_on_the_line_may_book(at):
    order = at.issued(line(receiver_id="tom"))
    at.receive(order, "3", by="tom")
    assert at.lines(order)[0].accepted == 3


def test_the_requester_may_receive_a_small_order_and_it_is_flagged(at):
    order = at.issued(line(receiver_id=None))
    at.receive(order, "3", by=BUYER)
    (receipt,) = at.world.all(Receipt)
    assert receipt.flag == "received by the requester, Ben (allowed up to 250.00 EUR)"


def test_the_requester_may_not_receive_a_large_order(at):
    order = at.issued(line("100", "10"))
    error = refused(at.receive, order, "3", by=BUYER)
    assert "only up to 250.00 EUR" in error.message


def test_a_service_is_confirmed_by_the_supervisor(at):
    order = at.issued(line("1", "100", service=True, description="inspection", unit="job"))
    at.receive(order, "1", by="sue")
    (receipt,) = at.world.all(Receipt)
    assert receipt.kind is ReceiptKind.SERVICE


def test_goods_dated_before_the_approval_are_booked_and_raise_a_case(at):
    order = at.issued()
    at.receive(order, "3", received_on=date(2026, 2, 27))
    case = at.cases()["AFTER_THE_FACT_PO"]
    assert (case.subject, case.owner_id) == ("receipt", BUYER)
    assert case.told == (
        "Receipt GRN-2026-000001 is dated 2026-02-27, the order was approved on 2026-03-02."
    )


def test_receipts_book_against_the_approved_revision_while_a_later_one_waits(at, do):
    order = at.issued()
    row = at.lines(order)[0]
    change = content(line("12", id=row.id, position=1))
    do(ReviseOrder(order_id=order, content=change, reason="two more"), by=BUYER)
    assert at.ledger() == {"committed": 10000, "planned": 2000}
    at.receive(order)
    assert at.ledger() == {"accrued": 10000, "planned": 2000}
    at.approve(order)
    assert at.ledger() == {"accrued": 10000, "committed": 2000}


class TestVoid:
    def test_a_void_takes_everything_back_by_a_document_of_its_own(self, at, do):
        order = at.issued()
        receipt = at.receive(order, "3", "1")
        answer = do(VoidReceipt(receipt_id=receipt.subject_id, reason="wrong order"), by=RECEIVER)
        (row,) = at.lines(order)
        assert (row.accepted, row.received) == (0, 0)
        assert at.ledger() == {"committed": 10000}
        reversal = at.world.get(Receipt, answer.subject_id)
        assert (reversal.kind, reversal.reverses_id) == (ReceiptKind.VOID, receipt.subject_id)

    def test_twice_is_refused(self, at, do):
        receipt = at.receive(at.issued(), "3")
        command = VoidReceipt(receipt_id=receipt.subject_id, reason="wrong")
        do(command, by=RECEIVER)
        assert "it was voided before" in refused(do, command, by=RECEIVER).message

    def test_a_void_can_not_be_voided(self, at, do):
        receipt = at.receive(at.issued(), "3")
        void = do(VoidReceipt(receipt_id=receipt.subject_id, reason="wrong"), by=RECEIVER)
        error = refused(do, VoidReceipt(receipt_id=void.subject_id, reason="no"), by=RECEIVER)
        assert "a void itself" in error.message

    def test_what_has_gone_back_since_can_not_be_voided_away(self, at, do):
        order = at.issued()
        receipt = at.receive(order, "3")
        back = ReturnedLine(line_id=at.lines(order)[0].id, accepted=D(1))
        gone = do(ReturnGoods(order_id=order, lines=(back,), reason="bent"), by=RECEIVER)
        command = VoidReceipt(receipt_id=receipt.subject_id, reason="wrong")
        assert "void that return first" in refused(do, command, by=RECEIVER).message
        do(VoidReceipt(receipt_id=gone.subject_id, reason="it stayed"), by=RECEIVER)
        do(command, by=RECEIVER)
        assert at.lines(order)[0].accepted == 0

    def test_needs_a_reason_and_the_right(self, at, do):
        receipt = at.receive(at.issued(), "3")
        empty = VoidReceipt(receipt_id=receipt.subject_id)
        assert refused(do, empty, by=RECEIVER).field == "reason"
        other = VoidReceipt(receipt_id=receipt.subject_id, reason="x")
        assert refused(do, other, by="tom").code == "not_allowed"


class TestReturn:
    def test_for_replacement_the_line_is_open_again(self, at, do):
        order = at.issued()
        at.receive(order)
        back = ReturnedLine(line_id=at.lines(order)[0].id, accepted=D(2))
        do(ReturnGoods(order_id=order, lines=(back,), reason="bent"), by=RECEIVER)
        assert at.ledger() == {"accrued": 8000, "committed": 2000}

    def test_for_credit_the_commitment_is_released(self, at, do):
        order = at.issued()
        at.receive(order)
        back = ReturnedLine(line_id=at.lines(order)[0].id, accepted=D(2))
        command = ReturnGoods(order_id=order, lines=(back,), reason="bent", for_credit=True)
        do(command, by=RECEIVER)
        assert at.ledger() == {"accrued": 8000, "reversed": 2000}

    def test_of_rejected_goods_leaves_what_was_accepted(self, at, do):
        order = at.issued()
        at.receive(order, "8", "2")
        back = ReturnedLine(line_id=at.lines(order)[0].id, rejected=D(2))
        do(ReturnGoods(order_id=order, lines=(back,), reason="bent"), by=RECEIVER)
        (row,) = at.lines(order)
        assert (row.accepted, row.received) == (8, 8)

    def test_of_more_than_is_there_is_refused_with_the_figures(self, at, do):
        order = at.issued()
        at.receive(order, "3")
        back = ReturnedLine(line_id=at.lines(order)[0].id, accepted=D(4))
        command = ReturnGoods(order_id=order, lines=(back,), reason="bent")
        error = refused(do, command, by=RECEIVER)
        assert "Line 1 has 3 pcs accepted, so 4 can't go back" in error.message
