"""Who hears of exceptions: the channels that subscribed, and the person whose business it is."""

from collections.abc import Iterable
from datetime import timedelta

from wopo.domain.events import Event
from wopo.domain.exception_cases import (
    ExceptionAssigned,
    ExceptionCase,
    ExceptionChanged,
    ExceptionRaised,
    ExceptionReopened,
    ExceptionResolved,
)
from wopo.domain.matching import MatchCode
from wopo.domain.outbox import Mode
from wopo.usecases.door import Context, Notice, announces
from wopo.usecases.settings import company

TOLD: tuple[type[Event], ...] = (
    ExceptionRaised,
    ExceptionChanged,
    ExceptionAssigned,
    ExceptionResolved,
    ExceptionReopened,
)


def tell(event: Event, ctx: Context) -> Iterable[Notice]:
    """The case's card is drawn anew wherever it is shown, and goes to its owner.

    An import posts nothing but its one summary. "Not received yet" waits for the grace period: the
    hold is immediate, the post is not (domain.md).
    """
    if ctx.surface == "import":
        return
    case = ctx.require(ExceptionCase, event.subject_id, label="exception")
    if in_grace(ctx, case):
        return
    yield from cards(case, acting=ctx.actor_id)
    if isinstance(event, ExceptionAssigned) and event.before_id not in (None, case.owner_id):
        yield Notice("exception", case.id, f"person:{event.before_id}", Mode.KEEP)


def cards(case: ExceptionCase, *, acting: str | None = None) -> Iterable[Notice]:
    """The card in the subscribed channels and to the owner."""
    yield Notice("exception", case.id, "subscribers:exception", Mode.KEEP)
    if case.owner_id is not None:
        yield Notice("exception", case.id, f"person:{case.owner_id}", Mode.KEEP)
        if case.owner_id != acting:
            yield Notice("home", case.owner_id, f"person:{case.owner_id}", Mode.HOME)


def in_grace(ctx: Context, case: ExceptionCase) -> bool:
    """Whether it is too early to say that something was not received."""
    if case.code != MatchCode.NOT_RECEIVED:
        return False
    days = company(ctx.uow).grace_days_not_received
    return ctx.at < case.raised_at + timedelta(days=days)


for _event in TOLD:
    announces(_event)(tell)
