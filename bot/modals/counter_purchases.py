"""Buying at a vendor's counter: the form, the number, and the photo of the till receipt."""

from decimal import Decimal
from typing import Any

from bot.blocks import (
    Block,
    context,
    cut,
    field,
    modal,
    option,
    paragraph,
    photos,
    safe,
    search,
    text_input,
)
from bot.cards.counter_purchases import blocks
from bot.ids import Callback, Options
from bot.metadata import MAX_METADATA, Target
from bot.modals.work_requests import file_facts
from bot.parse import Form
from bot.reader import Reader
from wopo.domain.numbers import short
from wopo.domain.vendors import Vendor
from wopo.usecases.counter_purchases import BuyAtCounter
from wopo.usecases.counter_receipts import AddTillReceipt
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.counter_purchases import CounterForm, CounterView

TITLE = "Buy at a counter"


def build(form: CounterForm, reader: Reader) -> Block:
    """Five inputs, of which the job is filled in and the photo may come later."""
    need, vendor = form.need, form.vendor
    what = cut(need.name, 150) if need else ""
    shop = option(cut(vendor.name, 75), vendor.id) if vendor else None
    job = option(cut(f"{short(form.job.name)} {form.title}", 75), form.job.id) if form.job else None
    cap = safe(form.cap.format(reader.locale))
    return modal(
        Callback.COUNTER,
        TITLE,
        [
            field("work_order_id", "For which job?", search(Options.JOB, initial=job)),
            field("vendor_id", "In whose shop?", search(Options.VENDOR, initial=shop)),
            field(
                "amount",
                "How much is it?",
                text_input(longest=30, placeholder="40"),
                hint="Without tax, in the vendor's currency",
            ),
            field(
                "description",
                "What do you buy?",
                text_input(longest=150, initial=what),
            ),
            photos(label="Photo of the till receipt, if you have it"),
            context(
                f"*What happens next:* up to {cap} a day you get the number at once; above it, or "
                "where the job's limit or the budget is reached, an approver is asked at once."
            ),
        ],
        submit="Get a number",
        metadata=Target(id=need.id).pack(MAX_METADATA) if need else "",
    )


def parse(view: dict[str, Any], locale: str, uow: UnitOfWork) -> BuyAtCounter:
    """The command, or ``FormError``; the amount is read with the vendor's currency."""
    form = Form(view["state"]["values"], locale)
    job = form.choice("work_order_id", label="The job", required=True)
    vendor = uow.get(Vendor, form.choice("vendor_id", label="The vendor", required=True))
    amount = form.money("amount", vendor.currency if vendor else "EUR", label="The amount",
                        required=True)  # fmt: skip
    what = form.text("description", label="What is bought", required=True)
    files = tuple(file_facts(file) for file in form.files("files"))
    form.check()
    need = view.get("private_metadata")
    return BuyAtCounter(
        work_order_id=job,
        vendor_id=vendor.id if vendor else "",
        amount=amount.amount if amount else Decimal(0),
        description=what,
        line_id=Target.parse(need).id if need else None,
        files=files,
    )


def build_number(view: CounterView) -> Block:
    """The number, to be read out in the shop, or who decides."""
    metadata = Target(id=view.id).pack(MAX_METADATA)
    return modal(Callback.COUNTER_NUMBER, TITLE, blocks(view), metadata=metadata)


def build_receipt(view: CounterView) -> Block:
    """The photo; without it there is nothing to send."""
    return modal(
        Callback.TILL_RECEIPT,
        "Till receipt",
        [
            paragraph(f"{short(view.number)} · {view.vendor} · {view.what}"),
            photos(label="Photo of the till receipt") | {"optional": False},
        ],
        submit="Add",
        metadata=Target(id=view.id).pack(MAX_METADATA),
    )


def parse_receipt(view: dict[str, Any], locale: str) -> AddTillReceipt:
    """The command."""
    target = Target.parse(view.get("private_metadata"))
    files = Form(view["state"]["values"], locale).files("files")
    return AddTillReceipt(order_id=target.id, files=tuple(file_facts(file) for file in files))
