"""The audit chain shows every change: edits, gaps, swaps, and a lost tail."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wopo.domain.audit import GENESIS, AuditEntry, AuditHead, chain_faults, hash_of

START = datetime(2026, 1, 1, tzinfo=UTC)
LENGTH = 12


def chain(length: int = LENGTH) -> tuple[list[AuditEntry], AuditHead]:
    entries: list[AuditEntry] = []
    previous = GENESIS
    for seq in range(1, length + 1):
        entry = AuditEntry(
            seq=seq,
            at=START + timedelta(minutes=seq),
            event="purchase_order:approved",
            subject_id=f"po{seq}",
            actor_id="ann" if seq % 2 else None,
            surface="slack",
            key=f"k{seq}",
            facts={"total": {"amount": f"{seq}.00", "currency": "EUR"}, "ü": [1, None]},
            prev_hash=previous,
            hash="",
        )
        entry.hash = previous = hash_of(entry)
        entries.append(entry)
    return entries, AuditHead(id=1, seq=length, hash=previous)


def test_an_untouched_chain_is_sound() -> None:
    entries, head = chain()
    assert list(chain_faults(entries, head)) == []


CHANGES: dict[str, Callable[[AuditEntry], None]] = {
    "time": lambda entry: setattr(entry, "at", entry.at + timedelta(microseconds=1)),
    "event": lambda entry: setattr(entry, "event", entry.event + "x"),
    "subject": lambda entry: setattr(entry, "subject_id", "other"),
    "actor": lambda entry: setattr(entry, "actor_id", "mallory"),
    "surface": lambda entry: setattr(entry, "surface", "cli"),
    "key": lambda entry: setattr(entry, "key", "other"),
    "facts": lambda entry: setattr(entry, "facts", {**entry.facts, "total": "0"}),
    "hash": lambda entry: setattr(entry, "hash", "0" * 64),
    "prev": lambda entry: setattr(entry, "prev_hash", "0" * 63 + "1"),
}


@pytest.mark.parametrize("change", sorted(CHANGES))
@given(at=st.integers(0, LENGTH - 1))
def test_any_changed_field_is_found_at_its_entry(change: str, at: int) -> None:
    entries, head = chain()
    CHANGES[change](entries[at])
    faults = list(chain_faults(entries, head))
    assert faults
    assert faults[0].seq in {at + 1, at + 2}


@given(at=st.integers(0, LENGTH - 1))
def test_a_removed_entry_is_found(at: int) -> None:
    entries, head = chain()
    del entries[at]
    faults = list(chain_faults(entries, head))
    assert faults
    assert faults[0].seq == at + 1


@given(st.integers(0, LENGTH - 1), st.integers(0, LENGTH - 1))
def test_two_swapped_entries_are_found(one: int, other: int) -> None:
    if one == other:
        return
    entries, head = chain()
    a, b = entries[one], entries[other]
    a.facts, b.facts = b.facts, a.facts
    a.subject_id, b.subject_id = b.subject_id, a.subject_id
    assert next(iter(chain_faults(entries, head))).seq == min(one, other) + 1


def test_a_rewritten_tail_is_found_by_the_head() -> None:
    entries, head = chain()
    assert list(chain_faults(entries[:-3], head))
