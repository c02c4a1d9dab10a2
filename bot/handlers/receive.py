"""``/receive``, the Receive buttons and the shortcut: booking goods, confirming services."""

from typing import Any

from slack_bolt import Ack, App

from bot.answers import notice, show
from bot.blocks import MAX_OPTIONS, Block, actions, button, message, paragraph
from bot.cards.purchase_orders import MORE_VERBS
from bot.clicks import quietly
from bot.handlers.options import typed
from bot.ids import Action, Callback, Options, Shortcut, SlashCommand
from bot.metadata import Target
from bot.modals import receive as forms
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.errors import DomainError
from wopo.domain.lookup import Kind
from wopo.domain.numbers import short
from wopo.usecases.lookup import resolve
from wopo.usecases.views.receiving import ReceivingView, receivable_orders, receiving_view

MORE_VERBS["receive"] = ("Receive", Action.ORDER_RECEIVE)


def register(app: App, _services: Services) -> None:
    """Listen to every way of booking a delivery."""
    app.command(SlashCommand.RECEIVE)(command)
    app.shortcut(Shortcut.RECEIVE_GOODS)(choose)
    app.action(Action.RECEIVE)(choose)
    app.action(Action.ORDER_RECEIVE)(open_form)
    app.action(Action.RECEIVE_NUMBER)(by_number)
    app.action(Action.RECEIVE_MORE)(more)
    app.options(Options.OPEN_ORDER)(search)
    app.view(Callback.CHOOSE_DELIVERY)(chosen)
    app.view(Callback.RECEIVE)(send)


def command(ack: Ack, visit: Visit, body: Body) -> None:
    """Without words: choose the order; with a number: its form at once."""
    text = str(body.get("text") or "").strip()
    if not text:
        show(visit.services, body, forms.build_choice())
        ack()
        return
    said = open_number(visit, body, text)
    if said is None:
        ack()
    else:
        ack(response_type="ephemeral", **said)


def open_number(visit: Visit, body: Body, text: str) -> Block | None:
    """Open the order's form; what was meant by an unknown number is offered instead."""
    try:
        with visit.read() as uow:
            found = resolve(uow, text, kinds=(Kind.PURCHASE_ORDER,))
    except DomainError as error:
        return _nearest(error)
    show(visit.services, body, forms.build(load(visit, found.id), visit.reader))
    return None


def _nearest(error: DomainError) -> Block:
    choices = error.facts.get("choices") or error.facts.get("numbers") or ()
    if isinstance(choices, str):
        choices = error.facts.get("numbers") or ()
    offers = [button(number, Action.RECEIVE_NUMBER, number) for number in list(choices)[:3]]
    offers.append(button("Choose an order", Action.RECEIVE, "choose"))
    return message(error.message, [paragraph(error.message), *actions(offers)])


def by_number(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The order that was offered."""
    open_number(visit, body, str(action.get("value")))
    ack()


def load(visit: Visit, order_id: str) -> ReceivingView:
    """What is left of the order."""
    with visit.read() as uow:
        return receiving_view(uow, order_id)


def choose(ack: Ack, visit: Visit, body: Body) -> None:
    """Which order? The shortcut, and buttons that are about none in particular."""
    show(visit.services, body, forms.build_choice())
    ack()


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
    ack(response_action="update", view=forms.build(load(visit, order_id), visit.reader))


def open_form(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The Receive button of an order."""
    target = Target.parse(action.get("value"))
    show(visit.services, body, forms.build(load(visit, target.id), visit.reader))
    ack()


def more(ack: Ack, visit: Visit, body: Body) -> None:
    """Show the rarer inputs too; what was typed stays."""
    shown = body["view"]
    target = forms.ReceiveTarget.parse(shown.get("private_metadata"))
    view = forms.build(load(visit, target.id), visit.reader, more=True, only=target.only)
    with quietly(visit.services):
        visit.services.slack.views_update(view_id=shown["id"], hash=shown.get("hash"), view=view)
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
