"""A vendor's order response: when lines will come, what is on backorder, what is refused.

It changes promises only. What the vendor would have otherwise than it was ordered (a quantity, a
price, a line more) is told to the buyers, who revise the order or not.
"""

from datetime import date
from decimal import Decimal

from wopo.domain.imports import OTHER_VENDOR
from wopo.domain.money import plain
from wopo.domain.numbers import short
from wopo.domain.order_life import is_open
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.domain.vendors import Vendor
from wopo.usecases.door import Answer, Context
from wopo.usecases.imports.documents import Document, DocumentLine, LineAnswer, OrderAnswer
from wopo.usecases.imports.ties import tie
from wopo.usecases.imports.ubl_receipts import order_of
from wopo.usecases.order_changes import LinePromise, note_promises
from wopo.usecases.order_documents import OrderDocument, hold_order

NOTE = 200


def take_response(ctx: Context, document: Document, vendor: Vendor) -> Answer:
    """Note what the vendor says on the order it names, or ``NO_ORDER``; ``OTHER_VENDOR`` where the
    order is not with the sender."""
    found = order_of(ctx, document)
    if found.vendor_id != vendor.id:
        raise OTHER_VENDOR(file=document.file, number=short(found.number), vendor=vendor.name)
    held = hold_order(ctx, found.id)
    promises, warnings = _promises(ctx, held, document)
    if promises:
        note_promises(ctx, held, promises)
    said = document.answer.value if document.answer else "answered"
    note = f": {document.note}" if document.note else ""
    told = [f"{vendor.name} {_VERB.get(said, said)} {short(found.number)}{note}."]
    if promises:
        told.append(f"{len(promises)} lines have what the vendor promised.")
    return Answer(
        subject_id=found.id,
        number=found.number,
        message=" ".join([*told, *warnings]),
        facts={"outcome": "added", "warnings": warnings, "answer": said},
    )


_VERB = {
    OrderAnswer.RECEIVED.value: "has received",
    OrderAnswer.ACCEPTED.value: "accepts",
    OrderAnswer.CHANGED.value: "accepts with changes",
    OrderAnswer.REFUSED.value: "refuses",
}


def _promises(
    ctx: Context, held: OrderDocument, document: Document
) -> tuple[tuple[LinePromise, ...], list[str]]:
    """The promise of each line that is spoken of, and what the buyer must look at."""
    lines = {line.id: line for line in held.live}
    ties = tie(ctx, held.order, lines, document)
    made: dict[str, LinePromise] = {}
    warnings = list(ties.warnings)
    for said, line in zip(document.lines, ties.lines, strict=True):
        if line is None or said.answer is LineAnswer.ADDED:
            warnings.append(f"Line {said.id} ({said.name or 'no name'}) is not on the order.")
            continue
        warnings += _otherwise(said, line)
        made[line.id] = _promise(ctx, document, said, line, warnings)
    if not document.lines:
        for line in lines.values():
            if is_open(line) and (document.promised or document.answer is OrderAnswer.REFUSED):
                made[line.id] = _whole(ctx, document, line, warnings)
    return tuple(made.values()), warnings


def _promise(
    ctx: Context,
    document: Document,
    said: DocumentLine,
    line: PurchaseOrderLine,
    warnings: list[str],
) -> LinePromise:
    short_by = _backordered(said, line)
    notes = [said.backorder_reason] if said.backorder_reason else []
    refused = said.answer is LineAnswer.REFUSED or document.answer is OrderAnswer.REFUSED
    if refused:
        notes.insert(0, "the vendor does not accept it")
        warnings.append(f"The vendor does not accept {line.description}.")
    elif short_by:
        notes.insert(0, f"{plain(short_by)} {line.unit} of {plain(line.quantity)}")
    day = said.promised or document.promised or line.promised_on
    return LinePromise(
        line_id=line.id,
        promised_on=None if refused else _future(ctx, day, line, warnings),
        backordered=bool(short_by) and not refused,
        note=", ".join(notes)[:NOTE],
    )


def _whole(
    ctx: Context, document: Document, line: PurchaseOrderLine, warnings: list[str]
) -> LinePromise:
    refused = document.answer is OrderAnswer.REFUSED
    note = "the vendor does not accept the order" if refused else document.note
    return LinePromise(
        line_id=line.id,
        promised_on=None if refused else _future(ctx, document.promised, line, warnings),
        note=note[:NOTE],
    )


def _future(
    ctx: Context, day: date | None, line: PurchaseOrderLine, warnings: list[str]
) -> date | None:
    """A promise of a day that is past promises nothing."""
    if day is not None and day < ctx.at.date():
        warnings.append(f"{line.description} was promised for {day}, which is past.")
        return None
    return day


def _backordered(said: DocumentLine, line: PurchaseOrderLine) -> Decimal:
    """How much comes later: stated, else what the vendor confirms less than was ordered."""
    if said.backordered is not None:
        return said.backordered
    if said.answer is LineAnswer.CHANGED and 0 < said.quantity < line.quantity:
        return line.quantity - said.quantity
    return Decimal(0)


def _otherwise(said: DocumentLine, line: PurchaseOrderLine) -> list[str]:
    """Quantity and price as the vendor would have them."""
    found = []
    if said.quantity and said.quantity != line.quantity and said.backordered is None:
        found.append(
            f"{line.description}: {plain(said.quantity)} {line.unit} confirmed, "
            f"{plain(line.quantity)} ordered."
        )
    if said.price is not None and said.price * line.price_per != line.unit_price * said.price_per:
        found.append(
            f"{line.description}: priced at {plain(said.price)} per {plain(said.price_per)}, "
            f"ordered at {plain(line.unit_price)} per {plain(line.price_per)}."
        )
    return found
