"""The letterhead's form."""

from typing import Any

from slack_bolt import Ack, App

from bot.answers import notice
from bot.ids import Callback
from bot.services import Services
from bot.visit import Visit
from bot.words import letterhead


def register(app: App, _services: Services) -> None:
    """Listen to the form."""
    app.view(Callback.LETTERHEAD)(save)


def save(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Keep it; the next order that goes out has it."""
    answer = visit.do(letterhead.parse(view, visit.reader.locale))
    ack(response_action="update", view=notice(answer.message, title="Letterhead"))
