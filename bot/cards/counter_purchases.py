"""A purchase at a counter: its number, large enough to be read out in the shop, or who decides."""

from bot.blocks import Block, actions, button, context, header, message, safe, section
from bot.cards import Asked, Card
from bot.cards.approvals import jobs_text
from bot.ids import Action
from bot.metadata import Target
from bot.reader import Reader
from wopo.domain.numbers import short
from wopo.domain.purchase_orders import OrderState
from wopo.domain.workflow import words
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.counter_purchases import CounterView, counter_view

BOUGHT = (OrderState.ISSUED, OrderState.CLOSED)


def load(uow: UnitOfWork, asked: Asked) -> CounterView | None:
    """The purchase; it is only ever sent to whoever stands at the counter."""
    return counter_view(uow, asked.subject_id)


def build(view: CounterView, _reader: Reader) -> Block:
    """The same as the screen after the form, as a message that stays."""
    return message(f"{headline(view)} · {view.vendor} · {view.what}", blocks(view))


def headline(view: CounterView) -> str:
    """``PO-42``, or that it is no number to buy on."""
    number = short(view.number)
    if view.state in BOUGHT:
        return number
    if view.state is OrderState.PENDING_APPROVAL:
        return f"{number} waits: buy nothing yet"
    return f"{number} is {words(view.state.value)}: no number to buy on"


def blocks(view: CounterView) -> list[Block]:
    """What to do now, and the buttons for it."""
    job = f" · {safe(jobs_text(view.jobs))}" if view.jobs else ""
    about = f"*{safe(view.vendor)}* · {safe(view.what)}{job}"
    return [header(headline(view)), section(about), context(_next(view)), *actions(_buttons(view))]


def _next(view: CounterView) -> str:
    if view.complete:
        return "The till receipt is here and the goods are booked. Nothing is left to do."
    if view.state in BOUGHT and view.photo:
        return "The till receipt is here; a receiver looks at the goods and books them."
    if view.state in BOUGHT:
        return (
            "Say this number in the shop. Then send me a photo of the till receipt: with the "
            "button, or as an answer to my message."
        )
    if view.state is OrderState.PENDING_APPROVAL:
        who = safe(" or ".join(view.deciders[:3])) or "nobody yet; finance is told"
        return f"{safe(view.sentence)} Decides: {who}. I write to you as soon as it is decided."
    return safe(f"Reason: {view.reason}" if view.reason else "Ask the buyer, or begin again.")


def _buttons(view: CounterView) -> list[Block]:
    target = Target(id=view.id)
    made = []
    if view.state in BOUGHT and not view.photo:
        made.append(button("Add the till receipt", Action.COUNTER_RECEIPT, target, style="primary"))
    if view.state is OrderState.PENDING_APPROVAL:
        made.append(button("Look again", Action.COUNTER_LOOK, target))
    return [*made, button("Details", Action.ORDER_DETAILS, target)]


CARDS = {"counter": Card(load, build)}
