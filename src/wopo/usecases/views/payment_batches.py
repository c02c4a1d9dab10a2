"""What screens and files show of a payment batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from wopo.domain.bank_details import BankDetails
from wopo.domain.errors import NOT_FOUND
from wopo.domain.invoices import Invoice
from wopo.domain.money import Money, by_currency
from wopo.domain.payment_batches import BatchState, Payment, PaymentBatch, PaymentItem
from wopo.domain.people import Person
from wopo.domain.settings import CompanySettings
from wopo.domain.vendors import Vendor
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.settings import company
from wopo.usecases.views.names import Ref, refs


@dataclass(frozen=True)
class PaymentView:
    """What one vendor gets: ``invoices`` and ``credits`` by their numbers. ``taken_out`` says why
    it is in the batch no longer."""

    position: int
    vendor_code: str
    vendor: str
    iban: str
    bic: str
    account: str
    amount: Money
    invoices: tuple[str, ...]
    credits: tuple[str, ...]
    taken_out: str

    @property
    def sepa(self) -> bool:
        """Whether a SEPA transfer can carry it: euros, to an IBAN, and more than nothing."""
        return bool(self.iban) and self.amount.currency == "EUR" and self.amount.minor > 0


@dataclass(frozen=True)
class BatchView:
    """A batch with its payments; ``totals`` of those that are still in it."""

    id: str
    number: str
    revision: int
    state: BatchState
    execute_on: date
    made_by: Ref | None
    made_at: datetime
    decided_by: Ref | None
    paid_on: date | None
    reason: str
    payments: tuple[PaymentView, ...]
    company: CompanySettings

    @property
    def living(self) -> tuple[PaymentView, ...]:
        """The payments that are still in it."""
        return tuple(one for one in self.payments if not one.taken_out)

    @property
    def totals(self) -> list[Money]:
        """What leaves, one amount per currency."""
        return by_currency(one.amount for one in self.living)

    @property
    def why_no_sepa(self) -> str:
        """Why there is no SEPA file of it; empty when there is one."""
        if not self.company.iban:
            return "the company's own IBAN is not set (/wopo letterhead)"
        if not any(one.sepa for one in self.living):
            return "no payment in it is in euros to an IBAN"
        return ""


def batch_view(uow: UnitOfWork, batch_id: str) -> BatchView:
    """The batch. Raises ``NOT_FOUND``. Eight queries."""
    batch = uow.get(PaymentBatch, batch_id)
    if batch is None:
        raise NOT_FOUND(kind="payment batch", wanted=batch_id, nearest="")
    people = refs(uow, Person, [batch.made_by_id, batch.decided_by_id])
    return BatchView(
        id=batch.id,
        number=batch.number,
        revision=batch.revision,
        state=batch.state,
        execute_on=batch.execute_on,
        made_by=people.get(batch.made_by_id),
        made_at=batch.made_at,
        decided_by=people.get(batch.decided_by_id or ""),
        paid_on=batch.paid_on,
        reason=batch.reason,
        payments=tuple(_payments(uow, batch)),
        company=company(uow),
    )


def _payments(uow: UnitOfWork, batch: PaymentBatch) -> list[PaymentView]:
    rows = uow.all(Payment, batch_id=batch.id, order="position")
    vendors = uow.many(Vendor, {row.vendor_id for row in rows})
    places = uow.many(BankDetails, {row.bank_details_id for row in rows})
    items = uow.all(PaymentItem, payment_id=[row.id for row in rows], order="id")
    invoices = uow.many(Invoice, {item.invoice_id for item in items})
    made = []
    for row in rows:
        own = [invoices[item.invoice_id] for item in items if item.payment_id == row.id]
        place = places[row.bank_details_id]
        made.append(
            PaymentView(
                position=row.position,
                vendor_code=vendors[row.vendor_id].code,
                vendor=vendors[row.vendor_id].name,
                iban=place.iban,
                bic=place.bic,
                account=place.account,
                amount=row.amount,
                invoices=tuple(one.number for one in own if not one.is_credit),
                credits=tuple(one.number for one in own if one.is_credit),
                taken_out=row.taken_out,
            )
        )
    return made


def batch_called(uow: UnitOfWork, number: str) -> PaymentBatch:
    """The batch with this number, or with this tail (``PB-3``). Raises ``NOT_FOUND``."""
    wanted = number.strip().upper()
    exact = uow.find(PaymentBatch, number=wanted)
    if exact is not None:
        return exact
    tail = wanted.removeprefix("PB").strip("- #")
    rows = uow.all(PaymentBatch, order="-number") if tail.isdigit() else []
    for row in rows:
        if int(row.number.rpartition("-")[2]) == int(tail):
            return row
    raise NOT_FOUND(kind="payment batch", wanted=number, nearest="")


@dataclass(frozen=True)
class BatchLine:
    """A batch in a list."""

    id: str
    number: str
    state: BatchState
    execute_on: date
    totals: tuple[Money, ...]


def batches(
    uow: UnitOfWork, *, limit: int, states: Sequence[BatchState] = tuple(BatchState)
) -> list[BatchLine]:
    """Batches in these states, the newest first; two queries."""
    rows = uow.all(PaymentBatch, state=list(states), order="-number", limit=limit)
    found = uow.all(Payment, batch_id=[row.id for row in rows], taken_out="") if rows else []
    lines = []
    for row in rows:
        own = [payment for payment in found if payment.batch_id == row.id]
        totals = by_currency(one.amount for one in own)
        lines.append(BatchLine(row.id, row.number, row.state, row.execute_on, tuple(totals)))
    return lines
