"""What screens show of an invoice: its card in the invoice channel."""

from dataclasses import dataclass
from datetime import date, datetime

from wopo.domain.attachments import Attachment
from wopo.domain.errors import NOT_FOUND
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.invoices import INVOICE, Invoice, InvoiceState, InvoiceType
from wopo.domain.money import Money
from wopo.domain.people import Person
from wopo.domain.purchase_orders import PurchaseOrder
from wopo.domain.vendors import Vendor, held_here
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.lists import ListStore
from wopo.usecases.views.names import Ref, refs


@dataclass(frozen=True)
class HeldBy:
    """An exception that keeps the invoice from being paid."""

    id: str
    number: str
    title: str
    amount: Money


@dataclass(frozen=True)
class InvoiceView:
    """An invoice or a credit note with what stands against it. ``verbs`` are the moves its state
    allows: ``make_payable``, ``mark_paid``, ``correct``, ``reject``."""

    id: str
    number: str
    version: int
    credit: bool
    state: InvoiceState
    vendor: Ref
    vendor_held: str
    """What is on hold at the vendor; empty for nothing."""
    order: Ref | None
    order_reference: str
    credits: str
    day: date
    due: date | None
    net: Money
    charges: Money
    discount: Money
    tax: Money
    total: Money
    to_pay: Money
    held_back: Money
    """Not paid meanwhile, because it is disputed."""
    held_by: tuple[HeldBy, ...]
    """Exceptions that keep all of it, or a part, from being paid."""
    accepted: tuple[str, ...]
    """Differences that people accepted, by title."""
    warnings: tuple[str, ...]
    files: int
    entered_by: Ref | None
    decided_by: Ref | None
    decided_at: datetime | None
    reason: str
    paid_on: date | None
    verbs: tuple[str, ...]


_OFFERED = ("make_payable", "mark_paid", "correct", "reject")
"""The moves that people make; the others follow from judging."""


def verbs_of(invoice: Invoice) -> tuple[str, ...]:
    """What people may do with an invoice in its state, the main thing first."""
    allowed = set(INVOICE.allowed(invoice.state))
    if invoice.settled_minor:
        allowed -= {"correct", "reject"}
    return tuple(verb for verb in _OFFERED if verb in allowed)


def invoice_view(uow: UnitOfWork, invoice_id: str) -> InvoiceView:
    """The invoice. Raises ``NOT_FOUND``. Seven queries."""
    invoice = uow.get(Invoice, invoice_id)
    if invoice is None:
        raise NOT_FOUND(kind="invoice", wanted=invoice_id, nearest="")

    def money(minor: int) -> Money:
        return Money(minor, invoice.currency)

    cases = uow.all(ExceptionCase, invoice_id=invoice.id, order="number")
    people = refs(uow, Person, [invoice.entered_by_id, invoice.decided_by_id])
    vendor = uow.get(Vendor, invoice.vendor_id)
    order = uow.get(PurchaseOrder, invoice.purchase_order_id) if invoice.purchase_order_id else None
    target = uow.get(Invoice, invoice.credits_invoice_id) if invoice.credits_invoice_id else None
    return InvoiceView(
        id=invoice.id,
        number=invoice.number,
        version=invoice.version,
        credit=invoice.is_credit,
        state=invoice.state,
        vendor=Ref(invoice.vendor_id, vendor.name if vendor else ""),
        vendor_held=held_here(vendor),
        order=Ref(order.id, order.number) if order else None,
        order_reference=invoice.order_reference,
        credits=target.number if target else "",
        day=invoice.invoice_date,
        due=invoice.due_date,
        net=money(invoice.net_minor),
        charges=money(invoice.charges_minor),
        discount=money(invoice.discount_minor),
        tax=money(invoice.tax_minor),
        total=invoice.total,
        to_pay=invoice.to_pay,
        held_back=invoice.held_back,
        held_by=tuple(
            HeldBy(c.id, c.number, c.title, c.amount) for c in cases if c.holds or c.holds_back
        ),
        accepted=tuple(dict.fromkeys(c.title for c in cases if c.accepted_variance is not None)),
        warnings=tuple(invoice.warnings),
        files=uow.count(Attachment, subject="invoice", subject_id=invoice.id),
        entered_by=people.get(invoice.entered_by_id or ""),
        decided_by=people.get(invoice.decided_by_id or ""),
        decided_at=invoice.decided_at,
        reason=invoice.reason or "",
        paid_on=invoice.paid_on,
        verbs=verbs_of(invoice),
    )


@dataclass(frozen=True)
class InvoiceLineView:
    """An invoice in a list."""

    id: str
    number: str
    version: int
    credit: bool
    vendor: Ref
    total: Money
    due: date | None


def invoices_to_release(uow: UnitOfWork, *, limit: int = 5) -> tuple[InvoiceLineView, ...]:
    """Matched invoices that wait to be released for payment, the oldest first; one query."""
    return tuple(
        InvoiceLineView(
            row.id,
            row.number,
            row.version,
            row.type is InvoiceType.CREDIT,
            Ref(row.vendor_id, row.vendor),
            Money(row.to_pay_minor, row.currency),
            row.due_date,
        )
        for row in uow.store(ListStore).invoices_to_release(limit=limit)
    )
