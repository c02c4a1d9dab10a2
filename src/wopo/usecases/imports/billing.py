"""Billing imported orders as ordered: invoices to try the match on real purchasing data.

Every imported order that was complete in its source is invoiced for what was ordered, through the
very entry and judging that finance's invoices go through.
"""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from pydantic import Field

from wopo.domain.imports import BilledAsOrdered, ImportedRecord
from wopo.domain.invoices import Invoice, InvoiceState, number_key
from wopo.domain.money import Money, total
from wopo.domain.people import Role
from wopo.domain.purchase_orders import OrderCharge, PurchaseOrder, PurchaseOrderLine
from wopo.usecases.door import Answer, Command, Context, use_case
from wopo.usecases.imports.entry import Billing, enter_together
from wopo.usecases.imports.taking import quietly
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.invoices import EnterInvoice
from wopo.usecases.ports.imports import ImportStore

BATCH = 200
"""Orders read together."""


class BillAsOrdered(Command):
    """Invoice every complete imported order that has no such invoice yet. ``progress`` is called
    with how many are done of how many."""

    progress: Callable[[int, int], None] | None = Field(default=None, exclude=True, repr=False)


@use_case(BillAsOrdered, roles={Role.ADMIN}, action="bill orders as ordered", system=True)
def bill_as_ordered(command: BillAsOrdered, ctx: Context) -> Answer:
    """Enter the invoices in the order of their orders; those already there are left alone."""
    ids = ctx.uow.store(ImportStore).complete_orders()
    invoices: list[Invoice] = []
    for start in range(0, len(ids), BATCH):
        batch = papers(ctx, ids[start : start + BATCH])
        invoices += quietly(ctx, partial(enter_together, papers=batch))
        if command.progress is not None:
            command.progress(min(start + BATCH, len(ids)), len(ids))
    return _answer(ctx, invoices, len(ids))


def invoice_number(order: PurchaseOrder) -> str:
    """The number of the invoice for an order, made from the order's."""
    return f"INV-{order.number}"


def papers(ctx: Context, ids: Sequence[str]) -> list[Billing]:
    """What the vendor would send for each order; a constant number of statements a batch."""
    orders = {order.id: order for order in ctx.uow.all(PurchaseOrder, id=list(ids))}
    lines: dict[str, dict[str, PurchaseOrderLine]] = {id: {} for id in ids}
    for line in ctx.uow.all(PurchaseOrderLine, purchase_order_id=list(ids), order="position"):
        lines[line.purchase_order_id][line.id] = line
    charges: dict[str, list[OrderCharge]] = {id: [] for id in ids}
    for charge in ctx.uow.all(OrderCharge, purchase_order_id=list(ids), order="code"):
        charges[charge.purchase_order_id].append(charge)
    shipped = {
        record.subject_id: record.facts.get("ship_date")
        for record in ctx.uow.all(ImportedRecord, target="orders", subject_id=list(ids))
    }
    keys = {number_key(invoice_number(order)): order.id for order in orders.values()}
    billed = {
        keys[invoice.number_key]
        for invoice in ctx.uow.all(Invoice, number_key=list(keys), imported=True)
    }
    return [
        Billing(
            orders[id],
            lines[id],
            charges[id],
            _paper(orders[id], list(lines[id].values()), charges[id], shipped.get(id)),
        )
        for id in ids
        if id not in billed
    ]


def _paper(
    order: PurchaseOrder,
    lines: Sequence[PurchaseOrderLine],
    charges: Sequence[OrderCharge],
    shipped: str | None,
) -> EnterInvoice:
    currency = order.currency
    dated = date.fromisoformat(shipped) if shipped else order.order_date
    return EnterInvoice(
        number=invoice_number(order),
        invoice_date=dated or order.created_at.date(),
        order_id=order.id,
        currency=currency,
        lines=tuple(
            BilledLine(
                order_line_id=line.id,
                description=line.description,
                quantity=line.quantity,
                unit=line.unit,
                unit_price=line.unit_price,
                price_per=line.price_per,
                discount=Money(line.discount_minor, currency).amount,
            )
            for line in lines
        ),
        charges={charge.code: Money(charge.amount_minor, currency).amount for charge in charges},
        tax=Money(order.tax_minor, currency).amount,
        discount=Money(order.discount_minor, currency).amount,
        stated_total=Money(order.total_minor, currency).amount,
        imported=True,
    )


def _answer(ctx: Context, invoices: Sequence[Invoice], orders: int) -> Answer:
    held = sum(invoice.state is InvoiceState.ON_HOLD for invoice in invoices)
    currencies = sorted({invoice.currency for invoice in invoices})
    sums = [
        total((each.total for each in invoices if each.currency == currency), currency)
        for currency in currencies
    ]
    worth = f" over {', '.join(map(str, sums))}" if sums else ""
    sentence = (
        f"{len(invoices):,} of {orders:,} complete orders billed as ordered{worth}: "
        f"{len(invoices) - held:,} match, {held:,} are on hold."
    )
    if invoices:
        ctx.record(
            BilledAsOrdered(
                subject_id=ctx.new_id(),
                invoices=len(invoices),
                total=sums,
                held=held,
                sentence=sentence,
            )
        )
    return Answer(
        message=sentence,
        facts={"orders": orders, "invoices": len(invoices), "held": held},
    )
