"""Orders after the fact: the button on a draft, and its form."""

from typing import Any

from slack_bolt import Ack, App

from bot.answers import show
from bot.cards.purchase_orders import MORE_VERBS
from bot.handlers.purchase_orders import load, sent_after
from bot.ids import Action, Callback
from bot.metadata import Target
from bot.modals import after_the_fact as forms
from bot.services import Services
from bot.visit import Body, Visit
from wopo.usecases.purchasing_policy import policy_on

MORE_VERBS["after_the_fact"] = ("Already delivered or billed", Action.ORDER_AFTER_THE_FACT)


def register(app: App, _services: Services) -> None:
    """Listen to the button and the form."""
    app.action(Action.ORDER_AFTER_THE_FACT)(open_form)
    app.view(Callback.AFTER_THE_FACT)(say)


def open_form(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The reasons are the policy's."""
    order = load(visit, Target.parse(action.get("value")).id)
    with visit.read() as uow:
        reasons = policy_on(uow, visit.reader.today).document.after_the_fact.reasons
    show(visit.services, body, forms.build(order, reasons))
    ack()


def say(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """The order's Details underneath are drawn anew."""
    answer = visit.do(forms.parse(view, visit.reader.locale))
    sent_after(ack, visit, view, answer)
