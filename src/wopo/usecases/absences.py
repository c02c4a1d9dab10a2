"""Absence by Slack: allowing it, and what a status or Do Not Disturb brings about."""

from collections.abc import Iterable
from datetime import date, datetime

from wopo.domain.absences import AbsenceAllowed, AbsenceRule, Signal, away_until, paused_until
from wopo.domain.delegations import ONESELF, SEES_NO_COSTS, Delegation, Source
from wopo.domain.errors import DomainError
from wopo.domain.own_days import day_there
from wopo.domain.people import Person, SlackIdentity, may_see_costs
from wopo.usecases.delegations import BEGUN, ENDS, add, end
from wopo.usecases.door import Answer, Command, Context, Notice, announces, use_case
from wopo.usecases.on_call import ask_anew
from wopo.usecases.outbox import TaskQueued
from wopo.usecases.people import active_person
from wopo.usecases.ports.outbox import TASK
from wopo.usecases.settings import company

NOTHING = "Nothing new follows from it."
SOURCES = {
    Signal.STATUS: (Source.STATUS, "Slack status"),
    Signal.DO_NOT_DISTURB: (Source.DO_NOT_DISTURB, "Do Not Disturb"),
}
READ_ABSENCES = "read_absences"
"""The task that asks Slack about some people."""
AT_A_TIME = 20
"""About how many people Slack is asked in one task: a request for each, in one go."""


class AllowAbsence(Command):
    """Let this person decide for me while my Slack status or Do Not Disturb says that I am away;
    empty: nobody."""

    to_id: str = ""


class AskAbsences(Command):
    """Ask Slack about everybody who allows it: what began while wopo was not there to hear of it,
    or lies ahead no longer, comes by no event."""


class NoteStatus(Command):
    """What a Slack user's status says now. ``expires``: when Slack takes it away by itself."""

    workspace_id: str
    user_id: str
    text: str
    emoji: str
    expires: datetime | None = None


@use_case(AllowAbsence, action="let Slack name a stand-in")
def allow_absence(command: AllowAbsence, ctx: Context) -> Answer:
    """Only for oneself; with nobody, what Slack began ends too. The same again records nothing.
    Raises ``ONESELF`` and ``SEES_NO_COSTS``."""
    person = ctx.person()
    row = ctx.uow.get(AbsenceRule, person.id)
    if (row.to_id if row else "") == command.to_id:
        return Answer(subject_id=person.id, message="That is so already.")
    if not command.to_id:
        if row is not None:
            ctx.uow.delete(row)
        running = _running(ctx, person.id)
        for one in running:
            end(ctx, one)
        ctx.record(AbsenceAllowed(subject_id=person.id, to_id=None))
        if running:
            ask_anew(ctx, ENDS)
        said = "Your Slack status and Do Not Disturb are not looked at any more."
        return Answer(subject_id=person.id, message=said)
    to = active_person(ctx, command.to_id, field="away_to_id")
    if to.id == person.id:
        raise ONESELF(field="away_to_id")
    if not may_see_costs(to, company(ctx.uow)):
        raise SEES_NO_COSTS(field="away_to_id", name=to.name)
    if row is None:
        row = AbsenceRule(person_id=person.id, to_id=to.id, set_at=ctx.at)
        ctx.uow.add(row)
    row.to_id, row.set_at = to.id, ctx.at
    ctx.record(AbsenceAllowed(subject_id=person.id, to_id=to.id))
    return Answer(
        subject_id=person.id,
        message="While your Slack status or Do Not Disturb says that you are away, "
        f"{to.name} decides for you.",
    )


@announces(AbsenceAllowed)
def ask_at_once(event: AbsenceAllowed, ctx: Context) -> Iterable[Notice]:
    """What Slack says of them now may have begun before they allowed it."""
    if event.to_id is not None:
        facts = {"people": [event.subject_id]}
        yield Notice("task", event.subject_id, f"{TASK}{READ_ABSENCES}", facts=facts)


@use_case(AskAbsences, action="follow Slack's statuses", system=True)
def ask_absences(command: AskAbsences, ctx: Context) -> Answer:
    """One task for some people each: at every start and once a day."""
    ids = [row.person_id for row in ctx.uow.all(AbsenceRule, order="person_id")]
    for first in range(0, len(ids), AT_A_TIME):
        given = {"people": ids[first : first + AT_A_TIME]}
        ctx.record(TaskQueued(subject_id=ctx.new_id(), task=READ_ABSENCES, given=given))
    return Answer(message=f"Slack is asked about {len(ids)} people.", facts={"asked": len(ids)})


class NotePause(Command):
    """From when to when Do Not Disturb of a Slack user runs next; none where it is off."""

    workspace_id: str
    user_id: str
    starts: datetime | None = None
    ends: datetime | None = None


@use_case(NoteStatus, action="follow Slack's statuses", system=True)
def note_status(command: NoteStatus, ctx: Context) -> Answer:
    """Where the person allows it, name their stand-in until the status ends; a status that says
    nothing of it ends what an earlier one began."""
    found = _followed(ctx, command.workspace_id, command.user_id)
    if found is None:
        return Answer(message=NOTHING)
    person, rule = found
    until = away_until(
        person, text=command.text, emoji=command.emoji, expires=command.expires, at=ctx.at
    )
    seen = f"{command.expires} {command.emoji} {command.text}"
    return _follow(ctx, person, rule, (Signal.STATUS, seen, until))


@use_case(NotePause, action="follow Slack's Do Not Disturb", system=True)
def note_pause(command: NotePause, ctx: Context) -> Answer:
    """The same for Do Not Disturb, where it takes a working day or more (``paused_until``)."""
    found = _followed(ctx, command.workspace_id, command.user_id)
    if found is None:
        return Answer(message=NOTHING)
    person, rule = found
    until = None
    if command.starts is not None and command.ends is not None:
        pause = (command.starts, command.ends)
        hours = company(ctx.uow).working_hours
        until = paused_until(person, pause, at=ctx.at, hours=hours)
    return _follow(ctx, person, rule, (Signal.DO_NOT_DISTURB, f"{command.ends}", until))


def _followed(ctx: Context, workspace_id: str, user_id: str) -> tuple[Person, AbsenceRule] | None:
    """Whose absence it is, where they allow it to be followed."""
    identity = ctx.uow.find(SlackIdentity, workspace_id=workspace_id, user_id=user_id)
    rule = ctx.uow.get(AbsenceRule, identity.person_id) if identity else None
    person = ctx.uow.get(Person, rule.person_id) if rule else None
    return (person, rule) if person is not None and rule is not None and person.active else None


def _follow(
    ctx: Context, person: Person, rule: AbsenceRule, said: tuple[Signal, str, date | None]
) -> Answer:
    """The stand-in's days are what both signals say now. What can't be is left alone: a person
    named a stand-in by hand, or it would go round in a circle."""
    signal, seen, until = said
    today = day_there(ctx.at, person.timezone)
    if not rule.follow(signal, seen, until, today):
        return Answer(message=NOTHING)
    last = rule.until if rule.until is not None and rule.until >= today else None
    running = _running(ctx, person.id)
    if [row.ends for row in running] == ([last] if last else []):
        return Answer(message=NOTHING)
    for row in running:
        end(ctx, row)
    answer = _name(ctx, person, rule.to_id, (today, last), rule.by) if last else None
    ask_anew(ctx, BEGUN if answer and answer.facts["away"] else ENDS)
    return answer or Answer(message="Nobody stands in.")


def _name(
    ctx: Context, person: Person, to_id: str, days: tuple[date, date], signal: Signal
) -> Answer:
    to = ctx.require(Person, to_id, label="person")
    if not to.active:
        return Answer(message="Nobody stands in.", facts={"away": False})
    source, reason = SOURCES[signal]
    ctx.uow.flush()
    try:
        row = add(ctx, person, to, days, reason=reason, source=source)
    except DomainError as error:
        return Answer(message=error.message, facts={"away": False})
    return Answer(subject_id=row.id, message=f"{to.name} stands in.", facts={"away": True})


def _running(ctx: Context, person_id: str) -> list[Delegation]:
    by_slack = [source for source, _ in SOURCES.values()]
    return ctx.uow.all(Delegation, from_id=person_id, source=by_slack, ended_at=None, order="id")
