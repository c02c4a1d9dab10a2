"""Who hears of exceptions: the channels that subscribed, and the person whose business it is."""

from collections.abc import Iterable

from wopo.domain.exception_cases import (
    ExceptionAssigned,
    ExceptionChanged,
    ExceptionRaised,
    ExceptionReopened,
    ExceptionResolved,
)
from wopo.domain.outbox import Mode
from wopo.usecases.door import Context, Notice, announces

Told = (
    ExceptionRaised | ExceptionChanged | ExceptionAssigned | ExceptionResolved | ExceptionReopened
)
TOLD: tuple[type[Told], ...] = (
    ExceptionRaised,
    ExceptionChanged,
    ExceptionAssigned,
    ExceptionResolved,
    ExceptionReopened,
)


def tell(event: Told, ctx: Context) -> Iterable[Notice]:
    """The case's card is drawn anew wherever it is shown, and goes to its owner.

    An import posts nothing but its one summary, and a quiet case waits: the hold is immediate, the
    post is not (domain.md).
    """
    if ctx.surface == "import" or event.quiet:
        return
    yield from cards(event.subject_id, event.owner_id, acting=ctx.actor_id)
    if isinstance(event, ExceptionAssigned) and event.before_id not in (None, event.owner_id):
        yield Notice("exception", event.subject_id, f"person:{event.before_id}", Mode.KEEP)


def cards(case_id: str, owner_id: str | None, *, acting: str | None = None) -> Iterable[Notice]:
    """The card in the subscribed channels and to the owner."""
    yield Notice("exception", case_id, "subscribers:exception", Mode.KEEP)
    if owner_id is not None:
        yield Notice("exception", case_id, f"person:{owner_id}", Mode.KEEP)
        if owner_id != acting:
            yield Notice("home", owner_id, f"person:{owner_id}", Mode.HOME)


for _event in TOLD:
    announces(_event)(tell)
