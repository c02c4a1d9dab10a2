"""Absence by Slack status: allowing it, and what a status brings about."""

from datetime import datetime

from wopo.domain.absences import AbsenceAllowed, AbsenceRule, away_until
from wopo.domain.delegations import ONESELF, SEES_NO_COSTS, Delegation, Source
from wopo.domain.errors import DomainError
from wopo.domain.people import Person, SlackIdentity, may_see_costs
from wopo.usecases.delegations import add, end
from wopo.usecases.door import Answer, Command, Context, silent, use_case
from wopo.usecases.people import active_person
from wopo.usecases.settings import company

silent(AbsenceAllowed, "whoever allows it sees it at once; each use of it is told to both")


class AllowAbsence(Command):
    """Let this person decide for me while my Slack status says that I am away; empty: nobody."""

    to_id: str = ""


class NoteStatus(Command):
    """What a Slack user's status says now. ``expires``: when Slack takes it away by itself."""

    workspace_id: str
    user_id: str
    text: str
    emoji: str
    expires: datetime | None = None


@use_case(AllowAbsence, action="let a status name a stand-in")
def allow_absence(command: AllowAbsence, ctx: Context) -> Answer:
    """Only for oneself; with nobody, what a status began ends too. The same again records nothing.
    Raises ``ONESELF`` and ``SEES_NO_COSTS``."""
    person = ctx.person()
    row = ctx.uow.get(AbsenceRule, person.id)
    if (row.to_id if row else "") == command.to_id:
        return Answer(subject_id=person.id, message="That is so already.")
    if not command.to_id:
        if row is not None:
            ctx.uow.delete(row)
        for running in _running(ctx, person.id):
            end(ctx, running)
        ctx.record(AbsenceAllowed(subject_id=person.id, to_id=None))
        return Answer(subject_id=person.id, message="Your Slack status is not looked at any more.")
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
        message=f"While your Slack status says that you are away, {to.name} decides for you.",
    )


@use_case(NoteStatus, action="follow Slack's statuses", system=True)
def note_status(command: NoteStatus, ctx: Context) -> Answer:
    """Where the person allows it, name their stand-in until the status ends; a status that says
    nothing of it ends what an earlier one began. What can't be is left alone: a person named a
    stand-in by hand, or it would go round in a circle."""
    identity = ctx.uow.find(
        SlackIdentity, workspace_id=command.workspace_id, user_id=command.user_id
    )
    rule = ctx.uow.get(AbsenceRule, identity.person_id) if identity else None
    person = ctx.uow.get(Person, rule.person_id) if rule else None
    if rule is None or person is None or not person.active:
        return Answer(message="Nothing follows from it.")
    until = away_until(
        person, text=command.text, emoji=command.emoji, expires=command.expires, at=ctx.at
    )
    running = _running(ctx, person.id)
    if any(row.ends == until for row in running):
        return Answer(message="Nothing new follows from it.")
    for row in running:
        end(ctx, row)
    to = ctx.uow.get(Person, rule.to_id)
    if until is None or to is None or not to.active:
        return Answer(message="Nobody stands in.")
    ctx.uow.flush()
    try:
        row = add(
            ctx,
            person,
            to,
            (ctx.at.date(), max(until, ctx.at.date())),
            reason="Slack status",
            source=Source.STATUS,
        )
    except DomainError as error:
        return Answer(message=error.message, facts={"away": False})
    return Answer(subject_id=row.id, message=f"{to.name} stands in.", facts={"away": True})


def _running(ctx: Context, person_id: str) -> list[Delegation]:
    return ctx.uow.all(
        Delegation, from_id=person_id, source=Source.STATUS, ended_at=None, order="id"
    )
