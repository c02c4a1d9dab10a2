"""The words of ``/wopo``. A module of this package declares ``WORDS``; help lists them all, so it
lists only what works."""

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from bot.blocks import Block
from bot.visit import Body, Visit


@dataclass(frozen=True)
class Word:
    """One word: how it is written, what it is for, and what it does. ``run`` gets what was typed
    after the word and gives the answer only the person sees; none when it opened a form."""

    usage: str
    purpose: str
    run: Callable[[Visit, Body, str], Block | None]


@cache
def words() -> dict[str, Word]:
    """Every word, in the order of its usage."""
    found: dict[str, Word] = {}
    for module in pkgutil.iter_modules(__path__):
        for name, word in import_module(f"{__name__}.{module.name}").WORDS.items():
            if name in found:
                raise ValueError(f"/wopo {name} is declared twice")
            found[name] = word
    return dict(sorted(found.items()))
