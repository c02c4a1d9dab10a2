"""Delegations: who decides in whose place, from when to when."""

from collections.abc import Iterable
from datetime import date, datetime

from wopo.domain.absences import AbsenceRule
from wopo.domain.delegations import (
    CYCLE,
    DAYS,
    ENDED,
    MOST_DAYS,
    ONESELF,
    OVERLAPS,
    SEES_NO_COSTS,
    Delegation,
    DelegationEnded,
    DelegationMade,
    Source,
    circle_with,
)
from wopo.domain.errors import NOT_ALLOWED
from wopo.domain.own_days import check_days, day_there
from wopo.domain.people import Person, Role, may_see_costs
from wopo.usecases.door import Answer, Command, Context, Notice, announces, use_case
from wopo.usecases.on_call import DUTY, ask_anew, follow_on_call
from wopo.usecases.own_days import turned
from wopo.usecases.people import active_person, direct
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.settings import company

BEGIN = "delegation_begins"
"""Job of the sweep, once per delegation."""
BEGUN, ENDS = "somebody stands in from today", "a stand-in has ended"
"""Why others are asked now."""


class Delegate(Command):
    """Let somebody decide in my place (an administrator: in another's) on these days, both
    included, on the clock of whoever is away."""

    to_id: str
    starts: date
    ends: date
    reason: str = ""
    from_id: str = ""


class EndDelegation(Command):
    """End a delegation now: decisions come back to whom they were for."""

    delegation_id: str


class FollowDelegations(Command):
    """Ask others where the first day of a delegation or of being on call has come, or the last is
    over."""


@use_case(Delegate, action="name a stand-in")
def delegate(command: Delegate, ctx: Context) -> Answer:
    """Only for oneself, or as an administrator. Raises ``ONESELF``, ``DAYS``, ``OVERLAPS``,
    ``CYCLE`` with the chain, and ``SEES_NO_COSTS``."""
    principal = _principal(ctx, command.from_id)
    row = add(
        ctx,
        principal,
        active_person(ctx, command.to_id, field="to_id"),
        (command.starts, command.ends),
        reason=command.reason.strip(),
        source=Source.FORM,
    )
    if row.covers(ctx.at):
        ask_anew(ctx, BEGUN)
    to = ctx.require(Person, row.to_id, label="person")
    return Answer(
        subject_id=row.id,
        message=f"{to.name} decides for {principal.name} from {row.starts:%d %b} "
        f"to {row.ends:%d %b %Y}.",
    )


def _principal(ctx: Context, from_id: str) -> Person:
    person = ctx.person()
    if from_id in ("", person.id):
        return person
    if not person.has(Role.ADMIN):
        raise NOT_ALLOWED(action="name a stand-in for somebody else", who="an administrator")
    return active_person(ctx, from_id, field="from_id")


def add(
    ctx: Context,
    principal: Person,
    to: Person,
    days: tuple[date, date],
    *,
    reason: str,
    source: Source,
) -> Delegation:
    """Write the delegation down once nothing speaks against it; where it is in force at once the
    caller asks anew about what waits (``ask_anew``)."""
    starts, ends = days
    today = day_there(ctx.at, principal.timezone)
    check_days(starts, ends, today=today, most=MOST_DAYS, refusal=DAYS)
    if to.id == principal.id:
        raise ONESELF(field="to_id")
    if not may_see_costs(to, company(ctx.uow)):
        raise SEES_NO_COSTS(field="to_id", name=to.name)
    ctx.uow.lock(Person, principal.id)
    row = Delegation(
        id=ctx.new_id(),
        from_id=principal.id,
        to_id=to.id,
        starts=starts,
        ends=ends,
        timezone=principal.timezone,
        reason=reason,
        source=source,
        made_by_id=ctx.actor_id,
        made_at=ctx.at,
    )
    _check_beside_others(ctx, row)
    ctx.uow.add(row)
    principal.away_until = max(ends, principal.away_until or ends)
    ctx.record(
        DelegationMade(
            subject_id=row.id,
            from_id=row.from_id,
            to_id=row.to_id,
            starts=starts,
            ends=ends,
            reason=row.reason,
            source=source.value,
        )
    )
    return row


def _check_beside_others(ctx: Context, row: Delegation) -> None:
    known = open_ones(ctx.uow, ctx.at)
    for one in known:
        if one.from_id == row.from_id and one.meets(row):
            name = ctx.require(Person, one.to_id, label="person").name
            raise OVERLAPS(field="starts", name=name, starts=one.starts, ends=one.ends)
    circle = circle_with(known, row)
    if circle is not None:
        raise CYCLE(field="to_id", chain=chain_words(ctx.uow, circle))


def open_ones(uow: UnitOfWork, at: datetime) -> list[Delegation]:
    """Delegations that are in force at a moment or will be: few."""
    rows = uow.all(Delegation, ended_at=None, order=("starts", "id"))
    return [row for row in rows if not row.is_over(at)]


def chain_words(uow: UnitOfWork, ids: Iterable[str]) -> str:
    """``Ana → Max → Ana``."""
    chain = list(ids)
    names = {id: person.name for id, person in uow.many(Person, sorted(set(chain))).items()}
    return " → ".join(names.get(id, id) for id in chain)


@use_case(EndDelegation, action="end a stand-in")
def end_delegation(command: EndDelegation, ctx: Context) -> Answer:
    """Whoever is stood in for, whoever stands in, or an administrator; what Slack said of an
    absence does not begin it again. Raises ``ENDED``."""
    row = ctx.require_locked(Delegation, command.delegation_id, label="stand-in")
    person = ctx.person()
    if person.id not in (row.from_id, row.to_id) and not person.has(Role.ADMIN):
        raise NOT_ALLOWED(action="end this", who="one of the two, or an administrator")
    if row.is_over(ctx.at):
        raise ENDED()
    end(ctx, row)
    rule = ctx.uow.get(AbsenceRule, row.from_id)
    if rule is not None:
        rule.end()
    ask_anew(ctx, ENDS)
    return Answer(subject_id=row.id, message="The stand-in has ended.")


def end(ctx: Context, row: Delegation) -> None:
    """The delegation holds no longer, from now on; the caller asks anew about what waits."""
    row.ended_at = ctx.at
    principal = ctx.require(Person, row.from_id, label="person")
    others = ctx.uow.all(Delegation, from_id=row.from_id, ended_at=None)
    left = [one.ends for one in others if one.id != row.id and not one.is_over(ctx.at)]
    principal.away_until = max(left, default=None)
    ctx.record(
        DelegationEnded(subject_id=row.id, from_id=row.from_id, to_id=row.to_id, ends=row.ends)
    )


@use_case(FollowDelegations, action="follow delegations", system=True)
def follow_delegations(command: FollowDelegations, ctx: Context) -> Answer:
    """What waits is asked of the stand-in, or of whoever is on call, from the first day on; after
    the last day that ends and it comes back. However many begin or end, it is asked anew once."""
    rows = ctx.uow.all(Delegation, ended_at=None, order=("starts", "id"))
    fresh, over = turned(ctx, rows, BEGIN)
    for row in over:
        end(ctx, row)
    on_call_begun, on_call_over = follow_on_call(ctx)
    began, ended = len(fresh) + on_call_begun, len(over) + on_call_over
    if began or ended:
        ask_anew(ctx, BEGUN if fresh else ENDS if over else DUTY)
    return Answer(message=f"{began} began, {ended} ended.", facts={"begun": began, "over": ended})


@announces(DelegationMade)
def tell_both(event: DelegationMade, ctx: Context) -> Iterable[Notice]:
    """Both hear it: it can be ended by either."""
    people = ctx.uow.many(Person, [event.from_id, event.to_id])
    days = f"from {event.starts:%d %b} to {event.ends:%d %b %Y}"
    principal, to = people[event.from_id].name, people[event.to_id].name
    if event.to_id != ctx.actor_id:
        text = f"You decide about orders for {principal} {days}. /wopo delegate ends it."
        yield direct(event.to_id, event.subject_id, text)
    if event.from_id != ctx.actor_id:
        text = f"{to} decides about orders for you {days}. /wopo delegate ends it."
        yield direct(event.from_id, event.subject_id, text)


@announces(DelegationEnded)
def tell_end(event: DelegationEnded, ctx: Context) -> Iterable[Notice]:
    """Both hear that decisions go their usual way again."""
    people = ctx.uow.many(Person, [event.from_id, event.to_id])
    text = f"{people[event.to_id].name} no longer decides for {people[event.from_id].name}."
    for person_id in (event.from_id, event.to_id):
        if person_id != ctx.actor_id:
            yield direct(person_id, event.subject_id, text)
