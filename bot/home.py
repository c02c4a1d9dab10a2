"""App Home: what waits for me first, then my work, then the rest. The reliable way in on phones."""

from bot.blocks import Block, actions, button, context, home_view, section
from bot.ids import Action
from bot.reader import Reader
from bot.sections import sections
from wopo.domain.errors import UNKNOWN_ACTOR
from wopo.domain.people import Person
from wopo.usecases.ports import UnitOfWork


def build_home(uow: UnitOfWork, person_id: str, reader: Reader) -> Block:
    """The whole Home of one person, from the sections that have something to say."""
    blocks: list[Block] = []
    person = uow.get(Person, person_id)
    if person is None:
        raise UNKNOWN_ACTOR()
    for part in sections():
        made = part.build(uow, person, reader)
        if made:
            blocks += made
    if not blocks:
        blocks.append(section("Nothing waits for you."))
    if not person.only_reads():
        blocks += actions([button("New work order", Action.NEW_WORK, "home", style="primary")])
    blocks.append(context("`/wopo help` says what else there is."))
    return home_view(blocks)
