"""Work orders: the directive that puts people to work."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from wopo.domain.columns import (
    decimal_field,
    enum_field,
    id_field,
    minor_field,
    ref,
    time_field,
)
from wopo.domain.errors import REQUIRED, Refusal, Soft
from wopo.domain.part_requests import LineState
from wopo.domain.people import Person
from wopo.domain.work_order_events import (
    WorkOrderApproved,
    WorkOrderAssigned,
    WorkOrderCancelled,
    WorkOrderClosed,
    WorkOrderCompleted,
    WorkOrderHeld,
    WorkOrderReleased,
    WorkOrderResumed,
    WorkOrderStarted,
)
from wopo.domain.work_requests import Priority
from wopo.domain.workflow import Workflow, words

TAKEN = Refusal(
    "work_order.taken",
    "{who} already has {number}. Nothing was changed; look into the queue for another free job.",
    logged=True,
)
ALREADY_YOURS = Refusal(
    "work_order.already_yours", "You already have {number}. This click changed nothing."
)
NOT_YOURS = Refusal(
    "work_order.not_yours",
    "{number} is given to {who}, so you can't {verb} it. Nothing was changed; "
    "ask them, or the supervisor of the site.",
    logged=True,
)
KEPT_BACK = Refusal(
    "work_order.kept_back",
    "{number} is kept back: {problem}. Nothing was changed; "
    "record a contract, or let a supervisor override with a reason.",
    logged=True,
)
NOT_CLOSABLE = Refusal(
    "work_order.not_closable",
    "{number} can't be closed yet: {open}. Nothing was changed; settle these first.",
)
NOT_CANCELLABLE = Refusal(
    "work_order.not_cancellable",
    "{number} can't be cancelled: {orders}. Nothing was changed; "
    "cancel or close short the order first, or complete the job.",
)
NO_CONTRACTOR = Refusal(
    "work_order.no_contractor",
    "{vendor} {problem}. Nothing was changed; choose another contractor.",
)
ALREADY_SO = Refusal(
    "work_order.already", "{number} is already {state}. This click changed nothing."
)
NOTHING_CHANGED = Refusal(
    "work_order.nothing_changed", "{number} already says just that, so nothing was changed."
)
PERMIT_MISSING = Soft(
    Refusal(
        "work_order.permit_missing",
        "{number} needs {permits}, not marked as ready. Nothing was changed; "
        "mark it as ready, or start all the same.",
        logged=True,
    )
)


class WorkOrderState(StrEnum):
    """requested -> approved -> assigned -> in_progress <-> on_hold -> completed -> closed.

    Completed means the work is done, closed means the money is done. "Waiting for parts" is
    derived from the part-request lines.
    """

    REQUESTED = "requested"
    APPROVED = "approved"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    COMPLETED = "completed"
    CLOSED = "closed"
    CANCELLED = "cancelled"


_S = WorkOrderState
WORK_ORDER = Workflow(
    {
        (_S.REQUESTED, "approve"): _S.APPROVED,
        (_S.REQUESTED, "change"): _S.REQUESTED,
        (_S.REQUESTED, "cancel"): _S.CANCELLED,
        (_S.APPROVED, "take"): _S.ASSIGNED,
        (_S.APPROVED, "assign"): _S.ASSIGNED,
        (_S.APPROVED, "request_parts"): _S.APPROVED,
        (_S.APPROVED, "change"): _S.APPROVED,
        (_S.APPROVED, "cancel"): _S.CANCELLED,
        (_S.ASSIGNED, "start"): _S.IN_PROGRESS,
        (_S.ASSIGNED, "request_parts"): _S.ASSIGNED,
        (_S.ASSIGNED, "assign"): _S.ASSIGNED,
        (_S.ASSIGNED, "release"): _S.APPROVED,
        (_S.ASSIGNED, "change"): _S.ASSIGNED,
        (_S.ASSIGNED, "cancel"): _S.CANCELLED,
        (_S.IN_PROGRESS, "complete"): _S.COMPLETED,
        (_S.IN_PROGRESS, "request_parts"): _S.IN_PROGRESS,
        (_S.IN_PROGRESS, "hold"): _S.ON_HOLD,
        (_S.IN_PROGRESS, "log_labour"): _S.IN_PROGRESS,
        (_S.IN_PROGRESS, "assign"): _S.IN_PROGRESS,
        (_S.IN_PROGRESS, "change"): _S.IN_PROGRESS,
        (_S.IN_PROGRESS, "cancel"): _S.CANCELLED,
        (_S.ON_HOLD, "resume"): _S.IN_PROGRESS,
        (_S.ON_HOLD, "request_parts"): _S.ON_HOLD,
        (_S.ON_HOLD, "log_labour"): _S.ON_HOLD,
        (_S.ON_HOLD, "assign"): _S.ON_HOLD,
        (_S.ON_HOLD, "change"): _S.ON_HOLD,
        (_S.ON_HOLD, "cancel"): _S.CANCELLED,
        (_S.COMPLETED, "close"): _S.CLOSED,
        (_S.COMPLETED, "log_labour"): _S.COMPLETED,
    }
)
"""Every legal move and, as a move to the same state, every other thing that may be done then.
The first verb of a state is the main one."""

_TARGETS = {
    verb: {end for (_, other), end in WORK_ORDER.table.items() if other == verb}
    for (_, verb) in WORK_ORDER.table
}

OPEN_STATES = (_S.REQUESTED, _S.APPROVED, _S.ASSIGNED, _S.IN_PROGRESS, _S.ON_HOLD)
"""States in which work is still to be done."""

WAITING_STATES = frozenset(
    {
        LineState.REQUESTED,
        LineState.TO_BUY,
        LineState.IN_APPROVAL,
        LineState.ORDERED,
        LineState.PROMISED,
        LineState.BACKORDERED,
    }
)
"""Part-request lines in these states keep their job waiting for parts."""


class WorkType(StrEnum):
    """What kind of work it is."""

    INSTALL = "install"
    REPAIR = "repair"
    PREVENTIVE = "preventive"
    INSPECTION = "inspection"
    COMPLIANCE = "compliance"
    OTHER = "other"


class AssigneeKind(StrEnum):
    """To whom a job is given."""

    PERSON = "person"
    TEAM = "team"
    CONTRACTOR = "contractor"


class HoldReason(StrEnum):
    """Why work stops; a list to pick from."""

    WAITING_FOR_PARTS = "waiting_for_parts"
    WAITING_FOR_CONTRACTOR = "waiting_for_contractor"
    WAITING_FOR_ACCESS = "waiting_for_access"
    WAITING_FOR_PERMIT = "waiting_for_permit"
    WAITING_FOR_DECISION = "waiting_for_decision"
    UNSAFE = "unsafe"
    WEATHER = "weather"
    OTHER_JOB_FIRST = "other_job_first"
    OTHER = "other"


class WorkOrder(SQLModel, table=True):
    """A job (WO). ``nte_minor`` is the not-to-exceed amount in the cost centre's currency."""

    __tablename__ = "work_order"
    __table_args__ = (
        Index("ix_work_order_queue", "state", "priority", "created_at"),
        Index("ix_work_order_assigned", "assignee_id", "state"),
    )

    id: str = id_field()
    number: str = Field(max_length=20, unique=True)
    state: WorkOrderState = enum_field(WorkOrderState, default=WorkOrderState.REQUESTED)
    title: str = Field(max_length=150)
    explanation: str = Field(default="", max_length=4000)
    type: WorkType = enum_field(WorkType, default=WorkType.REPAIR)
    instructions: str = Field(default="", max_length=4000)
    work_request_id: str | None = ref("work_request", null=True)
    requester_id: str | None = ref("person", null=True)
    client_id: str | None = ref("client", null=True)
    department: str = Field(default="", max_length=80)
    approved_by_id: str | None = ref("person", null=True)
    approved_at: datetime | None = time_field(null=True)
    required_by: date | None = None
    estimated_completion: date | None = None
    assignee_kind: AssigneeKind | None = enum_field(AssigneeKind, null=True)
    assignee_id: str | None = Field(default=None, max_length=40)
    contract_flag: str | None = Field(default=None, max_length=500)
    contract_override: str | None = Field(default=None, max_length=500)
    contract_override_by_id: str | None = ref("person", null=True)
    site_id: str = ref("location")
    location_id: str = ref("location")
    exact_spot: str = Field(default="", max_length=200)
    asset_id: str | None = ref("asset", null=True)
    priority: Priority = enum_field(Priority, default=Priority.NORMAL)
    estimated_hours: Decimal | None = decimal_field(null=True)
    project_id: str | None = ref("project", null=True)
    cost_centre_id: str = ref("cost_centre")
    nte_minor: int | None = minor_field(None, null=True)
    charge_back_client_id: str | None = ref("client", null=True)
    finding_reference: str = Field(default="", max_length=80)
    compliance_deadline: date | None = None
    mandatory: bool = False
    hold_reason: HoldReason | None = enum_field(HoldReason, null=True)
    hold_note: str = Field(default="", max_length=200)
    source_channel: str | None = Field(default=None, max_length=40)
    source_ts: str | None = Field(default=None, max_length=40)
    created_at: datetime = time_field(index=True)
    started_at: datetime | None = time_field(null=True)
    completed_at: datetime | None = time_field(null=True)
    completion_note: str | None = Field(default=None, max_length=2000)
    closed_at: datetime | None = time_field(null=True)
    cancelled_at: datetime | None = time_field(null=True)
    cancel_reason: str | None = Field(default=None, max_length=500)
    version: int = 0

    def day(self, today: date) -> date:
        """The day the job is for: when it is required or planned, never before today."""
        return max(self.required_by or self.estimated_completion or today, today)

    @property
    def kept_back(self) -> bool:
        """Whether a contractor may not begin: no contract that day, and nobody overrode that."""
        return self.contract_flag is not None and self.contract_override is None

    def _next(self, verb: str) -> WorkOrderState:
        """Where the verb leads, refused when it is illegal; a second click is told apart."""
        if not WORK_ORDER.can(self.state, verb) and self.state in _TARGETS.get(verb, ()):
            raise ALREADY_SO(number=self.number, state=words(self.state.value))
        return WORK_ORDER.move(self.state, verb, subject=self.number)

    def _move(self, verb: str) -> None:
        self.state = self._next(verb)
        self.version += 1

    def approve(self, *, by: Person, at: datetime, same_commit: bool = False) -> WorkOrderApproved:
        """Management approves: from now on the job may be given to somebody."""
        self._move("approve")
        self.approved_by_id, self.approved_at = by.id, at
        return WorkOrderApproved(
            subject_id=self.id, number=self.number, by_id=by.id, same_commit=same_commit
        )

    def admit(self, *, at: datetime) -> WorkOrderApproved:
        """The site's setting approves: all of its requests become jobs, nobody is asked."""
        self._move("approve")
        self.approved_at = at
        return WorkOrderApproved(
            subject_id=self.id, number=self.number, by_id=None, same_commit=True
        )

    def assign(
        self,
        kind: AssigneeKind,
        assignee_id: str,
        name: str,
        *,
        taken: bool = False,
        override: str | None = None,
    ) -> WorkOrderAssigned:
        """Give the job to a person, a team or a contractor; ``taken``: they took it."""
        before = self.assignee_id
        self._move("take" if taken else "assign")
        self.assignee_kind, self.assignee_id = kind, assignee_id
        return WorkOrderAssigned(
            subject_id=self.id,
            number=self.number,
            kind=kind.value,
            assignee_id=assignee_id,
            assignee=name,
            taken=taken,
            before_id=before,
            override_reason=override,
        )

    def release(self, reason: str) -> WorkOrderReleased:
        """Put the job back into the queue of free jobs."""
        self._move("release")
        before = self.assignee_id
        self.assignee_kind = self.assignee_id = None
        self.contract_flag = self.contract_override = self.contract_override_by_id = None
        return WorkOrderReleased(
            subject_id=self.id, number=self.number, before_id=before, reason=reason
        )

    def start(self, *, at: datetime) -> WorkOrderStarted:
        """Begin to work. Refused while a contractor's job is kept back."""
        if self.kept_back:
            raise KEPT_BACK(number=self.number, problem=self.contract_flag)
        self._move("start")
        self.started_at = at
        return WorkOrderStarted(subject_id=self.id, number=self.number)

    def hold(self, reason: HoldReason, note: str = "") -> WorkOrderHeld:
        """Stop for a reason from the list; "other" needs a note."""
        if reason is HoldReason.OTHER and not note.strip():
            raise REQUIRED(field="note", label="What the job is waiting for")
        self._move("hold")
        self.hold_reason, self.hold_note = reason, note.strip()
        return WorkOrderHeld(
            subject_id=self.id, number=self.number, reason=reason.value, note=self.hold_note
        )

    def resume(self) -> WorkOrderResumed:
        """Go on working."""
        self._move("resume")
        reason = self.hold_reason.value if self.hold_reason else ""
        self.hold_reason, self.hold_note = None, ""
        return WorkOrderResumed(subject_id=self.id, number=self.number, reason=reason)

    def complete(self, note: str, *, at: datetime) -> WorkOrderCompleted:
        """The work is done. Legal only for a job that was started."""
        self._move("complete")
        self.completed_at, self.completion_note = at, note.strip() or None
        return WorkOrderCompleted(subject_id=self.id, number=self.number, note=note.strip())

    def close(self, *, still_open: Collection[str], at: datetime) -> WorkOrderClosed:
        """The money is done; ``still_open`` names what is not, and then it is refused."""
        state = self._next("close")
        if still_open:
            raise NOT_CLOSABLE(number=self.number, open="; ".join(still_open))
        self.state, self.closed_at = state, at
        self.version += 1
        return WorkOrderClosed(subject_id=self.id, number=self.number)

    def cancel(self, reason: str, *, binding: Collection[str], at: datetime) -> WorkOrderCancelled:
        """The job will not be done. ``binding`` names orders that are issued or received."""
        if not reason.strip():
            raise REQUIRED(field="reason", label="The reason")
        state = self._next("cancel")
        if binding:
            raise NOT_CANCELLABLE(number=self.number, orders="; ".join(binding))
        before, self.state = self.state, state
        self.cancel_reason, self.cancelled_at = reason.strip(), at
        self.hold_reason, self.hold_note = None, ""
        self.version += 1
        return WorkOrderCancelled(
            subject_id=self.id, number=self.number, reason=self.cancel_reason, before=before.value
        )


def waiting_for_parts(states: Collection[LineState]) -> bool:
    """Whether a job waits for parts: one of its lines is neither at hand, nor received, nor
    cancelled."""
    return any(state in WAITING_STATES for state in states)


class NeedKind(StrEnum):
    """What a job needs besides bought parts."""

    PART = "part"
    TOOL = "tool"
    EQUIPMENT = "equipment"
    DOCUMENT = "document"
    PERMIT = "permit"


class WorkOrderNeed(SQLModel, table=True):
    """One needed part, tool, equipment, document or permit, written down with the job."""

    __tablename__ = "work_order_need"

    id: str = id_field()
    work_order_id: str = ref("work_order")
    kind: NeedKind = enum_field(NeedKind)
    text: str = Field(max_length=300)
    ready: bool = False
    added_by_id: str | None = ref("person", null=True)
