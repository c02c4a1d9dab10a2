"""Names of people and things for screens, fetched together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wopo.domain.people import Person, Team
from wopo.domain.vendors import Vendor
from wopo.domain.work_orders import AssigneeKind, WorkOrder
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.lists import ListStore


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
    return refs_of(uow, {kind: ids})


def refs_of(uow: UnitOfWork, wanted: Mapping[Any, Iterable[str | None]]) -> dict[str, Ref]:
    """As ``refs``, of several tables in one query."""
    asked = {kind: sorted({id for id in ids if id}) for kind, ids in wanted.items()}
    asked = {kind: ids for kind, ids in asked.items() if ids}
    found = uow.store(ListStore).names(asked) if asked else {}
    return {id: Ref(id, name) for id, name in found.items()}


def assignee_name(uow: UnitOfWork, order: WorkOrder) -> str:
    """The name of whoever has the job; ``nobody`` when it is free."""
    ref = assignees_of(uow, [order]).get(order.id)
    return ref.name if ref else "nobody"


def assignees_of(uow: UnitOfWork, orders: Sequence[WorkOrder]) -> dict[str, Ref]:
    """Whoever has each job by the job's id, in one query."""
    names = refs_of(uow, assignee_ids(orders))
    return {order.id: names[order.assignee_id] for order in orders if order.assignee_id in names}


def assignee_ids(orders: Sequence[WorkOrder]) -> dict[Any, list[str | None]]:
    """The ids of whoever has these jobs, by table."""
    return {
        table: [order.assignee_id for order in orders if order.assignee_kind is kind]
        for kind, table in ASSIGNEES.items()
    }
