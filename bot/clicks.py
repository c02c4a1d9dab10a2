"""Buttons that need nothing but the click: one table row each.

A row says which command a click becomes. The listener, the "Yes, go on" of a soft refusal, and
what happens on the screen afterwards are the same for all.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from slack_bolt import Ack, App
from slack_sdk.errors import SlackApiError

from bot.answers import subject_of, whisper
from bot.blocks import message
from bot.failures import CALL_ERRORS, classify
from bot.ids import Action
from bot.metadata import Target
from bot.services import Services
from bot.visit import Body, Visit
from wopo.usecases.door import Answer, Command

Make = Callable[[Target, frozenset[str]], Command]
"""From what the button carries, and the soft refusals that were answered with yes."""


def register_clicks(app: App, services: Services, clicks: Mapping[Action, Make]) -> None:
    """Listen to these buttons, on cards, in lists, in forms and in App Home alike."""
    services.clicks.update({str(action): make for action, make in clicks.items()})
    for action, make in clicks.items():
        app.action(str(action))(_listener(make))


def _listener(make: Make) -> Callable[..., None]:
    def clicked(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
        answer = visit.do(make(Target.parse(action.get("value")), frozenset()))
        ack()
        after(visit, body, answer)

    return clicked


def after(visit: Visit, body: Body, answer: Answer) -> None:
    """Show the person what their click did, where no card is rewritten by itself: in App Home, in
    a list only they see, in the screen they clicked in. A card in a channel is the courier's to
    draw, and silence is enough there."""
    view = body.get("view") or {}
    container = body.get("container") or {}
    with quietly(visit.services):
        if view.get("type") == "home":
            visit.publish_home()
        elif view.get("type") == "modal":
            drawing = visit.services.redraw.get(str(view.get("callback_id")))
            if drawing:
                drawing(visit, view["id"], subject_of(view))
            visit.publish_home()
        elif container.get("is_ephemeral") and body.get("response_url"):
            whisper(body, message(answer.message))


def redraw(visit: Visit, body: Body, view: dict[str, Any]) -> None:
    """Draw the screen that was acted in anew; what was typed stays where block and action ids do.

    Of two quick actions the second still carries the hash from before the first was answered, and
    Slack refuses it. Its contents are the newer ones, so it is drawn all the same; the first is
    not drawn over the second's answer.
    """
    slack, touched = visit.services.slack, visit.services.touched
    shown, moment = body["view"], body["actions"][0]["action_ts"]
    touched.note(shown["id"], moment)
    with quietly(visit.services):
        try:
            slack.views_update(view_id=shown["id"], hash=shown.get("hash"), view=view)
        except SlackApiError as error:
            if classify(error).code != "hash_conflict":
                raise
            if touched.is_last(shown["id"], moment):
                slack.views_update(view_id=shown["id"], view=view)


@contextmanager
def quietly(services: Services) -> Iterator[None]:
    """For what is nice to show after the work is done: when Slack can't be reached, the work is
    done all the same."""
    try:
        yield
    except CALL_ERRORS as error:
        services.log.warning("a screen was not redrawn: %s", classify(error).code)
