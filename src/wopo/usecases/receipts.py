"""Receipts: goods that came and services that were done, booked against the approved lines."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from wopo.domain.findings import Finding
from wopo.domain.matching import MatchCode
from wopo.domain.money import format_number
from wopo.domain.order_life import refresh_progress
from wopo.domain.outbox import Mode
from wopo.domain.people import Person
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.receipts import (
    FUTURE,
    LINE_TWICE,
    MORE_THAN_ORDERED,
    NOT_ON_ORDER,
    NOTHING_COUNTED,
    SAME_NOTE,
    Receipt,
    ReceiptImported,
    ReceiptKind,
    ReceiptLine,
    ReceiptPosted,
    ReceiptState,
    check_line_open,
    check_open,
    check_reason,
    checked_count,
    figures,
    note_key,
    take,
)
from wopo.domain.settings import Stage
from wopo.usecases.attachments import FileFacts, attach
from wopo.usecases.case_raising import Draft
from wopo.usecases.door import Answer, Command, Context, Notice, announces, silent, use_case
from wopo.usecases.judging import Judging
from wopo.usecases.ledger import post_order
from wopo.usecases.order_documents import lines_of
from wopo.usecases.receipt_days import off_their_day
from wopo.usecases.receipt_rights import may_receive
from wopo.usecases.unit_conversions import in_order_unit

silent(ReceiptImported, "an import posts nothing but its one summary")


class CountedLine(BaseModel):
    """What was counted of one order line, in ``unit`` (by default the order's); it is booked in
    the order's unit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    line_id: str
    accepted: Decimal = Decimal(0)
    rejected: Decimal = Decimal(0)
    unit: str = Field(default="", max_length=20)
    reject_reason: str = Field(default="", max_length=200)


class PostReceipt(Command):
    """Book what arrived (or which service was done), by default today."""

    order_id: str
    lines: tuple[CountedLine, ...]
    received_on: date | None = None
    delivery_note: str = Field(default="", max_length=60)
    note: str = Field(default="", max_length=500)
    files: tuple[FileFacts, ...] = ()


@use_case(PostReceipt, action="receive goods")
def post_receipt(command: PostReceipt, ctx: Context) -> Answer:
    """Check the right and the figures, add to the lines' sums, judge what waited for it, and move
    the money from committed to accrued.

    Asks (softly) before booking more than ordered or the same delivery note again. Raises
    ``NOT_OPEN``, ``LINE_SHUT``, ``MAY_NOT_RECEIVE``, ``SAME_PERSON``, ``NOTHING_COUNTED``.
    """
    order = ctx.require_locked(PurchaseOrder, command.order_id, label="purchase order")
    lines = order_lines(ctx, order)
    day = command.received_on or ctx.today
    counts = _counts(_in_order_units(ctx, command.lines, lines, day), order, lines)
    counted = [lines[line_id] for line_id in counts]
    permission = may_receive(ctx, order, counted)
    check_open(order, list(lines.values()))
    for line in counted:
        check_line_open(order, line)
    if day > ctx.today:
        raise FUTURE(field="received_on", day=day)
    note = command.delivery_note.strip()
    _ask_same_note(ctx, order, note)
    _ask_over(ctx, order, counts, lines)
    early = _before_approval(ctx, order, day)
    flag = "; ".join(filter(None, (permission.flag, early))) or None
    receipt = Receipt(
        id=ctx.new_id(),
        number=ctx.uow.next_number("GRN", ctx.at.year),
        kind=ReceiptKind.SERVICE if all(x.service for x in counted) else ReceiptKind.GOODS,
        purchase_order_id=order.id,
        received_by_id=ctx.actor_id,
        received_on=day,
        delivery_note=note,
        note=command.note.strip(),
        flag=flag,
        at=ctx.at,
    )
    rows = book(ctx, receipt, [(c, lines[id]) for id, c in counts.items()])
    added = attach(ctx, "receipt", receipt.id, command.files)
    ctx.record(
        ReceiptPosted(
            subject_id=receipt.id,
            number=receipt.number,
            order_id=order.id,
            kind=receipt.kind,
            received_on=day,
            delivery_note=note,
            lines=[line_facts(row) for row in rows],
            flag=flag,
            attachment_ids=[attachment.id for attachment in added],
        ),
        *permission.waivers,
    )
    settle(ctx, order, lines, receipt, early=early, came=rows)
    return Answer(
        subject_id=receipt.id,
        number=receipt.number,
        message=f"{receipt.number} is booked: {_told(rows, lines)}.",
        facts={"order_id": order.id, "flag": flag},
    )


def order_lines(ctx: Context, order: PurchaseOrder) -> dict[str, PurchaseOrderLine]:
    """The order's lines by id, in their order."""
    return {row.id: row for row in lines_of(ctx.uow, order.id)}


def _in_order_units(
    ctx: Context,
    counted: Iterable[CountedLine],
    lines: Mapping[str, PurchaseOrderLine],
    day: date,
) -> list[CountedLine]:
    """Counts as they are booked. Raises ``NO_CONVERSION`` for a unit nobody can convert."""

    def booked(count: CountedLine) -> CountedLine:
        line = lines.get(count.line_id)
        if line is None or not count.unit:
            return count
        both = (count.accepted, count.rejected)
        found = in_order_unit(ctx.uow, both, count.unit, line, day=day, field="lines")
        return count.model_copy(update={"accepted": found[0], "rejected": found[1]})

    return [booked(count) for count in counted]


def _counts(
    given: Sequence[CountedLine], order: PurchaseOrder, lines: dict[str, PurchaseOrderLine]
) -> dict[str, CountedLine]:
    counts: dict[str, CountedLine] = {}
    for count in given:
        line = lines.get(count.line_id)
        if line is None:
            raise NOT_ON_ORDER(field="lines", wanted=count.line_id, number=order.number)
        accepted = checked_count(count.accepted, "The accepted quantity")
        rejected = checked_count(count.rejected, "The rejected quantity")
        if count.line_id in counts:
            raise LINE_TWICE(field="lines", position=line.position)
        check_reason(rejected, count.reject_reason)
        if accepted or rejected:
            counts[count.line_id] = count
    if not counts:
        raise NOTHING_COUNTED(field="lines")
    return counts


def _ask_same_note(ctx: Context, order: PurchaseOrder, note: str) -> None:
    name = f"same_note:{note_key(note)}"
    if not note or name in ctx.acknowledged:
        return
    for earlier in ctx.uow.all(Receipt, purchase_order_id=order.id, state=ReceiptState.POSTED):
        if note_key(earlier.delivery_note) == note_key(note):
            by = ctx.uow.get(Person, earlier.received_by_id) if earlier.received_by_id else None
            raise SAME_NOTE(
                name,
                field="delivery_note",
                note=note,
                ago=ago(earlier.at, ctx.at),
                who=by.name if by else "another system",
                number=earlier.number,
            )


def ago(then: datetime, now: datetime) -> str:
    """``5 min ago``, ``3 h ago``, ``2 days ago``."""
    minutes = int((now - then).total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min ago"
    hours = minutes // 60
    return f"{hours} h ago" if hours < 48 else f"{hours // 24} days ago"


def _ask_over(
    ctx: Context,
    order: PurchaseOrder,
    counts: dict[str, CountedLine],
    lines: dict[str, PurchaseOrderLine],
) -> None:
    name = f"more_than_ordered:{order.id}"
    if name in ctx.acknowledged:
        return
    over = [
        lines[id]
        for id, count in counts.items()
        if count.accepted and lines[id].accepted + count.accepted > lines[id].quantity
    ]
    if over:
        told = "; ".join(
            f"{figures([line])}, now {format_number(counts[line.id].accepted)}" for line in over
        )
        raise MORE_THAN_ORDERED(name, field="lines", figures=told)


def _before_approval(ctx: Context, order: PurchaseOrder, day: date) -> str | None:
    approved = ctx.day_of(order.approved_at) if order.approved_at else None
    if approved is None or day >= approved:
        return None
    return f"received on {day}, approved only on {approved}"


def book(
    ctx: Context, receipt: Receipt, counts: Iterable[tuple[CountedLine, PurchaseOrderLine]]
) -> list[ReceiptLine]:
    """Write a receipt with its (signed) counts and add them to the order lines' sums."""
    rows = []
    for count, line in counts:
        take(line, count.accepted, count.rejected)
        rows.append(
            ReceiptLine(
                id=ctx.new_id(),
                receipt_id=receipt.id,
                purchase_order_line_id=line.id,
                accepted=count.accepted,
                rejected=count.rejected,
                reject_reason=count.reject_reason.strip(),
            )
        )
    ctx.uow.add(receipt, *rows)
    return rows


def line_facts(row: ReceiptLine) -> dict[str, str]:
    """One receipt line as events carry it."""
    return {
        "line_id": row.purchase_order_line_id,
        "receipt_line_id": row.id,
        "accepted": str(row.accepted),
        "rejected": str(row.rejected),
    }


def settle(
    ctx: Context,
    order: PurchaseOrder,
    lines: dict[str, PurchaseOrderLine],
    receipt: Receipt,
    *,
    early: str | None = None,
    void_cases_of: str | None = None,
    came: Sequence[ReceiptLine] = (),
) -> None:
    """What follows from any change of received quantities: invoices and cases judged again, the
    ledger and the budgets moved, the order's progress derived. ``came``: a delivery, judged by the
    promised days."""
    judging = Judging(ctx, order, lines, f"receipt {receipt.number}")
    if void_cases_of is not None:
        judging.receipt_cases_gone(void_cases_of)
    judging.again()
    if early is not None:
        judging.drafts.append(_early_draft(order, lines, receipt))
    judging.drafts += off_their_day(judging, receipt, came)
    post_order(
        ctx,
        order,
        list(lines.values()),
        source="receipt",
        source_id=receipt.id,
        stage=Stage.RECEIPT,
    )
    judging.finish()
    refresh_progress(order, lines.values())


def _early_draft(
    order: PurchaseOrder, lines: dict[str, PurchaseOrderLine], receipt: Receipt
) -> Draft:
    """Goods that came before anybody approved them (domain.md: after the fact)."""
    approved = order.approved_at.date().isoformat() if order.approved_at else "never"
    facts: dict[str, Any] = {
        "document": f"receipt {receipt.number}",
        "actual": receipt.received_on.isoformat(),
        "reference": f"was approved on {approved}",
        "sentence": f"received {receipt.received_on}, approved {approved}",
    }
    centres = tuple(dict.fromkeys(line.cost_centre_id for line in lines.values()))
    finding = Finding(
        code=MatchCode.AFTER_THE_FACT_PO.value,
        amount_minor=order.total_minor,
        variance=Decimal(0),
        cost_centre_ids=centres,
        facts=facts,
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


def _told(rows: Sequence[ReceiptLine], lines: dict[str, PurchaseOrderLine]) -> str:
    parts = []
    for row in rows:
        line = lines[row.purchase_order_line_id]
        text = f"{format_number(row.accepted)} {line.unit} {line.description}"
        if row.rejected:
            text += f" ({format_number(row.rejected)} rejected)"
        parts.append(text)
    return ", ".join(parts)


@announces(ReceiptPosted)
def tell_buyer(event: ReceiptPosted, ctx: Context) -> Iterable[Notice]:
    """The order's buyer reads what came; the job's thread is told with the lines it is for."""
    if ctx.surface == "import":
        return
    order = ctx.require(PurchaseOrder, event.order_id, label="purchase order")
    if order.buyer_id and order.buyer_id != ctx.actor_id:
        service = event.kind is ReceiptKind.SERVICE
        what = "a service was confirmed as done" if service else "a delivery arrived"
        flagged = f" Flagged: {event.flag}." if event.flag else ""
        text = f"{order.number}: {what} ({event.number}).{flagged}"
        audience = f"person:{order.buyer_id}"
        yield Notice("order_story", order.id, audience, Mode.POST, {"text": text})
