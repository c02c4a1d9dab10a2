"""An order's receipts: what came, what was a mistake, what goes back to the vendor."""

from decimal import Decimal
from typing import Any

from bot.blocks import (
    Block,
    actions,
    button,
    context,
    cut,
    field,
    header,
    modal,
    option,
    paragraph,
    safe,
    section,
    select,
    text_input,
)
from bot.ids import Action, Callback
from bot.metadata import MAX_METADATA, Target
from bot.parse import Form
from bot.reader import Reader
from wopo.domain.errors import DomainError
from wopo.domain.numbers import short
from wopo.domain.receipts import ReceiptKind
from wopo.usecases.receipt_corrections import ReturnedLine, ReturnGoods, VoidReceipt
from wopo.usecases.views.receipts import ReceiptPart, ReceiptRow, ReceiptsView, ReturnableLine

SHOWN = 20
"""Receipts on one screen."""
LINES = 10
"""Lines in one return; the others go back with the next one."""
ACCEPTED, REJECTED = "accepted", "rejected"
REPLACEMENT, CREDIT = "replacement", "credit"
_KINDS = {
    ReceiptKind.GOODS: "goods",
    ReceiptKind.SERVICE: "service confirmed",
    ReceiptKind.RETURN: "sent back",
    ReceiptKind.VOID: "void",
}


class ReturnTarget(Target):
    """The order, and the lines shown by position and id."""

    lines: tuple[tuple[int, str], ...] = ()


class VoidTarget(Target):
    """The receipt, and the order whose list it stands in."""

    order: str = ""


def build(view: ReceiptsView, reader: Reader) -> Block:
    """What came, the newest first, each with what may still be done about it."""
    blocks: list[Block] = [section(f"*{safe(short(view.number))}* · {safe(view.vendor.name)}")]
    if view.may_return:
        target = Target(id=view.id)
        blocks += actions([button("Send goods back", Action.RECEIPT_RETURN, target)])
    for row in view.rows[:SHOWN]:
        void = button("Void", Action.RECEIPT_VOID, VoidTarget(id=row.id, order=view.id))
        blocks.append(section(_text(row, reader), accessory=void if row.voidable else None))
    if not view.rows:
        blocks.append(section("Nothing was received yet."))
    if len(view.rows) > SHOWN:
        blocks.append(context(f"The {SHOWN} newest are shown."))
    return modal(
        Callback.RECEIPTS, "Receipts", blocks, metadata=Target(id=view.id).pack(MAX_METADATA)
    )


def _text(row: ReceiptRow, reader: Reader) -> str:
    kind = f"{_KINDS[row.kind]}, voided" if row.voided else _KINDS[row.kind]
    about = [
        reader.day(row.received_on),
        f"by {row.by.name}" if row.by else "by another system",
        f"delivery note {row.delivery_note}" if row.delivery_note else "",
    ]
    lines = [
        f"*{safe(short(row.number))}* · {kind}",
        safe(" · ".join(part for part in about if part)),
        *(safe(_part_text(part, reader)) for part in row.parts[:6]),
        f"and {len(row.parts) - 6} more lines" if len(row.parts) > 6 else "",
        safe(row.note),
        f":warning: {safe(row.flag)}" if row.flag else "",
    ]
    return "\n".join(line for line in lines if line)


def _part_text(part: ReceiptPart, reader: Reader) -> str:
    said = [
        f"{reader.number(count)} {part.unit} {what}"
        for count, what in ((part.accepted, "accepted"), (part.rejected, "rejected"))
        if count
    ]
    why = f" ({part.reject_reason})" if part.reject_reason else ""
    return f"{part.position}. {part.description}: {', '.join(said) or 'nothing'}{why}"


def build_void(row: ReceiptRow, target: VoidTarget, reader: Reader) -> Block:
    """Why it was a mistake; nothing is deleted."""
    counted = "\n".join(_part_text(part, reader) for part in row.parts[:8])
    inputs = [
        paragraph(f"{short(row.number)} of {reader.day(row.received_on)}\n{counted}"),
        field(
            "reason",
            "What was the mistake?",
            text_input(multiline=True, longest=400, focus=True),
            hint="It is reversed by a document of its own; invoices are judged again",
        ),
    ]
    return modal(
        Callback.VOID_RECEIPT,
        "Void receipt",
        inputs,
        submit="Void",
        metadata=target.pack(MAX_METADATA),
    )


def parse_void(view: dict[str, Any], locale: str) -> VoidReceipt:
    """The command, or ``FormError``."""
    target = VoidTarget.parse(view.get("private_metadata"))
    form = Form(view["state"]["values"], locale)
    reason = form.text("reason", label="The reason", required=True)
    form.check()
    return VoidReceipt(receipt_id=target.id, reason=reason)


def build_return(view: ReceiptsView, reader: Reader) -> Block:
    """What goes back of each line: what was rejected is filled in, and where nothing was, all
    that is here."""
    ranked = sorted(view.returnable, key=lambda line: (not line.rejected, line.position))
    lines = ranked[:LINES]
    anything_rejected = any(line.rejected for line in lines)
    blocks: list[Block] = [header(f"{short(view.number)} · {cut(view.vendor.name, 100)}")]
    for line in lines:
        blocks += _line(line, reader, all_of_it=not anything_rejected)
    if len(ranked) > LINES:
        blocks.append(context(f"{len(ranked) - LINES} more lines: send these back first."))
    blocks += [
        field("reason", "Why does it go back?", text_input(longest=300)),
        field(
            "expected",
            "What do you expect?",
            select(
                [
                    option("A replacement", REPLACEMENT, description="The line stays open"),
                    option("A credit note", CREDIT, description="Nothing comes in its place"),
                ],
                initial=REPLACEMENT,
            ),
        ),
        field("delivery_note", "Return note", text_input(longest=60), optional=True),
    ]
    target = ReturnTarget(id=view.id, lines=tuple((line.position, line.id) for line in lines))
    return modal(
        Callback.RETURN_GOODS,
        "Send goods back",
        blocks,
        submit="Book return",
        metadata=target.pack(MAX_METADATA),
    )


def _line(line: ReturnableLine, reader: Reader, *, all_of_it: bool) -> list[Block]:
    what = f"{line.position}. {cut(line.description, 100)}"
    here = f"{reader.number(line.accepted)} {line.unit} accepted are here"
    initial = reader.number(line.accepted) if all_of_it else ""
    made = [
        field(
            f"{ACCEPTED}:{line.id}",
            f"{what}: back of the accepted ({line.unit})",
            text_input(initial=initial, longest=30),
            optional=True,
            hint=here,
        )
    ]
    if line.rejected:
        made.insert(
            0,
            field(
                f"{REJECTED}:{line.id}",
                f"{what}: back of the rejected ({line.unit})",
                text_input(initial=reader.number(line.rejected), longest=30),
                optional=True,
                hint=f"{reader.number(line.rejected)} {line.unit} were rejected",
            ),
        )
    return made


def parse_return(view: dict[str, Any], locale: str) -> ReturnGoods:
    """The command, or ``FormError``; a line left empty stays here."""
    target = ReturnTarget.parse(view.get("private_metadata"))
    form = Form(view["state"]["values"], locale)
    lines = []
    for position, line_id in target.lines:
        accepted = _count(form, f"{ACCEPTED}:{line_id}", f"The quantity of line {position}")
        rejected = _count(form, f"{REJECTED}:{line_id}", f"The quantity of line {position}")
        if accepted or rejected:
            lines.append(ReturnedLine(line_id=line_id, accepted=accepted, rejected=rejected))
    reason = form.text("reason", label="The reason", required=True)
    form.check()
    return ReturnGoods(
        order_id=target.id,
        lines=tuple(lines),
        for_credit=form.choice("expected") == CREDIT,
        reason=reason,
        delivery_note=form.text("delivery_note"),
    )


def _count(form: Form, name: str, label: str) -> Decimal:
    return form.quantity(name, label=label, required=False) or Decimal(0)


def at_line(error: DomainError, view: dict[str, Any]) -> DomainError:
    """A refusal about a line, at that line's input."""
    target = ReturnTarget.parse(view.get("private_metadata"))
    wanted, what = error.facts.get("position"), str(error.facts.get("what") or ACCEPTED)
    if error.field == "lines":
        found = next((id for position, id in target.lines if position == wanted), None)
        error.field = f"{what}:{found or target.lines[0][1]}"
    return error
