"""App Home: out-of-pocket purchases that wait for my decision, and those finance pays back."""

from bot.blocks import Block, actions, divider, header, safe, section
from bot.cards.out_of_pocket import buttons, flags, summary
from bot.handlers.out_of_pocket import pay_back_button
from bot.reader import Reader
from bot.sections import Section
from wopo.domain.people import Person, Role
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.out_of_pocket import to_decide, to_pay_back

SHOWN = 3


def decisions(uow: UnitOfWork, person: Person, reader: Reader) -> list[Block]:
    """Each with its buttons, the oldest first."""
    blocks: list[Block] = []
    for line in to_decide(uow, person, limit=SHOWN):
        blocks.append(section(f"*{safe(summary(line, reader))}*"))
        blocks += [*flags(line), *actions(buttons(line))]
    return [header("Paid out of pocket"), *blocks, divider()] if blocks else []


def paybacks(uow: UnitOfWork, person: Person, reader: Reader) -> list[Block]:
    """How many wait to be paid back, and the button that makes the file."""
    if not person.has(Role.FINANCE):
        return []
    count, totals = to_pay_back(uow)
    if not count:
        return []
    sums = ", ".join(reader.money(total) for total in totals)
    return [section(f"*Out of pocket:* {count} to pay back, {safe(sums)}"), *pay_back_button()]


SECTIONS = [Section(6, decisions), Section(37, paybacks)]
"""After the orders to approve; beside the payments to vendors."""
