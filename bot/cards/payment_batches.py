"""A payment batch's card in finance's channel: how much, to how many, and the next step. Accounts
are in the files alone."""

from collections.abc import Iterable

from bot.blocks import Block, actions, button, context, message, safe, section
from bot.cards import Asked, Card
from bot.ids import Action
from bot.metadata import Target
from bot.reader import Reader
from wopo.domain.money import Money
from wopo.domain.payment_batches import BatchState
from wopo.domain.workflow import words
from wopo.usecases.payment_batches import counted
from wopo.usecases.payment_notices import CARD
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.payment_batches import BatchView, PaymentView, batch_view

_SIGNS = {BatchState.MADE: "🔵", BatchState.PAID: "✔️", BatchState.CANCELLED: "✖️"}


def load(uow: UnitOfWork, asked: Asked) -> BatchView:
    """The batch as it is now."""
    return batch_view(uow, asked.subject_id)


def build(view: BatchView, reader: Reader) -> Block:
    """Alive: totals, who made it, what was taken out, and the buttons. Ended: one line."""
    said, sign = summary(view, reader), _SIGNS[view.state]
    if view.state is not BatchState.MADE:
        return message(said, [context(f"{sign} {safe(said)}{_decided(view, reader)}")])
    blocks = [section(f"{sign} *{safe(said)}*"), context(_footing(view, reader))]
    gone = [payment_text(one, reader) for one in view.payments if one.taken_out]
    if gone:
        blocks.append(section("*Taken out*\n" + "\n".join(gone[:8])))
    show = button("Show", Action.BATCH_SHOW, Target(id=view.id))
    return message(said, [*blocks, *actions([*buttons(view), show])])


def summary(view: BatchView, reader: Reader) -> str:
    """``Payment batch PB-2026-000003 · 1,240.00 EUR · 4 payments · made``."""
    payments = counted(len(view.living), "payment")
    amount = totals_text(view.totals, reader)
    return " · ".join([f"Payment batch {view.number}", amount, payments, words(view.state.value)])


def totals_text(totals: Iterable[Money], reader: Reader) -> str:
    """One amount per currency, in the reader's format."""
    return " and ".join(reader.money(amount) for amount in totals) or "nothing"


def payment_text(one: PaymentView, reader: Reader) -> str:
    """One payment: to whom, how much, for what; struck by why it left."""
    numbers = ", ".join([*one.invoices, *(f"-{number}" for number in one.credits)])
    text = safe(f"• {one.vendor}: {reader.money(one.amount)} ({numbers})")
    if one.taken_out:
        return f"{text}\n  taken out: {safe(one.taken_out)}"
    return text if one.sepa or not one.amount else f"{text} · not in the SEPA file"


def buttons(view: BatchView) -> list[Block]:
    """What its state allows."""
    target = Target(id=view.id, card=CARD)
    if view.state is not BatchState.MADE:
        return []
    return [
        button("Mark as paid", Action.BATCH_PAID, target, style="primary"),
        button("Cancel batch", Action.BATCH_CANCEL, target),
    ]


def _footing(view: BatchView, reader: Reader) -> str:
    who = safe(view.made_by.name) if view.made_by else "somebody"
    files = "its files went to them" if not view.why_no_sepa else f"CSV only: {view.why_no_sepa}"
    return f"Made by {who}, to be paid {reader.day(view.execute_on)}; {files}"


def _decided(view: BatchView, reader: Reader) -> str:
    who = f" by {safe(view.decided_by.name)}" if view.decided_by else ""
    when = f", {reader.day(view.paid_on)}" if view.paid_on else ""
    why = f": {safe(view.reason)}" if view.reason else ""
    return f"{who}{when}{why}"


CARDS = {CARD: Card(load, build)}
