"""Open cases called to mind: to their owner, and to whoever is above when they are overdue."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.blocks import Block, button, context, message, section
from bot.cards import Asked, Card
from bot.ids import Action
from bot.metadata import Target
from bot.reader import Reader
from bot.sections.exception_cases import case_text
from wopo.domain.numbers import short
from wopo.usecases.case_reminders import ABOVE, OWNER
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.exception_cards import CaseLine, still_open

SHOWN = 10


@dataclass(frozen=True)
class Told:
    """What is still open of the cases that are told, and how many more there are."""

    lines: tuple[CaseLine, ...]
    more: int


def load(uow: UnitOfWork, asked: Asked) -> Told | None:
    """What is still open of them; none when nothing is."""
    lines = still_open(uow, list(asked.facts["case_ids"]), at=asked.at)
    return Told(lines[:SHOWN], len(lines[SHOWN:])) if lines else None


def _builder(one: str, several: str, foot: str) -> Callable[[Told, Reader], Block]:
    def build(told: Told, reader: Reader) -> Block:
        """Each with the way to its card."""
        count = len(told.lines) + told.more
        lead = one if count == 1 else several.format(count=count)
        blocks = [section(f"*{lead}*")]
        for line in told.lines:
            look = button("Show", Action.CASE_SHOW, Target(id=line.id))
            blocks.append(section(case_text(line, reader), accessory=look))
        if told.more:
            blocks.append(context(f"and {told.more} more"))
        blocks.append(context(foot))
        named = [
            f"{short(line.number)} {line.title}{' (overdue)' if line.overdue else ''}"
            for line in told.lines
        ]
        return message("\n".join([lead, *named]), blocks)

    return build


CARDS = {
    OWNER: Card(
        load,
        _builder(
            "One exception waits for you",
            "{count} exceptions wait for you",
            "Snooze puts one off; `/wopo inbox` shows all of them.",
        ),
    ),
    ABOVE: Card(
        load,
        _builder(
            "One exception is overdue for long",
            "{count} exceptions are overdue for long",
            "Take one yourself, or give it to somebody who answers it. This is told once.",
        ),
    ),
}
