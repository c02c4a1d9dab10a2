"""The sections of App Home. A module of this package declares ``SECTIONS``."""

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from bot.blocks import Block
from bot.reader import Reader
from wopo.domain.people import Person
from wopo.usecases.ports import UnitOfWork


@dataclass(frozen=True)
class Section:
    """One part of App Home. ``order``: what waits for me (0-99), my own work (100-199), what I
    subscribed to and the rest (200 and more). ``build`` reads a constant number of queries and
    gives no blocks when there is nothing to say to this person."""

    order: int
    build: Callable[[UnitOfWork, Person, Reader], list[Block]]


@cache
def sections() -> tuple[Section, ...]:
    """Every section, in order."""
    found: list[Section] = []
    for module in pkgutil.iter_modules(__path__):
        found += import_module(f"{__name__}.{module.name}").SECTIONS
    return tuple(sorted(found, key=lambda section: section.order))
