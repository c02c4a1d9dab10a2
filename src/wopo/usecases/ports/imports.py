"""What imports need of the database: known keys, and what was taken in before, in bulk."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import SQLModel


@dataclass(frozen=True)
class Taken:
    """A record taken in before."""

    digest: str
    subject_id: str


class ImportStore(ABC):
    """Finders of the import, each one statement however many rows there are."""

    @abstractmethod
    def taken(self, kind: str) -> dict[str, Taken]:
        """Everything of this kind taken in before, by its source key."""

    @abstractmethod
    def ids(self, kind: type[SQLModel], column: str) -> dict[str, str]:
        """Ids of a whole table by a unique column."""

    @abstractmethod
    def pairs(self, kind: type[SQLModel], first: str, second: str) -> set[tuple[str, str]]:
        """Every pair of two columns of a whole table."""

    @abstractmethod
    def remember(self, kind: str, key: str, digest: str) -> None:
        """Put the new digest of a record taken in before."""

    @abstractmethod
    def complete_orders(self) -> list[str]:
        """Ids of imported orders that were complete in their source, by order number."""

    @abstractmethod
    def flagged(self, limit: int) -> list[str]:
        """Ids of imported records with warnings, the newest first."""

    @abstractmethod
    def write(self, rows: Iterable[SQLModel]) -> None:
        """Insert many rows at once, past the session."""
