"""The audit chain: one row per event, each hashed together with the one before.

A chain shows edits, gaps and swaps; it can't show the loss of its own tail, so the head is also
anchored outside (reliability: an auditor keeps the printed head).
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlmodel import Field, SQLModel

from wopo.domain.columns import Row, id_field, json_field, time_field

SCHEMA = 1
GENESIS = "0" * 64
REFUSALS = "refusal"
"""The counter that numbers refusals."""


class AuditEntry(Row, table=True):
    """One event as it happened. Append-only; triggers refuse any change."""

    __tablename__ = "audit_entry"

    seq: int = Field(primary_key=True)
    at: datetime = time_field()
    event: str = Field(max_length=80)
    subject_id: str = Field(max_length=40, index=True)
    actor_id: str | None = Field(default=None, max_length=40)
    surface: str = Field(max_length=20)
    key: str = Field(max_length=200)
    facts: dict[str, Any] = json_field()
    prev_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64)


class AuditHead(SQLModel, table=True):
    """The newest entry of the chain; the row that appenders lock. ``told`` counts the messages
    ever put into the outbox: both are counted on in one statement."""

    __tablename__ = "audit_head"

    id: int = Field(primary_key=True, default=1)
    seq: int = 0
    hash: str = Field(default=GENESIS, max_length=64)
    told: int = 0


class RefusalEntry(SQLModel, table=True):
    """A refusal that matters: who was refused what, and why. Append-only, outside the refused
    transaction (domain.md, invariant 7). ``seq`` counts without gaps, and ``prev_seal`` is the seal
    of the one before, so that none can go missing unnoticed."""

    __tablename__ = "refusal_entry"

    id: str = id_field()
    seq: int = Field(unique=True)
    prev_seal: str = Field(max_length=64)
    at: datetime = time_field(index=True)
    actor_id: str | None = Field(default=None, max_length=40)
    surface: str = Field(max_length=20)
    command: str = Field(max_length=80)
    key: str = Field(max_length=200)
    code: str = Field(max_length=80)
    message: str = Field(max_length=2000)
    facts: dict[str, Any] = json_field()


def hash_of(entry: AuditEntry) -> str:
    """The hash an entry must have: SHA-256 over the canonical JSON of everything it says, the
    previous hash included."""
    at = entry.at.astimezone(UTC).isoformat()
    who = [entry.actor_id, entry.surface, entry.key]
    text = json.dumps(
        [SCHEMA, entry.seq, at, entry.event, entry.subject_id, *who, entry.facts, entry.prev_hash],
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Unreadable:
    """An entry of which a column holds what can't be read: damage by another hand than wopo's.
    ``hash`` is its own, or empty where that is what can't be read."""

    seq: int
    column: str
    hash: str


@dataclass(frozen=True)
class ChainFault:
    """The first thing that is wrong with a chain: at which entry, and what."""

    seq: int
    problem: str


def chain_faults(
    entries: Iterable[AuditEntry | Unreadable], head: AuditHead
) -> Iterator[ChainFault]:
    """Walk the chain in order and yield what does not fit: gaps, edits, swaps, a lost tail, and
    what can't be read."""
    expected, previous = 1, GENESIS
    for entry in entries:
        if entry.seq != expected:
            yield ChainFault(expected, f"entry {expected} is missing; next found is {entry.seq}")
            expected = entry.seq
        if isinstance(entry, Unreadable):
            yield ChainFault(entry.seq, f"its {entry.column} can't be read")
        else:
            if entry.prev_hash != previous:
                yield ChainFault(entry.seq, "does not follow the entry before it")
            if entry.hash != _hash_if_any(entry):
                yield ChainFault(entry.seq, "its contents were changed")
        previous = entry.hash
        expected += 1
    if (head.seq, head.hash) != (expected - 1, previous):
        yield ChainFault(expected, f"the head names entry {head.seq}, the chain ends elsewhere")


def _hash_if_any(entry: AuditEntry) -> str | None:
    """The hash it must have; none where a value is of a kind that no entry has."""
    try:
        return hash_of(entry)
    except (TypeError, ValueError, AttributeError, OverflowError):
        return None


class RefusalLink(NamedTuple):
    """What chains a refusal to the one before it."""

    seq: int
    prev_seal: str
    seal: str


def refusal_faults(links: Iterable[RefusalLink], given: int) -> Iterator[tuple[int, str]]:
    """Refusals (by number, in order) that are missing or do not follow the one before; ``given`` is
    how many numbers were given out."""
    expected, previous = 1, GENESIS
    for link in links:
        if link.seq != expected:
            yield expected, f"is missing; next found is {link.seq}"
        elif link.prev_seal != previous:
            yield link.seq, "does not follow the refusal before it"
        expected, previous = link.seq + 1, link.seal
    if expected != given + 1:
        yield expected, f"is missing; {given} were logged"
