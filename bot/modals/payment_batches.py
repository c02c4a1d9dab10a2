"""Payables: what can be paid up to a day and what is held back; a batch with its payments."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.blocks import (
    MAX_OPTIONS,
    Block,
    button,
    context,
    date_input,
    divider,
    field,
    modal,
    option,
    paragraph,
    plain_text,
    safe,
    section,
    text_input,
)
from bot.cards.payment_batches import payment_text, summary, totals_text
from bot.ids import Action, Callback
from bot.metadata import MAX_METADATA, Carried, Target
from bot.parse import Form
from bot.reader import Reader
from wopo.domain.payment_batches import Netted
from wopo.domain.workflow import words
from wopo.usecases.payment_batches import (
    CancelPaymentBatch,
    MakePaymentBatch,
    PayPaymentBatch,
    counted,
)
from wopo.usecases.payment_plans import HeldBack, Plan
from wopo.usecases.views.payment_batches import BatchLine, BatchView

PAYMENTS_SHOWN = 20
HELD_SHOWN = 15


class PlanTarget(Carried):
    """The plan that a form shows: up to which day, and its seal."""

    up_to: date
    seal: str = ""


def build(found: Plan, living: Sequence[BatchLine], reader: Reader) -> Block:
    """Totals, payments, what is held and why, and below what is needed to make the batch."""
    picker = date_input(found.up_to.isoformat()) | {"action_id": str(Action.PAYABLES_UP_TO)}
    blocks: list[Block] = [
        section("*Due up to*", accessory=picker),
        section(_totals(found, reader)),
        *_payments(found, reader),
        *_held(found.held, reader),
        *_living(living, reader),
    ]
    target = PlanTarget(up_to=found.up_to, seal=found.seal).pack(MAX_METADATA)
    if not found.payments:
        return modal(Callback.PAYABLES, "Payables", blocks, metadata=target)
    blocks += [divider(), *_inputs(found, reader)]
    return modal(Callback.PAYABLES, "Payables", blocks, submit="Make batch", metadata=target)


def _totals(found: Plan, reader: Reader) -> str:
    if not found.payments:
        return "Nothing can be paid up to that day."
    documents = counted(found.count, "document")
    return f"*{safe(totals_text(found.totals, reader))}* in {documents}"


def _payments(found: Plan, reader: Reader) -> list[Block]:
    lines = [_payment(one, found, reader) for one in found.payments[:PAYMENTS_SHOWN]]
    made: list[Block] = [section("\n".join(lines))] if lines else []
    more = len(found.payments) - PAYMENTS_SHOWN
    return [
        *made,
        *([context(f"… and {more} more payments; all are in the batch.")] if more > 0 else []),
    ]


def _payment(one: Netted, found: Plan, reader: Reader) -> str:
    numbers = ", ".join(f"-{item.number}" if item.credit else item.number for item in one.taken)
    amount = reader.money(one.amount)
    return safe(f"• {found.vendors[one.vendor_id].name}: {amount} ({numbers})")[:300]


def _held(held: Sequence[HeldBack], reader: Reader) -> list[Block]:
    if not held:
        return []
    lines = [
        safe(f"• {one.number} of {one.vendor.name}, {reader.money(one.amount)}: {one.why}")[:180]
        for one in held[:HELD_SHOWN]
    ]
    text = f"*Held back: {len(held)}*\n" + "\n".join(lines)
    more = len(held) - HELD_SHOWN
    return [section(text), *([context(f"… and {more} more.")] if more > 0 else [])]


def _living(living: Sequence[BatchLine], reader: Reader) -> list[Block]:
    return [section(line_text(line, reader), accessory=show_button(line)) for line in living]


def line_text(line: BatchLine, reader: Reader) -> str:
    """A batch in a list."""
    amount = safe(totals_text(line.totals, reader))
    day = reader.day(line.execute_on)
    return f"*{safe(line.number)}* · {amount} · {words(line.state.value)}\nto be paid {day}"


def show_button(line: BatchLine) -> Block:
    """The way to a batch's screen."""
    return button("Show", Action.BATCH_SHOW, Target(id=line.id))


def _inputs(found: Plan, reader: Reader) -> list[Block]:
    items = [item for one in found.payments for item in one.taken][:MAX_OPTIONS]
    choices = [option(f"{i.number} of {found.vendors[i.vendor_id].name}", i.id) for i in items]
    leave_out: Block = {
        "type": "multi_static_select",
        "action_id": str(Action.INPUT),
        "options": choices,
        "placeholder": plain_text("Nothing", 150),
    }
    return [
        field("execute_on", "The bank shall pay on", date_input(reader.today.isoformat())),
        field("leave_out", "Leave out", leave_out, optional=True),
    ]


def parse(view: dict[str, Any], locale: str) -> MakePaymentBatch:
    """The command for the plan that was shown, or ``FormError``."""
    form = Form(view["state"]["values"], locale)
    day = form.day("execute_on", label="The day")
    form.check()
    shown = PlanTarget.parse(view.get("private_metadata"))
    return MakePaymentBatch(
        up_to=shown.up_to,
        seal=shown.seal,
        execute_on=day,
        leave_out=tuple(form.choices("leave_out")),
    )


def build_batch(view: BatchView, reader: Reader, *, buttons: Sequence[Block]) -> Block:
    """Every payment of the batch, those taken out with why."""
    lines = [f"{payment_text(one, reader)}" for one in view.payments[:40]]
    blocks = [section(f"*{safe(summary(view, reader))}*"), *(section(line) for line in lines)]
    if len(view.payments) > 40:
        blocks.append(context("The rest is in the files."))
    return modal(Callback.PAYMENT_BATCH, "Payment batch", [*blocks, *buttons])


def build_paid(view: BatchView, reader: Reader) -> Block:
    """When, and the statement's reference."""
    inputs = [
        paragraph(summary(view, reader)),
        field("paid_on", "Paid on", date_input(reader.today.isoformat())),
        field("reference", "Reference", text_input(longest=120), optional=True),
    ]
    metadata = Target(id=view.id).pack(MAX_METADATA)
    return modal(Callback.PAY_BATCH, "Mark as paid", inputs, submit="Paid", metadata=metadata)


def parse_paid(view: dict[str, Any], locale: str) -> PayPaymentBatch:
    """The command, or ``FormError``."""
    form = Form(view["state"]["values"], locale)
    day = form.day("paid_on", label="The day")
    form.check()
    target = Target.parse(view.get("private_metadata"))
    return PayPaymentBatch(batch_id=target.id, paid_on=day, reference=form.text("reference"))


def build_cancel(view: BatchView, reader: Reader) -> Block:
    """Why it is not paid."""
    inputs = [
        paragraph(summary(view, reader)),
        paragraph("If the bank has the file already, stop it there first."),
        field("reason", "Why?", text_input(multiline=True, longest=500, focus=True)),
    ]
    metadata = Target(id=view.id).pack(MAX_METADATA)
    return modal(
        Callback.CANCEL_BATCH, "Cancel batch", inputs, submit="Cancel batch", metadata=metadata
    )


def parse_cancel(view: dict[str, Any], locale: str) -> CancelPaymentBatch:
    """The command, or ``FormError``."""
    form = Form(view["state"]["values"], locale)
    reason = form.text("reason", label="The reason", required=True)
    form.check()
    target = Target.parse(view.get("private_metadata"))
    return CancelPaymentBatch(batch_id=target.id, reason=reason)
