"""Who stands in for a person, and for whom they stand in."""

from dataclasses import dataclass
from datetime import date, datetime

from wopo.domain.absences import AbsenceRule
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


def away_stand_in(uow: UnitOfWork, person_id: str) -> Ref | None:
    """Who stands in while the person's Slack status or Do Not Disturb says that they are away."""
    row = uow.get(AbsenceRule, person_id)
    return refs(uow, Person, [row.to_id]).get(row.to_id) if row else None
