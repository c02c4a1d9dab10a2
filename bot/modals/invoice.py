"""Entering what a vendor's paper says: whose it is, and its figures beside the order's."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
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
    search,
    select,
    text_input,
)
from bot.files import file_block
from bot.ids import Action, Callback, Options
from bot.metadata import MAX_METADATA, Carried, FormTarget, Target
from bot.modals.work_requests import file_facts
from bot.parse import Form
from bot.reader import Reader
from wopo.domain.errors import DomainError
from wopo.domain.invoices import InvoiceType
from wopo.domain.money import Money
from wopo.domain.numbers import short
from wopo.usecases.attachments import FileFacts
from wopo.usecases.invoice_papers import BilledLine
from wopo.usecases.invoices import EnterInvoice
from wopo.usecases.payables import MarkPaid, RejectInvoice
from wopo.usecases.views.billable import BillableLine, BillableView

SHOWN = 12
"""Lines in one form."""
QUANTITY, PRICE, DISCOUNT, CHARGE = "quantity", "unit_price", "line_discount", "charge"
OTHER = "other"
"""What an input of the line that is not on the order ends in."""
_TYPES = [
    option("Invoice", InvoiceType.INVOICE.value),
    option("Credit note", InvoiceType.CREDIT.value, description="It takes an invoice back"),
]


@dataclass(frozen=True)
class Paper:
    """The dropped file that the form is filled from: its id with us, and what it is."""

    id: str
    file: FileFacts


class ChoiceTarget(Carried):
    """``file``: the id of the dropped file that the form is about."""

    file: str = ""


class InvoiceTarget(FormTarget):
    """Order or vendor, the lines shown (id and price basis), the codes of the order's charges,
    whether the rarer inputs are shown, and the dropped file that it is filled from."""

    file: str = ""

    vendor_id: str = ""
    currency: str = ""
    lines: tuple[tuple[str, str], ...] = ()
    charges: tuple[str, ...] = ()
    more: bool = False


def build_choice(paper: Paper | None = None) -> Block:
    """Which order it bills; without one, whose it is. ``paper`` is shown above."""
    shown = [_shown(paper)] if paper else []
    inputs = [
        *shown,
        field(
            "order_id",
            "Which order does it bill?",
            search(Options.BILLED_ORDER, placeholder="Number or vendor"),
            optional=True,
        ),
        field(
            "vendor_id",
            "Whose is it?",
            search(Options.VENDOR, placeholder="Vendor"),
            optional=True,
            hint="Only when it names no order of ours; it will be on hold",
        ),
    ]
    metadata = ChoiceTarget(file=paper.id).pack(MAX_METADATA) if paper else ""
    return modal(Callback.CHOOSE_BILLED, "Enter invoice", inputs, submit="Next", metadata=metadata)


def _shown(paper: Paper) -> Block:
    return file_block(paper.file.name, paper.file.mimetype, paper.file.slack_file_id)


def parse_choice(view: dict[str, Any], locale: str) -> tuple[str, str]:
    """Ids of the order and of the vendor, one of them; or ``FormError``."""
    form = Form(view["state"]["values"], locale)
    order, vendor = form.choice("order_id"), form.choice("vendor_id")
    if not order and not vendor:
        form.refuse("order_id", "Whose invoice is it? Choose the order, or at least the vendor.")
    form.check()
    return order, vendor


def build(
    view: BillableView,
    reader: Reader,
    *,
    more: bool = False,
    type: InvoiceType = InvoiceType.INVOICE,
    credits: str = "",
    paper: Paper | None = None,
) -> Block:
    """The paper's figures, filled with what was received and not billed yet; a credit note's
    quantities are left for what it says. ``credits``: the number of the invoice it takes back."""
    if type is InvoiceType.CREDIT:
        view = replace(
            view,
            lines=tuple(replace(line, proposed=Decimal(0)) for line in view.lines),
            charges=tuple((c, label, Money(0, view.currency)) for c, label, _ in view.charges),
            tax=None,
            discount=None,
        )
    lines = sorted(view.lines, key=lambda line: (not line.proposed, line.position))[:SHOWN]
    target = InvoiceTarget(
        id=view.order.id if view.order else "",
        vendor_id=view.vendor.id,
        currency=view.currency,
        lines=tuple((line.id, str(line.price_per)) for line in lines),
        charges=tuple(code for code, _, _ in view.charges),
        more=more,
        file=paper.id if paper else "",
    )
    name = f"{short(view.order.name)} · {view.vendor.name}" if view.order else view.vendor.name
    blocks: list[Block] = [
        *([_shown(paper)] if paper else []),
        paragraph(name),
        field("type", "What is it?", select(_TYPES, initial=type.value)),
        field("number", "Its number", text_input(longest=60, focus=True)),
        field("invoice_date", "Its date", date_input(reader.today.isoformat())),
    ]
    for line in lines:
        blocks += _line(line, view.currency, reader)
    if len(view.lines) > SHOWN:
        left = len(view.lines) - SHOWN
        blocks.append(context(f"{left} more lines of the order are left out."))
    if more or not lines:
        blocks += _other_line(view)
    blocks += _sums(view, reader, more=more, credits=credits)
    if paper is None:
        blocks.append(photos(label="The paper"))
    if not more:
        blocks += actions([button("More fields", Action.INVOICE_MORE, "more")])
    return modal(
        Callback.INVOICE,
        "Enter invoice",
        blocks,
        submit="Enter",
        metadata=target.pack(MAX_METADATA),
    )


def _line(line: BillableLine, currency: str, reader: Reader) -> list[Block]:
    what = f"{line.position}. {cut(line.description, 120)}"
    per = f" per {reader.number(line.price_per)}" if line.price_per != 1 else ""
    hint = (
        f"Ordered {reader.number(line.ordered)}, accepted {reader.number(line.accepted)}, "
        f"billed before {reader.number(line.billed)} {line.unit}"
    )
    initial = reader.number(line.proposed) if line.proposed else ""
    made = [
        field(
            f"{QUANTITY}:{line.id}",
            f"{what}: billed ({line.unit})",
            text_input(initial=initial, longest=30),
            optional=True,
            hint=hint,
        ),
        field(
            f"{PRICE}:{line.id}",
            f"{what}: price in {currency}{per}",
            text_input(initial=reader.number(line.unit_price), longest=30),
            optional=True,
        ),
    ]
    if line.discount:
        label = f"{what}: discount in {currency}"
        made.append(amount_input(f"{DISCOUNT}:{line.id}", label, line.discount, reader))
    return made


def amount_input(
    name: str, label: str, initial: Money | None, reader: Reader, *, hint: str = ""
) -> Block:
    """An amount that may be left out, in the reader's format."""
    text = reader.number(initial.amount) if initial else ""
    return field(name, label, text_input(initial=text, longest=30), optional=True, hint=hint)


def _other_line(view: BillableView) -> list[Block]:
    label = "A line that is not on the order" if view.order else "What is billed"
    return [
        field("description", label, text_input(longest=300), optional=True),
        field(
            f"{QUANTITY}:{OTHER}",
            "Its quantity",
            text_input(initial="1", longest=30),
            optional=True,
        ),
        field(
            f"{PRICE}:{OTHER}",
            f"Its price in {view.currency}",
            text_input(longest=30),
            optional=True,
        ),
    ]


def _sums(view: BillableView, reader: Reader, *, more: bool, credits: str) -> list[Block]:
    def amount(name: str, label: str, initial: Money | None, hint: str = "") -> Block:
        return amount_input(name, f"{label} in {view.currency}", initial, reader, hint=hint)

    made = [amount(f"{CHARGE}:{code}", label or code, money) for code, label, money in view.charges]
    if more:
        made += [
            field("charge_code", "Another charge", text_input(longest=20), optional=True),
            amount("charge_amount", "Its amount", None),
            field("due_date", "Due on", date_input(), optional=True),
            field(
                "credits_number",
                "Credits invoice",
                text_input(initial=credits, longest=60),
                optional=True,
                hint="Only on a credit note that names it",
            ),
        ]
    if more or view.discount:
        made.append(amount("discount", "Discount", view.discount))
    made.append(amount("tax", "Tax", view.tax))
    made.append(amount("stated_total", "Total on the paper", None, "Checked against the rest"))
    return made


def parse(view: dict[str, Any], locale: str) -> EnterInvoice:
    """The command, or ``FormError``; a line without a quantity is not billed."""
    target = InvoiceTarget.parse(view.get("private_metadata"))
    form = Form(view["state"]["values"], locale)
    number = form.text("number", label="The number", required=True)
    day = form.day("invoice_date", label="The date")
    if day is None:
        form.refuse("invoice_date", "The date is missing. Choose the date on the paper.")
    lines = [_billed(form, target, id, Decimal(per)) for id, per in target.lines]
    lines.append(_billed_other(form))
    stated = form.money("stated_total", target.currency, label="The total")
    found: dict[str, Any] = {
        "charges": charges(form, target.charges, target.currency),
        "tax": amount(form, "tax", target.currency, "The tax"),
        "discount": amount(form, "discount", target.currency, "The discount"),
        "stated_total": stated.amount if stated is not None else None,
        "due_date": form.day("due_date", label="The due date"),
        "files": tuple(file_facts(file) for file in form.files("files")),
    }
    form.check()
    return EnterInvoice(
        number=number,
        invoice_date=day or date.min,
        type=InvoiceType(form.choice("type") or InvoiceType.INVOICE),
        order_id=target.id or None,
        vendor_id=None if target.id else target.vendor_id,
        currency=target.currency,
        lines=tuple(line for line in lines if line is not None),
        credits_number=form.text("credits_number"),
        acknowledged=acknowledged(view),
        **found,
    )


def _billed(form: Form, target: InvoiceTarget, id: str, per: Decimal) -> BilledLine | None:
    quantity = form.quantity(f"{QUANTITY}:{id}", label="The quantity", required=False)
    if quantity is None:
        return None
    price = form.price(f"{PRICE}:{id}", label="The price", required=True)
    return BilledLine(
        order_line_id=id,
        quantity=quantity,
        unit_price=price or Decimal(0),
        price_per=per,
        discount=amount(form, f"{DISCOUNT}:{id}", target.currency, "The discount"),
    )


def _billed_other(form: Form) -> BilledLine | None:
    description = form.text("description")
    price = form.price(f"{PRICE}:{OTHER}", label="The price", required=bool(description))
    if price is None:
        return None
    quantity = form.quantity(f"{QUANTITY}:{OTHER}", label="The quantity")
    return BilledLine(description=description, quantity=quantity or Decimal(1), unit_price=price)


def charges(form: Form, codes: Iterable[str], currency: str) -> dict[str, Decimal]:
    """What is charged besides the lines, by code, with one more that the form names."""
    found = {
        code: amount(form, f"{CHARGE}:{code}", currency, f"The charge {code}") for code in codes
    }
    other = amount(form, "charge_amount", currency, "The charge")
    if other:
        code = form.text("charge_code", label="What it is charged for", required=True).upper()
        found[code] = found.get(code, Decimal(0)) + other
    return {code: value for code, value in found.items() if value}


def amount(form: Form, name: str, currency: str, label: str) -> Decimal:
    """An amount in major units; 0 where nothing was typed."""
    found = form.money(name, currency, label=label)
    return found.amount if found is not None else Decimal(0)


def at_input(error: DomainError, view: dict[str, Any]) -> DomainError:
    """A refusal about the lines or charges as a whole, at the first input of theirs."""
    prefix = {"lines": f"{QUANTITY}:", "charges": f"{CHARGE}:"}.get(error.field or "")
    if prefix:
        names = [block.get("block_id", "") for block in view["blocks"]]
        error.field = next((name for name in names if name.startswith(prefix)), error.field)
    return error


def build_reject(target: Target, about: str) -> Block:
    """Why it will not be paid."""
    inputs = [
        paragraph(about),
        field("reason", "Why?", text_input(multiline=True, longest=1000, focus=True)),
    ]
    return modal(
        Callback.REJECT_INVOICE,
        "Reject invoice",
        inputs,
        submit="Reject",
        metadata=target.pack(MAX_METADATA),
    )


def parse_reject(view: dict[str, Any], locale: str) -> RejectInvoice:
    """The command, or ``FormError``."""
    form = Form(view["state"]["values"], locale)
    reason = form.text("reason", label="The reason", required=True)
    form.check()
    target = Target.parse(view.get("private_metadata"))
    return RejectInvoice(invoice_id=target.id, reason=reason)


def build_paid(target: Target, about: str, reader: Reader) -> Block:
    """When, and the bank's reference."""
    inputs = [
        paragraph(about),
        field("paid_on", "Paid on", date_input(reader.today.isoformat())),
        field("reference", "Reference", text_input(longest=120), optional=True),
    ]
    return modal(
        Callback.PAY_INVOICE,
        "Mark as paid",
        inputs,
        submit="Paid",
        metadata=target.pack(MAX_METADATA),
    )


def parse_paid(view: dict[str, Any], locale: str) -> MarkPaid:
    """The command, or ``FormError``."""
    form = Form(view["state"]["values"], locale)
    day = form.day("paid_on", label="The day")
    form.check()
    target = Target.parse(view.get("private_metadata"))
    return MarkPaid(invoice_id=target.id, paid_on=day, reference=form.text("reference"))
