"""Who hears of exceptions: the channels that subscribed, and the person whose business it is."""

from collections.abc import Iterable

from wopo.domain.case_notes import ExceptionNoted, NoteKind
from wopo.domain.exception_cases import (
    ExceptionAssigned,
    ExceptionCase,
    ExceptionChanged,
    ExceptionRaised,
    ExceptionReopened,
    ExceptionResolved,
)
from wopo.domain.invoices import InvoiceMadePayable
from wopo.domain.outbox import Mode, PostedCard
from wopo.usecases.case_answers import asked_to
from wopo.usecases.door import Context, Notice, announces
from wopo.usecases.people import direct

Told = (
    ExceptionRaised
    | ExceptionChanged
    | ExceptionAssigned
    | ExceptionResolved
    | ExceptionReopened
    | ExceptionNoted
)
TOLD: tuple[type[Told], ...] = (
    ExceptionRaised,
    ExceptionChanged,
    ExceptionAssigned,
    ExceptionResolved,
    ExceptionReopened,
    ExceptionNoted,
)
CARD, QUESTION = "exception", "arrival"
"""The card of a case, and the question to the person who would have received it."""


def tell(event: Told, ctx: Context) -> Iterable[Notice]:
    """The case's card is drawn anew wherever it is shown, and goes to its owner.

    An import posts nothing but its one summary, and a quiet case waits: the hold is immediate, the
    post is not (domain.md).
    """
    if ctx.surface == "import" or event.quiet:
        return
    if isinstance(event, ExceptionNoted) and event.said is NoteKind.COMMENT:
        # Whoever reads the thread has read it; the copies of the card show it from now on.
        yield from posted(ctx, [event.subject_id])
        return
    yield from cards(event.subject_id, event.owner_id, ctx)
    before = getattr(event, "before_id", None)
    if before not in (None, event.owner_id):
        yield from posted(ctx, [event.subject_id], f"person:{before}")
    if isinstance(event, ExceptionNoted) and event.said is NoteKind.CREDIT_ASKED and ctx.actor_id:
        yield direct(ctx.actor_id, event.subject_id, event.text)


def cards(case_id: str, owner_id: str | None, ctx: Context) -> Iterable[Notice]:
    """The card in the subscribed channels and to the owner; the person named as receiver gets the
    question whether it arrived instead."""
    yield Notice(CARD, case_id, "subscribers:exception", Mode.KEEP)
    case = ctx.uow.get(ExceptionCase, case_id)
    receiver = asked_to(ctx.uow, case) if case is not None else None
    if receiver is not None:
        yield Notice(QUESTION, case_id, f"person:{receiver}", Mode.KEEP)
    else:
        yield from posted(ctx, [case_id], card=QUESTION)
    if owner_id is not None:
        if owner_id != receiver:
            yield Notice(CARD, case_id, f"person:{owner_id}", Mode.KEEP)
        if owner_id != ctx.actor_id:
            yield Notice("home", owner_id, f"person:{owner_id}", Mode.HOME)


def posted(
    ctx: Context, case_ids: list[str], audience: str = "", *, card: str = ""
) -> Iterable[Notice]:
    """Copies that were posted before, to be drawn anew; nobody gets one for the first time."""
    # Of all cases that are told about, so that it is asked once however many they are.
    told = {event.subject_id for event in ctx.recorded if isinstance(event, TOLD)}
    for copy in ctx.uow.all(PostedCard, subject_id=sorted(told.union(case_ids)), order="id"):
        wanted = copy.card == card if card else copy.card in (CARD, QUESTION)
        if wanted and copy.subject_id in case_ids and audience in ("", copy.audience):
            yield Notice(copy.card, copy.subject_id, copy.audience, Mode.KEEP)


for _event in TOLD:
    announces(_event)(tell)


@announces(InvoiceMadePayable)
def tell_decided(event: InvoiceMadePayable, ctx: Context) -> Iterable[Notice]:
    """What was accepted about a released invoice can't be taken back any more."""
    cases = ctx.uow.all(ExceptionCase, invoice_id=event.subject_id)
    if cases:
        yield from posted(ctx, [case.id for case in cases])
