"""Who is on call, and what was approved on call and is to be looked at."""

from dataclasses import dataclass
from datetime import date, datetime

from wopo.domain.approvals import Approval
from wopo.domain.errors import NOT_FOUND
from wopo.domain.locations import Location
from wopo.domain.money import Money
from wopo.domain.on_call import EmergencyReview, OnCall, ReviewState
from wopo.domain.people import Person
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.vendors import Vendor
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.approval_lines import JobRef
from wopo.usecases.views.approvals import jobs_of
from wopo.usecases.views.names import Ref, refs_of

SHOWN = 12


@dataclass(frozen=True)
class OnCallLine:
    """One time on call, in force or to come."""

    id: str
    person: Ref
    site: Ref
    starts: date
    ends: date
    cap: Money


@dataclass(frozen=True)
class ReviewView:
    """An approval on call for whoever looks at it."""

    id: str
    state: ReviewState
    order: Ref
    vendor: str
    amount: Money
    jobs: tuple[JobRef, ...]
    approved_by: str
    approved_at: datetime | None
    reviewed_by: str
    reviewed_at: datetime | None
    note: str


def on_call_lines(uow: UnitOfWork, *, at: datetime) -> tuple[OnCallLine, ...]:
    """Everybody on call now or later, the earliest first; two queries."""
    rows = uow.all(OnCall, ended_at=None, order=("starts", "id"))
    rows = [row for row in rows if not row.is_over(at)][:SHOWN]
    names = refs_of(
        uow,
        {Person: [row.person_id for row in rows], Location: [row.site_id for row in rows]},
    )
    return tuple(
        OnCallLine(row.id, names[row.person_id], names[row.site_id], row.starts, row.ends, row.cap)
        for row in rows
    )


def review_view(uow: UnitOfWork, review_id: str) -> ReviewView:
    """One review. Raises ``NOT_FOUND``. A constant number of queries."""
    row = uow.get(EmergencyReview, review_id)
    approval = uow.get(Approval, row.approval_id) if row else None
    order = uow.get(PurchaseOrder, row.purchase_order_id) if row else None
    if row is None or approval is None or order is None:
        raise NOT_FOUND(kind="review", wanted=review_id, nearest="")
    people = [approval.decided_by_id, row.reviewed_by_id]
    names = refs_of(uow, {Person: people, Vendor: [order.vendor_id]})
    called = [names[id].name if id and id in names else "" for id in (*people, order.vendor_id)]
    lines = uow.all(PurchaseOrderLine, purchase_order_id=order.id, cancelled=False)
    return ReviewView(
        id=row.id,
        state=row.state,
        order=Ref(order.id, order.number),
        vendor=called[2],
        amount=approval.amount,
        jobs=tuple(jobs_of(uow, [line.work_order_id for line in lines]).values()),
        approved_by=called[0],
        approved_at=approval.decided_at,
        reviewed_by=called[1],
        reviewed_at=row.reviewed_at,
        note=row.note,
    )
