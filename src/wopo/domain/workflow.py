"""State machines as tables: ``{(state, verb): next state}`` decides moves and buttons alike."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from wopo.domain.errors import ILLEGAL_MOVE

S = TypeVar("S", bound=StrEnum)


class Workflow(Generic[S]):
    """The life of one kind of document.

    ``table`` holds every legal move; whatever is not in it is refused with the state, the verb
    and what is allowed (domain.md, "States").
    """

    def __init__(self, table: Mapping[tuple[S, str], S]) -> None:
        self.table = dict(table)

    def allowed(self, state: S) -> tuple[str, ...]:
        """Verbs that are legal now, in the order of the table; a screen shows just these."""
        return tuple(verb for (start, verb) in self.table if start == state)

    def can(self, state: S, verb: str) -> bool:
        """Whether ``verb`` is legal in ``state``."""
        return (state, verb) in self.table

    def move(self, state: S, verb: str, *, subject: str) -> S:
        """The next state, or ``ILLEGAL_MOVE`` naming the state, the verb and what is allowed."""
        following = self.table.get((state, verb))
        if following is None:
            allowed = ", ".join(self.allowed(state)) or "nothing more"
            raise ILLEGAL_MOVE(
                subject=subject, state=words(state), verb=words(verb), allowed=words(allowed)
            )
        return following


def words(name: str) -> str:
    """A state's or verb's name as people read it: ``pending_approval`` -> ``pending approval``."""
    return name.replace("_", " ")
