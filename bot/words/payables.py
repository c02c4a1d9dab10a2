"""``/wopo payables``: what can be paid, what is held and why, and the batches."""

from bot.answers import show
from bot.blocks import Block
from bot.handlers.payment_batches import payables
from bot.visit import Body, Visit
from bot.words import Word


def run(visit: Visit, body: Body, _rest: str) -> Block | None:
    """Open the screen for the coming week."""
    show(visit.services, body, payables(visit))
    return None


WORDS = {"payables": Word("payables", "what is due, what is held and why; make a batch", run)}
