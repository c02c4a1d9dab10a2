"""What the door itself keeps: answers by key and the head of the audit chain."""

from abc import ABC, abstractmethod
from typing import Any


class Journal(ABC):
    """Reads and moves of the door's own rows, kept apart because every command makes them."""

    @abstractmethod
    def earlier_answer(self, key: str, actor_id: str | None) -> tuple[str, dict[str, Any]] | None:
        """The digest and the answer already given to this key, or none. The acting person, who is
        asked for next, is loaded with it."""

    @abstractmethod
    def lock_head(self) -> tuple[int, str]:
        """The chain's newest sequence number and hash, held until the end."""

    @abstractmethod
    def move_head(self, seq: int, hash: str) -> None:
        """Make this entry the chain's newest."""
