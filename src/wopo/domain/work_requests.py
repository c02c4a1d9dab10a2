"""Work requests: somebody reports a need; a supervisor or the site's setting turns it into work."""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from wopo.domain.columns import enum_field, id_field, ref, time_field


class WorkRequestState(StrEnum):
    """new -> approved | rejected; an approved one owns a work order."""

    NEW = "new"
    APPROVED = "approved"
    REJECTED = "rejected"


class RequestOrigin(StrEnum):
    """Who reports: a person or a department of ours, or an external client."""

    INTERNAL = "internal"
    EXTERNAL = "external"


class Priority(StrEnum):
    """How soon."""

    EMERGENCY = "emergency"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


class WorkRequest(SQLModel, table=True):
    """A reported need (WR)."""

    __tablename__ = "work_request"

    id: str = id_field()
    number: str = Field(max_length=20, unique=True)
    state: WorkRequestState = enum_field(WorkRequestState, default=WorkRequestState.NEW, index=True)
    origin: RequestOrigin = enum_field(RequestOrigin, default=RequestOrigin.INTERNAL)
    title: str = Field(max_length=150)
    explanation: str = Field(default="", max_length=4000)
    requester_id: str | None = ref("person", null=True)
    client_id: str | None = ref("client", null=True)
    department: str = Field(default="", max_length=80)
    entered_by_id: str | None = ref("person", null=True)
    site_id: str = ref("location")
    location_id: str = ref("location")
    exact_spot: str = Field(default="", max_length=200)
    asset_id: str | None = ref("asset", null=True)
    priority: Priority = enum_field(Priority, default=Priority.NORMAL)
    required_by: date | None = None
    created_at: datetime = time_field(index=True)
    decided_by_id: str | None = ref("person", null=True)
    decided_at: datetime | None = time_field(null=True)
    reason: str | None = Field(default=None, max_length=1000)
    work_order_id: str | None = Field(default=None, max_length=40, index=True)
    source_channel: str | None = Field(default=None, max_length=40)
    source_ts: str | None = Field(default=None, max_length=40)
