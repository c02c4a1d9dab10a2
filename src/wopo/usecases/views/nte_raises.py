"""What whoever decides about a higher not-to-exceed amount sees."""

from dataclasses import dataclass
from datetime import datetime

from wopo.domain.budgets import Budget
from wopo.domain.errors import NOT_FOUND
from wopo.domain.money import Money
from wopo.domain.nte import NteRaise, RaiseState
from wopo.domain.people import Person
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.names import Ref, refs


@dataclass(frozen=True)
class NteRaiseView:
    """The decision as it is now. ``spent``: what counts against the amount; ``requested``: what is
    asked for besides. Both are nothing once the amount was taken away."""

    id: str
    state: RaiseState
    job: Ref
    title: str
    nte: Money
    spent: Money
    requested: Money
    wanted: Money
    reason: str
    asked_by: tuple[Ref, ...]
    asked_at: datetime
    decided_by: Ref | None
    decided_at: datetime | None
    decision: str
    granted: Money | None


def nte_raise_view(uow: UnitOfWork, nte_raise_id: str) -> NteRaiseView:
    """Raises ``NOT_FOUND``."""
    row = uow.get(NteRaise, nte_raise_id)
    job = uow.get(WorkOrder, row.work_order_id) if row else None
    if row is None or job is None:
        raise NOT_FOUND(kind="request", wanted=nte_raise_id, nearest="")
    budget = uow.find(Budget, work_order_id=job.id)
    people = refs(uow, Person, [*row.asked_by_ids, row.decided_by_id])
    granted = row.granted_minor
    return NteRaiseView(
        id=row.id,
        state=row.state,
        job=Ref(job.id, job.number),
        title=job.title,
        nte=Money(job.nte_minor or 0, row.currency),
        spent=Money(budget.used_minor() if budget else 0, row.currency),
        requested=Money(budget.requested_minor if budget else 0, row.currency),
        wanted=row.wanted,
        reason=row.reason,
        asked_by=tuple(people[id] for id in row.asked_by_ids if id in people),
        asked_at=row.asked_at,
        decided_by=people.get(row.decided_by_id or ""),
        decided_at=row.decided_at,
        decision=row.decision,
        granted=None if granted is None else Money(granted, row.currency),
    )
