"""The cards: how each thing that is told looks, drawn from the state of the moment it is sent.

A module of this package declares ``CARDS``: the card's name (as announcements use it) and its
``Card``. ``load`` reads one view in a constant number of queries and gives none when there is
nothing to show any more; ``build`` is pure.
"""

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any

from bot.blocks import Block
from bot.reader import Reader
from wopo.usecases.ports import UnitOfWork


@dataclass(frozen=True)
class Asked:
    """What a card is drawn for, and when."""

    subject_id: str
    reader: Reader
    at: datetime
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Card:
    """One kind of card: read, then build."""

    load: Callable[[UnitOfWork, Asked], Any]
    build: Callable[[Any, Reader], Block]

    def draw(self, uow: UnitOfWork, asked: Asked) -> Block | None:
        """The message (text and blocks), or none when there is nothing to show."""
        view = self.load(uow, asked)
        return None if view is None else self.build(view, asked.reader)


def registry() -> dict[str, Card]:
    """Every card by name. A card declared twice raises ``ValueError``."""
    found: dict[str, Card] = {}
    for module in pkgutil.iter_modules(__path__):
        for name, card in import_module(f"{__name__}.{module.name}").CARDS.items():
            if name in found:
                raise ValueError(f"card {name} is declared twice")
            found[name] = card
    return found
