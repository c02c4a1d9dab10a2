"""Short pay: what is not in dispute is paid, the rest exactly once or never, and the ledger, the
batches and what is released agree to the unit."""

from datetime import date

import pytest

from tests.factories.buying import seed
from tests.factories.money import BUYER, FINANCE, PAYER, RECEIVER, D, Desk, desk, line
from tests.factories.payments import DUE, batch, confirmed
from wopo.domain.errors import DomainError
from wopo.domain.exception_cases import Resolution
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.money import Money
from wopo.domain.payment_batches import Payment, PaymentItem
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.usecases.audit import verify
from wopo.usecases.exception_cases import AcceptCase, DisputeCase, ReopenCase
from wopo.usecases.invoice_corrections import CorrectInvoice
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.payables import MakePayable, MarkPaid, RejectInvoice
from wopo.usecases.payment_batches import PayPaymentBatch
from wopo.usecases.payment_plans import Plan, plan
from wopo.usecases.purchasing_policy import ImportPolicy
from wopo.usecases.settings import ChangeCompanySettings

S = InvoiceState


@pytest.fixture
def at(transactions, clock, do) -> Desk:
    at = desk(do, seed(transactions, clock))
    document = PolicyDocument.model_validate({"title": "Ours", "disputes": {"pay_the_rest": True}})
    at.do(ImportPolicy(document=document), by=FINANCE)
    confirmed(at)
    return at


@pytest.fixture
def short(at: Desk) -> Invoice:
    """Ten billed, nine accepted, the tenth disputed."""
    order = at.issued(line(receiver_id=RECEIVER))
    at.receive(order, "9")
    made = at.bill(order, ("10", "10"), due_date=DUE)
    for case in at.cases().values():
        at.do(DisputeCase(case_id=case.id, reason="not delivered"), by=FINANCE)
    return at.invoice(made.id)


def refused(call, *args, **kwargs) -> str:
    with pytest.raises(DomainError) as error:
        call(*args, **kwargs)
    assert "Nothing was changed" in error.value.message
    return error.value.code


def planned(at: Desk) -> Plan:
    with at.world.transactions.read() as uow:
        return plan(uow, up_to=DUE, at=at.world.clock())


def pay(at: Desk, *invoices: Invoice) -> int:
    """Release them, pay a batch of everything; what left."""
    for invoice in invoices:
        at.do(MakePayable(invoice_id=invoice.id), by=PAYER)
    made = batch(at)
    at.do(PayPaymentBatch(batch_id=made), by=FINANCE)
    return sum(row.amount_minor for row in at.world.all(Payment, batch_id=made))


def spent(at: Desk) -> int:
    """What the ledger says is billed; and nothing that a verification finds."""
    with at.world.transactions.read() as uow:
        assert [str(fault) for fault in verify(uow)] == []
    sums = at.ledger()
    return sums.get("invoiced", 0) + sums.get("variance", 0)


def test_what_is_not_in_dispute_is_payable_and_the_rest_waits_visibly(at, short):
    assert (short.state, short.to_pay, short.held_back) == (
        S.MATCHED, Money(9000, "EUR"), Money(1000, "EUR"),
    )  # fmt: skip
    assert (spent(at), at.ledger()["committed"]) == (9000, 1000)
    said = at.do(MakePayable(invoice_id=short.id), by=PAYER).message
    assert said == (
        "Invoice R-1 over 100.00 EUR is released for payment with 90.00 EUR; "
        "10.00 EUR is held back while it is disputed."
    )
    found = planned(at)
    assert found.totals == [Money(9000, "EUR")]
    assert [(one.number, one.amount.minor, one.why) for one in found.held] == [
        ("R-1", 1000, "In dispute; the rest of the invoice is not."),
    ]
    at.do(PayPaymentBatch(batch_id=batch(at)), by=FINANCE)
    assert (at.invoice(short.id).state, planned(at).payments) == (S.PAID, ())
    assert refused(at.do, MarkPaid(invoice_id=short.id), by=FINANCE) == "illegal_move"


def test_without_the_switch_the_whole_invoice_waits(at, clock):
    clock.forward(days=1)
    at.do(ImportPolicy(document=PolicyDocument(title="As shipped")), by=FINANCE)
    order = at.issued(line(receiver_id=RECEIVER))
    at.receive(order, "9")
    made = at.bill(order, ("10", "10"), due_date=DUE)
    for case in at.cases().values():
        at.do(DisputeCase(case_id=case.id, reason="no"), by=FINANCE)
    assert (at.invoice(made.id).state, spent(at)) == (S.ON_HOLD, 0)


def test_the_rest_arrives_and_is_paid_once(at, short):
    assert pay(at, short) == 9000
    at.receive(short.purchase_order_id, "1")
    rest = at.invoice(short.id)
    assert (rest.state, rest.to_pay.minor, spent(at)) == (S.MATCHED, 1000, 10000)
    assert pay(at, rest) == 1000
    assert (at.invoice(short.id).settled_minor, planned(at).payments) == (10000, ())


def test_a_credit_note_over_the_rest_is_set_off_and_nothing_is_paid_twice(at, short):
    assert pay(at, short) == 9000
    credit = at.credit(
        short.purchase_order_id, ("1", "10"), credits_invoice_id=short.id, due_date=DUE
    )
    assert at.cases(open_only=False)["QTY_OVER_ACCEPTED"].resolution is Resolution.CAUSE_GONE
    assert spent(at) == 9000
    assert pay(at, at.invoice(short.id), credit) == 0
    assert {at.invoice(one.id).state for one in (short, credit)} == {S.PAID}
    assert (spent(at), planned(at).payments) == (9000, ())


def test_accepting_the_rest_pays_it_and_a_second_answer_finds_nothing(at, short):
    assert pay(at, short) == 9000
    case = at.cases(open_only=False)["QTY_OVER_ACCEPTED"]
    for each in at.cases(open_only=False).values():
        if each.holds_back:
            at.do(ReopenCase(case_id=each.id, reason="they showed us"), by=FINANCE)
    assert (at.invoice(short.id).state, at.invoice(short.id).held_back.minor) == (S.PAID, 1000)
    assert spent(at) == 9000
    for each in at.cases().values():
        at.do(AcceptCase(case_id=each.id, reason="we found it"), by=FINANCE)
    assert refused_twice(at, case.id)
    assert (spent(at), pay(at, at.invoice(short.id))) == (10000, 1000)


def refused_twice(at: Desk, case_id: str) -> bool:
    with pytest.raises(DomainError) as error:
        at.do(AcceptCase(case_id=case_id, reason="again"), by=FINANCE)
    return error.value.code == "exception.already_resolved"


def test_a_credit_note_over_everything_gives_back_only_what_was_paid(at, short):
    assert pay(at, short) == 9000
    facts = {"credits_invoice_id": short.id, "due_date": DUE}
    credit = at.credit(short.purchase_order_id, ("10", "10"), **facts)
    assert (at.invoice(short.id).state, at.invoice(short.id).held_back.minor) == (S.CREDITED, 0)
    assert (credit.state, credit.to_pay.minor, spent(at)) == (S.MATCHED, 9000, 0)


def test_a_released_rest_leaves_its_batch_when_the_dispute_ends(at, short):
    at.do(MakePayable(invoice_id=short.id), by=PAYER)
    made = batch(at)
    at.receive(short.purchase_order_id, "1")
    now = at.invoice(short.id)
    assert (now.state, now.to_pay.minor) == (S.MATCHED, 10000)
    assert not [item for item in at.world.all(PaymentItem) if item.live_invoice_id]
    (left,) = at.world.all(Payment, batch_id=made)
    assert left.taken_out == "invoice R-1 is to be paid with another amount"
    assert pay(at, now) == 10000


def test_what_is_paid_in_part_is_neither_corrected_nor_rejected(at, short):
    pay(at, short)
    at.receive(short.purchase_order_id, "1")
    billed = (BilledLine(position=1, quantity=D(9), unit_price=D(10)),)
    facts = {"invoice_id": short.id, "number": "R-1", "invoice_date": date(2026, 3, 2)}
    correct = CorrectInvoice(**facts, lines=billed)
    for command in (correct, RejectInvoice(invoice_id=short.id, reason="x")):
        assert refused(at.do, command, by=FINANCE) == "invoice.paid_in_part"


def test_a_corrected_invoice_ends_the_dispute_before_anything_was_paid(at, short):
    billed = (BilledLine(position=1, quantity=D(9), unit_price=D(10)),)
    facts = {"invoice_id": short.id, "number": "R-1", "invoice_date": date(2026, 3, 2)}
    at.do(CorrectInvoice(**facts, lines=billed), by=FINANCE)
    now = at.invoice(short.id)
    assert (now.state, now.to_pay.minor, now.held_back.minor, spent(at)) == (
        S.MATCHED, 9000, 0, 9000,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("billed", "more", "held", "cost"),
    [
        (("10", "10.50"), {"tax": "21"}, 600, 10000),
        (("11", "10.50"), {"tax": "23.10"}, 1260 + 600, 10000),
        (("10", "10"), {"tax": "20", "charges": {"FREIGHT": D("7.77")}}, 777 + 144, 10000),
        (("10", "10"), {"tax": "23.33"}, 333, 10000),
        (("10", "10"), {"tax": "20", "discount": D("1")}, 0, 0),
        (("10", "12"), {"tax": "20"}, 2333, 10000),
    ],
)
def test_the_disputed_part_is_worked_out_to_the_unit(at, billed, more, held, cost):
    order = at.issued(line(receiver_id=RECEIVER, tax_percent=D(20)))
    at.receive(order)
    made = at.bill(order, billed, due_date=DUE, **{**more, "tax": D(more["tax"])})
    for case in at.cases().values():
        at.do(DisputeCase(case_id=case.id, reason="no"), by=BUYER)
    now = at.invoice(made.id)
    assert (now.held_back.minor, spent(at)) == (held, cost)
    assert now.state is (S.MATCHED if held else S.ON_HOLD)


def test_where_budgets_count_tax_a_disputed_tax_is_held_back_of_its_lines(at):
    at.do(ChangeCompanySettings(changes={"budgets_gross": True}), by="adm")
    order = at.issued(line(receiver_id=RECEIVER, tax_percent=D(20)))
    at.receive(order)
    made = at.bill(order, ("10", "10"), due_date=DUE, tax=D("23.33"))
    for case in at.cases().values():
        at.do(DisputeCase(case_id=case.id, reason="no"), by=FINANCE)
    now = at.invoice(made.id)
    assert (now.held_back.minor, now.to_pay.minor) == (333, 12000)
    assert spent(at) == 12000
