"""App Home: changed bank details that wait for somebody else to call the vendor."""

from bot.blocks import Block, actions, context, divider, header, moment, safe, section
from bot.cards.bank_details import buttons
from bot.reader import Reader
from bot.sections import Section
from wopo.domain.people import Person
from wopo.usecases.bank_details import HANDLERS
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.bank_details import to_confirm

SHOWN = 5


def waiting(uow: UnitOfWork, person: Person, _reader: Reader) -> list[Block]:
    """Each with its two buttons; the oldest first."""
    if not person.has(*HANDLERS):
        return []
    lines = to_confirm(uow, person.id, limit=SHOWN + 1)
    if not lines:
        return []
    blocks: list[Block] = [header("Bank details to confirm")]
    for line in lines[:SHOWN]:
        who = line.entered_by.name if line.entered_by else "an import"
        about = f"entered by {safe(who)}, {moment(line.entered_at)}; nothing is paid meanwhile"
        blocks.append(section(f"*{safe(line.vendor.name)}* · {safe(line.masked)}\n{about}"))
        blocks += actions(buttons(line.id))
    if len(lines) > SHOWN:
        blocks.append(context("More wait behind these."))
    return [*blocks, divider()]


SECTIONS = [Section(35, waiting)]
"""After the invoices to release."""
