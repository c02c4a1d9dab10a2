"""Putting a case off until a day, and its coming back by itself."""

from collections.abc import Iterable
from datetime import date

from pydantic import Field

from wopo.domain.case_snoozes import (
    EVERYWHERE,
    SNOOZE_DAY,
    CaseSnooze,
    ExceptionSnoozed,
    SnoozeEnded,
)
from wopo.domain.exception_cases import CaseState, ExceptionCase
from wopo.usecases.door import Answer, Command, Context, Notice, announces, use_case
from wopo.usecases.exception_cases import HANDLERS, case_answer, hold_open
from wopo.usecases.exception_notices import posted
from wopo.usecases.people import home
from wopo.usecases.ports.sweeps import SweepStore
from wopo.usecases.sweeps import AT_ONCE


class SnoozeCase(Command):
    """Put the case off until this day; a reason is welcome."""

    case_id: str
    until: date
    reason: str = Field(default="", max_length=1000)


class EndSnoozes(Command):
    """Let cases come back whose day has begun everywhere."""


@use_case(SnoozeCase, roles=HANDLERS, action="put exceptions off")
def snooze_case(command: SnoozeCase, ctx: Context) -> Answer:
    """Out of reminders and the inbox until then; due date, age and the totals stay as they are.
    Raises ``SNOOZE_DAY`` and ``ALREADY_RESOLVED``."""
    case = hold_open(ctx, command.case_id).case
    if command.until <= ctx.today:
        raise SNOOZE_DAY(field="until", number=case.number, until=command.until)
    row = ctx.uow.find(CaseSnooze, case_id=case.id)
    if row is None:
        row = CaseSnooze(id=ctx.new_id(), case_id=case.id, until=command.until, at=ctx.at)
        ctx.uow.add(row)
    row.until, row.reason = command.until, command.reason.strip()
    row.by_id, row.at = ctx.actor_id, ctx.at
    ctx.record(
        ExceptionSnoozed(
            subject_id=case.id,
            number=case.number,
            until=row.until,
            reason=row.reason,
            owner_id=case.owner_id,
        )
    )
    return case_answer(case, f"comes back on {row.until:%d %b %Y}")


@use_case(EndSnoozes, action="let exceptions come back", system=True)
def end_snoozes(command: EndSnoozes, ctx: Context) -> Answer:
    """Screens show a case from the day on by their reader's own clock; this draws its cards anew
    and forgets the snooze."""
    ended = ctx.uow.store(SweepStore).snoozes_over((ctx.at - EVERYWHERE).date(), AT_ONCE)
    cases = ctx.uow.many(ExceptionCase, [row.case_id for row in ended])
    for row in ended:
        case = cases[row.case_id]
        ctx.uow.delete(row)
        if case.state is not CaseState.RESOLVED:
            ctx.record(SnoozeEnded(subject_id=case.id, number=case.number, owner_id=case.owner_id))
    return Answer(message=f"{len(ended)} snoozes ended.", facts={"ended": len(ended)})


def redraw(event: ExceptionSnoozed | SnoozeEnded, ctx: Context) -> Iterable[Notice]:
    """The cards say until when; the owner's Home leaves it out, or has it again."""
    yield from posted(ctx, [event.subject_id])
    if event.owner_id is not None:
        yield home(event.owner_id)


announces(ExceptionSnoozed)(redraw)
announces(SnoozeEnded)(redraw)
