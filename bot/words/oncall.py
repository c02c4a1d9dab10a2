"""``/wopo oncall``: who may approve emergencies at any hour."""

from bot.answers import show
from bot.blocks import Block
from bot.handlers.on_call import screen
from bot.visit import Body, Visit
from bot.words import Word
from wopo.usecases.on_call import SetOnCall


def run(visit: Visit, body: Body, _rest: str) -> Block | None:
    """Open the form, with who is on call."""
    visit.check_right(SetOnCall)
    show(visit.services, body, screen(visit))
    return None


WORDS = {"oncall": Word("oncall", "who approves emergencies at any hour, up to a cap", run)}
