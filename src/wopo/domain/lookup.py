"""Finding things by what people type: any unique tail of a number, and words."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import String
from sqlmodel import Field, SQLModel

from wopo.domain.errors import Refusal

AMBIGUOUS = Refusal(
    "lookup.ambiguous",
    "{typed} could be {choices}. Nothing was changed; type one of these in full.",
)
TOO_VAGUE = Refusal(
    "lookup.too_vague",
    "{typed} names nothing wopo can look for. Nothing was changed; type a number like {example}.",
)


class Kind(StrEnum):
    """Kinds of things that people name."""

    WORK_REQUEST = "work_request"
    WORK_ORDER = "work_order"
    PART_REQUEST = "part_request"
    PURCHASE_ORDER = "purchase_order"
    RECEIPT = "receipt"
    EXCEPTION = "exception"
    PERSON = "person"
    PART = "part"
    VENDOR = "vendor"
    LOCATION = "location"
    ASSET = "asset"
    COST_CENTRE = "cost_centre"
    CLIENT = "client"
    TEAM = "team"
    PROJECT = "project"


PREFIXES: dict[Kind, str] = {
    Kind.WORK_REQUEST: "WR",
    Kind.WORK_ORDER: "WO",
    Kind.PART_REQUEST: "PR",
    Kind.PURCHASE_ORDER: "PO",
    Kind.RECEIPT: "GRN",
    Kind.EXCEPTION: "EX",
}
"""Documents with a number of ours, by its prefix."""

LABELS: dict[Kind, str] = {
    Kind.WORK_REQUEST: "work request",
    Kind.WORK_ORDER: "work order",
    Kind.PART_REQUEST: "part request",
    Kind.PURCHASE_ORDER: "purchase order",
    Kind.RECEIPT: "receipt",
    Kind.EXCEPTION: "exception",
    Kind.PERSON: "person",
    Kind.PART: "part",
    Kind.VENDOR: "vendor",
    Kind.LOCATION: "location",
    Kind.ASSET: "asset",
    Kind.COST_CENTRE: "cost centre",
    Kind.CLIENT: "client",
    Kind.TEAM: "team",
    Kind.PROJECT: "project",
}

_TYPED = re.compile(r"^([A-Z]{2,3})?[ #:_-]*(?:((?:19|20)\d\d)[ /_-]+)?0*(\d{1,9})$")
_ALIKE = str.maketrans({"O": "0", "Q": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "B": "8"})
_PREFIX_ALIKE = {"P0": "PO", "W0": "WO", "VVO": "WO", "VVR": "WR"}


@dataclass(frozen=True)
class Tail:
    """The tail of a document number: prefix and year where they were typed, and the sequence."""

    prefix: str | None
    year: int | None
    sequence: int


def parse_tail(typed: str) -> Tail | None:
    """Read ``PO-42``, ``wo 88``, ``PO42``, ``PO-2026-000042``, ``2026-42`` or ``42``; none when
    it is not of that form. Nothing is guessed: look-alike letters are not digits."""
    match = _TYPED.match(typed.strip().upper())
    if match is None or not typed.strip().isascii():
        return None
    prefix, year, sequence = match.groups()
    if prefix is not None and prefix not in PREFIXES.values():
        return None
    return Tail(prefix, int(year) if year else None, int(sequence))


def looks_like(typed: str) -> str | None:
    """What was perhaps meant by a number with look-alike letters (``PO-1O42`` -> ``PO-1042``,
    ``P0-42`` -> ``PO-42``); none when nothing looks alike. Only ever offered, never used."""
    plain = unicodedata.normalize("NFKC", typed).strip().upper()
    for length in (3, 2):
        head, rest = plain[:length], plain[length:]
        prefix = _PREFIX_ALIKE.get(head, head)
        if prefix not in PREFIXES.values():
            continue
        tail = rest.lstrip(" #:_-").translate(_ALIKE)
        meant = f"{prefix}-{tail}"
        if parse_tail(meant) is not None and meant != typed.strip().upper():
            return meant
    return None


def nearest(typed: str, known: Iterable[str], *, limit: int = 3) -> list[str]:
    """The known names most like what was typed, best first; upper and lower case alike."""
    by_fold: dict[str, str] = {}
    for name in known:
        by_fold.setdefault(name.casefold(), name)
    found = difflib.get_close_matches(typed.strip().casefold(), by_fold, n=limit, cutoff=0.6)
    return [by_fold[fold] for fold in found]


def did_you_mean(choices: Iterable[str]) -> str:
    """`` Did you mean PO-1042?`` with its leading space; empty when there are no choices."""
    names = list(choices)
    return f" Did you mean {' or '.join(names)}?" if names else ""


_BYTEWISE: Any = String(40).with_variant(String(40, collation="C"), "postgresql")
"""Compared byte by byte, so that "begins with" is a range of the index on both databases."""


class SearchWord(SQLModel, table=True):
    """One word of a job's title, or of an asset's or a location's name; the index that jobs are
    found by. Words are case-folded."""

    __tablename__ = "search_word"

    word: str = Field(primary_key=True, sa_type=_BYTEWISE)
    subject: str = Field(primary_key=True, max_length=20)
    subject_id: str = Field(primary_key=True, max_length=40, index=True)


MAX_WORDS = 5
"""How many words of a search count."""


def words_of(*texts: str) -> set[str]:
    """The words of these texts as they are kept in the index: case-folded, at least two
    characters, cut to 40."""
    folded = unicodedata.normalize("NFKC", " ".join(texts)).casefold()
    return {word[:40] for word in re.findall(r"\w+", folded) if len(word) >= 2}


def searched(typed: str) -> list[str]:
    """The words to look for, the longest first, at most ``MAX_WORDS``."""
    return sorted(words_of(typed), key=lambda word: (-len(word), word))[:MAX_WORDS]
