"""The garbage collector, as a process of wopo sets it."""

import gc
from collections.abc import Iterator

import pytest

from wopo.garbage import NEW, ROUNDS, settle_garbage


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_what_a_process_starts_with_is_not_looked_through_again() -> None:
    started_with = [[] for _ in range(100)]
    settle_garbage()
    assert gc.get_freeze_count() > len(started_with)
    assert not any(kept is started_with for kept in gc.get_objects())
    assert gc.get_threshold() == (NEW, ROUNDS, ROUNDS)
