"""What the door itself keeps: answers by key and the head of the audit chain."""

from abc import ABC, abstractmethod
from typing import Any, NamedTuple


class Place(NamedTuple):
    """Where the journal stood before it was counted on: the chain's newest entry with its hash,
    and the last message of the outbox."""

    seq: int
    hash: str
    message: int


class Journal(ABC):
    """Reads and moves of the door's own rows, kept apart because every command makes them."""

    @abstractmethod
    def earlier_answer(self, key: str, actor_id: str | None) -> tuple[str, dict[str, Any]] | None:
        """The digest and the answer already given to this key, or none. The acting person, who is
        asked for next, is loaded with it."""

    @abstractmethod
    def advance(self, *, entries: int = 0, messages: int = 0) -> Place:
        """Give out so many places in the chain and in the outbox, in one statement; the head is
        held until the end. Who took places in the chain says ``seal`` after."""

    @abstractmethod
    def seal(self, hash: str) -> None:
        """The hash of the chain's newest entry."""
