"""A trade order and its vendor: the same rows as any other imported order."""

import re
from collections.abc import Sequence
from decimal import Decimal

from wopo.domain.cost_centres import CostCentre
from wopo.domain.imports import ORDER_DIFFERS, PROBLEMS
from wopo.domain.parts import Part
from wopo.domain.vendors import Vendor
from wopo.usecases.cost_centres import SaveCostCentre
from wopo.usecases.door import Answer, Context
from wopo.usecases.imports.contradictions import Doubt, contradictions
from wopo.usecases.imports.documents import Adjustment, Document, DocumentLine, Party
from wopo.usecases.imports.order_rows import order_of
from wopo.usecases.imports.orders import write_orders
from wopo.usecases.imports.rows import Place, Sourced
from wopo.usecases.imports.saves import run
from wopo.usecases.imports.shapes import OrderLineRow, OrderRow, SourceStatus
from wopo.usecases.imports.taking import Taking, digest_of, quietly
from wopo.usecases.settings import company
from wopo.usecases.vendors import SaveVendor

EACH = "C62"
"""UN/ECE's code for one piece, meant where a quantity names no unit."""


def vendor_of(ctx: Context, party: Party, currency: str | None) -> Vendor:
    """The vendor: by our number for it, by one of its own, by tax number, by name; else new."""
    found = known_vendor(ctx, party)
    if found is not None:
        return found
    code = next((each for each in (party.code, *party.ids) if each), "") or _slug(party.name, 60)
    values = {
        "name": party.name or code,
        "email": party.email,
        "phone": party.phone,
        "address": party.address,
        "tax_id": party.tax_id,
        "currency": currency or company(ctx.uow).currency,
    }
    command = SaveVendor.model_validate({"code": code[:60], **values})
    answer = quietly(ctx, lambda inner: run(command, inner))
    return ctx.require(Vendor, answer.subject_id, label="vendor")


def known_vendor(ctx: Context, party: Party) -> Vendor | None:
    """The vendor we have, or none."""
    for code in (party.code, *party.ids):
        found = ctx.uow.find(Vendor, code=code[:60]) if code else None
        if found is not None:
            return found
    if party.tax_id and (same := ctx.uow.all(Vendor, tax_id=party.tax_id, limit=2)):
        return same[0] if len(same) == 1 else None
    named = ctx.uow.all(Vendor, name=party.name, limit=2) if party.name else []
    return named[0] if len(named) == 1 else None


def _slug(name: str, limit: int) -> str:
    return re.sub(r"[^A-Z0-9]+", "-", name.upper()).strip("-")[:limit]


def take_order(ctx: Context, document: Document, cost_centre: str) -> Answer:
    """Take in an order as issued: its vendor, its lines, its charges; what contradicts itself
    comes in with a case that waits for a person."""
    vendor = vendor_of(ctx, document.vendor, document.currency)
    currency = document.currency or vendor.currency
    taking = Taking(ctx)
    row = order_row(ctx, document, vendor.code, currency, cost_centre or _own_centre(ctx, currency))
    earlier = taking.taken("orders").get(row.source_key())
    if earlier is not None:
        if earlier.digest != digest_of(row):
            raise ORDER_DIFFERS(number=row.number, file=document.file)
        return Answer(
            subject_id=earlier.subject_id,
            number=row.number,
            message=f"Order {row.number} was taken in before; nothing is changed.",
            facts={"outcome": "unchanged"},
        )
    made = order_of(taking, Sourced(row, Place(document.file, 0, word="element")), row)
    if made is None:
        problems = [str(problem) for problem in taking.problems]
        raise PROBLEMS(count=f"{len(problems)} problems", list="\n".join(problems))
    write_orders(taking, [made])
    taking.write()
    return Answer(
        subject_id=made.order.id,
        number=row.number,
        message=" ".join([f"Order {row.number} of {vendor.name} is taken in.", *made.warnings]),
        facts={"outcome": "added", "warnings": made.warnings},
    )


def _own_centre(ctx: Context, currency: str) -> str:
    """The cost centre of orders without one, kept in the order's own currency."""
    code = f"IMPORTED-{currency}"
    if ctx.uow.find(CostCentre, code=code) is None:
        command = SaveCostCentre(
            code=code, name=f"Imported orders in {currency}", currency=currency
        )
        quietly(ctx, lambda inner: run(command, inner))
    return code


def order_row(
    ctx: Context, document: Document, vendor: str, currency: str, cost_centre: str
) -> OrderRow:
    """The document as a row. Where a line's price and amount contradict each other the amount
    stands, since the document's totals are made of it, and the price follows from it."""
    found = contradictions(document)
    priced_by_amount = {c.line for c in found if c.doubt is Doubt.PRICE}
    numbers = _parts(ctx, document.lines)
    places = _positions(document.lines)
    lines = tuple(
        Sourced(
            _line(line, place, line.id in priced_by_amount, numbers),
            Place(document.file, line.line, word="element"),
        )
        for line, place in zip(document.lines, places, strict=True)
    )
    taxes = [line.tax for line in document.lines if line.tax is not None]
    tax = document.tax if document.tax is not None else sum(taxes, Decimal(0))
    return OrderRow(
        number=document.number,
        vendor=vendor,
        currency=currency,
        status=SourceStatus.ISSUED,
        order_date=document.issued,
        payment_terms=document.payment_terms,
        cost_centre=cost_centre,
        tax=tax,
        charges=charges_of(document),
        discount=sum((a.amount for a in document.adjustments if not a.charge), Decimal(0)),
        warnings=tuple(c.sentence for c in found),
        lines=lines,
    )


def charges_of(document: Document) -> tuple[tuple[str, Decimal], ...]:
    """Charges of the document and of its order's lines by a code made from their reason."""
    sums: dict[str, Decimal] = {}
    for each in document.adjustments:
        if each.charge:
            code = charge_code(each)
            sums[code] = sums.get(code, Decimal(0)) + each.amount
    for line in document.lines:
        extra = line.adjusted()
        if extra > 0:
            sums["LINE"] = sums.get("LINE", Decimal(0)) + extra
    return tuple(sums.items())


def charge_code(charge: Adjustment) -> str:
    """``Packing cost`` -> ``PACKING-COST``; the same on the order and on the invoice."""
    return _slug(charge.reason, 20) or "CHARGE"


def _parts(ctx: Context, lines: Sequence[DocumentLine]) -> set[str]:
    """The buyer's item numbers that are parts of our catalogue."""
    items = sorted({line.buyer_item for line in lines if line.buyer_item})
    return {part.number for part in ctx.uow.all(Part, number=items)} if items else set()


def _positions(lines: Sequence[DocumentLine]) -> list[int]:
    """The line ids where they are numbers, each once; else 1, 2, 3."""
    ids = [line.id for line in lines]
    if all(id.isdecimal() and 0 < int(id) < 10_000 for id in ids) and len(set(ids)) == len(ids):
        return [int(id) for id in ids]
    return list(range(1, len(lines) + 1))


def _line(
    line: DocumentLine, position: int, priced_by_amount: bool, parts: set[str]
) -> OrderLineRow:
    price, per = line.price or Decimal(0), line.price_per
    if line.amount is not None and (priced_by_amount or line.price is None):
        price, per = line.amount - line.adjusted(), line.quantity
    return OrderLineRow(
        position=position,
        part=line.buyer_item if line.buyer_item in parts else None,
        description=(line.name or line.description or " ".join(line.items()) or "item")[:300],
        vendor_item=line.seller_item,
        buyer_item=line.buyer_item,
        quantity=line.quantity,
        unit=line.unit or EACH,
        unit_price=price,
        price_per=per,
        discount=max(-line.adjusted(), Decimal(0)),
        tax=line.tax,
        tax_percent=line.tax_percent or Decimal(0),
        due=line.due,
        source_line=line.id,
    )
