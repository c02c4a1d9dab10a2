"""App Home: counter purchases whose till receipt is still missing."""

from bot.blocks import Block, button, safe, section
from bot.ids import Action
from bot.metadata import Target
from bot.reader import Reader
from bot.sections import Section
from wopo.domain.numbers import short
from wopo.domain.people import Person
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.counter_purchases import without_till_receipt

SHOWN = 5


def missing(uow: UnitOfWork, person: Person, _reader: Reader) -> list[Block]:
    """Each with the one button that ends it."""
    return [
        section(
            f"*{short(one.number)}* · {safe(one.vendor)} · {safe(one.what)}: till receipt missing",
            accessory=button("Add receipt", Action.COUNTER_RECEIPT, Target(id=one.id)),
        )
        for one in without_till_receipt(uow, person.id)[:SHOWN]
        if not one.photo
    ]


SECTIONS = [Section(40, missing)]
"""It waits for the person."""
