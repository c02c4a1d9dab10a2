"""``/wopo policy``: when an order is needed, in plain words; ``explain`` asks about a line."""

from bot.answers import show
from bot.blocks import Block
from bot.cards.policy import build_request
from bot.handlers.policy import shown
from bot.modals import policy as forms
from bot.visit import Body, Visit
from bot.words import Word
from wopo.usecases.views.policy_explained import explain_request


def run(visit: Visit, body: Body, rest: str) -> Block | None:
    """The policy, one of its sections by name, the form that asks, or the lines of a request."""
    word, _, about = rest.partition(" ")
    if word.lower() != "explain":
        return shown(visit, word.lower())
    if not about.strip():
        show(visit.services, body, forms.build())
        return None
    with visit.read() as uow:
        views, left = explain_request(uow, about)
    return build_request(views, about.strip().upper(), visit.reader, left)


WORDS = {
    "policy": Word("policy [explain PR-12]", "when an order is needed, and which rule decides", run)
}
