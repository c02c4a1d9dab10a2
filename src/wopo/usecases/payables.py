"""From a matched invoice to a paid one, or to a rejected one."""

from datetime import date
from typing import Any, NamedTuple

from pydantic import Field

from wopo.domain.errors import REQUIRED
from wopo.domain.exception_cases import CaseState
from wopo.domain.invoices import (
    CREDIT_USED,
    INVOICE,
    PAID_IN_PART,
    STILL_HELD,
    Invoice,
    InvoiceMadePayable,
    InvoicePaid,
    InvoiceRejected,
    InvoiceState,
)
from wopo.domain.matching import MatchCode
from wopo.domain.money import Money
from wopo.domain.people import Role
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.receipts import FUTURE, Receipt, ReceiptState
from wopo.domain.settings import Duty
from wopo.domain.vendor_holds import HoldKind
from wopo.domain.vendors import Vendor
from wopo.domain.waivers import kept_apart
from wopo.usecases.door import Answer, Command, Context, use_case
from wopo.usecases.invoice_papers import load_documents
from wopo.usecases.invoices import follow
from wopo.usecases.judging import Judging
from wopo.usecases.payment_plans import check_free
from wopo.usecases.ports.invoices import InvoiceStore
from wopo.usecases.receipt_rights import approver_ids
from wopo.usecases.receipts import order_lines
from wopo.usecases.settings import company

FINANCE = frozenset({Role.FINANCE})
TWIN_CODES = {MatchCode.DUPLICATE_INVOICE.value, MatchCode.POSSIBLE_DUPLICATE.value}


class MakePayable(Command):
    """Release a matched invoice for payment."""

    invoice_id: str


class MarkPaid(Command):
    """The invoice was paid; by default today."""

    invoice_id: str
    paid_on: date | None = None
    reference: str = Field(default="", max_length=120)


class RejectInvoice(Command):
    """The invoice will not be paid."""

    invoice_id: str
    reason: str = Field(default="", max_length=1000)


class Opened(NamedTuple):
    """An invoice held for a change, with its order and the order's lines."""

    invoice: Invoice
    order: PurchaseOrder | None
    lines: dict[str, PurchaseOrderLine]


def opened(ctx: Context, invoice_id: str, *, with_lines: bool = True) -> Opened:
    """Hold the invoice's order, then the invoice (lock order)."""
    found = ctx.require(Invoice, invoice_id, label="invoice")
    order = None
    if found.purchase_order_id is not None:
        order = ctx.require_locked(PurchaseOrder, found.purchase_order_id, label="purchase order")
    invoice = ctx.require_locked(Invoice, found.id, label="invoice")
    lines = order_lines(ctx, order) if order is not None and with_lines else {}
    return Opened(invoice, order, lines)


@use_case(MakePayable, roles=FINANCE, action="release invoices for payment")
def make_payable(command: MakePayable, ctx: Context) -> Answer:
    """Only what is matched, or whose exceptions people accepted; never by somebody who asked for,
    approved or received what it bills, unless the company waives that pair (invariant 2)."""
    invoice, order, _ = opened(ctx, command.invoice_id, with_lines=False)
    _check_vendor(ctx, invoice, HoldKind.INVOICES)
    if invoice.state is InvoiceState.ON_HOLD:
        raise STILL_HELD(number=invoice.number, codes=", ".join(invoice.codes))
    invoice_move(ctx, invoice, "make_payable")
    if order is not None:
        ctx.record(*apart(ctx, order, invoice, action="release its invoice"))
    ctx.record(
        InvoiceMadePayable(
            subject_id=invoice.id,
            number=invoice.number,
            order_id=invoice.purchase_order_id,
            total=invoice.to_pay,
        )
    )
    return _answer(invoice, "is released for payment" + _but(invoice))


def _but(invoice: Invoice) -> str:
    """What is not paid with it, and why not."""
    if not (invoice.withheld_minor or invoice.settled_minor):
        return ""
    parts = []
    if invoice.withheld_minor:
        parts.append(f"{invoice.held_back} is held back while it is disputed")
    if invoice.settled_minor:
        parts.append(f"{Money(invoice.settled_minor, invoice.currency)} was paid before")
    return f" with {invoice.to_pay}; {', '.join(parts)}"


def _check_vendor(ctx: Context, invoice: Invoice, kind: HoldKind) -> None:
    """Refuse what a hold on the vendor stands against; a credit note is always taken."""
    if not invoice.is_credit:
        ctx.require(Vendor, invoice.vendor_id, label="vendor").check_free(kind)


def apart(ctx: Context, order: PurchaseOrder, invoice: Invoice, *, action: str) -> list[Any]:
    """The waivers used when the acting person decides about the order's invoice.

    Raises ``SAME_PERSON`` without one.
    """
    receipts = ctx.uow.all(Receipt, purchase_order_id=order.id, state=ReceiptState.POSTED)
    return list(
        kept_apart(
            company(ctx.uow),
            person_id=ctx.person().id,
            duty=Duty.INVOICE_APPROVER,
            others={
                Duty.REQUESTER: order.requested_by_ids,
                Duty.APPROVER: approver_ids(ctx.uow, order),
                Duty.RECEIVER: {row.received_by_id for row in receipts if row.received_by_id},
            },
            subject_id=invoice.id,
            number=order.number,
            action=action,
            who="somebody else in finance",
        )
    )


def invoice_move(ctx: Context, invoice: Invoice, verb: str) -> None:
    """Move the invoice and remember who decided."""
    kind = "Credit note" if invoice.is_credit else "Invoice"
    invoice.state = INVOICE.move(invoice.state, verb, subject=f"{kind} {invoice.number}")
    invoice.decided_by_id, invoice.decided_at = ctx.actor_id, ctx.at
    invoice.version += 1


@use_case(MarkPaid, roles=FINANCE, action="mark invoices as paid")
def mark_paid(command: MarkPaid, ctx: Context) -> Answer:
    """Only what was released for payment, and what no payment batch pays."""
    invoice, _, _ = opened(ctx, command.invoice_id, with_lines=False)
    day = command.paid_on or ctx.today
    if day > ctx.today:
        raise FUTURE(field="paid_on", day=day)
    _check_vendor(ctx, invoice, HoldKind.PAYMENTS)
    check_free(ctx.uow, invoice)
    ctx.record(pay(ctx, invoice, day, command.reference.strip()))
    return _answer(invoice, "is paid")


def pay(ctx: Context, invoice: Invoice, day: date, reference: str) -> InvoicePaid:
    """Move an invoice that is held to paid; only what was released for payment can be. What is
    held back of it stays unpaid."""
    invoice_move(ctx, invoice, "mark_paid")
    invoice.paid_on, amount = day, invoice.to_pay
    invoice.settled_minor += amount.minor
    return InvoicePaid(
        subject_id=invoice.id,
        number=invoice.number,
        order_id=invoice.purchase_order_id,
        total=amount,
        paid_on=day,
        reference=reference,
    )


@use_case(RejectInvoice, roles=FINANCE, action="reject invoices")
def reject_invoice(command: RejectInvoice, ctx: Context) -> Answer:
    """Take the invoice out of everything: its cases end, its sums are taken back, and those entered
    after it are judged without it."""
    invoice, order, lines = opened(ctx, command.invoice_id)
    reason = command.reason.strip()
    if not reason:
        raise REQUIRED(field="reason", label="The reason")
    _check_credit_unused(ctx, invoice)
    check_unpaid(invoice)
    twins = twins_of(ctx, invoice)
    invoice_move(ctx, invoice, "reject")
    invoice.reason = reason
    ctx.record(
        InvoiceRejected(
            subject_id=invoice.id,
            number=invoice.number,
            order_id=invoice.purchase_order_id,
            total=invoice.total,
            reason=reason,
        )
    )
    judging = Judging(ctx, order, lines, f"rejection of invoice {invoice.number}")
    judging.with_cases_of(invoice)
    for case in judging.cases().values():
        if case.invoice_id == invoice.id and case.state is not CaseState.RESOLVED:
            ctx.record(case.ended_with_invoice(at=ctx.at, by_id=ctx.actor_id, reason=reason))
    if order is not None:
        judging.again()
    follow(ctx, judging, invoice)
    free_twins(ctx, twins, cause=judging.cause)
    return _answer(invoice, "is rejected")


def check_unpaid(invoice: Invoice) -> None:
    """Refuse with ``PAID_IN_PART`` to take an invoice out, or to change its figures, of which a
    part is paid."""
    if invoice.settled_minor and invoice.state is not InvoiceState.PAID:
        paid = Money(invoice.settled_minor, invoice.currency)
        raise PAID_IN_PART(number=invoice.number, paid=paid)


def twins_of(ctx: Context, invoice: Invoice) -> list[Invoice]:
    """Later invoices on other orders that are held because they look like this one."""
    return [
        other
        for other in ctx.uow.store(InvoiceStore).alike([invoice])
        if other.sequence > invoice.sequence
        and other.state is InvoiceState.ON_HOLD
        and other.purchase_order_id != invoice.purchase_order_id
        and TWIN_CODES & set(other.codes)
    ]


def free_twins(ctx: Context, twins: list[Invoice], *, cause: str) -> None:
    """Judge them again without the invoice that they looked like."""
    for order_id in sorted({twin.purchase_order_id or "" for twin in twins}):
        if order_id:
            order = ctx.require_locked(PurchaseOrder, order_id, label="purchase order")
            judging = Judging(ctx, order, order_lines(ctx, order), cause)
            judging.again()
            follow(ctx, judging, next(t for t in twins if t.purchase_order_id == order_id))
    for twin in twins:
        if twin.purchase_order_id is None:
            judging = Judging(ctx, None, {}, cause).with_cases_of(twin)
            judging.judge_new(load_documents(ctx.uow, [twin])[0])
            follow(ctx, judging, twin)


def _check_credit_unused(ctx: Context, invoice: Invoice) -> None:
    if not invoice.is_credit or invoice.credits_invoice_id is None:
        return
    target = ctx.require(Invoice, invoice.credits_invoice_id, label="invoice")
    if target.state is InvoiceState.CREDITED:
        raise CREDIT_USED(number=invoice.number, invoice=target.number)


def _answer(invoice: Invoice, said: str) -> Answer:
    kind = "Credit note" if invoice.is_credit else "Invoice"
    return Answer(
        subject_id=invoice.id,
        number=invoice.number,
        message=f"{kind} {invoice.number} over {invoice.total} {said}.",
        facts={"state": invoice.state.value},
    )
