"""App Home: orders that wait for my decision, before everything else."""

from bot.blocks import Block, actions, context, divider, header, safe, section
from bot.cards.approvals import buttons, summary
from bot.reader import Reader
from bot.sections import Section
from wopo.domain.people import Person
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.approvals import waiting_approvals

SHOWN = 6


def to_decide(uow: UnitOfWork, person: Person, reader: Reader) -> list[Block]:
    """Each with its buttons; the oldest first."""
    lines = waiting_approvals(uow, person.id, today=reader.today, limit=SHOWN + 1)
    if not lines:
        return []
    blocks: list[Block] = [header("Orders wait for you")]
    for line in lines[:SHOWN]:
        blocks.append(section(f"*{safe(summary(line, reader))}*"))
        blocks += actions(buttons(line, reader))
    if len(lines) > SHOWN:
        blocks.append(context("There are more behind these; `/po` shows them."))
    return [*blocks, divider()]


SECTIONS = [Section(5, to_decide)]
