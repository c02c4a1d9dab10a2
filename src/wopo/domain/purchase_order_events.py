"""What can happen to a purchase order, as events; ``subject_id`` is the order's id."""

from datetime import date
from typing import Any

from wopo.domain.events import Event, event
from wopo.domain.money import Money


@event("purchase_order:drafted")
class OrderDrafted(Event):
    """A new draft exists, or lines were added to an open one (``joined``)."""

    number: str
    vendor_id: str
    line_ids: list[str]
    joined: bool


@event("purchase_order:edited")
class OrderEdited(Event):
    """The content of a draft is different now; only what changed is named."""

    number: str
    before: dict[str, Any]
    after: dict[str, Any]


@event("purchase_order:submitted")
class OrderSubmitted(Event):
    """A revision waits for approval (the first one, or a later one of the same order)."""

    number: str
    revision: int
    content_hash: str
    total: Money
    vendor_id: str
    first: bool
    """Whether no revision of the order was ever approved."""


@event("purchase_order:approved")
class OrderApproved(Event):
    """One revision was approved; its content is what the lines say now."""

    number: str
    revision: int
    content_hash: str
    total: Money
    approval_id: str
    by_id: str | None
    first: bool
    for_id: str | None = None
    """In whose place."""
    on_call: bool = False
    rule: str = ""
    """The rule that decided, where no person did."""


@event("purchase_order:rejected")
class OrderRejected(Event):
    """One revision was rejected. An issued order stays as it was approved before."""

    number: str
    revision: int
    approval_id: str
    by_id: str | None
    reason: str
    first: bool


@event("purchase_order:returned")
class OrderReturned(Event):
    """An approver asks a question; the revision waits for the answer."""

    number: str
    revision: int
    approval_id: str
    by_id: str | None
    question: str


@event("purchase_order:question_answered")
class QuestionAnswered(Event):
    """The question was answered; the same revision waits for approval again. ``returned_id`` is
    the decision the question was asked in, ``approval_id`` the one asked for now."""

    number: str
    revision: int
    returned_id: str
    approval_id: str
    question: str
    answer: str


@event("purchase_order:revised")
class OrderRevised(Event):
    """A change is proposed: the approval of the earlier revision does not cover it.

    ``pending`` (an issued order): the approved lines stay in force until it is approved.
    """

    number: str
    revision: int
    before_revision: int
    content_hash: str
    total_before: Money
    total: Money
    reason: str
    changed: dict[str, Any]
    pending: bool


@event("purchase_order:withdrawn")
class OrderWithdrawn(Event):
    """A revision that waited for approval was taken back, by its maker or a buyer."""

    number: str
    revision: int
    reason: str


@event("purchase_order:issued")
class OrderIssued(Event):
    """The order went out to the vendor."""

    number: str
    revision: int
    vendor_id: str
    total: Money


@event("purchase_order:sent_again")
class OrderSentAgain(Event):
    """The order goes to its vendor once more, as it is in force now."""

    number: str
    revision: int
    vendor_id: str


@event("purchase_order:mailed")
class OrderMailed(Event):
    """The vendor's mail server took the order."""

    number: str
    revision: int
    to: str
    message_id: str


@event("purchase_order:mail_refused")
class OrderMailRefused(Event):
    """The order can't be sent by e-mail; nobody tries it any more by itself."""

    number: str
    to: str
    said: str
    tell_ids: list[str]


@event("purchase_order:cancelled")
class OrderCancelled(Event):
    """Nothing will be bought on this order."""

    number: str
    reason: str
    before: str


@event("purchase_order:closed_short")
class OrderClosedShort(Event):
    """What is still open on these lines will not come; its commitment is released."""

    number: str
    reason: str
    line_ids: list[str]
    whole_order: bool


@event("purchase_order:closed")
class OrderClosed(Event):
    """Everything is received and billed, or closed short."""

    number: str
    reason: str


@event("purchase_order:promised")
class OrderPromised(Event):
    """The vendor said when lines will come, or that they are on backorder.

    ``lines``: one dict per line with line_id, promised_on, backordered, note.
    """

    number: str
    lines: list[dict[str, Any]]
    earliest: date | None


@event("purchase_order:imported")
class OrderImported(Event):
    """An order of another system, as it stood there; ``flag`` names what was wrong with it."""

    number: str
    state: str
    total: Money
    flag: str | None


@event("approval:asked")
class ApprovalAsked(Event):
    """A decision about one revision is asked of ``eligible_ids`` (nobody: it waits visibly)."""

    order_id: str
    number: str
    revision: int
    amount: Money
    eligible_ids: list[str]


@event("approval:step_decided")
class ApprovalStepDecided(Event):
    """One of several decisions about a revision was made for it; ``next_ids`` are asked now (of
    the same step, or of the next), nobody where that was the last."""

    order_id: str
    number: str
    revision: int
    step: int
    wanted: str
    by_id: str
    for_id: str | None = None
    """In whose place."""
    next_ids: list[str]


@event("approval:rerouted")
class ApprovalRerouted(Event):
    """Rights changed while the decision waited, so others are asked now."""

    order_id: str
    number: str
    before_ids: list[str]
    eligible_ids: list[str]
    reason: str


@event("approval:reassigned")
class ApprovalReassigned(Event):
    """Who was asked handed the decision on; ``asked_id`` is the new one, asked of ``to_id`` alone.
    ``eligible_ids`` are those who were asked before."""

    order_id: str
    number: str
    revision: int
    by_id: str
    to_id: str
    reason: str
    asked_id: str
    eligible_ids: list[str]


@event("approval:expired")
class ApprovalExpired(Event):
    """Nobody decided in time, so others are asked: ``asked_id`` is the new decision, asked of
    ``next_ids``. Nothing is approved by it."""

    order_id: str
    number: str
    revision: int
    amount: Money
    days: int
    asked_id: str
    eligible_ids: list[str]
    next_ids: list[str]


@event("approval:escalated")
class ApprovalEscalated(Event):
    """A decision waited ``hours`` for ``late_ids``; ``told_ids`` hear of it, and those of them who
    may decide (``asked_ids``) are asked too."""

    order_id: str
    number: str
    amount: Money
    hours: int
    late_ids: list[str]
    told_ids: list[str]
    asked_ids: list[str]


@event("approval:voided")
class ApprovalVoided(Event):
    """The decision is no longer asked for, or no longer holds: the revision was superseded,
    withdrawn or cancelled."""

    order_id: str
    number: str
    revision: int
    was: str
    eligible_ids: list[str]


@event("approval:imported")
class ApprovalImported(Event):
    """The source system says the order was approved there. Never an approval in wopo."""

    order_id: str
    number: str
