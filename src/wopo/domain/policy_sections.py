"""What every section of the purchasing policy is made of.

A section lives in a file of its own and is one field of ``PolicyDocument``: a ``Section`` whose
fields all have defaults, which are what wopo ships. It says which codes it names, so that none is
taken in that is not there, and it says itself in plain words.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """Base of the parts of a policy: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Named(NamedTuple):
    """A code that a rule names. ``kind``: vendor, part, order, category, site, cost centre."""

    rule: str
    kind: str
    code: str


class Section(Part):
    """Base of the sections of a policy."""

    def named(self) -> Iterator[Named]:
        """Every code that must be there for the section to mean something."""
        yield from ()

    def words(self, version: int, day: date) -> Iterator[str]:
        """The section in sentences, as it holds on ``day``; the first says what it is about."""
        raise NotImplementedError
