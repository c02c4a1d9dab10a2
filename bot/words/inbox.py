"""``/wopo inbox``: everything that waits for me, in one answer."""

from collections.abc import Callable

from bot.blocks import MAX_MESSAGE_BLOCKS, Block, context, message, section
from bot.reader import Reader
from bot.sections import approvals, exception_cases, jobs, receive
from bot.visit import Body, Visit
from bot.words import Word
from wopo.domain.people import Person
from wopo.usecases.ports import UnitOfWork

Part = Callable[[UnitOfWork, Person, Reader], list[Block]]
PARTS: tuple[Part, ...] = (
    approvals.to_decide,
    jobs.to_decide,
    exception_cases.waiting,
    receive.expected,
    jobs.mine,
)
"""The parts of App Home that wait for a person, in its order."""


def run(visit: Visit, _body: Body, _rest: str) -> Block:
    """What App Home shows of it, where the person is."""
    blocks: list[Block] = []
    with visit.read() as uow:
        person = uow.get(Person, visit.me.id)
        if person is None:
            raise LookupError(f"person {visit.me.id} is gone")
        for part in PARTS:
            blocks += part(uow, person, visit.reader)
    if not blocks:
        return message("Nothing waits for you.", [section("Nothing waits for you. 🎉")])
    if len(blocks) > MAX_MESSAGE_BLOCKS:
        more = context("There is more; the app's Home tab shows all of it.")
        blocks = [*blocks[: MAX_MESSAGE_BLOCKS - 1], more]
    return message("What waits for you", blocks)


WORDS = {"inbox": Word("inbox", "what waits for you", run)}
