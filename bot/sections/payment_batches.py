"""App Home of finance: the way to what can be paid, and batches that wait for the bank."""

from bot.blocks import Block, actions, button, divider, header, section
from bot.ids import Action
from bot.modals.payment_batches import line_text, show_button
from bot.reader import Reader
from bot.sections import Section
from wopo.domain.payment_batches import BatchState
from wopo.domain.people import Person, Role
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.payment_batches import batches

SHOWN = 3


def living(uow: UnitOfWork, person: Person, reader: Reader) -> list[Block]:
    """The newest few, each with its screen."""
    if not person.has(Role.FINANCE):
        return []
    lines = batches(uow, limit=SHOWN, states=(BatchState.MADE,))
    blocks: list[Block] = [header("Payments")]
    blocks += [section(line_text(line, reader), accessory=show_button(line)) for line in lines]
    blocks += actions([button("Payables", Action.PAYABLES, "home")])
    return [*blocks, divider()]


SECTIONS = [Section(36, living)]
"""After the invoices to release and the bank details to confirm."""
