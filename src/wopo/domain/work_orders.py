"""Work orders: the directive that puts people to work."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlmodel import Field, SQLModel

from wopo.domain.columns import (
    decimal_field,
    enum_field,
    id_field,
    minor_field,
    ref,
    time_field,
)
from wopo.domain.work_requests import Priority


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


class WorkOrder(SQLModel, table=True):
    """A job (WO). ``nte_minor`` is the not-to-exceed amount in the cost centre's currency."""

    __tablename__ = "work_order"

    id: str = id_field()
    number: str = Field(max_length=20, unique=True)
    state: WorkOrderState = enum_field(WorkOrderState, default=WorkOrderState.REQUESTED, index=True)
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
    assignee_id: str | None = Field(default=None, max_length=40, index=True)
    contract_flag: str | None = Field(default=None, max_length=500)
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
    hold_reason: str | None = Field(default=None, max_length=200)
    created_at: datetime = time_field(index=True)
    started_at: datetime | None = time_field(null=True)
    completed_at: datetime | None = time_field(null=True)
    completion_note: str | None = Field(default=None, max_length=2000)
    closed_at: datetime | None = time_field(null=True)
    version: int = 0


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


class LabourEntry(SQLModel, table=True):
    """Hours worked on a job, costed at the person's rate valid that day. A mistake is corrected
    by a second, negative entry."""

    __tablename__ = "labour_entry"

    id: str = id_field()
    work_order_id: str = ref("work_order")
    person_id: str = ref("person")
    day: date
    hours: Decimal = decimal_field()
    rate: Decimal = decimal_field()
    amount_minor: int = minor_field()
    currency: str = Field(max_length=3)
    entered_by_id: str | None = ref("person", null=True)
    at: datetime = time_field()
    note: str = Field(default="", max_length=300)
