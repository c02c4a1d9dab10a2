"""Work requests: somebody reports a need; a supervisor or the site's setting turns it into work."""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from wopo.domain.columns import enum_field, id_field, ref, time_field
from wopo.domain.errors import REQUIRED, Refusal, Soft
from wopo.domain.events import Event, event
from wopo.domain.people import Person
from wopo.domain.workflow import Workflow, words

PAST_DATE = Refusal(
    "date.past",
    "{label} {day} is over. Nothing was changed; give today or a later day.",
)
ALREADY_DECIDED = Refusal(
    "work_request.decided",
    "{number} is already {state}: {who}, {when}. This click changed nothing.",
    logged=True,
)
WHO_REPORTS = Refusal(
    "work_request.who_reports",
    "A request comes from one of our people or from a client, not from both. "
    "Nothing was changed; name one of them.",
)
NO_COST_CENTRE = Refusal(
    "work_order.no_cost_centre",
    "Nobody is known to pay for work at {place}. Nothing was changed; "
    "choose a cost centre, or ask an administrator to give {place} one.",
    logged=True,
)
SAME_MESSAGE = Soft(
    Refusal(
        "work_request.same_message",
        "{number} was already made from this message. Nothing was changed; "
        "make another one only if the message names a second problem.",
    )
)
WRONG_PLACE = Refusal(
    "work_request.wrong_place",
    "{asset} does not stand at {place}. Nothing was changed; choose the asset's own site.",
)


class WorkRequestState(StrEnum):
    """new -> approved | rejected; an approved one owns a work order."""

    NEW = "new"
    APPROVED = "approved"
    REJECTED = "rejected"


WORK_REQUEST = Workflow(
    {
        (WorkRequestState.NEW, "approve"): WorkRequestState.APPROVED,
        (WorkRequestState.NEW, "reject"): WorkRequestState.REJECTED,
    }
)


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


@event("work_request:reported")
class WorkRequestReported(Event):
    """Somebody reported a need. ``review``: whether a supervisor is asked to decide."""

    number: str
    title: str
    site_id: str
    requester_id: str | None
    client_id: str | None
    finding_reference: str
    review: bool


@event("work_request:approved")
class WorkRequestApproved(Event):
    """The request becomes work. ``by_id`` is none where the site takes first come, first served."""

    number: str
    work_order_id: str
    by_id: str | None
    why: str


@event("work_request:rejected")
class WorkRequestRejected(Event):
    """The request will not become work."""

    number: str
    reason: str
    by_id: str


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
    finding_reference: str = Field(default="", max_length=80, index=True)
    compliance_deadline: date | None = None
    mandatory: bool = False
    created_at: datetime = time_field(index=True)
    decided_by_id: str | None = ref("person", null=True)
    decided_at: datetime | None = time_field(null=True)
    reason: str | None = Field(default=None, max_length=1000)
    work_order_id: str | None = Field(default=None, max_length=40, index=True)
    source_channel: str | None = Field(default=None, max_length=40)
    source_ts: str | None = Field(default=None, max_length=40, index=True)

    def verbs(self, reader: Person) -> tuple[str, ...]:
        """What the reader may do now: the supervisor of the site decides."""
        return WORK_REQUEST.allowed(self.state) if reader.supervises(self.site_id) else ()

    def approve(
        self, *, work_order_id: str, by: Person | None, at: datetime, why: str = ""
    ) -> WorkRequestApproved:
        """Become the work order ``work_order_id``; ``by`` none: the site takes all work."""
        self.state = WORK_REQUEST.move(self.state, "approve", subject=self.number)
        self.work_order_id = work_order_id
        self.decided_by_id, self.decided_at = by.id if by else None, at
        return WorkRequestApproved(
            subject_id=self.id,
            number=self.number,
            work_order_id=work_order_id,
            by_id=self.decided_by_id,
            why=why,
        )

    def reject(self, reason: str, *, by: Person, at: datetime) -> WorkRequestRejected:
        """Turn the request down; the reason is told to whoever asked."""
        if not reason.strip():
            raise REQUIRED(field="reason", label="The reason")
        self.state = WORK_REQUEST.move(self.state, "reject", subject=self.number)
        self.reason = reason.strip()
        self.decided_by_id, self.decided_at = by.id, at
        return WorkRequestRejected(
            subject_id=self.id, number=self.number, reason=self.reason, by_id=by.id
        )


def not_past(day: date | None, today: date, *, label: str, field: str) -> None:
    """Refuse a day that is over."""
    if day is not None and day < today:
        raise PAST_DATE(field=field, label=label, day=day.isoformat())


def state_words(state: StrEnum) -> str:
    """A state's name for a sentence."""
    return words(state.value)
