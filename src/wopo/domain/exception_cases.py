"""The life of one raised exception: owned, and closing by itself when its cause is gone."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from wopo.domain.columns import enum_field, id_field, json_field, minor_field, ref, time_field
from wopo.domain.events import Event, event
from wopo.domain.money import Money


class CaseState(StrEnum):
    """open -> assigned -> resolved; open again when the facts change."""

    OPEN = "open"
    ASSIGNED = "assigned"
    RESOLVED = "resolved"


class Resolution(StrEnum):
    """How a case ended."""

    CAUSE_GONE = "cause_gone"
    ACCEPTED = "accepted"
    DISPUTED = "disputed"
    INVOICE_REJECTED = "invoice_rejected"
    NOT_A_DUPLICATE = "not_a_duplicate"
    ACKNOWLEDGED = "acknowledged"


class ExceptionCase(SQLModel, table=True):
    """One per document, order line and code (matching.md 10.16), so that a message is edited
    instead of posted again. ``key`` is ``subject_id|order line id or -|code``."""

    __tablename__ = "exception_case"
    __table_args__ = (UniqueConstraint("key"),)

    id: str = id_field()
    number: str = Field(max_length=20, unique=True)
    key: str = Field(max_length=160)
    code: str = Field(max_length=40, index=True)
    state: CaseState = enum_field(CaseState, default=CaseState.OPEN, index=True)
    subject: str = Field(max_length=40)
    subject_id: str = Field(max_length=40, index=True)
    invoice_id: str | None = ref("invoice", null=True)
    receipt_id: str | None = ref("receipt", null=True)
    purchase_order_id: str | None = ref("purchase_order", null=True)
    purchase_order_line_id: str | None = ref("purchase_order_line", null=True)
    vendor_id: str | None = ref("vendor", null=True)
    cost_centre_id: str | None = ref("cost_centre", null=True)
    amount_minor: int = minor_field()
    currency: str = Field(max_length=3)
    facts: dict[str, Any] = json_field()
    owner_kind: str = Field(default="", max_length=20)
    owner_id: str | None = ref("person", null=True)
    raised_at: datetime = time_field(index=True)
    changed_at: datetime = time_field(index=True)
    due_at: datetime | None = time_field(null=True)
    resolved_at: datetime | None = time_field(null=True)
    resolved_by_id: str | None = ref("person", null=True)
    resolution: Resolution | None = enum_field(Resolution, null=True)
    reason: str | None = Field(default=None, max_length=1000)
    accepted_amount_minor: int | None = minor_field(None, null=True)
    reopened: int = 0


@event("exception:raised")
class ExceptionRaised(Event):
    """Something does not fit and needs an answer."""

    number: str
    code: str
    amount: Money
    order_id: str | None
    invoice_id: str | None
    told: str


@event("exception:changed")
class ExceptionChanged(Event):
    """The difference is another one now; the case goes on."""

    number: str
    code: str
    before: Money
    amount: Money
    told: str
    cause: str


@event("exception:assigned")
class ExceptionAssigned(Event):
    """Somebody takes care of the case."""

    number: str
    code: str
    owner_id: str
    before_id: str | None


@event("exception:resolved")
class ExceptionResolved(Event):
    """The case is closed: how, why, and (when its cause is gone) by which event."""

    number: str
    code: str
    resolution: Resolution
    reason: str
    amount: Money


@event("exception:reopened")
class ExceptionReopened(Event):
    """The facts changed after the case was closed; ``was`` is how it had ended."""

    number: str
    code: str
    was: Resolution
    before: Money
    amount: Money
    told: str
    cause: str
