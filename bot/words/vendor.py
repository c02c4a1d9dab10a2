"""``/wopo vendor``: standing, holds, contracts, record and open orders of a vendor."""

from bot.answers import show
from bot.blocks import Block
from bot.handlers.vendors import screen
from bot.visit import Body, Visit
from bot.words import Word
from wopo.domain.lookup import Kind
from wopo.usecases.lookup import resolve


def run(visit: Visit, body: Body, rest: str) -> Block | None:
    """Open the vendor's screen, by its code or name."""
    with visit.read() as uow:
        found = resolve(uow, rest, kinds=(Kind.VENDOR,))
    show(visit.services, body, screen(visit, found.id))
    return None


WORDS = {"vendor": Word("vendor NAME", "a vendor's standing, holds, contracts, open orders", run)}
