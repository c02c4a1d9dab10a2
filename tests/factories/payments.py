"""Released invoices and confirmed bank details, through the door."""

from datetime import date
from typing import Any

from tests.factories.money import PAYER, Desk, line
from wopo.domain.invoices import Invoice
from wopo.domain.payment_batches import PaymentItem
from wopo.usecases.bank_details import ConfirmBankDetails, EnterBankDetails
from wopo.usecases.payables import MakePayable
from wopo.usecases.payment_batches import MakePaymentBatch

GERMAN, DUTCH = "DE89370400440532013000", "NL91ABNA0417164300"
BELGIAN = "BE68539007547034"
DUE = date(2026, 3, 20)


def entered(at: Desk, vendor: str = "gra", *, by: str = "ben", **account: str) -> str:
    """Bank details that wait; the id. Two vendors have two accounts unless told otherwise."""
    usual = {"iban": GERMAN if vendor == "gra" else BELGIAN}
    command = EnterBankDetails(vendor_id=vendor, **(account or usual))
    return at.do(command, by=by).subject_id


def confirmed(at: Desk, vendor: str = "gra", **account: str) -> str:
    """Bank details in force: entered by Ben, confirmed by the administrator."""
    made = entered(at, vendor, **account)
    note = {"called": "Ms Young", "known_number": "+44 20 555 01"}
    at.do(ConfirmBankDetails(bank_details_id=made, **note), by="adm")
    return made


def received(at: Desk, price: str = "10", vendor: str = "gra", **more: Any) -> str:
    """An order of ten, received."""
    order = at.issued(line("10", price), vendor_id=vendor, **more)
    at.receive(order)
    return order


def released(
    at: Desk, order: str, number: str, *, quantity: str = "10", price: str = "10", **more: Any
) -> Invoice:
    """An invoice (or with ``type="credit"`` a credit note) of that order, released for payment."""
    facts = {"due_date": DUE, **more}
    made = at.bill(order, (quantity, price), number=number, **facts)
    at.do(MakePayable(invoice_id=made.id), by=PAYER)
    return at.invoice(made.id)


def batch(at: Desk, **more: Any) -> str:
    """A batch of everything that is due; the id."""
    return at.do(MakePaymentBatch(**{"up_to": DUE, **more}), by=PAYER).subject_id


def in_batches(at: Desk) -> set[str]:
    """Ids of the invoices in living batches."""
    return {item.live_invoice_id for item in at.world.all(PaymentItem) if item.live_invoice_id}
