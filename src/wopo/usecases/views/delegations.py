"""Who stands in for a person, and for whom they stand in."""

from dataclasses import dataclass
from datetime import date, datetime

from wopo.domain.absences import AbsenceRule
from wopo.domain.delegations import Delegation, chain_to, last_day
from wopo.domain.people import Person
from wopo.usecases.delegations import open_ones
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.names import Ref, refs


@dataclass(frozen=True)
class DelegationLine:
    """One delegation, in force or to come."""

    id: str
    principal: Ref
    to: Ref
    starts: date
    ends: date
    reason: str


def delegations_of(uow: UnitOfWork, person_id: str, *, at: datetime) -> tuple[DelegationLine, ...]:
    """What a person is part of, on either side; two queries."""
    rows = [row for row in open_ones(uow, at) if person_id in (row.from_id, row.to_id)]
    names = refs(uow, Person, [id for row in rows for id in (row.from_id, row.to_id)])
    return tuple(
        DelegationLine(
            row.id, names[row.from_id], names[row.to_id], row.starts, row.ends, row.reason
        )
        for row in rows
    )


def stands_in_until(uow: UnitOfWork, principal_id: str, person_id: str) -> date | None:
    """The last day of a person's standing in for another, through whatever chain; one query. What
    ended is closed by a sweep, so of what is open the earliest is in force."""
    rows = uow.all(Delegation, ended_at=None, order=("-starts", "id"))
    in_force = list({row.from_id: row for row in rows}.values())
    chain = chain_to(in_force, [principal_id], person_id)
    return last_day(in_force, chain) if chain else None


def away_stand_in(uow: UnitOfWork, person_id: str) -> Ref | None:
    """Who stands in while the person's Slack status or Do Not Disturb says that they are away."""
    row = uow.get(AbsenceRule, person_id)
    return refs(uow, Person, [row.to_id]).get(row.to_id) if row else None
