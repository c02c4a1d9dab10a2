"""While parts of invoices are disputed: whatever people do, no invoice is paid beyond its total,
what is billed in the ledger is what was and may be paid, and a verification finds nothing."""

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from tests.factories.money import FINANCE, PAYER, RECEIVER, Desk, line
from tests.factories.payments import DUE, batch, confirmed
from tests.promises import rounds
from tests.properties.conftest import company
from wopo.domain.errors import DomainError
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.invoices import CLEARED, Invoice, InvoiceState, InvoiceType
from wopo.domain.money import Money
from wopo.domain.purchase_orders import PurchaseOrder
from wopo.domain.purchasing_policy import PolicyDocument
from wopo.domain.receipts import Receipt
from wopo.usecases.audit import verify
from wopo.usecases.exception_cases import AcceptCase, DisputeCase, ReopenCase
from wopo.usecases.payables import MakePayable, MarkPaid, RejectInvoice
from wopo.usecases.payment_batches import PayPaymentBatch
from wopo.usecases.purchasing_policy import ImportPolicy
from wopo.usecases.receipt_corrections import VoidReceipt

Step = Callable[[Desk, int], object]


def some(at: Desk, kind: type, n: int) -> str:
    found = sorted(at.world.all(kind), key=lambda row: row.id)
    return found[n % len(found)].id if found else ""


def order(at: Desk) -> str:
    return some(at, PurchaseOrder, 0)


def credit(at: Desk, n: int) -> None:
    named = {"credits_invoice_id": some(at, Invoice, n), "number": f"C-{n}", "due_date": DUE}
    billed = (str(n % 3 + 1), "11") if n % 4 else ("6", "11")
    made = at.credit(order(at), billed, **named)
    at.do(MakePayable(invoice_id=made.id), by=PAYER)


def on_case(kind: type, by: str = FINANCE) -> Step:
    return lambda at, n: at.do(kind(case_id=some(at, ExceptionCase, n), reason="x"), by=by)


STEPS: dict[str, Step] = {
    "bill": lambda at, n: at.bill(order(at), (str(n % 5 + 1), "10"), number=f"R-{n}", due_date=DUE),
    "credit": credit,
    "receive": lambda at, n: at.receive(order(at), str(n % 4 + 1)),
    "void": lambda at, n: at.do(
        VoidReceipt(receipt_id=some(at, Receipt, n), reason="x"), by=RECEIVER
    ),
    "dispute": on_case(DisputeCase),
    "accept": on_case(AcceptCase),
    "reopen": on_case(ReopenCase),
    "release": lambda at, n: at.do(MakePayable(invoice_id=some(at, Invoice, n)), by=PAYER),
    "pay": lambda at, n: at.do(MarkPaid(invoice_id=some(at, Invoice, n)), by=FINANCE),
    "batch": lambda at, _: at.do(PayPaymentBatch(batch_id=batch(at)), by=FINANCE),
    "reject": lambda at, n: at.do(
        RejectInvoice(invoice_id=some(at, Invoice, n), reason="x"), by=FINANCE
    ),
}


def holds(at: Desk) -> None:
    """What is promised of every invoice, and of the ledger as a whole."""
    cases = at.world.all(ExceptionCase)
    paid = {row.id: 0 for row in at.world.all(Invoice)}
    for entry in at.world.all_entries():
        if entry.event == "invoice:paid":
            paid[entry.subject_id] += Money.of(entry.facts["total"]["amount"], "EUR").minor
    payable = 0
    for row in at.world.all(Invoice):
        against = [case for case in cases if case.invoice_id == row.id]
        assert 0 <= row.to_pay.minor <= row.total_minor
        assert 0 <= row.withheld_minor <= row.total_minor
        assert sum(part["minor"] for part in row.withheld.values()) == row.withheld_minor
        if not row.is_credit:
            assert paid[row.id] == row.settled_minor
        if row.state in (InvoiceState.MATCHED, InvoiceState.PAYABLE):
            assert not any(case.holds for case in against)
        if row.state is InvoiceState.PAID:
            assert row.to_pay.minor == 0
        if row.state in CLEARED:
            payable += row.total_minor - row.withheld_minor
    if not at.world.all(Invoice, type=InvoiceType.CREDIT):
        ledger = at.ledger()
        assert ledger.get("invoiced", 0) + ledger.get("variance", 0) == payable


def agrees(at: Desk) -> None:
    """Nothing that a verification finds."""
    with at.world.transactions.read() as uow:
        assert [str(fault) for fault in verify(uow)] == []


@pytest.fixture(scope="module")
def begun(seeded: Engine) -> Iterator[Engine]:
    """An order of ten, four of them received, six billed too dear, all of it disputed and the rest
    paid."""
    with company(seeded) as at:
        policy = PolicyDocument.model_validate(
            {"title": "Ours", "disputes": {"pay_the_rest": True}}
        )
        at.do(ImportPolicy(document=policy), by=FINANCE)
        confirmed(at)
        made = at.issued(line(receiver_id=RECEIVER))
        at.receive(made, "4")
        invoice = at.bill(made, ("6", "11"), number="S-1", due_date=DUE)
        for case in at.cases().values():
            at.do(DisputeCase(case_id=case.id, reason="x"), by=FINANCE)
        at.do(MakePayable(invoice_id=invoice.id), by=PAYER)
        at.do(MarkPaid(invoice_id=invoice.id), by=FINANCE)
        assert at.invoice(invoice.id).settled_minor == 4000
        holds(at)
        yield at.world.transactions.engine


@settings(
    deadline=None,
    max_examples=rounds(1, soak=1_500),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 11)), min_size=3, max_size=9)
)
@example([("receive", 1), ("release", 0), ("credit", 1), ("reopen", 0), ("batch", 0)])
@example([("reopen", 0), ("reopen", 1), ("accept", 0), ("accept", 1), ("release", 0), ("batch", 0)])
@example([("credit", 0), ("batch", 0), ("receive", 3)])
def test_a_disputed_part_is_paid_once_or_never(begun: Engine, steps: list[tuple[str, int]]) -> None:
    with company(begun, ids_from=10_000) as at:
        for name, n in steps:
            with suppress(DomainError):
                STEPS[name](at, n)
            holds(at)
        agrees(at)
