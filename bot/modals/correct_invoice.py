"""Correcting a captured invoice: everything that was entered, to be put right. What the form does
not show stays as it is."""

from decimal import Decimal
from typing import Any

from bot.answers import acknowledged
from bot.blocks import (
    Block,
    context,
    cut,
    date_input,
    field,
    modal,
    option,
    paragraph,
    search,
    select,
    text_input,
)
from bot.ids import Callback, Options
from bot.metadata import MAX_METADATA, FormTarget
from bot.modals.invoice import CHARGE, DISCOUNT, PRICE, QUANTITY, amount, amount_input, charges
from bot.parse import Form
from bot.reader import Reader
from wopo.domain.errors import STALE
from wopo.domain.money import Money
from wopo.domain.numbers import short
from wopo.usecases.invoice_corrections import CorrectInvoice
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.views.invoice_corrections import PaperLine, PaperView

SHOWN = 8
"""Lines in one form; the others stay as they are."""
TIE, NONE = "tie", "none"


class CorrectTarget(FormTarget):
    """The invoice with its version, and the order that was chosen in place of its own."""

    order: str = ""


def build(view: PaperView, reader: Reader, *, chosen: str = "") -> Block:
    """What was entered; ``chosen`` is an order that was picked instead."""
    known = option(short(view.order.name), view.order.id) if view.order else None
    order = search(Options.BILLED_ORDER, initial=known, placeholder="Number or vendor")
    kind = "Credit note" if view.credit else "Invoice"
    blocks: list[Block] = [
        paragraph(f"{kind} {view.number} · {view.vendor.name}"),
        field("order_id", "Which order does it bill?", order, optional=True)
        | {"dispatch_action": True},
        field("number", "Its number", text_input(initial=view.number, longest=60)),
        field("invoice_date", "Its date", date_input(view.invoice_date.isoformat())),
        field(
            "due_date",
            "Due on",
            date_input(view.due_date.isoformat() if view.due_date else None),
            optional=True,
        ),
    ]
    for line in view.lines[:SHOWN]:
        blocks += _line(line, view, reader)
    if len(view.lines) > SHOWN:
        blocks.append(context(f"{len(view.lines) - SHOWN} more lines stay as they are."))
    blocks += _sums(view, reader)
    blocks.append(
        field(
            "reason",
            "What was wrong?",
            text_input(longest=400),
            hint="The old figures stay in the audit; the match is done again",
        )
    )
    target = CorrectTarget(id=view.id, rev=view.version, order=chosen)
    return modal(
        Callback.CORRECT_INVOICE,
        "Correct invoice",
        blocks,
        submit="Correct",
        metadata=target.pack(MAX_METADATA),
    )


def _line(line: PaperLine, view: PaperView, reader: Reader) -> list[Block]:
    what = cut(line.description or "A line without a name", 120)
    per = f" per {reader.number(line.price_per)}" if line.price_per != 1 else ""
    unit = f" ({line.unit})" if line.unit else ""
    initial = reader.number(line.quantity) if line.quantity is not None else ""
    made = [
        field(
            f"{QUANTITY}:{line.key}",
            f"{what}: billed{unit}",
            text_input(initial=initial, longest=30),
            optional=True,
            hint="" if line.quantity is not None else "Not billed by this invoice so far",
        ),
        field(
            f"{PRICE}:{line.key}",
            f"{what}: price in {view.currency}{per}",
            text_input(initial=reader.number(line.unit_price), longest=30),
            optional=True,
        ),
    ]
    if line.discount:
        label = f"{what}: discount in {view.currency}"
        made.append(amount_input(f"{DISCOUNT}:{line.key}", label, line.discount, reader))
    if not line.order_line_id and view.order_lines:
        choices = [option("None of them", NONE)]
        choices += [option(ref.name, ref.id) for ref in view.order_lines[:90]]
        made.append(
            field(f"{TIE}:{line.key}", f"{what}: which order line?", select(choices, initial=NONE))
        )
    return made


def _sums(view: PaperView, reader: Reader) -> list[Block]:
    def named(name: str, label: str, initial: Money | None, hint: str = "") -> Block:
        return amount_input(name, f"{label} in {view.currency}", initial, reader, hint=hint)

    return [
        *(named(f"{CHARGE}:{code}", f"Charge {code}", money) for code, money in view.charges),
        field("charge_code", "Another charge", text_input(longest=20), optional=True),
        named("charge_amount", "Its amount", None),
        named("discount", "Discount", view.discount),
        named("tax", "Tax", view.tax),
        named("stated_total", "Total on the paper", view.stated_total, "Checked against the rest"),
    ]


def parse(view: dict[str, Any], locale: str, paper: PaperView) -> CorrectInvoice:
    """The command, or ``FormError``. Raises ``STALE`` when it is another paper by now."""
    target = CorrectTarget.parse(view.get("private_metadata"))
    if target.rev != paper.version:
        raise STALE(subject=f"Invoice {paper.number}")
    form = Form(view["state"]["values"], locale)
    number = form.text("number", label="The number", required=True)
    day = form.day("invoice_date", label="The date") or paper.invoice_date
    lines = [_billed(form, line, paper) for line in paper.lines[:SHOWN]]
    lines += [_as_it_is(line) for line in paper.lines[SHOWN:]]
    stated = form.money("stated_total", paper.currency, label="The total")
    found: dict[str, Any] = {
        "charges": charges(form, [code for code, _ in paper.charges], paper.currency),
        "tax": amount(form, "tax", paper.currency, "The tax"),
        "discount": amount(form, "discount", paper.currency, "The discount"),
        "stated_total": stated.amount if stated is not None else None,
        "due_date": form.day("due_date", label="The due date"),
        "reason": form.text("reason", label="The reason", required=True),
    }
    form.check()
    order_id = paper.order.id if paper.order else None
    return CorrectInvoice(
        invoice_id=paper.id,
        number=number,
        invoice_date=day,
        order_id=order_id if order_id != paper.order_before else None,
        currency=paper.currency,
        lines=tuple(line for line in lines if line is not None),
        acknowledged=acknowledged(view),
        **found,
    )


def _billed(form: Form, line: PaperLine, paper: PaperView) -> BilledLine | None:
    quantity = form.quantity(f"{QUANTITY}:{line.key}", label="The quantity", required=False)
    if quantity is None:
        return None
    price = form.price(f"{PRICE}:{line.key}", label="The price", required=True)
    tie = form.choice(f"{TIE}:{line.key}")
    return BilledLine(
        order_line_id=(tie if tie != NONE else "") or line.order_line_id or None,
        item_number=line.item_number,
        description=line.description,
        quantity=quantity,
        unit=line.unit,
        unit_price=price or Decimal(0),
        price_per=line.price_per,
        charge=line.charge.amount,
        discount=amount(form, f"{DISCOUNT}:{line.key}", paper.currency, "The discount"),
    )


def _as_it_is(line: PaperLine) -> BilledLine | None:
    if line.quantity is None:
        return None
    return BilledLine(
        order_line_id=line.order_line_id or None,
        item_number=line.item_number,
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        price_per=line.price_per,
        charge=line.charge.amount,
        discount=line.discount.amount,
    )
