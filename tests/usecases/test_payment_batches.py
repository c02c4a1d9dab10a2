"""Payment batches: what is due and free, netted per vendor, paid once, and never on hold."""

from datetime import date

import pytest

from tests.factories.buying import seed
from tests.factories.money import FINANCE, PAYER, RECEIVER, Desk, desk
from tests.factories.payments import (
    DUE,
    DUTCH,
    batch,
    confirmed,
    entered,
    in_batches,
    received,
    released,
)
from wopo.domain.errors import DomainError
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.money import Money
from wopo.domain.outbox import OutboxRow
from wopo.domain.payment_batches import (
    MOST_INVOICES,
    BatchState,
    Payable,
    Payment,
    PaymentBatch,
    netted,
)
from wopo.domain.receipts import Receipt
from wopo.usecases.payables import MarkPaid, RejectInvoice
from wopo.usecases.payment_batches import (
    CancelPaymentBatch,
    MakePaymentBatch,
    PayPaymentBatch,
)
from wopo.usecases.payment_plans import Plan, plan
from wopo.usecases.receipt_corrections import VoidReceipt


@pytest.fixture
def at(transactions, clock, do) -> Desk:
    return desk(do, seed(transactions, clock))


def refused(call, *args, **kwargs) -> DomainError:
    with pytest.raises(DomainError) as error:
        call(*args, **kwargs)
    assert "Nothing was changed" in error.value.message
    return error.value


def planned(at: Desk, up_to: date = DUE) -> Plan:
    with at.world.transactions.read() as uow:
        return plan(uow, up_to=up_to, at=at.world.clock())


def pays(found: Plan) -> dict[str, list[str]]:
    return {one.vendor_id: [item.number for item in one.taken] for one in found.payments}


def test_what_is_due_and_free_is_paid_and_the_rest_is_named_with_why(at):
    confirmed(at)
    confirmed(at, "acm")
    grainger, acme = received(at, price="20"), received(at, vendor="acm")
    released(at, grainger, "R-1", quantity="4", price="20")
    released(at, grainger, "R-2", quantity="1", price="20", due_date=date(2026, 3, 21))
    released(at, acme, "A-1", quantity="5")
    at.bill(grainger, ("9", "20"), number="R-3", due_date=DUE)
    at.bill(acme, ("1", "10"), number="A-2")
    released(at, received(at, vendor="zed"), "Z-1", quantity="2")
    found = planned(at)
    assert pays(found) == {"gra": ["R-1"], "acm": ["A-1"]}
    assert found.totals == [Money(13000, "EUR")]
    assert {one.number: one.why.partition(":")[0] for one in found.held} == {
        "R-3": "On hold",
        "A-2": "It matches, and nobody has released it for payment yet.",
        "Z-1": "No bank details are confirmed.",
    }
    assert pays(planned(at, date(2026, 3, 21)))["gra"] == ["R-1", "R-2"]


def test_what_cannot_be_paid_hides_nothing_that_can_however_much_there_is(at):
    """A thousand older invoices of a vendor without an account, then one that can be paid."""
    confirmed(at)
    older = released(at, received(at, vendor="zed"), "Z-0", quantity="1")
    copies = [
        Invoice(**older.model_dump() | {"id": f"z{n}", "number": f"Z-{n}"})
        for n in range(1, MOST_INVOICES + 1)
    ]
    at.world.add(*copies)
    released(at, received(at), "R-1", quantity="6")
    found = planned(at)
    assert pays(found) == {"gra": ["R-1"]}
    assert len(found.held) == len(copies) + 1
    (payment,) = at.world.all(Payment, batch_id=batch(at))
    assert payment.amount == Money(6000, "EUR")


def test_credit_notes_are_set_off_per_vendor_and_never_below_nothing(at):
    confirmed(at)
    order = received(at)
    released(at, order, "R-1", quantity="6")
    at.bill(order, ("2", "10"), number="R-2")
    released(at, order, "C-1", quantity="1", type="credit", due_date=None)
    assert pays(planned(at)) == {"gra": ["R-1", "C-1"]}
    (payment,) = at.world.all(Payment, batch_id=batch(at))
    assert payment.amount == Money(5000, "EUR")


def test_a_credit_note_larger_than_what_is_left_waits_whole():
    def one(number: str, minor: int, credit: bool, vendor: str = "v", currency: str = "EUR"):
        return Payable(number, number, vendor, currency, credit, minor, DUE, int(number[1:]))

    rows = [
        one("R1", 100, False), one("C2", 80, True), one("C3", 50, True), one("C4", 20, True),
        one("C5", 10, True, "w"), one("R6", 70, False, currency="USD"),
    ]  # fmt: skip
    made = {(n.vendor_id, n.currency): n for n in netted(rows)}
    euros = made["v", "EUR"]
    assert ([i.number for i in euros.taken], euros.amount.minor) == (["R1", "C2", "C4"], 0)
    assert [i.number for i in euros.left] == ["C3"]
    assert made["v", "USD"].amount == Money(70, "USD")
    assert (made["w", "EUR"].taken, len(made["w", "EUR"].left)) == ((), 1)


def test_paying_the_batch_pays_its_invoices_and_a_second_time_is_refused(at, clock):
    confirmed(at)
    order = received(at)
    invoices = [released(at, order, f"R-{n}", quantity=n) for n in ("2", "3")]
    made = batch(at)
    alone = MarkPaid(invoice_id=invoices[0].id)
    assert refused(at.do, alone, by=FINANCE).code == "payment_batch.in_batch"
    said = at.do(PayPaymentBatch(batch_id=made, reference="ST-7"), by=FINANCE).message
    assert said == "Payment batch PB-2026-000001 is paid, and 2 documents with it."
    rows = [at.invoice(invoice.id) for invoice in invoices]
    assert {(row.state, row.paid_on) for row in rows} == {(InvoiceState.PAID, clock().date())}
    assert refused(at.do, PayPaymentBatch(batch_id=made), by=FINANCE).code == "illegal_move"
    assert planned(at).payments == ()


def test_cancelling_frees_what_was_in_it_and_needs_a_reason(at):
    confirmed(at)
    invoice = released(at, received(at), "R-1")
    made = batch(at)
    assert refused(batch, at).code == "payment_batch.nothing_due"
    assert refused(at.do, CancelPaymentBatch(batch_id=made), by=FINANCE).field == "reason"
    at.do(CancelPaymentBatch(batch_id=made, reason="wrong day"), by=FINANCE)
    assert (in_batches(at), pays(planned(at))) == (set(), {"gra": ["R-1"]})
    assert batch(at) != made
    assert in_batches(at) == {invoice.id}


def test_the_same_request_again_makes_one_batch_and_an_old_plan_none(at):
    confirmed(at)
    order = received(at)
    released(at, order, "R-1", quantity="3")
    seal = planned(at).seal
    released(at, order, "R-2", quantity="4")
    old = MakePaymentBatch(up_to=DUE, seal=seal)
    assert refused(at.do, old, by=PAYER).code == "payment_batch.plan_changed"
    now = MakePaymentBatch(up_to=DUE, seal=planned(at).seal)
    first, again = (at.do(now, by=PAYER, key="click") for _ in range(2))
    assert first == again
    assert len(at.world.all(PaymentBatch)) == 1


def test_what_is_left_out_stays_free_and_no_day_is_past(at):
    confirmed(at)
    order = received(at)
    kept, other = (released(at, order, f"R-{n}", quantity=n) for n in ("1", "2"))
    past = MakePaymentBatch(up_to=DUE, execute_on=date(2026, 3, 1))
    assert refused(at.do, past, by=PAYER).field == "execute_on"
    batch(at, leave_out=(other.id,))
    assert in_batches(at) == {kept.id}
    assert pays(planned(at)) == {"gra": ["R-2"]}


def test_an_invoice_that_goes_on_hold_leaves_with_what_was_netted_with_it(at):
    confirmed(at)
    confirmed(at, "acm")
    order = received(at)
    held = released(at, order, "R-1")
    released(at, received(at, price="7"), "R-2", price="7")
    other = released(at, received(at, price="9", vendor="acm"), "A-1", price="9")
    made = batch(at)
    (receipt,) = at.world.all(Receipt, purchase_order_id=order)
    at.do(VoidReceipt(receipt_id=receipt.id, reason="other order"), by=RECEIVER)
    assert at.invoice(held.id).state is InvoiceState.ON_HOLD
    assert in_batches(at) == {other.id}
    assert (at.world.get(PaymentBatch, made).revision, pays(planned(at))) == (2, {"gra": ["R-2"]})
    told = [row.facts["text"] for row in at.world.all(OutboxRow) if row.card == "direct"]
    assert "Grainger is out of payment batch PB-2026-000001" in told[-1]
    assert "invoice R-1 is on hold. Use the new file only." in told[-1]
    files = [row for row in at.world.all(OutboxRow) if row.audience == "task:attach_payments"]
    assert [row.facts["revision"] for row in files] == [1, 2]


def test_a_batch_of_which_nothing_is_left_is_cancelled(at):
    confirmed(at)
    invoice = released(at, received(at), "R-1")
    made = batch(at)
    at.do(RejectInvoice(invoice_id=invoice.id, reason="not ours"), by=FINANCE)
    assert at.world.get(PaymentBatch, made).state is BatchState.CANCELLED
    assert refused(at.do, PayPaymentBatch(batch_id=made), by=FINANCE).code == "illegal_move"


def test_a_changed_account_leaves_the_batch_and_the_next_pays_to_the_new_one(at):
    confirmed(at)
    released(at, received(at), "R-1")
    batch(at)
    entered(at, iban=DUTCH)
    assert (in_batches(at), planned(at).payments) == (set(), ())
    new = confirmed(at, account="Bank of the Quay, 12345")
    (payment,) = at.world.all(Payment, batch_id=batch(at))
    assert payment.bank_details_id == new


def test_only_finance_makes_batches(at):
    assert refused(at.do, MakePaymentBatch(up_to=DUE), by="ben").code == "not_allowed"
