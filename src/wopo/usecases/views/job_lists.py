"""Jobs in lists: mine, the queue of free ones, and those a search found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from wopo.domain.assets import Asset
from wopo.domain.locations import Location
from wopo.domain.people import Person
from wopo.domain.work_order_rights import verbs_for
from wopo.domain.work_orders import HoldReason, WorkOrder, WorkOrderState
from wopo.domain.work_requests import Priority
from wopo.usecases.people import team_ids
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.work_orders import WorkOrderStore
from wopo.usecases.views.names import Ref, assignee_ids, refs_of
from wopo.usecases.views.work_orders import overdue, waits


@dataclass(frozen=True)
class JobLine:
    """A job in a list, with its one main verb (none where there is nothing to do)."""

    id: str
    number: str
    version: int
    state: WorkOrderState
    title: str
    site: Ref
    location: Ref
    asset: Ref | None
    assignee: Ref | None
    priority: Priority
    required_by: date | None
    overdue: bool
    hold_reason: HoldReason | None
    waiting_for_parts: bool
    kept_back: bool
    main: str | None
    verbs: tuple[str, ...]


@dataclass(frozen=True)
class JobList:
    """A limited list; ``more`` says that there are others behind it."""

    lines: tuple[JobLine, ...]
    more: bool


def job_lines(
    uow: UnitOfWork, orders: Sequence[WorkOrder], *, reader: Person, today: date
) -> tuple[JobLine, ...]:
    """Jobs as lines of a list, in a constant number of queries."""
    if not orders:
        return ()
    places = [id for order in orders for id in (order.site_id, order.location_id)]
    assets = [order.asset_id for order in orders]
    names = refs_of(uow, {Location: places, Asset: assets, **assignee_ids(orders)})
    states = uow.store(WorkOrderStore).part_states([order.id for order in orders])
    teams = team_ids(uow, reader.id)
    lines = []
    for order in orders:
        waiting = waits(order, states.get(order.id, {}))
        verbs = verbs_for(order, reader, teams=teams, waiting=waiting)
        lines.append(
            JobLine(
                id=order.id,
                number=order.number,
                version=order.version,
                state=order.state,
                title=order.title,
                site=names[order.site_id],
                location=names[order.location_id],
                asset=names.get(order.asset_id or ""),
                assignee=names.get(order.assignee_id or ""),
                priority=order.priority,
                required_by=order.required_by,
                overdue=overdue(order, today),
                hold_reason=order.hold_reason,
                waiting_for_parts=waiting,
                kept_back=order.kept_back,
                main=verbs[0] if verbs else None,
                verbs=verbs,
            )
        )
    return tuple(lines)


def my_jobs(uow: UnitOfWork, reader: Person, *, today: date, limit: int = 20) -> JobList:
    """The reader's own and their teams' jobs, the most urgent first."""
    orders = uow.store(WorkOrderStore).jobs_of(reader.id, limit=limit + 1)
    return _listed(uow, orders, reader=reader, today=today, limit=limit)


def free_jobs(uow: UnitOfWork, reader: Person, *, today: date, limit: int = 20) -> JobList:
    """The queue: approved jobs of the reader's site (or of all) that nobody has."""
    orders = uow.store(WorkOrderStore).free_jobs(reader.site_id, limit=limit + 1)
    return _listed(uow, orders, reader=reader, today=today, limit=limit)


def found_jobs(
    uow: UnitOfWork, orders: Sequence[WorkOrder], reader: Person, *, today: date, limit: int = 20
) -> JobList:
    """Jobs that a search found (see ``lookup.find_jobs``)."""
    return _listed(uow, orders, reader=reader, today=today, limit=limit)


def _listed(
    uow: UnitOfWork, orders: Sequence[WorkOrder], *, reader: Person, today: date, limit: int
) -> JobList:
    lines = job_lines(uow, orders[:limit], reader=reader, today=today)
    return JobList(lines, more=len(orders) > limit)
