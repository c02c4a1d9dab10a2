"""One table decides what is legal, what a refusal says and which buttons are shown."""

from enum import StrEnum

import pytest

from wopo.domain.errors import DomainError
from wopo.domain.workflow import Workflow


class Door(StrEnum):
    OPEN = "wide_open"
    SHUT = "shut"
    GONE = "gone"


LIFE = Workflow(
    {
        (Door.OPEN, "shut"): Door.SHUT,
        (Door.SHUT, "open_again"): Door.OPEN,
        (Door.SHUT, "remove"): Door.GONE,
    }
)


def test_a_legal_move_gives_the_next_state() -> None:
    assert LIFE.move(Door.OPEN, "shut", subject="The door") == Door.SHUT


def test_an_illegal_move_names_state_verb_and_what_is_allowed() -> None:
    with pytest.raises(DomainError) as refused:
        LIFE.move(Door.SHUT, "paint_over", subject="The door")
    assert refused.value.message == (
        "The door is shut, so paint over is not possible. "
        "Nothing was changed; possible now: open again, remove."
    )


def test_at_the_end_nothing_more_is_allowed() -> None:
    with pytest.raises(DomainError, match="possible now: nothing more"):
        LIFE.move(Door.GONE, "shut", subject="The door")


def test_buttons_come_from_the_same_table() -> None:
    assert LIFE.allowed(Door.SHUT) == ("open_again", "remove")
    assert LIFE.can(Door.OPEN, "shut")
    assert not LIFE.can(Door.OPEN, "remove")
