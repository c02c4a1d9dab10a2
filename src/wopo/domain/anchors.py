"""Anchors: the newest entry of the audit chain, written down where the database can't reach.

A chain can't show that its own tail was cut, nor that somebody wrote all of it anew; an anchor from
before does. It holds the newest refusal too: refusals are a chain of their own.
"""

import re
from dataclasses import dataclass
from datetime import date

from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event

NOT_AN_ANCHOR = Refusal(
    "audit.not_an_anchor",
    "{typed} is not an anchor. Nothing was checked; give it as wopo audit anchor printed it.",
)
_SHAPE = re.compile(r"(\d{1,18}):([0-9a-f]{64})(?:\+(\d{1,18}):([0-9a-f]{64}))?")


@dataclass(frozen=True)
class Anchor:
    """Number and hash of the chain's newest entry at a moment, and of the newest refusal."""

    seq: int
    hash: str
    refusals: int = 0
    refusal_hash: str = ""

    def __str__(self) -> str:
        refused = f"+{self.refusals}:{self.refusal_hash}" if self.refusals else ""
        return f"{self.seq}:{self.hash}{refused}"

    @classmethod
    def parse(cls, text: str) -> "Anchor":
        """Read back what ``str`` wrote. Raises ``NOT_AN_ANCHOR``."""
        found = _SHAPE.fullmatch(text.strip())
        if found is None:
            raise NOT_AN_ANCHOR(typed=text.strip()[:80] or "An empty line")
        return cls(int(found[1]), found[2], int(found[3] or 0), found[4] or "")

    @classmethod
    def found_in(cls, text: str) -> "list[Anchor]":
        """Every anchor that stands in a text, in order."""
        return [cls.parse(found[0]) for found in _SHAPE.finditer(text)]


@event("audit:anchored")
class ChainAnchored(Event):
    """The chain's newest entry and the newest refusal of that day, told outside."""

    day: date
    seq: int
    hash: str
    refusals: int
    refusal_hash: str

    @property
    def anchor(self) -> Anchor:
        """What is written down."""
        return Anchor(self.seq, self.hash, self.refusals, self.refusal_hash)
