"""``/wopo delegate``: who decides for me while I am away."""

from bot.answers import show
from bot.blocks import Block
from bot.handlers.delegations import screen
from bot.visit import Body, Visit
from bot.words import Word


def run(visit: Visit, body: Body, _rest: str) -> Block | None:
    """Open the form, with what stands."""
    show(visit.services, body, screen(visit))
    return None


WORDS = {"delegate": Word("delegate", "who decides about orders while you are away", run)}
