"""The form of ``/wopo subscribe``: keep it, or end it."""

from typing import Any

from slack_bolt import Ack, App

from bot.answers import notice
from bot.clicks import quietly
from bot.ids import Action, Callback
from bot.metadata import Target
from bot.modals import subscriptions as forms
from bot.services import Services
from bot.visit import Body, Visit
from wopo.usecases.subscriptions import Unsubscribe

INVITE = "If I am not in the channel yet, type /invite @wopo there."


def register(app: App, _services: Services) -> None:
    """Listen to the form and its one button."""
    app.view(Callback.SUBSCRIBE)(save)
    app.action(Action.UNSUBSCRIBE)(end)


def save(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Keep the channel's wishes and say them back."""
    answer = visit.do(forms.parse(view, visit.reader))
    said = notice(f"{answer.message} {INVITE}", title="Subscribed")
    ack(response_action="update", view=said)


def end(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The channel hears no more."""
    target = Target.parse(action.get("value"))
    answer = visit.do(Unsubscribe(channel=target.id))
    with quietly(visit.services):
        view = notice(answer.message, title="Subscription")
        visit.services.slack.views_update(view_id=body["view"]["id"], view=view)
    ack()
