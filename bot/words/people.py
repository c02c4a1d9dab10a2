"""``/wopo people``: who works with wopo, what they may do and how much they may approve."""

from bot.answers import show
from bot.blocks import Block
from bot.handlers.people import list_of
from bot.visit import Body, Visit
from bot.words import Word


def run(visit: Visit, body: Body, rest: str) -> Block | None:
    """Open the list; with a name only those who are called so."""
    show(visit.services, body, list_of(visit, rest))
    return None


WORDS = {"people": Word("people [name]", "who may do what; add and change people", run)}
