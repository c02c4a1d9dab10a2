"""The life of one raised exception: owned, and closing by itself when its cause is gone."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from wopo.domain.columns import (
    decimal_field,
    enum_field,
    id_field,
    json_field,
    minor_field,
    ref,
    time_field,
)
from wopo.domain.errors import REQUIRED, Refusal
from wopo.domain.events import Event, event
from wopo.domain.exception_kinds import KINDS, OF_AN_INVOICE, Cure, kind_of
from wopo.domain.findings import Finding
from wopo.domain.money import Money
from wopo.domain.workflow import Workflow, words

ALREADY_RESOLVED = Refusal(
    "exception.already_resolved",
    "{who} resolved {number} {when}: {how}. Nothing more is needed, and nothing was changed.",
    logged=True,
)
NOT_A_WAY_OUT = Refusal(
    "exception.not_a_way_out",
    "{number} ({title}) can't be answered with {cure}. Nothing was changed; possible: {possible}.",
)


class CaseState(StrEnum):
    """open -> assigned -> resolved; open again when the facts change or it is passed on."""

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


_S = CaseState
CASE = Workflow(
    {
        (_S.OPEN, "take"): _S.ASSIGNED,
        (_S.OPEN, "assign"): _S.ASSIGNED,
        (_S.OPEN, "resolve"): _S.RESOLVED,
        (_S.ASSIGNED, "take"): _S.ASSIGNED,
        (_S.ASSIGNED, "assign"): _S.ASSIGNED,
        (_S.ASSIGNED, "resolve"): _S.RESOLVED,
        (_S.OPEN, "pass_on"): _S.OPEN,
        (_S.ASSIGNED, "pass_on"): _S.OPEN,
        (_S.RESOLVED, "reopen"): _S.OPEN,
    }
)

OPEN_CASES = (CaseState.OPEN, CaseState.ASSIGNED)

DECISIONS: dict[Cure, Resolution] = {
    Cure.ACCEPT: Resolution.ACCEPTED,
    Cure.DISPUTE: Resolution.DISPUTED,
    Cure.NOT_DUPLICATE: Resolution.NOT_A_DUPLICATE,
    Cure.ACKNOWLEDGE: Resolution.ACKNOWLEDGED,
}
"""Ways out that a person decides; all others change facts, and the case closes by itself."""

_HOLDS_STILL = frozenset({Resolution.DISPUTED})
"""Ends that leave the invoice on hold: the vendor has to answer."""
_STANDS_WHILE_NOT_WORSE = frozenset(
    {Resolution.ACCEPTED, Resolution.ACKNOWLEDGED, Resolution.NOT_A_DUPLICATE}
)


_OPEN = text("state != 'resolved'")
_ONLY_OPEN: dict[str, Any] = {"sqlite_where": _OPEN}


class ExceptionCase(SQLModel, table=True):
    """One per document, order line and code (matching.md 10.16), so that a message is edited
    instead of posted again. ``key`` is ``subject_id|order line id or -|code``."""

    __tablename__ = "exception_case"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_exception_case_list", "state", "raised_at"),
        Index("ix_exception_case_open", "raised_at", "id", **_ONLY_OPEN),
        Index("ix_exception_case_in_hand", "owner_id", "raised_at", "id", **_ONLY_OPEN),
        Index("ix_exception_case_desk", "owner_kind", "state", "raised_at", "id"),
    )

    id: str = id_field()
    number: str = Field(max_length=20, unique=True)
    key: str = Field(max_length=160)
    code: str = Field(max_length=40, index=True)
    state: CaseState = enum_field(CaseState, default=CaseState.OPEN)
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
    quiet_until: datetime | None = time_field(null=True, index=True)
    """When it may be posted: "not received yet" waits for the grace period (domain.md)."""
    resolved_at: datetime | None = time_field(null=True)
    resolved_by_id: str | None = ref("person", null=True)
    resolution: Resolution | None = enum_field(Resolution, null=True)
    reason: str | None = Field(default=None, max_length=1000)
    accepted_amount_minor: int | None = minor_field(None, null=True)
    accepted_variance: Decimal | None = decimal_field(null=True)
    variance: Decimal = decimal_field(Decimal(0))
    reopened: int = 0
    pays_rest: bool = False
    """Disputed under a policy by which what is not in dispute is paid meanwhile."""

    @property
    def amount(self) -> Money:
        """The money at stake."""
        return Money(self.amount_minor, self.currency)

    @property
    def told(self) -> str:
        """What does not fit, in one sentence with its figures."""
        return kind_of(self.code).told(self.facts)

    @property
    def title(self) -> str:
        """The kind's name."""
        return kind_of(self.code).title

    @property
    def cost_centre_ids(self) -> tuple[str, ...]:
        """Every cost centre it concerns."""
        return tuple(self.facts.get("cost_centre_ids", ()))

    @property
    def holds(self) -> bool:
        """Whether it keeps its whole invoice from becoming payable."""
        if self.state is not CaseState.RESOLVED:
            return True
        return self.resolution in _HOLDS_STILL and not self.pays_rest

    @property
    def holds_back(self) -> bool:
        """Whether it keeps only its part of the invoice from being paid."""
        return self.resolution is Resolution.DISPUTED and self.pays_rest

    def quiet(self, at: datetime) -> bool:
        """Whether it is too early to post it."""
        return self.quiet_until is not None and at < self.quiet_until

    def cures(self) -> tuple[Cure, ...]:
        """The ways out that are open now; those of an invoice only where there is one."""
        if self.state is CaseState.RESOLVED:
            return ()
        cures = kind_of(self.code).cures
        return cures if self.invoice_id else tuple(c for c in cures if c not in OF_AN_INVOICE)

    def raised(self) -> "ExceptionRaised":
        """That it was raised."""
        return ExceptionRaised(
            subject_id=self.id,
            number=self.number,
            code=self.code,
            amount=self.amount,
            order_id=self.purchase_order_id,
            invoice_id=self.invoice_id,
            told=self.told,
            owner_id=self.owner_id,
            quiet=self.quiet(self.raised_at),
        )

    def found(self, finding: Finding, *, at: datetime, cause: str) -> "CaseEvent | None":
        """Take in what is found now; none when it changes nothing.

        A decision stands while the difference does not grow; a dispute while it stays the same.
        """
        before, was = self.amount, self.resolution
        same = (self.amount_minor, self.variance) == (finding.amount_minor, finding.variance)
        grown = self._grown(finding)
        self._take_in(finding)
        if self.state is not CaseState.RESOLVED:
            if same:
                return None
            self.changed_at = at
            return ExceptionChanged(
                subject_id=self.id,
                number=self.number,
                code=self.code,
                before=before,
                amount=self.amount,
                told=self.told,
                cause=cause,
                owner_id=self.owner_id,
                quiet=self.quiet(at),
            )
        if was in _STANDS_WHILE_NOT_WORSE and not grown:
            return None
        if was is Resolution.DISPUTED and same:
            return None
        return self._reopen(before, at=at, cause=cause)

    def _grown(self, finding: Finding) -> bool:
        amount, variance = self.accepted_amount_minor, self.accepted_variance
        if amount is None or variance is None:
            return True
        return abs(finding.amount_minor) > abs(amount) or abs(finding.variance) > abs(variance)

    def _take_in(self, finding: Finding) -> None:
        self.amount_minor, self.variance = finding.amount_minor, finding.variance
        self.facts = {**finding.facts, "cost_centre_ids": list(finding.cost_centre_ids)}

    def _reopen(self, before: Money, *, at: datetime, cause: str) -> "ExceptionReopened":
        was = self.resolution or Resolution.CAUSE_GONE
        self.state = CASE.move(self.state, "reopen", subject=self.number)
        self.changed_at, self.reopened = at, self.reopened + 1
        self.resolution, self.resolved_at, self.resolved_by_id = None, None, None
        self.reason, self.accepted_amount_minor, self.accepted_variance = None, None, None
        self.pays_rest = False
        return ExceptionReopened(
            subject_id=self.id,
            number=self.number,
            code=self.code,
            was=was,
            before=before,
            amount=self.amount,
            told=self.told,
            cause=cause,
            owner_id=self.owner_id,
            quiet=self.quiet(at),
        )

    def gone(self, *, at: datetime, cause: str) -> "ExceptionResolved | None":
        """Its cause is gone, by the event that ``cause`` names; none when it was decided before."""
        if self.state is CaseState.RESOLVED and self.resolution is not Resolution.DISPUTED:
            return None
        return self._resolved(Resolution.CAUSE_GONE, at=at, by_id=None, reason=cause)

    def ended_with_invoice(self, *, at: datetime, by_id: str | None, reason: str) -> "CaseEvent":
        """The invoice was rejected, and its exceptions with it."""
        return self._resolved(Resolution.INVOICE_REJECTED, at=at, by_id=by_id, reason=reason)

    def decide(self, cure: Cure, *, at: datetime, by_id: str, reason: str) -> "ExceptionResolved":
        """A person's answer with its reason. Raises ``NOT_A_WAY_OUT``, ``REQUIRED``."""
        self.check_way_out(cure)
        if not reason.strip():
            raise REQUIRED(field="reason", label="The reason")
        if cure is not Cure.DISPUTE:
            self.accepted_amount_minor, self.accepted_variance = self.amount_minor, self.variance
        return self._resolved(DECISIONS[cure], at=at, by_id=by_id, reason=reason.strip())

    def check_way_out(self, cure: Cure) -> None:
        """Refuse a way out that does not fit the kind, naming those that do."""
        kind = KINDS[self.code]
        if cure not in kind.cures:
            raise NOT_A_WAY_OUT(
                number=self.number,
                title=kind.title,
                cure=words(cure),
                possible=", ".join(words(fits) for fits in kind.cures),
            )

    def _resolved(
        self, how: Resolution, *, at: datetime, by_id: str | None, reason: str
    ) -> "ExceptionResolved":
        if self.state is not CaseState.RESOLVED:
            self.state = CASE.move(self.state, "resolve", subject=self.number)
        self.resolution, self.reason, self.pays_rest = how, reason, False
        self.resolved_at, self.resolved_by_id, self.changed_at = at, by_id, at
        return ExceptionResolved(
            subject_id=self.id,
            number=self.number,
            code=self.code,
            resolution=how,
            reason=reason,
            amount=self.amount,
            owner_id=self.owner_id,
            quiet=self.quiet(at),
        )

    def reopen(self, *, at: datetime, reason: str) -> "ExceptionReopened":
        """A person takes a decision back. Raises ``ILLEGAL_MOVE`` for a case that is open."""
        return self._reopen(self.amount, at=at, cause=reason)

    def pass_on(self, owner_id: str | None, *, at: datetime) -> None:
        """It is not its owner's business; somebody else is to look, or the whole desk."""
        self.state = CASE.move(self.state, "pass_on", subject=self.number)
        self.owner_id, self.changed_at = owner_id, at

    def give_to(self, owner_id: str, *, at: datetime, verb: str) -> "ExceptionAssigned":
        """Somebody takes care of it (``take``), or is given it (``assign``)."""
        self.state = CASE.move(self.state, verb, subject=self.number)
        before, self.owner_id, self.changed_at = self.owner_id, owner_id, at
        return ExceptionAssigned(
            subject_id=self.id,
            number=self.number,
            code=self.code,
            owner_id=owner_id,
            before_id=before,
            quiet=self.quiet(at),
        )


@event("exception:raised")
class ExceptionRaised(Event):
    """Something does not fit and needs an answer."""

    number: str
    code: str
    amount: Money
    order_id: str | None
    invoice_id: str | None
    told: str
    owner_id: str | None
    quiet: bool
    """Too early to post it."""


@event("exception:changed")
class ExceptionChanged(Event):
    """The difference is another one now; the case goes on."""

    number: str
    code: str
    before: Money
    amount: Money
    told: str
    cause: str
    owner_id: str | None
    quiet: bool


@event("exception:assigned")
class ExceptionAssigned(Event):
    """Somebody takes care of the case."""

    number: str
    code: str
    owner_id: str
    before_id: str | None
    quiet: bool


@event("exception:resolved")
class ExceptionResolved(Event):
    """The case is closed: how, why, and (when its cause is gone) by which event."""

    number: str
    code: str
    resolution: Resolution
    reason: str
    amount: Money
    owner_id: str | None
    quiet: bool


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
    owner_id: str | None
    quiet: bool


CaseEvent = ExceptionRaised | ExceptionChanged | ExceptionResolved | ExceptionReopened
