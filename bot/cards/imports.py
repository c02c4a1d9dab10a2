"""The one summary of an import, with the way to what waits for a person."""

from typing import NamedTuple

from bot.blocks import Block, actions, button, message, paragraph
from bot.cards import Asked, Card
from bot.ids import Action
from bot.reader import Reader
from wopo.usecases.exception_cases import HANDLERS
from wopo.usecases.ports import UnitOfWork

ALL_CASES = '{"held":false}'
"""The list of exceptions from its beginning, as its button carries it."""


class Summary(NamedTuple):
    """The sentence, and whether something waits for a person."""

    text: str
    waiting: bool


def load(_uow: UnitOfWork, asked: Asked) -> Summary:
    """The summary as the announcement gave it."""
    return Summary(str(asked.facts["text"]), bool(asked.facts["waiting"]))


def build(summary: Summary, reader: Reader) -> Block:
    """The sentence; whoever may answer exceptions, and a channel, get the button to them."""
    if not summary.waiting or (reader.me is not None and not reader.me.has(*HANDLERS)):
        return message(summary.text)
    row = actions([button("All exceptions", Action.CASE_LIST, ALL_CASES)])
    return message(summary.text, [paragraph(summary.text), *row])


CARDS = {"import": Card(load, build)}
