"""Cards that are one sentence: a plain DM, a line in a job's thread, a line about an order, the
audit trail's daily anchor."""

from bot.blocks import Block, message
from bot.cards import Asked, Card
from bot.reader import Reader
from wopo.usecases.ports import UnitOfWork


def load(_uow: UnitOfWork, asked: Asked) -> str | None:
    """The sentence as the announcement gave it."""
    return str(asked.facts.get("text", "")).strip() or None


def build(sentence: str, _reader: Reader) -> Block:
    """The sentence, shown literally."""
    return message(sentence)


CARDS = {name: Card(load, build) for name in ("anchor", "direct", "story", "order_story")}
