"""What screens show of work requests: the review card and the list of what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from wopo.domain.assets import Asset
from wopo.domain.clients import Client
from wopo.domain.errors import NOT_FOUND
from wopo.domain.locations import Location
from wopo.domain.people import Person
from wopo.domain.work_orders import WorkOrder
from wopo.domain.work_requests import Priority, RequestOrigin, WorkRequest, WorkRequestState
from wopo.usecases.attachments import attachments_of
from wopo.usecases.locations import path
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.names import Ref, refs
from wopo.usecases.views.work_orders import FileView


@dataclass(frozen=True)
class WorkRequestView:
    """A request as its reviewer sees it. ``verbs`` is what the reader may do now; after the
    decision ``decided_by`` and ``decided_at`` say who and when (``decided_by`` none: the site
    takes all work), and ``work_order`` what it became."""

    id: str
    number: str
    state: WorkRequestState
    origin: RequestOrigin
    title: str
    explanation: str
    requester: Ref | None
    client: Ref | None
    department: str
    entered_by: Ref | None
    places: tuple[Ref, ...]
    exact_spot: str
    asset: Ref | None
    priority: Priority
    required_by: date | None
    finding_reference: str
    compliance_deadline: date | None
    mandatory: bool
    files: tuple[FileView, ...]
    created_at: datetime
    decided_by: Ref | None
    decided_at: datetime | None
    reason: str | None
    work_order: Ref | None
    verbs: tuple[str, ...]


@dataclass(frozen=True)
class RequestLine:
    """A request in a list."""

    id: str
    number: str
    title: str
    site: Ref
    location: Ref
    asset: Ref | None
    requester: Ref | None
    client: Ref | None
    priority: Priority
    required_by: date | None
    mandatory: bool
    created_at: datetime


def work_request_view(uow: UnitOfWork, work_request_id: str, *, reader: Person) -> WorkRequestView:
    """The request for a reader. Raises ``NOT_FOUND``. A constant number of queries."""
    request = uow.get(WorkRequest, work_request_id)
    if request is None:
        raise NOT_FOUND(kind="work request", wanted=work_request_id, nearest="")
    people = refs(uow, Person, [request.requester_id, request.entered_by_id, request.decided_by_id])
    location = uow.get(Location, request.location_id)
    order = uow.get(WorkOrder, request.work_order_id) if request.work_order_id else None
    files = attachments_of(uow, "work_request", [request.id])
    return WorkRequestView(
        id=request.id,
        number=request.number,
        state=request.state,
        origin=request.origin,
        title=request.title,
        explanation=request.explanation,
        requester=people.get(request.requester_id or ""),
        client=refs(uow, Client, [request.client_id]).get(request.client_id or ""),
        department=request.department,
        entered_by=people.get(request.entered_by_id or ""),
        places=tuple(Ref(p.id, p.name) for p in (path(uow, location) if location else ())),
        exact_spot=request.exact_spot,
        asset=refs(uow, Asset, [request.asset_id]).get(request.asset_id or ""),
        priority=request.priority,
        required_by=request.required_by,
        finding_reference=request.finding_reference,
        compliance_deadline=request.compliance_deadline,
        mandatory=request.mandatory,
        files=tuple(FileView(f.id, f.name, f.mimetype, f.url, f.slack_file_id) for f in files),
        created_at=request.created_at,
        decided_by=people.get(request.decided_by_id or ""),
        decided_at=request.decided_at,
        reason=request.reason,
        work_order=Ref(order.id, order.number) if order else None,
        verbs=request.verbs(reader),
    )


def request_lines(uow: UnitOfWork, requests: Sequence[WorkRequest]) -> tuple[RequestLine, ...]:
    """Requests as lines of a list, in a constant number of queries."""
    if not requests:
        return ()
    places = refs(uow, Location, [id for r in requests for id in (r.site_id, r.location_id)])
    assets = refs(uow, Asset, [request.asset_id for request in requests])
    people = refs(uow, Person, [request.requester_id for request in requests])
    clients = refs(uow, Client, [request.client_id for request in requests])
    return tuple(
        RequestLine(
            id=request.id,
            number=request.number,
            title=request.title,
            site=places[request.site_id],
            location=places[request.location_id],
            asset=assets.get(request.asset_id or ""),
            requester=people.get(request.requester_id or ""),
            client=clients.get(request.client_id or ""),
            priority=request.priority,
            required_by=request.required_by,
            mandatory=request.mandatory,
            created_at=request.created_at,
        )
        for request in requests
    )
