"""What screens show of jobs: the card, its Details, my jobs, and the queue of free jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from wopo.domain.assets import Asset
from wopo.domain.clients import Client
from wopo.domain.cost_centres import CostCentre, Project
from wopo.domain.errors import NOT_FOUND
from wopo.domain.labour import LabourEntry
from wopo.domain.ledger import CostKind
from wopo.domain.locations import Location
from wopo.domain.money import Money
from wopo.domain.part_requests import LineState
from wopo.domain.people import Person, may_see_costs
from wopo.domain.work_order_rights import CHANNEL_VERBS, verbs_for
from wopo.domain.work_orders import (
    OPEN_STATES,
    WORK_ORDER,
    AssigneeKind,
    HoldReason,
    NeedKind,
    WorkOrder,
    WorkOrderNeed,
    WorkOrderState,
    WorkType,
    waiting_for_parts,
)
from wopo.domain.work_requests import Priority, WorkRequest
from wopo.usecases.attachments import attachments_of
from wopo.usecases.locations import path
from wopo.usecases.people import team_ids
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.work_orders import WorkOrderStore
from wopo.usecases.settings import company
from wopo.usecases.views.names import Ref, assignees_of, refs

SPENT = frozenset(
    {
        CostKind.ACCRUED,
        CostKind.INVOICED,
        CostKind.VARIANCE,
        CostKind.STOCK_ISSUE,
        CostKind.LABOUR,
        CostKind.OUT_OF_POCKET,
    }
)
"""What the job has cost so far; committed money is still to come, planned money only asked for."""
LABOUR_SHOWN = 30


@dataclass(frozen=True)
class FileView:
    """A photo or file."""

    id: str
    name: str
    mimetype: str
    url: str | None
    slack_file_id: str | None


@dataclass(frozen=True)
class NeedView:
    """Something the job needs at hand."""

    id: str
    kind: NeedKind
    text: str
    ready: bool


@dataclass(frozen=True)
class LabourView:
    """Hours of one person on one day; ``amount`` only for readers with the right to costs,
    ``correctable`` where the reader may put them right."""

    id: str
    person: Ref
    day: date
    hours: Decimal
    amount: Money | None
    note: str
    correctable: bool


@dataclass(frozen=True)
class CostView:
    """What the job cost and what is still to come, from the ledger, one amount per currency."""

    by_kind: tuple[tuple[CostKind, Money], ...]
    so_far: tuple[Money, ...]
    to_come: tuple[Money, ...]
    requested: tuple[Money, ...]
    nte: Money | None
    over_nte: bool


@dataclass(frozen=True)
class OrderRef:
    """A purchase order of the job."""

    id: str
    number: str
    state: str


@dataclass(frozen=True)
class WorkOrderView:
    """Everything a card and its Details show of a job. ``costs`` is none for readers without the
    right, and always for a channel. ``verbs`` is what the reader may do now, the main thing
    first. ``places`` runs from the site to the job's location."""

    id: str
    number: str
    version: int
    state: WorkOrderState
    title: str
    explanation: str
    type: WorkType
    instructions: str
    request: Ref | None
    requester: Ref | None
    client: Ref | None
    department: str
    approved_by: Ref | None
    approved_at: datetime | None
    required_by: date | None
    overdue: bool
    estimated_completion: date | None
    assignee_kind: AssigneeKind | None
    assignee: Ref | None
    contract_flag: str | None
    contract_override: str | None
    contract_override_by: Ref | None
    kept_back: bool
    places: tuple[Ref, ...]
    exact_spot: str
    asset: Ref | None
    asset_tag: str
    priority: Priority
    needs: tuple[NeedView, ...]
    estimated_hours: Decimal | None
    actual_hours: Decimal
    labour: tuple[LabourView, ...]
    project: Ref | None
    cost_centre: Ref
    charge_back_client: Ref | None
    finding_reference: str
    compliance_deadline: date | None
    mandatory: bool
    files: tuple[FileView, ...]
    hold_reason: HoldReason | None
    hold_note: str
    waiting_for_parts: bool
    part_states: tuple[tuple[LineState, int], ...]
    orders: tuple[OrderRef, ...]
    source_channel: str | None
    source_ts: str | None
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
    completion_note: str | None
    closed_at: datetime | None
    cancelled_at: datetime | None
    cancel_reason: str | None
    costs: CostView | None
    verbs: tuple[str, ...]


def work_order_view(
    uow: UnitOfWork, work_order_id: str, *, reader: Person | None, today: date
) -> WorkOrderView:
    """The job for a reader, or (none) for its site's channel. Raises ``NOT_FOUND``.

    A constant number of queries, however much hangs on the job.
    """
    order = uow.get(WorkOrder, work_order_id)
    if order is None:
        raise NOT_FOUND(kind="work order", wanted=work_order_id, nearest="")
    costs_shown = reader is not None and may_see_costs(reader, company(uow))
    labour = uow.all(LabourEntry, work_order_id=order.id, order=("-day", "-at"), limit=200)
    people = refs(uow, Person, _people(order, labour))
    clients = refs(uow, Client, [order.client_id, order.charge_back_client_id])
    store = uow.store(WorkOrderStore)
    states = store.part_states([order.id]).get(order.id, {})
    centre = uow.get(CostCentre, order.cost_centre_id)
    currency = centre.currency if centre else company(uow).currency
    asset = uow.get(Asset, order.asset_id) if order.asset_id else None
    location = uow.get(Location, order.location_id)
    request = uow.get(WorkRequest, order.work_request_id) if order.work_request_id else None
    project = refs(uow, Project, [order.project_id])
    waiting = waits(order, states)
    return WorkOrderView(
        **_plain(order, today),
        request=Ref(request.id, request.number) if request else None,
        requester=people.get(order.requester_id or ""),
        client=clients.get(order.client_id or ""),
        approved_by=people.get(order.approved_by_id or ""),
        assignee=assignees_of(uow, [order]).get(order.id),
        contract_override_by=people.get(order.contract_override_by_id or ""),
        places=tuple(Ref(p.id, p.name) for p in (path(uow, location) if location else ())),
        asset=Ref(asset.id, asset.name) if asset else None,
        asset_tag=asset.tag if asset else "",
        needs=_needs(uow, order),
        actual_hours=store.hours([order.id]).get(order.id, Decimal(0)),
        labour=_labour(order, labour, people, reader, costs_shown=costs_shown),
        project=project.get(order.project_id or ""),
        cost_centre=Ref(order.cost_centre_id, centre.name if centre else ""),
        charge_back_client=clients.get(order.charge_back_client_id or ""),
        files=_files(uow, order),
        waiting_for_parts=waiting,
        part_states=tuple(sorted(states.items())),
        orders=tuple(OrderRef(*row) for row in store.order_numbers(order.id)),
        costs=_costs(store, order, currency) if costs_shown else None,
        verbs=_verbs(uow, order, reader, waiting),
    )


PLAIN = (
    "id number version state title explanation type instructions department approved_at "
    "required_by estimated_completion assignee_kind contract_flag contract_override kept_back "
    "exact_spot priority estimated_hours finding_reference compliance_deadline mandatory "
    "hold_reason hold_note source_channel source_ts created_at started_at completed_at "
    "completion_note closed_at cancelled_at cancel_reason"
)
"""Fields shown as they are."""


def _plain(order: WorkOrder, today: date) -> dict[str, Any]:
    shown = {name: getattr(order, name) for name in PLAIN.split()}
    return {**shown, "overdue": overdue(order, today)}


def overdue(order: WorkOrder, today: date) -> bool:
    """Whether the day it was required by is over while the work is not done."""
    return (
        order.required_by is not None and order.required_by < today and order.state in OPEN_STATES
    )


def waits(order: WorkOrder, states: dict[LineState, int]) -> bool:
    """Whether the job waits for parts; done and cancelled ones wait for nothing."""
    return order.state in OPEN_STATES and waiting_for_parts(states.keys())


def _people(order: WorkOrder, labour: Sequence[LabourEntry]) -> list[str | None]:
    named = [order.requester_id, order.approved_by_id, order.contract_override_by_id]
    return named + [entry.person_id for entry in labour]


def _verbs(
    uow: UnitOfWork, order: WorkOrder, reader: Person | None, waiting: bool
) -> tuple[str, ...]:
    if reader is None:
        allowed = WORK_ORDER.allowed(order.state)
        return tuple(verb for verb in allowed if verb in CHANNEL_VERBS)
    return verbs_for(order, reader, teams=team_ids(uow, reader.id), waiting=waiting)


def _needs(uow: UnitOfWork, order: WorkOrder) -> tuple[NeedView, ...]:
    needs = uow.all(WorkOrderNeed, work_order_id=order.id, order=("kind", "text"))
    return tuple(NeedView(need.id, need.kind, need.text, need.ready) for need in needs)


def _files(uow: UnitOfWork, order: WorkOrder) -> tuple[FileView, ...]:
    files = attachments_of(uow, "work_order", [order.id])
    return tuple(FileView(f.id, f.name, f.mimetype, f.url, f.slack_file_id) for f in files)


def _labour(
    order: WorkOrder,
    entries: Sequence[LabourEntry],
    people: dict[str, Ref],
    reader: Person | None,
    *,
    costs_shown: bool,
) -> tuple[LabourView, ...]:
    corrected = {entry.corrects_id for entry in entries}
    open_ = reader is not None and "log_labour" in WORK_ORDER.allowed(order.state)
    whose = {entry.person_id for entry in entries}
    if reader is not None and not reader.supervises(order.site_id):
        whose &= {reader.id}
    return tuple(
        LabourView(
            id=entry.id,
            person=people.get(entry.person_id, Ref(entry.person_id, "")),
            day=entry.day,
            hours=entry.hours,
            amount=entry.amount if costs_shown else None,
            note=entry.note,
            correctable=open_
            and entry.person_id in whose
            and entry.corrects_id is None
            and entry.id not in corrected,
        )
        for entry in entries[:LABOUR_SHOWN]
    )


def _costs(store: WorkOrderStore, order: WorkOrder, currency: str) -> CostView:
    by_kind = [(kind, Money(minor, code)) for kind, code, minor in store.costs(order.id)]
    so_far = _sums(currency, [money for kind, money in by_kind if kind in SPENT])
    to_come = _sums(currency, [money for kind, money in by_kind if kind is CostKind.COMMITTED])
    nte = Money(order.nte_minor, currency) if order.nte_minor is not None else None
    expected = so_far[0] + to_come[0]
    return CostView(
        by_kind=tuple(sorted(by_kind, key=lambda pair: list(CostKind).index(pair[0]))),
        so_far=so_far,
        to_come=to_come,
        requested=_sums(currency, [m for kind, m in by_kind if kind is CostKind.PLANNED]),
        nte=nte,
        over_nte=nte is not None and nte < expected,
    )


def _sums(currency: str, amounts: Sequence[Money]) -> tuple[Money, ...]:
    """One sum per currency, the cost centre's own first (zero when there is nothing)."""
    sums = {currency: Money.zero(currency)}
    for amount in amounts:
        sums[amount.currency] = sums.get(amount.currency, Money.zero(amount.currency)) + amount
    return tuple(sums.values())
