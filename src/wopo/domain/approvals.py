"""Approvals: one decision about one revision by somebody with the authority."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from wopo.domain.columns import enum_field, id_field, json_field, minor_field, ref, time_field


class ApprovalState(StrEnum):
    """waiting -> approved | rejected | returned (question) | reassigned | expired; void when the
    revision is superseded."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    RETURNED = "returned"
    REASSIGNED = "reassigned"
    EXPIRED = "expired"
    VOID = "void"


class Approval(SQLModel, table=True):
    """A decision that is asked for. ``eligible_ids`` are those who were sent the card: everyone
    with the lowest sufficient authority for the cost centres; rights are read again at the click.
    """

    __tablename__ = "approval"

    id: str = id_field()
    purchase_order_id: str = ref("purchase_order")
    revision: int
    content_hash: str = Field(max_length=64)
    state: ApprovalState = enum_field(ApprovalState, default=ApprovalState.WAITING, index=True)
    amount_minor: int = minor_field()
    currency: str = Field(max_length=3)
    eligible_ids: list[str] = json_field(list)
    asked_at: datetime = time_field()
    decided_by_id: str | None = ref("person", null=True)
    decided_at: datetime | None = time_field(null=True)
    decided_on_surface: str = Field(default="", max_length=20)
    reason: str | None = Field(default=None, max_length=1000)
    question: str | None = Field(default=None, max_length=1000)
    waiver: str | None = Field(default=None, max_length=200)
    imported: bool = False
