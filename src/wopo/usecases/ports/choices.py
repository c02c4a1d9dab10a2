"""Choosing one of many while typing."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from wopo.domain.lookup import Kind


@dataclass(frozen=True)
class Choice:
    """One thing to choose: its id, and how people call it (code and name)."""

    id: str
    label: str


class ChoiceStore(ABC):
    """Bounded queries behind selects."""

    @abstractmethod
    def search(
        self, kind: Kind, typed: str, /, *, site_id: str = "", limit: int = 50, **equal: Any
    ) -> list[Choice]:
        """Things whose code or name contains what was typed, in any case; by name. With
        ``site_id`` only places and assets of that site; ``equal`` as for ``uow.all``."""

    @abstractmethod
    def recent_assets(self, *, site_id: str = "", limit: int = 10) -> list[Choice]:
        """The assets that had a job last, the newest first."""

    @abstractmethod
    def one(self, kind: Kind, id: str | None) -> Choice | None:
        """The thing with this id."""

    @abstractmethod
    def site_of(self, location_id: str) -> str:
        """The site of a place; empty when there is no such place."""
