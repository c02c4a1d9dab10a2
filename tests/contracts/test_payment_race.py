"""Two batches at once, and a hold while a batch is made, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tests.conftest import TestClock
from tests.factories.buying import seed
from tests.factories.money import FINANCE, PAYER, RECEIVER, Desk, desk
from tests.factories.payments import DUE, confirmed, in_batches, received, released
from wopo.db.uow import SqlTransactions
from wopo.domain.errors import DomainError
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.receipts import Receipt
from wopo.usecases.door import ActorRef, Answer, Command
from wopo.usecases.execute import Door, execute
from wopo.usecases.payment_batches import MakePaymentBatch
from wopo.usecases.receipt_corrections import VoidReceipt


@pytest.fixture
def at(shared_transactions: SqlTransactions, clock: TestClock, new_id) -> Desk:
    door = Door(shared_transactions, clock, new_id)

    def do(command: Command, *, by: str | None = None, key: str | None = None) -> Answer:
        return execute(door, command, actor=ActorRef(by, "test"), key=key or f"k{new_id()}")

    made = desk(do, seed(shared_transactions, clock))
    confirmed(made)
    return made


def at_once(*works: Callable[[], object]) -> list[str]:
    """Do these at the same moment; the codes of what was refused."""
    gate = Barrier(len(works))

    def run(work: Callable[[], object]) -> str:
        gate.wait(timeout=20)
        try:
            work()
        except DomainError as error:
            return error.code
        return ""

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_of_two_batches_at_once_one_has_the_invoice(at: Desk) -> None:
    invoice = released(at, received(at), "R-1")
    said = at_once(
        *(lambda by=by: at.do(MakePaymentBatch(up_to=DUE), by=by) for by in (FINANCE, PAYER))
    )
    assert sorted(said)[0] == ""
    assert sorted(said)[1] in {"payment_batch.nothing_due", "payment_batch.plan_changed", "busy"}
    assert in_batches(at) == {invoice.id}


def test_a_hold_at_the_moment_of_the_batch_keeps_the_invoice_out(at: Desk) -> None:
    order = received(at)
    invoice = released(at, order, "R-1")
    (receipt,) = at.world.all(Receipt, purchase_order_id=order)
    void = VoidReceipt(receipt_id=receipt.id, reason="other order")
    said = at_once(
        lambda: at.do(MakePaymentBatch(up_to=DUE), by=PAYER),
        lambda: at.do(void, by=RECEIVER),
    )
    assert said[1] == ""
    assert at.world.get(Invoice, invoice.id).state is InvoiceState.ON_HOLD
    assert in_batches(at) == set()
