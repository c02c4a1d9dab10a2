"""Booking what arrived: which order, and what was counted of each of its lines."""

from decimal import Decimal
from typing import Any

from bot.answers import acknowledged
from bot.blocks import (
    Block,
    actions,
    button,
    context,
    cut,
    date_input,
    field,
    modal,
    option,
    paragraph,
    photos,
    safe,
    search,
    text_input,
)
from bot.ids import Action, Callback, Options
from bot.metadata import MAX_METADATA, FormTarget
from bot.modals.work_requests import file_facts
from bot.parse import Form
from bot.reader import Reader
from wopo.domain.errors import DomainError
from wopo.domain.numbers import short
from wopo.usecases.receipts import CountedLine, PostReceipt
from wopo.usecases.views.receiving import ReceivableLine, ReceivableOrder, ReceivingView

SHOWN = 20
"""Lines in one form; the others are booked with the next one."""
ACCEPTED = "accepted"
REJECTED = "rejected"


class ReceiveTarget(FormTarget):
    """The order, the lines shown (position and id), whether the rarer inputs are shown, and the
    one line that is filled in when the form is about just that."""

    lines: tuple[tuple[int, str], ...] = ()
    more: bool = False
    only: str = ""


def order_label(order: ReceivableOrder) -> str:
    """``PO-42 · Grainger · WO-88 pump``."""
    jobs = [f"{short(job.number)} {job.asset or job.title}" for job in order.jobs[:1]]
    return " · ".join([short(order.number), order.vendor.name, *jobs])


def build_choice() -> Block:
    """Which order it belongs to."""
    inputs = [
        field(
            "order_id",
            "Which order?",
            search(Options.OPEN_ORDER, placeholder="Number or vendor"),
            hint="The number is on the vendor's delivery note as our reference",
        )
    ]
    return modal(Callback.CHOOSE_DELIVERY, "Receive goods", inputs, submit="Next")


def parse_choice(view: dict[str, Any], locale: str) -> str:
    """The order's id, or ``FormError``."""
    form = Form(view["state"]["values"], locale)
    chosen = form.choice("order_id", label="The order", required=True)
    form.check()
    return chosen


def build(view: ReceivingView, reader: Reader, *, more: bool = False, only: str = "") -> Block:
    """What is left of each line, ready to be confirmed with one tap."""
    ranked = sorted(view.lines, key=lambda line: (line.id != only, not line.left, line.position))
    lines = ranked[:SHOWN]
    full = more or len(lines) == 1
    target = ReceiveTarget(
        id=view.id, lines=tuple((line.position, line.id) for line in lines), more=more, only=only
    )
    blocks: list[Block] = [paragraph(f"{short(view.number)} · {view.vendor.name}")]
    for line in lines:
        blocks += _line(line, reader, full=full, filled=not only or line.id == only)
    if len(view.lines) > SHOWN:
        blocks.append(context(f"{len(view.lines) - SHOWN} more lines: book these first."))
    if full:
        blocks.append(_reason())
    if more:
        blocks.append(field("received_on", "Arrived on", date_input(reader.today.isoformat())))
    blocks.append(field("delivery_note", "Delivery note", text_input(longest=60), optional=True))
    blocks.append(photos())
    if not more:
        blocks += actions([button("Rejected goods, another day", Action.RECEIVE_MORE, "more")])
    title = "Confirm service" if view.service else "Receive goods"
    return modal(Callback.RECEIVE, title, blocks, submit="Book", metadata=target.pack(MAX_METADATA))


def _line(line: ReceivableLine, reader: Reader, *, full: bool, filled: bool) -> list[Block]:
    about = [
        f"Ordered {reader.number(line.ordered)}, accepted {reader.number(line.accepted)}, "
        f"left {reader.number(line.left)} {line.unit}"
    ]
    if line.job:
        about.append(f"for {short(line.job.number)} {line.job.asset or line.job.title}")
    said = "done" if line.service else "accepted"
    what = f"{line.position}. {cut(line.description, 120)}"
    initial = reader.number(line.left) if filled and line.left else ""
    made = [
        field(
            f"{ACCEPTED}:{line.id}",
            f"{what}: {said} ({line.unit})",
            text_input(initial=initial, longest=30),
            optional=True,
            hint=" · ".join(about),
        )
    ]
    if full and not line.service:
        made.append(
            field(
                f"{REJECTED}:{line.id}",
                f"{what}: rejected ({line.unit})",
                text_input(longest=30),
                optional=True,
            )
        )
    return made


def _reason() -> Block:
    return field(
        "reject_reason",
        "Why rejected?",
        text_input(longest=200, placeholder="Damaged, wrong part, expired …"),
        optional=True,
    )


def parse(view: dict[str, Any], locale: str) -> PostReceipt:
    """The command, or ``FormError``; a line left empty is not booked."""
    target = ReceiveTarget.parse(view.get("private_metadata"))
    form = Form(view["state"]["values"], locale)
    reason = form.text("reject_reason")
    lines = []
    for position, line_id in target.lines:
        accepted = _count(form, f"{ACCEPTED}:{line_id}", f"Accepted of line {position}")
        rejected = _count(form, f"{REJECTED}:{line_id}", f"Rejected of line {position}")
        if accepted or rejected:
            lines.append(
                CountedLine(
                    line_id=line_id,
                    accepted=accepted,
                    rejected=rejected,
                    reject_reason=reason if rejected else "",
                )
            )
    received_on = form.day("received_on", label="The day")
    uploads = tuple(file_facts(file) for file in form.files("files"))
    form.check()
    return PostReceipt(
        order_id=target.id,
        lines=tuple(lines),
        received_on=received_on,
        delivery_note=form.text("delivery_note"),
        files=uploads,
        acknowledged=acknowledged(view),
    )


def _count(form: Form, name: str, label: str) -> Decimal:
    """A count is read as prices are: zero or more, at most six decimals."""
    return form.price(name, label=label) or Decimal(0)


def at_line(error: DomainError, view: dict[str, Any]) -> DomainError:
    """A refusal about a line, at that line's input."""
    target = ReceiveTarget.parse(view.get("private_metadata"))
    wanted = error.facts.get("position")
    if error.field == "lines" and wanted is not None:
        found = next((id for position, id in target.lines if position == wanted), None)
        error.field = f"{ACCEPTED}:{found}" if found else error.field
    return error


def choice_options(orders: tuple[ReceivableOrder, ...]) -> list[Block]:
    """Orders as options of the search."""
    return [option(order_label(order), order.id) for order in orders]


def order_text(order: ReceivableOrder, reader: Reader) -> str:
    """One order in a list: what, how much is left, by when."""
    parts = [f"{order.left} lines to come" if order.left != 1 else "1 line to come"]
    if order.promised_on:
        due = reader.day(order.promised_on)
        parts.append(f":warning: was promised for {due}" if order.late else f"promised for {due}")
    return f"*{safe(order_label(order))}*\n{' · '.join(parts)}"
