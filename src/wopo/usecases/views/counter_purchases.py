"""What whoever buys at a counter sees: the form's defaults, the number or who decides, and which
purchases still lack their till receipt."""

from dataclasses import dataclass
from datetime import date

from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.attachments import Attachment
from wopo.domain.counter_purchases import cap_of
from wopo.domain.errors import NOT_FOUND
from wopo.domain.lookup import Kind
from wopo.domain.money import Money, plain
from wopo.domain.part_requests import PartRequestLine
from wopo.domain.people import Person
from wopo.domain.purchase_orders import (
    OrderKind,
    OrderState,
    Progress,
    PurchaseOrder,
    PurchaseOrderLine,
)
from wopo.domain.vendors import Vendor
from wopo.domain.work_orders import WorkOrder, WorkOrderState
from wopo.usecases.part_request_states import standing_of
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.counter_purchases import CounterStore
from wopo.usecases.settings import company
from wopo.usecases.views.approval_lines import JobRef
from wopo.usecases.views.approvals import jobs_of
from wopo.usecases.views.job_lists import my_jobs
from wopo.usecases.views.names import Ref, refs

NEWEST = 100
"""Counter purchases that are out, looked at for those of one person."""
OWN_JOBS = 10


@dataclass(frozen=True)
class CounterForm:
    """``job``: what it is most likely for. ``cap``: what the person may buy in a day without
    asking; a policy's figure, shown to everybody it is about. ``need``: the job's need that is
    bought, with what is missing of it in words, ``vendor`` where it is usually bought, and what
    may be paid for it out of pocket (``allowed``)."""

    job: Ref | None
    title: str
    cap: Money
    need: Ref | None = None
    vendor: Ref | None = None
    allowed: Money | None = None


@dataclass(frozen=True)
class CounterView:
    """A counter purchase, without what it costs: whoever buys knows, others have no need to."""

    id: str
    number: str
    state: OrderState
    vendor: str
    what: str
    jobs: tuple[JobRef, ...]
    sentence: str
    deciders: tuple[str, ...]
    reason: str
    photo: bool
    received: bool

    @property
    def complete(self) -> bool:
        """Whether nothing is left to be done by whoever bought it."""
        return self.photo and self.received


def counter_form(
    uow: UnitOfWork, person: Person, *, work_order_id: str = "", today: date
) -> CounterForm:
    """The named job, else the one the person works on, else their most urgent one."""
    cap = cap_of(person, company(uow))
    job = uow.get(WorkOrder, work_order_id) if work_order_id else None
    if job is not None:
        return CounterForm(Ref(job.id, job.number), job.title, cap)
    mine = [
        line
        for line in my_jobs(uow, person, today=today, limit=OWN_JOBS).lines
        if "request_parts" in line.verbs
    ]
    mine.sort(key=lambda line: line.state is not WorkOrderState.IN_PROGRESS)
    if not mine:
        return CounterForm(None, "", cap)
    return CounterForm(Ref(mine[0].id, mine[0].number), mine[0].title, cap)


def counter_form_for(uow: UnitOfWork, person: Person, line_id: str) -> CounterForm:
    """The form about one need of a job. Raises ``NOT_FOUND``."""
    line = uow.get(PartRequestLine, line_id)
    job = uow.get(WorkOrder, line.work_order_id) if line else None
    if line is None or job is None:
        raise NOT_FOUND(kind="request line", wanted=line_id, nearest="")
    missing = standing_of(uow, line).facts().unsourced
    text = f"{plain(missing)} {line.unit} {line.description}"
    vendor = refs(uow, Vendor, [line.vendor_id]).get(line.vendor_id or "")
    cap = cap_of(person, company(uow))
    allowed = None
    if line.allowed_minor is not None:
        allowed = Money(line.allowed_minor, company(uow).currency)
    named = Ref(job.id, job.number)
    return CounterForm(named, job.title, cap, Ref(line.id, text), vendor, allowed)


def counter_view(uow: UnitOfWork, order_id: str) -> CounterView:
    """One purchase. Raises ``NOT_FOUND`` for what is no counter purchase. A constant number of
    queries."""
    order = uow.get(PurchaseOrder, order_id)
    if order is None or order.kind is not OrderKind.COUNTER:
        raise NOT_FOUND(kind="counter purchase", wanted=order_id, nearest="")
    lines = uow.all(PurchaseOrderLine, purchase_order_id=order.id, proposed=False, order="position")
    asked = uow.all(
        Approval,
        purchase_order_id=order.id,
        state=[ApprovalState.WAITING, ApprovalState.RETURNED, ApprovalState.REJECTED],
        order="-asked_at",
        limit=1,
    )
    deciders = refs(uow, Person, asked[0].eligible_ids if asked else [])
    vendors = refs(uow, Vendor, [order.vendor_id])
    return CounterView(
        id=order.id,
        number=order.number,
        state=order.state,
        vendor=vendors[order.vendor_id].name,
        what=", ".join(line.description for line in lines),
        jobs=tuple(jobs_of(uow, [line.work_order_id for line in lines]).values()),
        sentence=order.rule_sentence,
        deciders=tuple(ref.name for ref in deciders.values()),
        reason=(asked[0].reason or "") if asked else "",
        photo=order.id in _with_photo(uow, [order.id]),
        received=order.receipt_progress in (Progress.FULL, Progress.OVER),
    )


def without_till_receipt(uow: UnitOfWork, person_id: str) -> tuple[CounterView, ...]:
    """The person's purchases that still lack the till receipt or the goods, the newest first."""
    rows = uow.store(CounterStore).out(NEWEST)
    mine = [row for row in rows if person_id in row.requested_by_ids]
    photos = _with_photo(uow, [row.id for row in mine])
    waiting = [row for row in mine if row.id not in photos or row.receipt_progress is Progress.NONE]
    return tuple(counter_view(uow, row.id) for row in waiting)


def _with_photo(uow: UnitOfWork, order_ids: list[str]) -> set[str]:
    if not order_ids:
        return set()
    subject = Kind.PURCHASE_ORDER.value
    return {row.subject_id for row in uow.all(Attachment, subject=subject, subject_id=order_ids)}
