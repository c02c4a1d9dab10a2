"""What is put into the outbox besides announcements: fresh copies, slow work, another try."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from wopo.domain.events import Event, event
from wopo.domain.outbox import Delivery, Mode, OutboxRow, PostedCard
from wopo.domain.people import Role
from wopo.usecases.door import Answer, Command, Context, Notice, announces, silent, use_case
from wopo.usecases.ports import NewId, UnitOfWork
from wopo.usecases.ports.journal import Journal
from wopo.usecases.ports.outbox import TASK


def put(uow: UnitOfWork, notice: Notice, *, at: datetime, new_id: NewId) -> OutboxRow:
    """Write one outbox row that belongs to no event: a fresh copy of a card, or a word to the
    administrators about the outbox itself."""
    row = OutboxRow(
        id=new_id(),
        seq=uow.store(Journal).advance(messages=1).message + 1,
        card=notice.card,
        subject_id=notice.subject_id,
        audience=notice.audience,
        stream=notice.stream or notice.subject_id,
        mode=notice.mode,
        facts=notice.facts,
        created_at=at,
        next_at=at,
    )
    uow.add(row)
    return row


def copies(uow: UnitOfWork, card: str, subject_id: str) -> list[Notice]:
    """Every posted copy of a card, drawn anew, so that none keeps a button that does nothing."""
    return [
        Notice(card, subject_id, copy.audience, Mode.KEEP)
        for copy in uow.all(PostedCard, card=card, subject_id=subject_id)
    ]


def refresh_card(
    uow: UnitOfWork, card: str, subject_id: str, *, at: datetime, new_id: NewId
) -> int:
    """Have every posted copy of a card drawn anew; how many there are. Used after a stale click
    (A16): the person sees the present state within seconds."""
    posted = copies(uow, card, subject_id)
    for notice in posted:
        put(uow, notice, at=at, new_id=new_id)
    return len(posted)


@event("task:queued")
class TaskQueued(Event):
    """Work too slow for an answer within Slack's three seconds was accepted for later."""

    task: str
    given: dict[str, Any]


@announces(TaskQueued)
def hand_over(event: TaskQueued, ctx: Context) -> Iterable[Notice]:
    """The row that the task's worker claims."""
    yield Notice("task", event.subject_id, f"{TASK}{event.task}", facts=event.given)


class QueueTask(Command):
    """Accept slow work: it survives a crash, and is done at least once and in order."""

    task: str
    given: dict[str, Any] = {}


@use_case(QueueTask, action="hand in files")
def queue_task(command: QueueTask, ctx: Context) -> Answer:
    """Remember the work; the actor goes along, so that it is done in their name."""
    person = ctx.person()
    task_id = ctx.new_id()
    given = {**command.given, "person_id": person.id}
    ctx.record(TaskQueued(subject_id=task_id, task=command.task, given=given))
    return Answer(subject_id=task_id, message="Accepted; the result follows here.")


@event("outbox:retried")
class OutboxRetried(Event):
    """Messages that had been given up are tried again."""

    rows: list[str]


silent(OutboxRetried, "the messages themselves are what is told")


class RetryDeliveries(Command):
    """Try messages again that were given up; ``unknown`` ones may then arrive twice."""

    unknown: bool = False


@use_case(RetryDeliveries, roles={Role.ADMIN}, action="send messages again", system=True)
def retry_deliveries(command: RetryDeliveries, ctx: Context) -> Answer:
    """Put dead (and on request unknown) rows back to the start."""
    states = [Delivery.DEAD, Delivery.UNKNOWN] if command.unknown else [Delivery.DEAD]
    rows = ctx.uow.all(OutboxRow, order="seq", state=states)
    for row in rows:
        row.state, row.attempts, row.next_at, row.problem = Delivery.PENDING, 0, ctx.at, None
    ctx.record(OutboxRetried(subject_id="outbox", rows=[row.id for row in rows]))
    return Answer(message=f"{len(rows)} messages will be sent again.", facts={"rows": len(rows)})
