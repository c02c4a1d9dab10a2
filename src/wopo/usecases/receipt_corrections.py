"""Undoing receipts: a void for a mistake, a return for goods that go back. Different documents."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from wopo.domain.errors import NOT_ALLOWED, REQUIRED
from wopo.domain.money import format_number
from wopo.domain.outbox import Mode
from wopo.domain.people import Person, Role, roles_text
from wopo.domain.purchase_orders import OrderState, PurchaseOrder, PurchaseOrderLine
from wopo.domain.receipts import (
    LINE_TWICE,
    NOT_ON_ORDER,
    NOT_VOIDABLE,
    NOTHING_COUNTED,
    TOO_MUCH_BACK,
    GoodsReturned,
    Receipt,
    ReceiptKind,
    ReceiptLine,
    ReceiptState,
    ReceiptVoided,
    checked_count,
)
from wopo.domain.workflow import words
from wopo.usecases.door import Answer, Command, Context, Notice, announces, use_case
from wopo.usecases.receipts import CountedLine, book, line_facts, order_lines, settle

KEEPERS = frozenset({Role.RECEIVER, Role.BUYER})


class VoidReceipt(Command):
    """A receipt (or a return) was a mistake; it is reversed by a document of its own."""

    receipt_id: str
    reason: str = Field(default="", max_length=500)


class ReturnedLine(BaseModel):
    """What goes back of one order line: ``accepted`` out of what was accepted, ``rejected`` out of
    what was rejected."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    line_id: str
    accepted: Decimal = Decimal(0)
    rejected: Decimal = Decimal(0)


class ReturnGoods(Command):
    """Goods go back to the vendor. ``for_credit``: nothing comes in their place, so what is
    committed for them is released; else the line stays open for the replacement."""

    order_id: str
    lines: tuple[ReturnedLine, ...]
    for_credit: bool = False
    reason: str = Field(default="", max_length=500)
    delivery_note: str = Field(default="", max_length=60)


class _Counts(NamedTuple):
    accepted: Decimal
    rejected: Decimal


@use_case(VoidReceipt, action="void receipts")
def void_receipt(command: VoidReceipt, ctx: Context) -> Answer:
    """Reverse every count of the receipt and judge anew.

    Refused when it no longer counts, when the order is closed, or when some of what it brought has
    already gone back (void that return first). Whoever booked it may void it, so may receivers and
    buyers.
    """
    found = ctx.require(Receipt, command.receipt_id, label="receipt")
    order = ctx.require_locked(PurchaseOrder, found.purchase_order_id, label="purchase order")
    receipt = ctx.require_locked(Receipt, found.id, label="receipt")
    if not may_void(ctx.person(), receipt):
        raise NOT_ALLOWED(action=f"void {receipt.number}", who=roles_text(sorted(KEEPERS)))
    if not command.reason.strip():
        raise REQUIRED(field="reason", label="The reason")
    lines = order_lines(ctx, order)
    rows = ctx.uow.all(ReceiptLine, receipt_id=receipt.id)
    refused = why_not_voidable(order, receipt, rows, lines)
    if refused is not None:
        raise NOT_VOIDABLE(number=receipt.number, why=refused[0], accepted=refused[1])
    reversal = Receipt(
        id=ctx.new_id(),
        number=ctx.uow.next_number("GRN", ctx.at.year),
        kind=ReceiptKind.VOID,
        purchase_order_id=order.id,
        reverses_id=receipt.id,
        received_by_id=ctx.actor_id,
        received_on=ctx.at.date(),
        note=command.reason.strip(),
        at=ctx.at,
    )
    receipt.state = ReceiptState.VOIDED
    counts = [
        (
            CountedLine(
                line_id=row.purchase_order_line_id,
                accepted=-row.accepted,
                rejected=-row.rejected,
            ),
            lines[row.purchase_order_line_id],
        )
        for row in rows
    ]
    written = book(ctx, reversal, counts)
    ctx.record(
        ReceiptVoided(
            subject_id=reversal.id,
            number=reversal.number,
            order_id=order.id,
            reversed_id=receipt.id,
            reversed_number=receipt.number,
            reversed_kind=receipt.kind,
            reason=command.reason.strip(),
            lines=[line_facts(row) for row in written],
        )
    )
    settle(ctx, order, lines, reversal, void_cases_of=receipt.id)
    return Answer(
        subject_id=reversal.id,
        number=reversal.number,
        message=f"{receipt.number} is voided by {reversal.number}.",
        facts={"order_id": order.id},
    )


def may_void(person: Person, receipt: Receipt) -> bool:
    """Whoever booked it, and those who keep the store's books."""
    return person.active and (receipt.received_by_id == person.id or person.has(*KEEPERS))


def why_not_voidable(
    order: PurchaseOrder,
    receipt: Receipt,
    rows: Iterable[ReceiptLine],
    lines: Mapping[str, PurchaseOrderLine],
) -> tuple[str, str] | None:
    """Why a receipt can't be voided now and what to do instead; none when it can."""
    if receipt.kind is ReceiptKind.VOID:
        return "it is a void itself", "book the receipt again"
    if receipt.state is ReceiptState.VOIDED:
        return "it was voided before", "nothing more is needed"
    if order.state in (OrderState.CLOSED, OrderState.CANCELLED):
        accepted = "book what went back as a return, or ask the buyer for a new order"
        return f"{order.number} is {words(order.state)}", accepted
    if short := _gone_since(rows, lines):
        why = f"of line {short.position} some has gone back to the vendor since"
        return why, "void that return first"
    return None


def _gone_since(
    rows: Iterable[ReceiptLine], lines: Mapping[str, PurchaseOrderLine]
) -> PurchaseOrderLine | None:
    """The first line that would be left with less than nothing."""
    for row in rows:
        line = lines[row.purchase_order_line_id]
        rejected = line.received - line.accepted
        if line.accepted < row.accepted or rejected < row.rejected:
            return line
    return None


@use_case(ReturnGoods, roles=KEEPERS, action="return goods to the vendor")
def return_goods(command: ReturnGoods, ctx: Context) -> Answer:
    """Book what goes back and judge anew: an invoice for it waits for a credit note.

    Also on a closed order, since goods do go back later. Raises ``TOO_MUCH_BACK`` with what is
    there.
    """
    order = ctx.require_locked(PurchaseOrder, command.order_id, label="purchase order")
    if not command.reason.strip():
        raise REQUIRED(field="reason", label="The reason")
    lines = order_lines(ctx, order)
    counts = _checked(command, order, lines)
    receipt = Receipt(
        id=ctx.new_id(),
        number=ctx.uow.next_number("GRN", ctx.at.year),
        kind=ReceiptKind.RETURN,
        purchase_order_id=order.id,
        received_by_id=ctx.actor_id,
        received_on=ctx.at.date(),
        delivery_note=command.delivery_note.strip(),
        note=command.reason.strip(),
        for_credit=command.for_credit,
        at=ctx.at,
    )
    booked = [
        (
            CountedLine(line_id=line_id, accepted=-count.accepted, rejected=-count.rejected),
            lines[line_id],
        )
        for line_id, count in counts.items()
    ]
    written = book(ctx, receipt, booked)
    ctx.record(
        GoodsReturned(
            subject_id=receipt.id,
            number=receipt.number,
            order_id=order.id,
            for_credit=command.for_credit,
            reason=command.reason.strip(),
            lines=[line_facts(row) for row in written],
        )
    )
    settle(ctx, order, lines, receipt)
    return Answer(
        subject_id=receipt.id,
        number=receipt.number,
        message=f"{receipt.number}: the goods go back on {order.number}.",
        facts={"order_id": order.id},
    )


def _checked(
    command: ReturnGoods, order: PurchaseOrder, lines: dict[str, PurchaseOrderLine]
) -> dict[str, _Counts]:
    counts: dict[str, _Counts] = {}
    for given in command.lines:
        line = lines.get(given.line_id)
        if line is None:
            raise NOT_ON_ORDER(field="lines", wanted=given.line_id, number=order.number)
        if line.id in counts:
            raise LINE_TWICE(field="lines", position=line.position)
        count = _Counts(
            checked_count(given.accepted, "The returned quantity"),
            checked_count(given.rejected, "The returned quantity"),
        )
        _check_there(line, count.accepted, line.accepted, "accepted")
        _check_there(line, count.rejected, line.received - line.accepted, "rejected")
        if any(count):
            counts[line.id] = count
    if not counts:
        raise NOTHING_COUNTED(field="lines")
    return counts


def _check_there(line: PurchaseOrderLine, back: Decimal, there: Decimal, what: str) -> None:
    if back > there:
        raise TOO_MUCH_BACK(
            field="lines",
            position=line.position,
            there=format_number(there),
            unit=line.unit,
            what=what,
            back=format_number(back),
        )


@announces(ReceiptVoided)
def tell_void(event: ReceiptVoided, ctx: Context) -> Iterable[Notice]:
    """The order's buyer reads that a receipt no longer counts."""
    yield from _tell_buyer(
        event.order_id, ctx, f"{event.reversed_number} was voided: {event.reason}."
    )


@announces(GoodsReturned)
def tell_return(event: GoodsReturned, ctx: Context) -> Iterable[Notice]:
    """The order's buyer reads that goods went back, and what is expected of the vendor."""
    expected = "A credit note is expected" if event.for_credit else "A replacement is expected"
    text = f"goods went back ({event.number}): {event.reason}. {expected}."
    yield from _tell_buyer(event.order_id, ctx, text)


def _tell_buyer(order_id: str, ctx: Context, text: str) -> Iterable[Notice]:
    order = ctx.require(PurchaseOrder, order_id, label="purchase order")
    if order.buyer_id and order.buyer_id != ctx.actor_id:
        told = {"text": f"{order.number}: {text}"}
        yield Notice("order_story", order.id, f"person:{order.buyer_id}", Mode.POST, told)
