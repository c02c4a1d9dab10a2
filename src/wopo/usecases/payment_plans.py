"""What could be paid up to a day, per vendor, and what is held back and why. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from wopo.domain.bank_details import BankDetails
from wopo.domain.exception_kinds import KINDS
from wopo.domain.invoices import Invoice, InvoiceState
from wopo.domain.money import Money, by_currency
from wopo.domain.payment_batches import (
    IN_BATCH,
    Netted,
    Payable,
    netted,
    seal_of,
)
from wopo.domain.vendors import Vendor
from wopo.usecases.bank_details import payees
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.payment_batches import PaymentStore
from wopo.usecases.views.names import Ref, refs

MOST_HELD = 200
"""Invoices that are not released are listed up to this many."""
NOT_RELEASED = "It matches, and nobody has released it for payment yet."
IN_DISPUTE = "In dispute; the rest of the invoice is not."
TOO_LARGE = "There is less to pay than this credit note takes back; it waits."


@dataclass(frozen=True)
class HeldBack:
    """An invoice that is due and can't be paid now, and why."""

    id: str
    number: str
    credit: bool
    vendor: Ref
    amount: Money
    why: str


@dataclass(frozen=True)
class Plan:
    """Payments that can be made, with their accounts by vendor, and what is held back. ``count`` is
    the number of documents in the payments, ``seal`` a hash of them."""

    up_to: date
    payments: tuple[Netted, ...]
    accounts: dict[str, BankDetails]
    vendors: dict[str, Ref]
    held: tuple[HeldBack, ...]

    @property
    def count(self) -> int:
        """How many invoices and credit notes would be in the batch."""
        return sum(len(payment.taken) for payment in self.payments)

    @property
    def seal(self) -> str:
        """By which a form knows that it still shows the truth."""
        return seal_of(self.payments)

    @property
    def totals(self) -> list[Money]:
        """What leaves, one amount per currency."""
        return by_currency(one.amount for one in self.payments)


def plan(uow: UnitOfWork, *, up_to: date, at: datetime, leave_out: Sequence[str] = ()) -> Plan:
    """What can be paid up to and including a day. A constant number of queries."""
    store = uow.store(PaymentStore)
    left_out = set(leave_out)
    due = [one for one in store.due(up_to) if one.id not in left_out]
    waiting = store.not_released(up_to, MOST_HELD)
    disputed = store.held_back(up_to, MOST_HELD)
    places = payees(uow, [one.vendor_id for one in due], at)
    vendor_ids = {one.vendor_id for one in due} | {row.vendor_id for row in [*waiting, *disputed]}
    vendors = refs(uow, Vendor, vendor_ids)
    unpaid = {id for id, place in places.items() if place.account is None}
    groups = netted(one for one in due if one.vendor_id not in unpaid)
    held = [
        _held(one, vendors, places[one.vendor_id].why) for one in due if one.vendor_id in unpaid
    ]
    held += [_held(one, vendors, TOO_LARGE) for group in groups for one in group.left]
    held += [_waiting(row, vendors) for row in waiting]
    held += [_part(row, vendors) for row in disputed]
    return Plan(
        up_to,
        tuple(group for group in groups if group.taken),
        {id: place.account for id, place in places.items() if place.account is not None},
        vendors,
        tuple(held),
    )


def _held(one: Payable, vendors: dict[str, Ref], why: str) -> HeldBack:
    amount = Money(one.minor, one.currency)
    return HeldBack(one.id, one.number, one.credit, vendors[one.vendor_id], amount, why)


def _waiting(row: Invoice, vendors: dict[str, Ref]) -> HeldBack:
    why = NOT_RELEASED
    if row.state is InvoiceState.ON_HOLD:
        titles = [KINDS[code].title.lower() if code in KINDS else code for code in row.codes]
        why = f"On hold: {', '.join(titles) or 'an exception is open'}."
    return HeldBack(row.id, row.number, row.is_credit, vendors[row.vendor_id], row.to_pay, why)


def _part(row: Invoice, vendors: dict[str, Ref]) -> HeldBack:
    return HeldBack(row.id, row.number, False, vendors[row.vendor_id], row.held_back, IN_DISPUTE)


def check_free(uow: UnitOfWork, invoice: Invoice) -> None:
    """Refuse with ``IN_BATCH`` to pay an invoice by itself that is in a living batch."""
    for batch, _ in uow.store(PaymentStore).living(invoice_id=invoice.id):
        raise IN_BATCH(number=invoice.number, batch=batch.number)
