"""Whatever people do, no invoice on hold is in a living batch, none is in two, and no payment goes
below nothing or to an account that is not confirmed."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from tests.factories.money import FINANCE, PAYER, RECEIVER, Desk
from tests.factories.payments import (
    DUTCH,
    GERMAN,
    batch,
    confirmed,
    entered,
    received,
    released,
)
from tests.promises import rounds
from tests.properties.conftest import company
from wopo.domain.bank_details import BankDetails, BankState
from wopo.domain.errors import DomainError
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.payment_batches import BatchState, Payment, PaymentBatch, PaymentItem
from wopo.domain.purchase_orders import PurchaseOrder
from wopo.domain.receipts import Receipt
from wopo.usecases.bank_details import ConfirmBankDetails
from wopo.usecases.payables import MakePayable, MarkPaid, RejectInvoice
from wopo.usecases.payment_batches import CancelPaymentBatch, PayPaymentBatch
from wopo.usecases.receipt_corrections import VoidReceipt

Step = Callable[[Desk, list[str], int], object]


def void(at: Desk, orders: list[str], n: int) -> None:
    found = at.world.all(Receipt, purchase_order_id=orders[n % len(orders)])
    receipt = found[n % len(found)].id
    at.do(VoidReceipt(receipt_id=receipt, reason="other order"), by=RECEIVER)


def bill(at: Desk, orders: list[str], n: int) -> None:
    released(at, orders[n % len(orders)], f"R-{n}", quantity=str(n % 6 + 1))


def credit(at: Desk, orders: list[str], n: int) -> None:
    facts = {"quantity": str(n % 3 + 1), "type": "credit", "due_date": None}
    released(at, orders[n % len(orders)], f"C-{n}", **facts)


def some(at: Desk, kind: type, n: int) -> str:
    found = at.world.all(kind)
    return found[n % len(found)].id if found else ""


STEPS: dict[str, Step] = {
    "bill": bill,
    "credit": credit,
    "receive": lambda at, orders, n: at.receive(orders[n % len(orders)], str(n % 5 + 1)),
    "void": void,
    "release": lambda at, _, n: at.do(MakePayable(invoice_id=some(at, Invoice, n)), by=PAYER),
    "reject": lambda at, _, n: at.do(
        RejectInvoice(invoice_id=some(at, Invoice, n), reason="x"), by=FINANCE
    ),
    "pay one": lambda at, _, n: at.do(MarkPaid(invoice_id=some(at, Invoice, n)), by=FINANCE),
    "batch": lambda at, _, __: batch(at),
    "pay": lambda at, _, n: at.do(PayPaymentBatch(batch_id=some(at, PaymentBatch, n)), by=FINANCE),
    "cancel": lambda at, _, n: at.do(
        CancelPaymentBatch(batch_id=some(at, PaymentBatch, n), reason="x"), by=FINANCE
    ),
    "change": lambda at, _, n: entered(at, iban=(GERMAN, DUTCH)[n % 2]),
    "confirm": lambda at, _, n: at.do(
        ConfirmBankDetails(
            bank_details_id=some(at, BankDetails, n), called="Ms Young", known_number="55501"
        ),
        by="adm",
    ),
}


def holds(at: Desk) -> None:
    """What is promised of living batches, from the rows alone."""
    items = at.world.all(PaymentItem)
    payments = {row.id: row for row in at.world.all(Payment)}
    batches = {row.id: row for row in at.world.all(PaymentBatch)}
    invoices = {row.id: row for row in at.world.all(Invoice)}
    places = {row.id: row for row in at.world.all(BankDetails)}
    waiting = {row.vendor_id for row in places.values() if row.state is BankState.WAITING}
    living = [item for item in items if item.live_invoice_id]
    assert max(Counter(item.invoice_id for item in living).values(), default=0) <= 1
    for item in living:
        payment = payments[item.payment_id]
        assert invoices[item.invoice_id].state is InvoiceState.PAYABLE
        assert batches[payment.batch_id].state is BatchState.MADE
        assert not payment.taken_out
        assert payment.vendor_id not in waiting
        assert places[payment.bank_details_id].state is BankState.CONFIRMED
    for payment in payments.values():
        own = [item for item in items if item.payment_id == payment.id]
        assert payment.amount_minor == sum(item.amount_minor for item in own) >= 0
        if batches[payment.batch_id].state is BatchState.MADE and not payment.taken_out:
            assert all(item.live_invoice_id for item in own)
    for made in batches.values():
        kept = [p for p in payments.values() if p.batch_id == made.id and not p.taken_out]
        assert kept or made.state is BatchState.CANCELLED


@pytest.fixture(scope="module")
def begun(seeded: Engine) -> Iterator[Engine]:
    """Two orders, each with a released invoice, and both in a batch."""
    with company(seeded) as at:
        confirmed(at)
        orders = [received(at), received(at, price="7")]
        for number, order in enumerate(orders):
            released(at, order, f"S-{number}", quantity="4", price=("10", "7")[number])
        batch(at)
        holds(at)
        yield at.world.transactions.engine


@settings(
    deadline=None,
    max_examples=rounds(4, soak=1_500),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 11)), min_size=3, max_size=9)
)
@example([("void", 0), ("pay", 0), ("batch", 0)])
@example([("change", 1), ("batch", 0), ("confirm", 1), ("batch", 0), ("pay", 1)])
def test_no_step_brings_a_held_invoice_into_a_batch_or_leaves_one_there(
    begun: Engine, steps: list[tuple[str, int]]
) -> None:
    with company(begun, ids_from=10_000) as at:
        orders = sorted(order.id for order in at.world.all(PurchaseOrder))
        for name, n in steps:
            with suppress(DomainError):
                STEPS[name](at, orders, n)
            holds(at)
