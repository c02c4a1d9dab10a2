"""Approvals: the decisions about one revision, each by somebody who may make it.

Without a rule of the policy there is one. A rule may ask for several, in steps: an order is
approved when all of its last step's are.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from wopo.domain.columns import Row, enum_field, id_field, json_field, minor_field, ref, time_field
from wopo.domain.money import Money


class ApprovalState(StrEnum):
    """planned (an earlier step comes first) -> waiting -> approved | rejected | returned (question)
    | reassigned | expired; void when the revision is superseded."""

    PLANNED = "planned"
    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    RETURNED = "returned"
    REASSIGNED = "reassigned"
    EXPIRED = "expired"
    VOID = "void"


OPEN_DECISIONS = (ApprovalState.PLANNED, ApprovalState.WAITING, ApprovalState.RETURNED)
"""Still to be made."""
AUTHORITY = "authority"
"""``Approval.wanted`` of a decision that needs a limit which covers the amount."""


class Approval(SQLModel, table=True):
    """A decision that is asked for. ``eligible_ids`` are those who were sent the card: everyone
    with the lowest sufficient authority for the cost centres; rights are read again at the click.
    ``question`` and ``answer``: what was asked here or, where this decision is asked again, before.
    ``step`` says when it is its turn, ``decisions`` how many the revision needs in all, ``wanted``
    who must make it: ``authority``, ``manager``, ``owner:<cost centre id>``, ``role:<role>`` or
    ``person:<id>``; ``matrix_rule`` is the rule of the policy that says so.
    ``handed_on_by_id``: who handed the decision on to whom it is asked of now. ``passed_over_ids``:
    who let it expire before. ``rule``: the rule that decided, where no person did.
    """

    __tablename__ = "approval"
    __table_args__ = (
        Index("ix_approval_rule", "rule", "asked_at"),
        # With the order: nearly all are approved, so by the state alone SQLite would go through all
        # to find those of one order.
        Index("ix_approval_state", "state", "purchase_order_id"),
    )

    id: str = id_field()
    purchase_order_id: str = ref("purchase_order")
    revision: int
    step: int = 1
    decisions: int = 1
    wanted: str = Field(default=AUTHORITY, max_length=80)
    matrix_rule: str = Field(default="", max_length=80)
    stands_from: int | None = None
    """The revision it was made about, where the policy let it stand for this one."""
    content_hash: str = Field(max_length=64)
    state: ApprovalState = enum_field(ApprovalState, default=ApprovalState.WAITING)
    amount_minor: int = minor_field()
    currency: str = Field(max_length=3)
    eligible_ids: list[str] = json_field(list)
    stand_ins: dict[str, str] = json_field(dict)
    """Of those who were asked, who stands in for whom."""
    above_ids: list[str] = json_field(list)
    """Who was asked besides, because those it was asked of took too long."""
    passed_over_ids: list[str] = json_field(list)
    handed_on_by_id: str | None = ref("person", null=True, index=False)
    asked_at: datetime = time_field()
    decided_by_id: str | None = ref("person", null=True)
    decided_for_id: str | None = ref("person", null=True, index=False)
    """In whose place it was made, and by whose authority."""
    decided_for_until: date | None = None
    """The last day of standing in for them, as it stood then."""
    on_call_id: str | None = ref("on_call", null=True, index=False)
    """The time on call by which it was made."""
    decided_at: datetime | None = time_field(null=True)
    decided_on_surface: str = Field(default="", max_length=20)
    reason: str | None = Field(default=None, max_length=1000)
    question: str | None = Field(default=None, max_length=1000)
    answer: str | None = Field(default=None, max_length=1000)
    waiver: str | None = Field(default=None, max_length=200)
    rule: str = Field(default="", max_length=60)
    imported: bool = False

    @property
    def amount(self) -> Money:
        """What the decision covers."""
        return Money(self.amount_minor, self.currency)


class ApprovalAsk(Row, table=True):
    """That one decision was asked of one person; ``waiting`` until it is decided or asked of
    somebody else. What waits for a person is one look into its index."""

    __tablename__ = "approval_ask"
    __table_args__ = (Index("ix_approval_ask_waiting", "person_id", "waiting", "asked_at"),)

    person_id: str = Field(primary_key=True, foreign_key="person.id", max_length=40)
    approval_id: str = Field(primary_key=True, foreign_key="approval.id", max_length=40, index=True)
    waiting: bool = True
    asked_at: datetime = time_field()
