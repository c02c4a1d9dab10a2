"""What is written on an invoice, as it is given to wopo, and the rows it becomes.

Lines are tied to order lines by id, by position or by item number; quantities and amounts are in
major units, positive on credit notes too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from wopo.domain.billing import Document, shares
from wopo.domain.errors import INVALID, REQUIRED
from wopo.domain.invoices import (
    NO_LINES,
    ZERO_QUANTITY,
    Invoice,
    InvoiceCharge,
    InvoiceLine,
    InvoiceState,
    InvoiceType,
)
from wopo.domain.money import (
    MAX_AMOUNT,
    PRICE_PLACES,
    QUANTITY_PLACES,
    TOO_LARGE,
    Money,
    checked_decimal,
    minor_digits,
)
from wopo.domain.parts import Part
from wopo.domain.purchase_orders import PurchaseOrderLine
from wopo.usecases.door import Command, Context
from wopo.usecases.ports import UnitOfWork


class BilledLine(BaseModel):
    """One billed line. It names its order line by id, by position or by item number, or not at
    all; ``price_per`` is the price's basis (per 100, per 1,000)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    order_line_id: str | None = None
    position: int | None = None
    item_number: str | None = Field(default=None, max_length=60)
    description: str = Field(default="", max_length=300)
    quantity: Decimal
    unit: str = Field(default="", max_length=20)
    unit_price: Decimal
    price_per: Decimal = Decimal(1)
    charge: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)


class Papers(Command):
    """What stands on the paper."""

    number: str = Field(max_length=60)
    invoice_date: date
    due_date: date | None = None
    currency: str = ""
    lines: tuple[BilledLine, ...]
    charges: dict[str, Decimal] = {}
    tax: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    stated_total: Decimal | None = None


@dataclass(frozen=True)
class Figures:
    """A paper's amounts in minor units, checked."""

    currency: str
    nets: tuple[int, ...]
    charges: Mapping[str, int]
    tax: int
    discount: int
    stated: int | None

    @property
    def net(self) -> int:
        """Sum of the line amounts."""
        return sum(self.nets)

    @property
    def total(self) -> int:
        """Lines + charges + tax - discount."""
        return self.net + sum(self.charges.values()) + self.tax - self.discount


def figures(paper: Papers, currency: str) -> Figures:
    """The paper's amounts, each line rounded once. Raises a refusal at the field that is wrong."""
    if not paper.number.strip():
        raise REQUIRED(field="number", label="The invoice number")
    if not paper.lines:
        raise NO_LINES(field="lines")
    minor_digits(currency)
    stated = paper.stated_total
    found = Figures(
        currency,
        tuple(_net(line, place, currency) for place, line in enumerate(paper.lines, start=1)),
        {
            code.strip().upper(): _minor(amount, currency, f"The charge {code}", "charges")
            for code, amount in paper.charges.items()
        },
        _minor(paper.tax, currency, "The tax", "tax"),
        _minor(paper.discount, currency, "The discount", "discount"),
        None if stated is None else _minor(stated, currency, "The total", "stated_total"),
    )
    if abs(Money(found.total, currency).amount) > MAX_AMOUNT:
        raise TOO_LARGE(field="lines", label="The total", maximum=f"{MAX_AMOUNT:,} {currency}")
    return found


def _minor(value: Decimal, currency: str, label: str, field: str) -> int:
    places = minor_digits(currency)
    amount = checked_decimal(value, label=label, places=places, field=field)
    return Money.of(amount, currency).minor


def _net(line: BilledLine, place: int, currency: str) -> int:
    for value, label, places in (
        (line.quantity, "The quantity", QUANTITY_PLACES),
        (line.unit_price, "The unit price", PRICE_PLACES),
        (line.price_per, "The price basis", PRICE_PLACES),
    ):
        checked_decimal(value, label=f"{label} of line {place}", places=places, field="lines")
    if not line.quantity:
        raise ZERO_QUANTITY(field="lines", position=place)
    if line.price_per <= 0:
        raise INVALID(
            field="lines",
            label=f"The price basis of line {place}",
            problem=f"{line.price_per} is no basis",
            accepted="enter 1, or the number of units that the price is for",
        )
    extra = _minor(line.charge, currency, f"The charge of line {place}", "lines")
    extra -= _minor(line.discount, currency, f"The discount of line {place}", "lines")
    amount = line.quantity * line.unit_price / line.price_per + Money(extra, currency).amount
    return Money.of(amount, currency).minor


def tied(
    ctx: Context, billed: Sequence[BilledLine], lines: Mapping[str, PurchaseOrderLine]
) -> list[PurchaseOrderLine | None]:
    """The order line of each billed line, none where it names none of ours."""
    by_position = {line.position: line for line in lines.values()}
    by_item: dict[str, list[PurchaseOrderLine]] | None = None
    found: list[PurchaseOrderLine | None] = []
    for line in billed:
        order_line = lines.get(line.order_line_id or "")
        if order_line is None and line.position is not None:
            order_line = by_position.get(line.position)
        if order_line is None and line.item_number:
            by_item = _items(ctx, lines) if by_item is None else by_item
            order_line = _best(line, by_item.get(_item(line.item_number), []), found)
        found.append(order_line)
    return found


def _item(number: str) -> str:
    return number.strip().casefold()


def _items(
    ctx: Context, lines: Mapping[str, PurchaseOrderLine]
) -> dict[str, list[PurchaseOrderLine]]:
    """Order lines by the vendor's item number and by our part number."""
    part_ids = sorted({line.part_id for line in lines.values() if line.part_id})
    numbers = {part.id: part.number for part in ctx.uow.all(Part, id=part_ids)} if part_ids else {}
    items: dict[str, list[PurchaseOrderLine]] = {}
    for line in lines.values():
        for number in {line.vendor_item, numbers.get(line.part_id or "")}:
            if number:
                items.setdefault(_item(number), []).append(line)
    return items


def _best(
    billed: BilledLine,
    candidates: Sequence[PurchaseOrderLine],
    taken: Sequence[PurchaseOrderLine | None],
) -> PurchaseOrderLine | None:
    """The same item on several order lines: one at this price and not yet billed comes first."""
    used = {line.id for line in taken if line is not None}

    def rank(line: PurchaseOrderLine) -> tuple[bool, bool, bool, int]:
        full = line.billed >= line.quantity
        other_price = (line.unit_price, line.price_per) != (billed.unit_price, billed.price_per)
        return line.id in used, full, other_price, line.position

    return min(candidates, key=rank, default=None)


def rows_of(
    ctx: Context,
    invoice: Invoice,
    paper: Papers,
    counted: Figures,
    ties: Sequence[PurchaseOrderLine | None],
    *,
    gross: bool,
    keep: bool = True,
) -> Document:
    """The invoice's header figures, lines and charges as rows; ``gross``: budgets count tax.

    ``keep``: add them at once; else whoever calls adds them when the invoice is judged, which
    saves writing it twice.
    """
    invoice.net_minor, invoice.tax_minor = counted.net, counted.tax
    invoice.charges_minor = sum(counted.charges.values())
    invoice.discount_minor, invoice.total_minor = counted.discount, counted.total
    invoice.stated_total_minor = counted.stated
    extra = invoice.charges_minor - invoice.discount_minor + (invoice.tax_minor if gross else 0)
    parts = _parts(counted.nets, ties, extra)
    lines = [
        InvoiceLine(
            id=ctx.new_id(),
            invoice_id=invoice.id,
            position=place,
            purchase_order_line_id=tie.id if tie else None,
            item_number=line.item_number,
            description=line.description or (tie.description if tie else ""),
            quantity=line.quantity,
            unit=line.unit,
            unit_price=line.unit_price,
            price_per=line.price_per,
            charge_minor=Money.of(line.charge, counted.currency).minor,
            discount_minor=Money.of(line.discount, counted.currency).minor,
            net_minor=net,
            share_minor=part,
        )
        for place, (line, net, part, tie) in enumerate(
            zip(paper.lines, counted.nets, parts, ties, strict=True), start=1
        )
    ]
    charges = [
        InvoiceCharge(id=ctx.new_id(), invoice_id=invoice.id, code=code, amount_minor=amount)
        for code, amount in counted.charges.items()
        if amount
    ]
    if keep:
        ctx.uow.add(*lines, *charges)
    return Document(invoice, lines, charges)


def _parts(nets: Sequence[int], ties: Sequence[PurchaseOrderLine | None], extra: int) -> list[int]:
    """What each line costs its job: charges, discount and lines that belong to no order line are
    spread over those that do."""
    places = [place for place, tie in enumerate(ties) if tie is not None]
    loose = sum(net for net, tie in zip(nets, ties, strict=True) if tie is None)
    if not places:
        return shares(nets, extra)
    parts = [0] * len(nets)
    spread = shares([nets[place] for place in places], extra + loose)
    for place, part in zip(places, spread, strict=True):
        parts[place] = part
    return parts


def retie(
    ctx: Context,
    document: Document,
    lines: Mapping[str, PurchaseOrderLine],
    *,
    gross: bool,
) -> bool:
    """Tie billed lines that were not on the order to lines it has got since, by item number;
    whether one was found."""
    loose = [row for row in document.lines if row.purchase_order_line_id is None]
    named = [row for row in loose if row.item_number]
    if not named:
        return False
    items = _items(ctx, lines)
    for row in named:
        candidates = items.get(_item(row.item_number or ""), [])
        if candidates:
            row.purchase_order_line_id = candidates[0].id
    if all(row.purchase_order_line_id is None for row in named):
        return False
    invoice = document.invoice
    extra = invoice.charges_minor - invoice.discount_minor + (invoice.tax_minor if gross else 0)
    ties = [lines.get(row.purchase_order_line_id or "") for row in document.lines]
    parts = _parts([row.net_minor for row in document.lines], ties, extra)
    for row, part in zip(document.lines, parts, strict=True):
        row.share_minor = part
    return True


def positive(paper: Papers, type: InvoiceType) -> Papers:
    """A credit note written with negative quantities, turned positive as wopo keeps it."""
    if type is not InvoiceType.CREDIT or not paper.lines:
        return paper
    if any(line.quantity > 0 for line in paper.lines):
        return paper
    return paper.model_copy(
        update={
            "lines": tuple(
                line.model_copy(
                    update={
                        "quantity": -line.quantity,
                        "charge": -line.charge,
                        "discount": -line.discount,
                    }
                )
                for line in paper.lines
            ),
            "charges": {code: -amount for code, amount in paper.charges.items()},
            "tax": -paper.tax,
            "discount": -paper.discount,
            "stated_total": None if paper.stated_total is None else -paper.stated_total,
        }
    )


def load_documents(uow: UnitOfWork, invoices: Sequence[Invoice]) -> list[Document]:
    """Invoices with their lines and charges, in the order given; two statements."""
    ids = [invoice.id for invoice in invoices]
    lines: dict[str, list[InvoiceLine]] = {id: [] for id in ids}
    charges: dict[str, list[InvoiceCharge]] = {id: [] for id in ids}
    if ids:
        for line in uow.all(InvoiceLine, invoice_id=ids, order="position"):
            lines[line.invoice_id].append(line)
        for charge in uow.all(InvoiceCharge, invoice_id=ids, order="code"):
            charges[charge.invoice_id].append(charge)
    return [Document(invoice, lines[invoice.id], charges[invoice.id]) for invoice in invoices]


def live_documents(uow: UnitOfWork, order_id: str) -> list[Document]:
    """All documents of an order that count, in the order of entry; three statements."""
    rows = uow.all(Invoice, purchase_order_id=order_id, order="sequence")
    return load_documents(uow, [row for row in rows if row.state is not InvoiceState.REJECTED])
