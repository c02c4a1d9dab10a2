"""Names of people and things for screens, fetched together."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wopo.domain.people import Person, Team
from wopo.domain.vendors import Vendor
from wopo.domain.work_orders import AssigneeKind, WorkOrder
from wopo.usecases.ports import UnitOfWork


@dataclass(frozen=True)
class Ref:
    """A thing by its id and its name."""

    id: str
    name: str


ASSIGNEES: dict[AssigneeKind, Any] = {
    AssigneeKind.PERSON: Person,
    AssigneeKind.TEAM: Team,
    AssigneeKind.CONTRACTOR: Vendor,
}


def refs(uow: UnitOfWork, kind: Any, ids: Iterable[str | None]) -> dict[str, Ref]:
    """Names of the rows with these ids, in one query; none at all when there are no ids."""
    wanted = {id for id in ids if id}
    if not wanted:
        return {}
    return {row.id: Ref(row.id, row.name) for row in uow.all(kind, id=sorted(wanted))}


def assignee_ref(uow: UnitOfWork, order: WorkOrder) -> Ref | None:
    """To whom the job is given."""
    if order.assignee_kind is None or order.assignee_id is None:
        return None
    return refs(uow, ASSIGNEES[order.assignee_kind], [order.assignee_id]).get(order.assignee_id)


def assignee_name(uow: UnitOfWork, order: WorkOrder) -> str:
    """The name of whoever has the job; ``nobody`` when it is free."""
    ref = assignee_ref(uow, order)
    return ref.name if ref else "nobody"
