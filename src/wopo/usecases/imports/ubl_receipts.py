"""A receipt advice: what arrived, counted by whoever received it."""

from decimal import Decimal

from wopo.domain.errors import INVALID
from wopo.domain.findings import Finding
from wopo.domain.imports import NO_ORDER
from wopo.domain.lookup import nearest
from wopo.domain.money import Money, plain
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.receipts import (
    Receipt,
    ReceiptImported,
    ReceiptKind,
    ReceiptPosted,
    check_open,
)
from wopo.domain.vendors import Vendor
from wopo.usecases.case_raising import Draft, raise_case
from wopo.usecases.door import Answer, Context
from wopo.usecases.imports.contradictions import contradictions
from wopo.usecases.imports.documents import Document, DocumentLine
from wopo.usecases.imports.flags import contradiction
from wopo.usecases.imports.ties import every_line, tie
from wopo.usecases.ports.imports import ImportStore
from wopo.usecases.receipts import CountedLine, book, line_facts, order_lines, settle


def take_receipt(ctx: Context, document: Document, vendor: Vendor) -> Answer:
    """Book what arrived on the order it names. Receipts on imported orders move no stock; on our
    own orders everything follows as if it had been counted here."""
    order = order_of(ctx, document)
    check_open(order, list(order_lines(ctx, order).values()))
    lines = order_lines(ctx, order)
    ties = tie(ctx, order, lines, document)
    tied = every_line(ties, order, lines, document)
    found = [c.sentence for c in contradictions(document)]
    found += [*ties.warnings, *_against_order(order, vendor, document, tied)]
    receipt = Receipt(
        id=ctx.new_id(),
        number=_number(ctx, order, document),
        kind=ReceiptKind.SERVICE if all(line.service for line in tied) else ReceiptKind.GOODS,
        purchase_order_id=order.id,
        received_on=document.delivered or document.issued,
        delivery_note=(document.despatch or "")[:60],
        note=f"Receipt advice {document.number}.",
        flag=" ".join(found)[:300] or None,
        imported=order.imported,
        at=ctx.at,
    )
    counts = [_count(document, said, line) for said, line in zip(document.lines, tied, strict=True)]
    rows = book(ctx, receipt, [(c, lines[c.line_id]) for c in counts])
    facts = [line_facts(row) for row in rows]
    ctx.record(_event(receipt, order, facts))
    if found:
        raise_case(ctx, _case(order, receipt, found, tied))
        ctx.uow.flush()
    settle(ctx, order, lines, receipt)
    told = ", ".join(
        f"{plain(c.accepted)} {line.unit} of {line.description}"
        for c, line in zip(counts, tied, strict=True)
    )
    return Answer(
        subject_id=receipt.id,
        number=receipt.number,
        message=" ".join(
            [f"Receipt {receipt.number} on {order.number} is booked: {told}.", *found]
        ),
        facts={"outcome": "added", "warnings": found, "order_id": order.id},
    )


def order_of(ctx: Context, document: Document) -> PurchaseOrder:
    """The order that the document names, held until the end, or ``NO_ORDER`` with the nearest."""
    wanted = (document.order or "").strip()
    found = ctx.uow.find(PurchaseOrder, number=wanted) if wanted else None
    if found is None:
        known = ctx.uow.store(ImportStore).ids(PurchaseOrder, "number")
        near = nearest(wanted, known, limit=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise NO_ORDER(file=document.file, number=wanted or "without a number", nearest=hint)
    return ctx.require_locked(PurchaseOrder, found.id, label="purchase order")


def _number(ctx: Context, order: PurchaseOrder, document: Document) -> str:
    """The advice's own number, with the order's before it where that is taken."""
    own = document.number[:40]
    taken = ctx.uow.find(Receipt, number=own) is not None
    return f"{order.number}-{own}"[:40] if taken else own


def _count(document: Document, said: DocumentLine, line: PurchaseOrderLine) -> CountedLine:
    if said.unit and said.unit.casefold() != line.unit.casefold():
        raise INVALID(
            label=f"{document.file} line {said.line}",
            problem=f"counted in {said.unit}, and {line.description} is ordered in {line.unit}",
            accepted=f"ask for a count in {line.unit}",
        )
    rejected = min(said.rejected, said.quantity)
    return CountedLine(
        line_id=line.id,
        accepted=said.quantity - rejected,
        rejected=rejected,
        reject_reason=(said.reject_reason or "rejected on arrival") if rejected else "",
    )


def _against_order(
    order: PurchaseOrder, vendor: Vendor, document: Document, tied: list[PurchaseOrderLine]
) -> list[str]:
    """What the advice says otherwise than the order."""
    found = []
    if vendor.id != order.vendor_id:
        found.append(f"It comes from {vendor.name}, and the order is with another vendor.")
    for said, line in zip(document.lines, tied, strict=True):
        lacking = line.quantity - line.received - said.quantity
        if said.short is not None and lacking >= 0 and said.short != lacking:
            found.append(
                f"Line {said.id}: {plain(said.short)} too few, and {plain(lacking)} of "
                f"{plain(line.quantity)} are still to come."
            )
    return found


def _event(
    receipt: Receipt, order: PurchaseOrder, facts: list[dict[str, str]]
) -> ReceiptImported | ReceiptPosted:
    if order.imported:
        return ReceiptImported(
            subject_id=receipt.id,
            number=receipt.number,
            order_id=order.id,
            received_on=receipt.received_on,
            lines=facts,
            flag=receipt.flag,
        )
    return ReceiptPosted(
        subject_id=receipt.id,
        number=receipt.number,
        order_id=order.id,
        kind=receipt.kind,
        received_on=receipt.received_on,
        delivery_note=receipt.delivery_note,
        lines=facts,
        flag=receipt.flag,
        attachment_ids=[],
    )


def _case(
    order: PurchaseOrder, receipt: Receipt, found: list[str], tied: list[PurchaseOrderLine]
) -> Draft:
    worth = sum((Money(line.net_minor, order.currency).amount for line in tied), Decimal(0))
    finding: Finding = contradiction(
        f"receipt {receipt.number}",
        found,
        Money.of(worth, order.currency).minor,
        [line.cost_centre_id for line in tied],
    )
    return Draft(
        finding,
        "receipt",
        receipt.id,
        order.currency,
        order.vendor_id,
        order,
        None,
        receipt_id=receipt.id,
    )
