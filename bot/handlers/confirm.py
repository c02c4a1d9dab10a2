""" "Yes, go on" after a soft refusal of a button: the same command with the acknowledgement."""

from typing import Any

from slack_bolt import Ack, App

from bot.clicks import quietly
from bot.ids import Callback
from bot.metadata import UNREADABLE, Question
from bot.services import Services
from bot.visit import Visit


def register(app: App, _services: Services) -> None:
    """Listen to the one form of all soft refusals."""
    app.view(Callback.CONFIRM)(go_on)


def go_on(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Give the command again; another soft refusal of it would ask again."""
    question = Question.parse(view.get("private_metadata"))
    make = visit.services.clicks.get(question.action)
    if make is None:
        raise UNREADABLE()
    visit.do(make(question.target, frozenset(question.acknowledge)))
    ack()
    below = view.get("previous_view_id")
    redraw = visit.services.redraw.get(question.under)
    with quietly(visit.services):
        if below and redraw:
            redraw(visit, below, question.about)
        visit.publish_home()
