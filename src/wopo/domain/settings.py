"""The company's settings: what a company decides once, with defaults that are safe."""

from enum import StrEnum
from itertools import combinations
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, field_serializer


class Strictness(StrEnum):
    """What happens when a budget would go over: refuse, let pass with a warning, or say nothing."""

    STOP = "stop"
    WARN = "warn"
    IGNORE = "ignore"


class Stage(StrEnum):
    """What may take a budget or a not-to-exceed amount over: each has a strictness of its own."""

    REQUEST = "request"
    ORDER = "order"
    RECEIPT = "receipt"
    INVOICE = "invoice"
    OUT_OF_POCKET = "out_of_pocket"
    """Stopped as an order by budgets; who decides about it is asked before it exceeds a job's
    amount, since it is paid already."""


class Duty(StrEnum):
    """The duties that are kept apart (domain.md, invariant 2)."""

    REQUESTER = "requester"
    APPROVER = "approver"
    RECEIVER = "receiver"
    INVOICE_APPROVER = "invoice_approver"
    INVOICE_ENTERER = "invoice_enterer"
    BANK_CONFIRMER = "bank_confirmer"


_CHAIN = (Duty.REQUESTER, Duty.APPROVER, Duty.RECEIVER, Duty.INVOICE_APPROVER)
KEPT_APART: tuple[tuple[Duty, Duty], ...] = (
    *combinations(_CHAIN, 2),
    (Duty.APPROVER, Duty.INVOICE_ENTERER),
    (Duty.INVOICE_ENTERER, Duty.BANK_CONFIRMER),
)
"""The pairs that a company may waive. That whoever changed bank details never confirms them is no
such pair: a change without a second person is what the rule is there to stop."""


OverrideRole = Literal["finance", "admin", "supervisor", "approver"]
OVERRIDE_ROLES: tuple[str, ...] = get_args(OverrideRole)


class CompanySettings(BaseModel):
    """Everything that is set once for the company. Amounts are in minor units of ``currency``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "Company"
    address: str = Field(default="", max_length=500)
    """The letterhead of what goes to vendors, with the four that follow."""
    phone: str = Field(default="", max_length=60)
    email: str = Field(default="", max_length=200)
    tax_id: str = Field(default="", max_length=60)
    order_terms: str = Field(default="", max_length=3000)
    """What stands under every purchase order: terms of delivery, of liability, and the like."""
    iban: str = Field(default="", max_length=34)
    bic: str = Field(default="", max_length=11)
    """The account that payments to vendors leave from (none: no SEPA files)."""
    currency: str = "EUR"
    technicians_see_costs: bool = False
    budget_counts_requests: bool = False
    budget_on_request: Strictness = Strictness.IGNORE
    budget_on_approval: Strictness = Strictness.STOP
    budget_on_receipt: Strictness = Strictness.WARN
    budget_on_invoice: Strictness = Strictness.WARN
    nte_on_request: Strictness = Strictness.WARN
    """A job's not-to-exceed amount (NTE) is checked where budgets are."""
    nte_on_approval: Strictness = Strictness.STOP
    nte_on_receipt: Strictness = Strictness.WARN
    nte_on_invoice: Strictness = Strictness.WARN
    budget_override_role: OverrideRole = "finance"
    """Who may let an order exceed a budget that stops, with a reason."""
    budget_year_end: Literal["roll_over", "lapse"] = "roll_over"
    """What is still promised when a budget's period is over: it burdens the next one, or its
    orders are closed short."""
    budgets_gross: bool = False
    """Whether budgets count tax too; net by default (domain.md)."""
    requester_may_receive_up_to_minor: int = 25_000
    """The requester may receive orders up to this total; each time it is flagged."""
    waived_pairs: frozenset[tuple[Duty, Duty]] = frozenset()
    """Pairs of duties a small team lets one person do; each use is logged and reported."""
    confirm_approval_above_minor: int = 500_000
    grace_days_not_received: int = Field(default=0, ge=0)
    """How long the post "not received yet" waits; the hold itself is immediate."""
    remind_approvers_after_hours: int = Field(default=24, ge=1)
    escalate_approvals_after_hours: int = Field(default=48, ge=0)
    """How long a decision waits before whoever is above those asked is told; 0 means never."""
    working_hours: tuple[int, int] = (8, 18)
    approval_expires_after_days: int = Field(default=7, ge=0)
    """How long a decision waits before the next authority is asked; 0 means for ever."""
    order_needed_above_minor: int = 25_000
    contract_reminder_days: int = Field(default=60, ge=0)
    """How long before a contract ends its buyer is reminded; 0 means never."""
    counter_cap_minor: int = Field(default=10_000, ge=0)
    """What a person may buy at vendors' counters in a day without asking, where they have no cap
    of their own."""
    counter_photo_after_hours: int = Field(default=24, ge=1)
    """When the missing photo of a counter purchase's receipt is asked for."""
    exception_due_days: int = Field(default=3, ge=0)
    remind_owners_after_hours: int = Field(default=24, ge=1)
    """How long an exception is open before its owner is reminded of it, once a day."""
    escalate_after_days: int = Field(default=3, ge=0)
    """How long an exception is overdue before the owner's manager, or finance, is told; 0 means
    never."""

    def strictness(self, stage: Stage | None, *, job: bool) -> Strictness:
        """What happens when a document of this stage takes a budget, or a job's not-to-exceed
        amount, over; without a stage it is a cost that nobody can refuse, like hours worked."""
        what = "nte" if job else "budget"
        approval: Strictness = getattr(self, f"{what}_on_approval")
        if stage is None or (job and stage is Stage.OUT_OF_POCKET):
            return Strictness.IGNORE if approval is Strictness.IGNORE else Strictness.WARN
        if stage in (Stage.ORDER, Stage.OUT_OF_POCKET):
            return approval
        found: Strictness = getattr(self, f"{what}_on_{stage.value}")
        return found

    @field_serializer("waived_pairs")
    def _in_order(self, pairs: frozenset[tuple[Duty, Duty]]) -> list[tuple[Duty, Duty]]:
        """The same pairs are written alike each time, so that nothing seems to have changed."""
        return sorted(pairs)
