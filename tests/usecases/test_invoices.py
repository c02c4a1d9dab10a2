"""Invoices judged at once and again after every later event; credits, twins, corrections."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories.buying import seed
from tests.factories.money import (
    BUYER,
    FINANCE,
    PAYER,
    RECEIVER,
    Desk,
    content,
    desk,
    line,
)
from wopo.domain.errors import DomainError
from wopo.domain.exception_cases import Resolution
from wopo.domain.invoices import InvoiceState
from wopo.domain.outbox import OutboxRow
from wopo.domain.people import Person
from wopo.domain.purchase_orders import Progress
from wopo.usecases.exception_cases import AcceptCase, NotADuplicate
from wopo.usecases.invoice_corrections import CorrectInvoice
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.invoices import EnterInvoice
from wopo.usecases.order_changes import CloseOrderShort
from wopo.usecases.payables import MakePayable, MarkPaid, RejectInvoice
from wopo.usecases.receipt_corrections import ReturnedLine, ReturnGoods, VoidReceipt

D = Decimal
DAY, NEXT_DAY = date(2026, 3, 2), date(2026, 3, 3)


@pytest.fixture
def at(transactions, clock, do) -> Desk:
    return desk(do, seed(transactions, clock))


def refused(call, *args, **kwargs) -> DomainError:
    with pytest.raises(DomainError) as error:
        call(*args, **kwargs)
    assert "Nothing was changed" in error.value.message
    return error.value


def received(at: Desk, *lines, **more) -> str:
    order = at.issued(*lines, **more)
    for place in range(len(at.lines(order))):
        at.receive(order, place=place)
    return order


def test_an_invoice_for_what_was_accepted_is_matched_and_moves_the_money(at):
    budget = at.budget()
    invoice = at.bill(received(at), ("10", "10"))
    assert (invoice.state, invoice.codes) == (InvoiceState.MATCHED, [])
    assert at.ledger() == {"invoiced": 10000}
    assert at.balances(budget) == {"invoiced": 10000}


def test_every_check_is_kept_with_its_two_figures(at):
    invoice = at.bill(received(at), ("10", "11"))
    (price,) = [c for c in invoice.verdict["checks"] if c["code"] == "PRICE_OVER"]
    assert (price["passed"], price["actual"], price["reference"]) == (False, "11", "10")
    passed = [c["code"] for c in invoice.verdict["checks"] if c["passed"]]
    assert {"QTY_OVER_ORDERED", "QTY_OVER_ACCEPTED", "NO_PO"} <= set(passed)


def test_more_than_accepted_is_held_and_moves_no_money(at):
    order = at.issued()
    at.receive(order, "9", "1")
    invoice = at.bill(order, ("10", "10"))
    assert (invoice.state, invoice.codes) == (InvoiceState.ON_HOLD, ["QTY_OVER_ACCEPTED"])
    assert at.ledger() == {"committed": 1000, "accrued": 9000}
    case = at.cases()["QTY_OVER_ACCEPTED"]
    assert case.told == "Line 1 (bearing): 10 pcs billed, 9 pcs accepted; 1 pcs too many."
    assert (case.amount_minor, case.facts["percent"]) == (1000, "11.1")


def test_the_missing_receipt_cures_and_is_named(at):
    order = at.issued()
    invoice = at.bill(order, ("10", "10"))
    assert invoice.codes == ["NOT_RECEIVED"]
    at.receive(order)
    assert at.invoice(invoice.id).state is InvoiceState.MATCHED
    case = at.cases(open_only=False)["NOT_RECEIVED"]
    assert (case.resolution, case.reason) == (
        Resolution.CAUSE_GONE,
        "receipt GRN-2026-000001",
    )
    assert at.ledger() == {"invoiced": 10000}


def test_a_partial_receipt_changes_what_is_missing(at):
    order = at.issued()
    invoice = at.bill(order, ("10", "10"))
    at.receive(order, "4")
    assert at.invoice(invoice.id).codes == ["QTY_OVER_ACCEPTED", "QTY_OVER_RECEIVED"]
    assert set(at.cases()) == {"QTY_OVER_ACCEPTED", "QTY_OVER_RECEIVED"}
    at.receive(order, "2")
    assert at.cases()["QTY_OVER_ACCEPTED"].amount_minor == 4000
    events = [e.event for e in at.world.all_entries() if e.event.startswith("exception:")]
    assert events.count("exception:changed") == 2


def test_a_void_makes_a_matched_invoice_wait_again(at, do):
    order = at.issued()
    receipt = at.receive(order)
    invoice = at.bill(order, ("10", "10"))
    do(VoidReceipt(receipt_id=receipt.subject_id, reason="other order"), by=RECEIVER)
    assert at.invoice(invoice.id).state is InvoiceState.ON_HOLD
    assert at.ledger() == {"committed": 10000}


def test_an_amended_price_cures(at):
    order = received(at)
    invoice = at.bill(order, ("10", "11"))
    assert invoice.codes == ["INVOICE_TOTAL_OVER", "LINE_TOTAL_OVER", "PRICE_OVER"]
    row = at.lines(order)[0]
    at.revise(order, content(line("10", "11", id=row.id, position=1)))
    assert at.invoice(invoice.id).state is InvoiceState.MATCHED
    assert at.cases() == {}
    assert at.cases(open_only=False)["PRICE_OVER"].reason == "PO-1 revision 2"
    assert at.ledger() == {"invoiced": 11000}


def test_invoices_count_together_and_the_later_one_is_held(at):
    order = at.issued()
    at.receive(order, "6")
    first = at.bill(order, ("4", "10"), number="A")
    second = at.bill(order, ("4", "10"), number="B", invoice_date=NEXT_DAY)
    assert at.invoice(first.id).state is InvoiceState.MATCHED
    assert second.codes == ["QTY_OVER_ACCEPTED", "QTY_OVER_RECEIVED"]
    assert at.lines(order)[0].billed == 8
    assert at.lines(order)[0].cleared == 4


def test_one_line_billed_twice_on_one_paper_is_summed(at):
    order = received(at)
    row = at.lines(order)[0]
    lines = tuple(
        BilledLine(order_line_id=row.id, quantity=D(6), unit_price=D(10)) for _ in range(2)
    )
    assert "QTY_OVER_ORDERED" in at.bill(order, lines=lines).codes


def test_lines_are_tied_by_item_number(at):
    order = received(at, line(part_id="seal", description="seal", vendor_item="G-77"))
    for item, number, quantity in (("g-77 ", "A", 4), ("P-100", "B", 6)):
        lines = (BilledLine(item_number=item, quantity=D(quantity), unit_price=D(10)),)
        assert at.bill(order, lines=lines, number=number).codes == []


def test_a_line_that_is_not_on_the_order_is_tied_when_the_order_gets_it(at):
    order = received(at)
    lines = (
        BilledLine(position=1, quantity=D(10), unit_price=D(10)),
        BilledLine(item_number="P-100", description="seal", quantity=D(1), unit_price=D(5)),
    )
    invoice = at.bill(order, lines=lines)
    assert "LINE_NOT_ON_PO" in invoice.codes
    assert at.cases()["LINE_NOT_ON_PO"].amount_minor == 500
    row = at.lines(order)[0]
    seal = line("1", "5", part_id="seal", description="seal")
    at.revise(order, content(line(id=row.id, position=1), seal))
    assert at.invoice(invoice.id).codes == ["NOT_RECEIVED"]
    at.receive(order, place=1)
    assert at.invoice(invoice.id).state is InvoiceState.MATCHED
    assert at.ledger() == {"invoiced": 10500}


def test_another_unit_is_asked_about(at):
    order = received(at)
    lines = (BilledLine(position=1, quantity=D(1), unit="box", unit_price=D(100)),)
    invoice = at.bill(order, lines=lines)
    assert "UOM_MISMATCH" in invoice.codes
    assert at.lines(order)[0].billed == 0


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"charges": {"FREIGHT": D(30)}}, "CHARGE_OVER"),
        ({"charges": {"PACKING": D(5)}}, "UNEXPECTED_CHARGE"),
        ({"tax": D("20.91"), "charges": {"FREIGHT": D(10)}}, "TAX_MISMATCH"),
        ({"tax": D("20.90"), "discount": D(2)}, "DISCOUNT_MISMATCH"),
        ({"stated_total": D("99")}, "INVOICE_NOT_BALANCED"),
    ],
)
def test_what_is_not_as_agreed_is_raised(at, facts, code):
    order = received(at, line(tax_percent=D(19)), charges={"FREIGHT": 1000})
    assert code in at.bill(order, ("10", "10"), **facts).codes


@pytest.mark.parametrize("tax", ["20.90", "19.00"])
def test_tax_with_or_without_the_freight_is_right(at, tax):
    order = received(at, line(tax_percent=D(19)), charges={"FREIGHT": 1000})
    invoice = at.bill(order, ("10", "10"), tax=D(tax), charges={"freight": D(10)})
    assert invoice.codes == []


def test_freight_is_expected_only_once(at):
    order = received(at, charges={"FREIGHT": 1000})
    first = at.bill(order, ("5", "10"), charges={"FREIGHT": D(10)}, number="A")
    second = at.bill(order, ("4", "10"), charges={"FREIGHT": D(10)}, number="B")
    assert first.codes == []
    assert second.codes == ["INVOICE_TOTAL_OVER", "UNEXPECTED_CHARGE"]
    assert at.cases()["UNEXPECTED_CHARGE"].told == (
        "FREIGHT 10.00 EUR is charged, the order has no such charge (any more)."
    )


def test_a_discount_is_expected_in_parts_that_add_up(at):
    order = received(at, line("3", "10"), discount_minor=1000)
    for number, discount, day in (("A", "3.33", 2), ("B", "3.34", 3), ("C", "3.33", 4)):
        on = date(2026, 3, day)
        bill = {"discount": D(discount), "number": number, "invoice_date": on}
        invoice = at.bill(order, ("1", "10"), **bill)
        assert invoice.codes == [], number
    assert at.ledger() == {"invoiced": 2000}


def test_charges_cost_the_job_as_agreed(at):
    order = received(at, line(), line("5", "20"), charges={"FREIGHT": 1001})
    at.bill(order, ("10", "10"), ("5", "20"), charges={"FREIGHT": D("10.01")})
    assert at.ledger() == {"invoiced": 21001}


class TestHeader:
    def test_an_unknown_order_number_is_taken_in_and_held(self, at):
        invoice = at.bill(None, ("1", "1"), vendor_id="gra", order_reference="PO-X")
        assert invoice.codes == ["NO_PO"]
        assert at.cases()["NO_PO"].told == "The invoice names no approved order of ours (PO-X)."

    def test_an_order_that_was_never_approved_is_no_order(self, at):
        order = at.submitted()
        invoice = at.bill(order, ("10", "10"))
        assert invoice.codes == ["NO_PO"]
        at.approve(order)
        assert at.invoice(invoice.id).codes == ["NOT_RECEIVED"]

    def test_neither_order_nor_vendor_is_refused(self, at):
        assert refused(at.bill, None, ("1", "1")).field == "vendor_id"

    def test_another_vendor_and_currency_are_told_together(self, at):
        invoice = at.bill(received(at), ("10", "10"), vendor_id="acm", currency="USD")
        assert invoice.codes == ["CURRENCY_MISMATCH", "VENDOR_MISMATCH"]
        told = at.cases()["VENDOR_MISMATCH"].told
        assert told == "The invoice is from Acme (ACM), the order is with Grainger (GRA)."
        assert at.lines(at.order(invoice.purchase_order_id).id)[0].billed == 0

    def test_a_closed_order_takes_no_new_invoice_and_undoes_no_decision(self, at, do):
        order = at.issued()
        at.receive(order, "4")
        first = at.bill(order, ("4", "10"), number="A")
        lines = tuple(row.id for row in at.lines(order))
        do(CloseOrderShort(order_id=order, line_ids=lines, reason="no more"), by=BUYER)
        second = at.bill(order, ("1", "10"), number="B")
        assert at.invoice(first.id).state is InvoiceState.MATCHED
        assert second.codes == ["PO_CLOSED"]
        assert at.ledger() == {"invoiced": 4000, "reversed": 6000}

    def test_a_number_of_any_case_twice_is_held_and_counts_nothing(self, at):
        order = received(at)
        at.bill(order, ("5", "10"), number="INV-7")
        twin = at.bill(order, ("5", "10"), number=" inv-7 ")
        assert twin.codes == ["DUPLICATE_INVOICE"]
        assert at.lines(order)[0].billed == 5

    def test_rejecting_one_of_two_frees_the_other(self, at, do):
        first = at.bill(received(at), ("10", "10"), number="INV-7")
        other = received(at)
        twin = at.bill(other, ("10", "10"), number="INV-7")
        do(RejectInvoice(invoice_id=first.id, reason="wrong order"), by=FINANCE)
        assert at.invoice(twin.id).state is InvoiceState.MATCHED
        gone = at.cases(open_only=False)["DUPLICATE_INVOICE"]
        assert gone.reason == "rejection of invoice INV-7"

    def test_a_look_alike_waits_for_a_person(self, at, do):
        at.bill(received(at), ("10", "10"), number="A")
        twin = at.bill(received(at), ("10", "10"), number="B")
        assert twin.codes == ["POSSIBLE_DUPLICATE"]
        case = at.cases()["POSSIBLE_DUPLICATE"]
        do(NotADuplicate(case_id=case.id, reason="monthly fee"), by=FINANCE)
        assert at.invoice(twin.id).state is InvoiceState.MATCHED
        answered = at.cases(open_only=False)["POSSIBLE_DUPLICATE"]
        assert answered.resolution is Resolution.NOT_A_DUPLICATE

    def test_a_rejected_number_may_be_used_again(self, at, do):
        order = received(at)
        first = at.bill(order, ("10", "12"), number="INV-7")
        do(RejectInvoice(invoice_id=first.id, reason="too dear"), by=FINANCE)
        assert at.bill(order, ("10", "10"), number="INV-7").codes == []


class TestCredit:
    def test_the_whole_invoice_is_taken_back(self, at):
        order = at.issued()
        at.receive(order, "9")
        invoice = at.bill(order, ("10", "10"))
        credit = at.credit(order, ("10", "10"))
        assert at.invoice(invoice.id).state is InvoiceState.CREDITED
        assert credit.state is InvoiceState.CREDITED
        assert credit.credits_invoice_id == invoice.id
        row = at.lines(order)[0]
        assert (row.billed, row.billed_minor, row.cleared) == (0, 0, 0)
        assert at.cases() == {}
        closed = at.cases(open_only=False)["QTY_OVER_ACCEPTED"]
        assert closed.reason == "credit note C-1"
        assert at.ledger() == {"committed": 1000, "accrued": 9000}

    def test_a_part_cures_and_both_count(self, at):
        order = at.issued()
        at.receive(order, "9")
        invoice = at.bill(order, ("10", "10"))
        credit = at.credit(order, ("1", "10"))
        assert at.invoice(invoice.id).state is InvoiceState.MATCHED
        assert credit.state is InvoiceState.MATCHED
        assert at.ledger() == {"committed": 1000, "invoiced": 9000}

    def test_too_small_a_part_moves_no_money_while_its_invoice_is_held(self, at):
        order = at.issued()
        at.receive(order, "5")
        at.bill(order, ("10", "10"))
        at.credit(order, ("1", "10"))
        assert at.ledger() == {"committed": 5000, "accrued": 5000}
        assert at.cases()["QTY_OVER_ACCEPTED"].amount_minor == 4000
        at.receive(order, "4")
        assert at.ledger() == {"committed": 1000, "invoiced": 9000}

    def test_more_than_was_billed_is_held(self, at):
        order = received(at)
        at.bill(order, ("5", "10"))
        credit = at.credit(order, ("6", "10"))
        assert credit.codes == ["CREDIT_EXCEEDS_BILLED"]
        assert at.ledger() == {"accrued": 5000, "invoiced": 5000}

    def test_of_a_charge_alone_cures_the_charge(self, at):
        order = received(at)
        invoice = at.bill(order, ("10", "10"), charges={"FREIGHT": D(10)})
        assert "UNEXPECTED_CHARGE" in invoice.codes
        lines = (BilledLine(position=1, quantity=D(1), unit_price=D(0)),)
        at.credit(order, lines=lines, charges={"FREIGHT": D(10)}, credits_number="r-1")
        assert at.invoice(invoice.id).codes == []

    def test_of_a_paid_invoice_waits_for_the_money(self, at, do):
        order = received(at)
        invoice = at.bill(order, ("10", "10"))
        do(MakePayable(invoice_id=invoice.id), by=PAYER)
        do(MarkPaid(invoice_id=invoice.id, reference="bank 1"), by=FINANCE)
        back = ReturnedLine(line_id=at.lines(order)[0].id, accepted=D(10))
        do(
            ReturnGoods(order_id=order, lines=(back,), reason="bent", for_credit=True),
            by=RECEIVER,
        )
        assert at.invoice(invoice.id).state is InvoiceState.PAID
        assert set(at.cases()) == {"NOT_RECEIVED"}
        credit = at.credit(order, ("10", "10"))
        assert at.invoice(invoice.id).state is InvoiceState.CREDITED
        assert credit.state is InvoiceState.MATCHED
        assert at.cases() == {}
        assert at.ledger() == {"reversed": 10000}
        error = refused(do, RejectInvoice(invoice_id=credit.id, reason="no"), by=FINANCE)
        assert error.code == "invoice.credit_used"

    def test_a_closed_order_takes_it(self, at, do):
        order = at.issued()
        at.receive(order, "4")
        at.bill(order, ("4", "10"))
        do(CloseOrderShort(order_id=order, reason="no more"), by=BUYER)
        assert at.credit(order, ("1", "10")).codes == []
        assert at.ledger() == {"accrued": 1000, "invoiced": 3000, "reversed": 6000}

    def test_written_with_minus_signs_it_is_the_same(self, at):
        order = at.issued()
        at.receive(order, "9")
        at.bill(order, ("10", "10"))
        assert at.credit(order, ("-10", "10")).state is InvoiceState.CREDITED

    def test_for_an_invoice_nobody_knows_is_refused(self, at):
        order = received(at)
        error = refused(at.credit, order, ("1", "10"), credits_number="R-9")
        assert (error.code, error.field) == ("invoice.unknown_credited", "credits_number")


class TestRelease:
    def test_a_matched_invoice_is_released_and_paid(self, at, do):
        order = received(at)
        invoice = at.bill(order, ("10", "10"))
        do(MakePayable(invoice_id=invoice.id), by=FINANCE)
        do(MarkPaid(invoice_id=invoice.id), by=FINANCE)
        paid = at.invoice(invoice.id)
        assert (paid.state, paid.paid_on, paid.decided_by_id) == (InvoiceState.PAID, DAY, FINANCE)
        assert at.order(order).billing_progress is Progress.FULL

    def test_what_is_held_can_not_become_payable(self, at, do):
        invoice = at.bill(at.issued(), ("10", "10"))
        error = refused(do, MakePayable(invoice_id=invoice.id), by=FINANCE)
        assert error.code == "invoice.still_held"
        assert "NOT_RECEIVED" in error.message

    def test_accepted_differences_let_it_go_and_become_variance(self, at, do):
        order = received(at)
        invoice = at.bill(order, ("10", "11"))
        for case in at.cases().values():
            do(AcceptCase(case_id=case.id, reason="price rose"), by=FINANCE)
        assert at.invoice(invoice.id).state is InvoiceState.MATCHED
        assert at.ledger() == {"invoiced": 10000, "variance": 1000}
        do(MakePayable(invoice_id=invoice.id), by=FINANCE)

    def test_a_later_event_takes_a_released_invoice_back(self, at, do):
        order = received(at)
        invoice = at.bill(order, ("10", "10"))
        do(MakePayable(invoice_id=invoice.id), by=FINANCE)
        back = ReturnedLine(line_id=at.lines(order)[0].id, accepted=D(1))
        do(ReturnGoods(order_id=order, lines=(back,), reason="bent"), by=RECEIVER)
        assert at.invoice(invoice.id).state is InvoiceState.ON_HOLD

    @pytest.mark.parametrize("person", ["max", "rex", "ben"])
    def test_who_approved_received_or_asked_may_not_release(self, at, do, person, transactions):
        order = received(at)
        invoice = at.bill(order, ("10", "10"))
        with transactions.write() as uow:
            row = uow.lock(Person, person)
            row.roles = [*row.roles, "finance"]
            uow.commit()
        error = refused(do, MakePayable(invoice_id=invoice.id), by=person)
        assert error.code == "duty.same_person"

    def test_paying_twice_is_refused_with_what_is_allowed(self, at, do):
        invoice = at.bill(received(at), ("10", "10"))
        do(MakePayable(invoice_id=invoice.id), by=FINANCE)
        do(MarkPaid(invoice_id=invoice.id), by=FINANCE)
        error = refused(do, MarkPaid(invoice_id=invoice.id), by=FINANCE)
        assert error.code == "illegal_move"

    def test_a_rejected_invoice_counts_no_more(self, at, do):
        order = at.issued()
        at.receive(order, "6")
        first = at.bill(order, ("6", "10"), number="A")
        second = at.bill(order, ("4", "10"), number="B")
        do(RejectInvoice(invoice_id=first.id, reason="wrong vendor"), by=FINANCE)
        assert at.invoice(second.id).state is InvoiceState.MATCHED
        assert at.ledger() == {"committed": 4000, "accrued": 2000, "invoiced": 4000}

    def test_its_cases_end_with_it(self, at, do):
        invoice = at.bill(at.issued(), ("10", "10"))
        do(RejectInvoice(invoice_id=invoice.id, reason="fake"), by=FINANCE)
        case = at.cases(open_only=False)["NOT_RECEIVED"]
        assert (case.resolution, case.reason) == (Resolution.INVOICE_REJECTED, "fake")


class TestCorrection:
    def correct(self, invoice, *lines, **more) -> CorrectInvoice:
        facts = {
            "number": invoice.number,
            "invoice_date": invoice.invoice_date,
            "reason": "misread",
            "lines": tuple(
                BilledLine(position=place, quantity=D(q), unit_price=D(p))
                for place, (q, p) in enumerate(lines, start=1)
            ),
            **more,
        }
        return CorrectInvoice(invoice_id=invoice.id, **facts)

    def test_right_figures_cure(self, at, do):
        order = received(at)
        invoice = at.bill(order, ("10", "11"))
        do(self.correct(invoice, ("10", "10")), by=FINANCE)
        assert at.invoice(invoice.id).state is InvoiceState.MATCHED
        assert at.cases() == {}
        entry = next(e for e in at.world.all_entries() if e.event == "invoice:corrected")
        assert entry.facts["before"]["total_minor"] == 11000
        assert entry.facts["after"]["total_minor"] == 10000

    def test_the_right_order_takes_it_over(self, at, do):
        wrong, right = received(at), received(at, line("3", "7"))
        invoice = at.bill(wrong, ("3", "7"))
        do(self.correct(invoice, ("3", "7"), order_id=right), by=FINANCE)
        assert at.lines(wrong)[0].billed == 0
        assert at.lines(right)[0].cleared == 3
        assert at.ledger() == {"accrued": 10000, "invoiced": 2100}

    def test_an_unknown_order_is_cured_by_naming_it(self, at, do):
        order = received(at)
        invoice = at.bill(None, ("10", "10"), vendor_id="gra", order_reference="PO-X")
        do(self.correct(invoice, ("10", "10"), order_id=order), by=FINANCE)
        assert at.invoice(invoice.id).state is InvoiceState.MATCHED
        assert at.cases() == {}

    def test_what_was_released_is_not_rewritten(self, at, do):
        invoice = at.bill(received(at), ("10", "10"))
        do(MakePayable(invoice_id=invoice.id), by=FINANCE)
        error = refused(do, self.correct(invoice, ("10", "9")), by=FINANCE)
        assert error.code == "illegal_move"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"lines": ()}, "lines"),
        ({"number": "  "}, "number"),
        ({"invoice_date": date(2027, 3, 2)}, "invoice_date"),
        ({"tax": D("0.005")}, "tax"),
        ({"currency": "XXQ"}, "currency"),
        (
            {"lines": (BilledLine(position=1, quantity=D(0), unit_price=D(1)),)},
            "lines",
        ),
        (
            {"lines": (BilledLine(position=1, quantity=D(10**9), unit_price=D(10**9)),)},
            None,
        ),
    ],
)
def test_bad_papers_are_refused_at_the_field(at, do, facts, field):
    order = at.issued()
    base = {
        "number": "R-1",
        "invoice_date": DAY,
        "order_id": order,
        "lines": (BilledLine(position=1, quantity=D(1), unit_price=D(1)),),
    }
    error = refused(do, EnterInvoice(**{**base, **facts}), by=FINANCE)
    assert error.field == field


def test_a_contradicting_document_waits_for_a_person(at):
    order = received(at)
    invoice = at.bill(order, ("10", "10"), contradictions=("It states two totals.",))
    assert invoice.state is InvoiceState.ON_HOLD
    case = at.cases()["DOCUMENT_CONTRADICTS"]
    assert case.told == "Invoice R-1: It states two totals."
    at.receive(order, "1", acknowledged={f"more_than_ordered:{order}"})
    assert at.invoice(invoice.id).state is InvoiceState.ON_HOLD


def test_only_finance_enters_invoices(at, do):
    lines = (BilledLine(position=1, quantity=D(1), unit_price=D(1)),)
    command = EnterInvoice(number="1", invoice_date=DAY, order_id=at.issued(), lines=lines)
    assert refused(do, command, by="tom").code == "not_allowed"


def test_the_invoice_channel_and_the_subscribers_are_told(at, transactions):
    at.bill(at.issued(), ("10", "10"))
    rows = at.world.all(OutboxRow)
    told = {(row.card, row.audience) for row in rows}
    assert ("invoice", "setting:invoices") in told
    assert ("exception", "subscribers:exception") in told
