"""Delegations: somebody decides in another's place between two days.

Who stands in decides with the authority of whom they stand in for, and what they decide is recorded
as decided for that person. A stand-in who is away may have one too: that makes a chain.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise

from sqlmodel import Field

from wopo.domain.columns import enum_field, ref, time_field
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event
from wopo.domain.own_days import OwnDays

MOST_DAYS = 92
"""A delegation ends: longer ones are a matter of authority limits."""
LONGEST_CHAIN = 5

DAYS = Refusal(
    "delegation.days",
    "{problem}. Nothing was changed; choose days from today on, at most {most} in a row.",
)
ONESELF = Refusal(
    "delegation.oneself",
    "Nobody stands in for themselves. Nothing was changed; choose somebody else.",
)
CYCLE = Refusal(
    "delegation.cycle",
    "That would go round in a circle: {chain}. Nothing was changed; choose somebody else, "
    "or other days.",
    logged=True,
)
OVERLAPS = Refusal(
    "delegation.overlaps",
    "{name} already stands in from {starts} to {ends}. Nothing was changed; end that first, "
    "or choose other days.",
)
SEES_NO_COSTS = Refusal(
    "delegation.sees_no_costs",
    "{name} may not see what things cost, so can't decide about orders. Nothing was changed; "
    "choose a supervisor, buyer, approver or somebody of finance.",
)
OUTSIDE_DAYS = Refusal(
    "delegation.outside_days",
    "You stand in for others only on set days: {chain}. Nothing was changed; {who} can decide "
    "about {number}.",
    logged=True,
)
ASKED_FOR_IT = Refusal(
    "delegation.asked_for_it",
    "You asked for {number}, received or entered something of it, so you can't decide about it in "
    "another's place either ({chain}). Nothing was changed; {who} can decide.",
    logged=True,
)
ENDED = Refusal(
    "delegation.ended",
    "That stand-in has ended already. Nothing was changed and nothing more is needed.",
)


class Source(StrEnum):
    """How a delegation came about."""

    FORM = "form"
    STATUS = "slack_status"
    DO_NOT_DISTURB = "slack_dnd"


class Delegation(OwnDays, table=True):
    """``to_id`` decides in place of ``from_id`` on these days of ``from_id``'s, who is away."""

    __tablename__ = "delegation"

    from_id: str = ref("person")
    to_id: str = ref("person")
    ends: date = Field(index=True)
    reason: str = Field(default="", max_length=200)
    source: Source = enum_field(Source, default=Source.FORM)
    made_by_id: str | None = ref("person", null=True, index=False)
    made_at: datetime = time_field()


@event("delegation:made")
class DelegationMade(Event):
    """Somebody decides in another's place from a day to another; ``subject_id`` is the
    delegation's id."""

    from_id: str
    to_id: str
    starts: date
    ends: date
    reason: str
    source: str


@event("delegation:ended")
class DelegationEnded(Event):
    """A delegation was ended before its last day, or that day is over."""

    from_id: str
    to_id: str
    ends: date


def chain_from(
    in_force: Collection[Delegation], person_id: str, *, without: Collection[str] = ()
) -> list[str]:
    """Ids from this person to whoever stands in for them in the end; only themselves where nobody
    does. Nobody of ``without`` is in it: where the way leads through one it ends."""
    links = {one.from_id: one.to_id for one in in_force}
    chain = [person_id]
    while (following := links.get(chain[-1])) and len(chain) <= LONGEST_CHAIN:
        if following in chain or following in without:
            return [person_id]
        chain.append(following)
    return chain


def chain_to(
    in_force: Collection[Delegation],
    able: Iterable[str],
    person_id: str,
    *,
    without: Collection[str] = (),
) -> list[str] | None:
    """The shortest chain from somebody ``able`` to this person, or none."""
    found = []
    for principal in sorted(able):
        chain = chain_from(in_force, principal, without=without)
        if person_id in chain[1:]:
            found.append(chain[: chain.index(person_id) + 1])
    return min(found, key=len, default=None)


def last_day(in_force: Iterable[Delegation], chain: Sequence[str]) -> date | None:
    """The last day on which all links of a chain hold; none where one is not there."""
    ends = {(one.from_id, one.to_id): one.ends for one in in_force}
    found = [ends.get(link) for link in pairwise(chain)]
    return None if None in found else min((day for day in found if day), default=None)


def circle_with(known: Collection[Delegation], new: Delegation) -> list[str] | None:
    """The ids of a circle that one more delegation would close at some moment, or none. What is in
    force together only ever grows where one begins, so these moments are enough (A26)."""
    moments = {new.begins, *(one.begins for one in known)}
    for at in sorted(moment for moment in moments if new.covers(moment)):
        found = _circle({one.from_id: one.to_id for one in known if one.covers(at)}, new)
        if found is not None:
            return found
    return None


def _circle(links: dict[str, str], new: Delegation) -> list[str] | None:
    chain = [new.from_id, new.to_id]
    while following := links.get(chain[-1]):
        chain.append(following)
        if following == new.from_id:
            return chain
        if following in chain[:-1]:
            return None
    return None
