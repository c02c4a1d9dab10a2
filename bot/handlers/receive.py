"""``/receive``, the Receive buttons and the shortcut: booking goods, confirming services."""

from typing import Any

from slack_bolt import Ack, App

from bot.answers import notice, show
from bot.blocks import MAX_OPTIONS, Block
from bot.cards.purchase_orders import MORE_VERBS
from bot.clicks import quietly, redraw
from bot.handlers.options import typed
from bot.handlers.order_choice import OrderChoice
from bot.ids import Action, Callback, Options, Shortcut, SlashCommand
from bot.metadata import Target
from bot.modals import receive as forms
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.errors import DomainError
from wopo.domain.numbers import short
from wopo.usecases.views.receiving import ReceivingView, receivable_orders, receiving_view

MORE_VERBS["receive"] = ("Receive", Action.ORDER_RECEIVE)


def register(app: App, _services: Services) -> None:
    """Listen to every way of booking a delivery."""
    app.command(SlashCommand.RECEIVE)(CHOICE.command)
    app.shortcut(Shortcut.RECEIVE_GOODS)(CHOICE.chosen_later)
    app.action(Action.RECEIVE)(CHOICE.chosen_later)
    app.action(Action.ORDER_RECEIVE)(open_form)
    app.action(Action.RECEIVE_NUMBER)(CHOICE.by_number)
    app.action(Action.RECEIVE_MORE)(more)
    app.options(Options.OPEN_ORDER)(search)
    app.view(Callback.CHOOSE_DELIVERY)(chosen)
    app.view(Callback.RECEIVE)(send)


def load(visit: Visit, order_id: str) -> ReceivingView:
    """What is left of the order."""
    with visit.read() as uow:
        return receiving_view(uow, order_id)


def draw(visit: Visit, order_id: str) -> Block:
    """The order's form."""
    return forms.build(load(visit, order_id), visit.reader)


CHOICE = OrderChoice(forms.build_choice, draw, Action.RECEIVE_NUMBER, Action.RECEIVE)
"""The ways in that begin with "which order?"."""


def search(ack: Ack, visit: Visit, body: Body) -> None:
    """Orders that are out, by number or vendor; the newest first."""
    with visit.read() as uow:
        found = receivable_orders(
            uow, today=visit.reader.today, typed=typed(body), limit=MAX_OPTIONS
        )
    ack(options=forms.choice_options(found))


def chosen(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """The form of the chosen order in place of the choice."""
    order_id = forms.parse_choice(view, visit.reader.locale)
    ack(response_action="update", view=draw(visit, order_id))


def open_form(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The Receive button of an order."""
    target = Target.parse(action.get("value"))
    show(visit.services, body, draw(visit, target.id))
    ack()


def more(ack: Ack, visit: Visit, body: Body) -> None:
    """Show the rarer inputs too; what was typed stays."""
    shown = body["view"]
    target = forms.ReceiveTarget.parse(shown.get("private_metadata"))
    view = forms.build(load(visit, target.id), visit.reader, more=True, only=target.only)
    redraw(visit, body, view)
    ack()


def send(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Book it and say what was booked."""
    order = forms.parse(view, visit.reader.locale)
    try:
        answer = visit.do(order)
    except DomainError as error:
        raise forms.at_line(error, view) from error
    flag = answer.facts.get("flag")
    text = f"{answer.message} Flagged: {flag}." if flag else answer.message
    ack(response_action="update", view=notice(text, title=short(answer.number)))
    with quietly(visit.services):
        visit.publish_home()
