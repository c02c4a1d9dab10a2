"""The invoice's one card in the invoice channel: what it bills, what stands against it, and the
next step."""

from bot.blocks import (
    Block,
    actions,
    button,
    confirm,
    context,
    facts,
    given,
    message,
    moment,
    safe,
    section,
)
from bot.cards import Asked, Card
from bot.ids import Action
from bot.metadata import Target
from bot.reader import Reader
from wopo.domain.invoices import InvoiceState
from wopo.domain.money import Money
from wopo.domain.numbers import short
from wopo.domain.workflow import words
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.invoice_cards import InvoiceView, invoice_view

NAME = "invoice"
_ENDED = {InvoiceState.PAID, InvoiceState.REJECTED, InvoiceState.CREDITED}
_SIGNS = {
    InvoiceState.MATCHED: "✅",
    InvoiceState.ON_HOLD: "🟠",
    InvoiceState.PAYABLE: "🔵",
    InvoiceState.PAID: "✔️",
    InvoiceState.REJECTED: "✖️",
    InvoiceState.CREDITED: "↩️",
}


def load(uow: UnitOfWork, asked: Asked) -> InvoiceView:
    """The invoice as it is now."""
    return invoice_view(uow, asked.subject_id)


def build(view: InvoiceView, reader: Reader) -> Block:
    """Alive: figures, what holds it, and the next step. Paid, rejected or credited: one line."""
    said = summary(view, reader)
    if view.state in _ENDED and not view.held_back:
        return message(said, [context(f"{_sign(view)} {safe(said)}{_decided(view, reader)}")])
    blocks = [
        section(f"{_sign(view)} *{safe(name(view))}* · {safe(view.vendor.name)}"),
        *facts(given(_facts(view, reader))),
    ]
    if view.held_by:
        lines = [
            f"• *{short(held.number)}* {safe(held.title)} ({safe(reader.money(held.amount))})"
            for held in view.held_by[:8]
        ]
        what = f"{safe(reader.money(view.held_back))} held" if view.held_back else "On hold"
        blocks.append(section(f"*{what} because of*\n" + "\n".join(lines)))
    if view.vendor_held:
        blocks.append(context(f":no_entry: {safe(view.vendor.name)} is {safe(view.vendor_held)}"))
    if view.warnings:
        blocks.append(context(f":warning: {safe(' '.join(view.warnings))}"))
    if view.accepted:
        blocks.append(context(f"Accepted: {safe(', '.join(view.accepted))}"))
    return message(said, [*blocks, context(_footing(view)), *actions(buttons(view, reader))])


def name(view: InvoiceView) -> str:
    """``Invoice R-1`` or ``Credit note C-1``."""
    return f"{'Credit note' if view.credit else 'Invoice'} {view.number}"


def about_order(view: InvoiceView) -> str:
    """The order's number, or what the paper names instead."""
    if view.order:
        return short(view.order.name)
    return view.order_reference or "no order"


def summary(view: InvoiceView, reader: Reader) -> str:
    """``Invoice R-1 · Grainger · PO-42 · 100.00 EUR · matched``."""
    parts = [name(view), view.vendor.name, about_order(view)]
    return " · ".join([*parts, reader.money(view.total), words(view.state.value)])


def buttons(view: InvoiceView, reader: Reader) -> list[Block]:
    """The next step first; rejecting needs a reason and asks for it."""
    target = Target(id=view.id, rev=view.version, card=NAME)
    made = []
    if "make_payable" in view.verbs:
        text = f"{name(view)} of {view.vendor.name}: {reader.money(view.to_pay)}."
        ask = confirm("Release for payment?", text, "Release")
        made.append(
            button("Release", Action.INVOICE_MAKE_PAYABLE, target, style="primary", ask=ask)
        )
    if "mark_paid" in view.verbs:
        made.append(button("Mark as paid", Action.INVOICE_PAID, target, style="primary"))
    if "correct" in view.verbs:
        made.append(button("Correct", Action.INVOICE_CORRECT, target))
    if "reject" in view.verbs:
        made.append(button("Reject", Action.INVOICE_REJECT, target))
    return [*made, button("Details", Action.MATCH_DETAILS, target)]


def _sign(view: InvoiceView) -> str:
    return _SIGNS.get(view.state, "⚪")


def _facts(view: InvoiceView, reader: Reader) -> list[tuple[str, str]]:
    def amount(value: Money) -> str:
        return reader.money(value) if value else ""

    return [
        ("Total", reader.money(view.total)),
        ("To pay now", reader.money(view.to_pay) if view.to_pay != view.total else ""),
        ("State", words(view.state.value)),
        ("Order", about_order(view)),
        ("Takes back", view.credits),
        ("Date", reader.day(view.day)),
        ("Due", reader.day(view.due)),
        ("Charges", amount(view.charges)),
        ("Discount", amount(view.discount)),
        ("Tax", amount(view.tax)),
    ]


def _footing(view: InvoiceView) -> str:
    who = safe(view.entered_by.name) if view.entered_by else "another system"
    files = f" · 📎 {view.files}" if view.files else ""
    return f"Entered by {who}{files}"


def _decided(view: InvoiceView, reader: Reader) -> str:
    who = f" by {safe(view.decided_by.name)}" if view.decided_by else ""
    when = f", {moment(view.decided_at)}" if view.decided_at else ""
    if view.paid_on:
        when = f", {reader.day(view.paid_on)}"
    why = f": {safe(view.reason)}" if view.reason else ""
    return f"{who}{when}{why}"


CARDS = {NAME: Card(load, build)}
