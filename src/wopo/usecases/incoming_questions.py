"""What a person is asked about a document before it is entered: which order it bills, where it
names none, and which order line a line is about, where neither reference nor item number nor
description with its price tells."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from wopo.domain.money import Money, plain
from wopo.domain.numbers import short
from wopo.domain.purchase_orders import OrderState, Progress, PurchaseOrder, PurchaseOrderLine
from wopo.domain.vendors import Vendor
from wopo.usecases.door import Context
from wopo.usecases.imports.documents import Document, DocumentKind, DocumentLine
from wopo.usecases.imports.ties import tie
from wopo.usecases.imports.ubl_invoices import Chosen, as_meant, order_for
from wopo.usecases.receipts import order_lines

ORDER = "order"
MOST_ORDERS = 20
_BILLED_IN = [OrderState.ISSUED, OrderState.APPROVED, OrderState.CLOSED]
_NOT_FULLY = [Progress.NONE, Progress.PARTIAL]


class Question(BaseModel):
    """One question: ``key`` is ``<document>:order`` or ``<document>:<place of the line>``;
    ``choices`` are ids with what people read, the likeliest first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    text: str
    choices: tuple[tuple[str, str], ...]
    none: str
    answer: str | None = None


@dataclass(frozen=True)
class Understood:
    """What is sure about a document, and what is asked before it is entered."""

    chosen: Chosen
    questions: tuple[Question, ...] = ()


def understand(
    ctx: Context, document: Document, vendor: Vendor, place: int, answers: Mapping[str, str]
) -> Understood:
    """One document of a file in the light of what was answered. The vendor's one open order that
    has every line of a document which names none is not asked about."""
    if document.kind is DocumentKind.RESPONSE:
        return Understood(Chosen())
    meant = as_meant(document)
    named = answers.get(f"{place}:{ORDER}")
    if named is None and not meant.order and not meant.corrects:
        orders = _open_orders(ctx, vendor)
        fitting = [order for order in orders if _fits(ctx, order, meant)]
        if orders and len(fitting) != 1:
            return Understood(Chosen(), (_which_order(document, place, fitting or orders),))
        named = fitting[0].id if fitting else None
    lines = {
        at: answers[key] for at in range(len(meant.lines)) if (key := f"{place}:{at}") in answers
    }
    chosen = Chosen(order=named, lines=lines)
    order = order_for(ctx, meant, vendor, chosen)
    if order is None:
        return Understood(chosen)
    unsure = tie(ctx, order, order_lines(ctx, order), meant, lines).unsure
    asked = (
        _which_line(order, meant.lines[at], f"{place}:{at}", left) for at, left in unsure.items()
    )
    return Understood(chosen, tuple(asked))


def _open_orders(ctx: Context, vendor: Vendor) -> list[PurchaseOrder]:
    return ctx.uow.all(
        PurchaseOrder,
        vendor_id=vendor.id,
        state=_BILLED_IN,
        billing_progress=_NOT_FULLY,
        order="-created_at",
        limit=MOST_ORDERS,
    )


def _fits(ctx: Context, order: PurchaseOrder, document: Document) -> bool:
    if document.currency and order.currency != document.currency:
        return False
    return all(tie(ctx, order, order_lines(ctx, order), document).lines)


def _which_order(document: Document, place: int, orders: list[PurchaseOrder]) -> Question:
    return Question(
        key=f"{place}:{ORDER}",
        text=f"{document.kind.value.capitalize()} {document.number} names no order. Which is it?",
        choices=tuple(
            (order.id, f"{short(order.number)} · {Money(order.total_minor, order.currency)}")
            for order in orders
        ),
        none="None of these",
    )


def _which_line(
    order: PurchaseOrder, line: DocumentLine, key: str, left: list[PurchaseOrderLine]
) -> Question:
    what = line.name or line.description or ", ".join(line.items()) or f"line {line.id}"
    priced = f" at {plain(line.price)}" if line.price is not None else ""
    return Question(
        key=key,
        text=f"Line {line.id}: {plain(line.quantity)} {line.unit} {what}{priced}. "
        f"Which line of {short(order.number)} is it?",
        choices=tuple(
            (each.id, f"{each.position}. {each.description} at {plain(each.unit_price)}")
            for each in left
        ),
        none="Not on the order",
    )
