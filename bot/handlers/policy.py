"""The buttons and the form of ``/wopo policy``."""

from typing import Any

from slack_bolt import Ack, App

from bot.answers import replace, show
from bot.blocks import Block
from bot.cards.policy import ROUTES, build_policy
from bot.ids import Action, Callback
from bot.modals import policy as forms
from bot.services import Services
from bot.visit import Body, Visit
from wopo.usecases.settings import company
from wopo.usecases.views.policy_explained import explain
from wopo.usecases.views.purchasing_policy import policy_view


def register(app: App, _services: Services) -> None:
    """Listen to the section buttons, the question and its form."""
    app.action(Action.POLICY_SECTION)(section_clicked)
    app.action(Action.POLICY_ASK)(ask)
    app.view(Callback.POLICY_QUESTION)(answer)


def shown(visit: Visit, name: str) -> Block:
    """A section of the policy in force; the routes where there is no such section."""
    with visit.read() as uow:
        view = policy_view(uow, day=visit.reader.today)
    return build_policy(view, name if name in view.sections else ROUTES, visit.reader)


def section_clicked(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Another section in place of the one that is shown."""
    replace(body, shown(visit, str(action.get("value"))))
    ack()


def ask(ack: Ack, visit: Visit, body: Body) -> None:
    """The form by a button."""
    show(visit.services, body, forms.build())
    ack()


def answer(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Which rule decides, for anybody who asks."""
    with visit.read() as uow:
        question = forms.parse(view, visit.reader.locale, company(uow).currency)
        explained = explain(uow, question, visit.reader.today)
    ack(response_action="update", view=forms.build_answer(explained, visit.reader))
