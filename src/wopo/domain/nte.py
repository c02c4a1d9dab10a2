"""A job's not-to-exceed amount (NTE): what it may cost in all, and asking for a higher one."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from wopo.domain.columns import enum_field, id_field, json_field, minor_field, ref, time_field
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event
from wopo.domain.money import Money
from wopo.domain.workflow import Workflow

NTE_OVER = Refusal(
    "nte.over",
    "With this {number} would cost {expected}, more than its not-to-exceed amount of {nte}. "
    "Nothing was changed; ask for a higher amount, or spend less.",
    logged=True,
)
NTE_OVER_UNSAID = Refusal(
    "nte.over_unsaid",
    "With this {number} would cost more than its not-to-exceed amount. "
    "Nothing was changed; ask for a higher amount, or spend less.",
    logged=True,
)
"""The same for whoever sees no costs."""
NO_NTE = Refusal(
    "nte.none",
    "{number} has no not-to-exceed amount, so nothing has to be raised. Nothing was changed.",
)
NOT_HIGHER = Refusal(
    "nte.not_higher",
    "{number} may cost {nte} already. Nothing was changed; give a higher amount.",
)
OWN_ASK = Refusal(
    "nte.own_ask",
    "You asked for the higher amount for {number}, so somebody else decides. "
    "Nothing was changed; {who} can do it.",
    logged=True,
)


class RaiseState(StrEnum):
    """``overtaken``: the amount was raised, taken away, or put in another currency, without this
    decision."""

    WAITING = "waiting"
    GRANTED = "granted"
    REFUSED = "refused"
    OVERTAKEN = "overtaken"


_S = RaiseState
NTE_RAISE = Workflow(
    {
        (_S.WAITING, "grant"): _S.GRANTED,
        (_S.WAITING, "refuse"): _S.REFUSED,
        (_S.WAITING, "overtake"): _S.OVERTAKEN,
    }
)


class NteRaise(SQLModel, table=True):
    """A decision that is asked for: may the job cost ``wanted_minor`` in all? Of each job one waits
    at most; asked again, it grows. ``asked_by_ids``: everybody who asked, or whose act went over it
    with a warning; they hear of the decision, and somebody else takes it."""

    __tablename__ = "nte_raise"
    __table_args__ = (Index("ix_nte_raise_open", "work_order_id", "state"),)

    id: str = id_field()
    work_order_id: str = ref("work_order", index=False)
    state: RaiseState = enum_field(RaiseState, default=RaiseState.WAITING)
    wanted_minor: int = minor_field()
    currency: str = Field(max_length=3)
    reason: str = Field(default="", max_length=500)
    asked_by_ids: list[str] = json_field(list)
    asked_at: datetime = time_field()
    decided_by_id: str | None = ref("person", null=True, index=False)
    decided_at: datetime | None = time_field(null=True)
    decision: str = Field(default="", max_length=500)
    granted_minor: int | None = minor_field(None, null=True)

    @property
    def wanted(self) -> Money:
        """What the job is to be allowed to cost in all."""
        return Money(self.wanted_minor, self.currency)

    def move(self, verb: str, *, number: str, by_id: str | None, at: datetime) -> None:
        """Make a legal move and remember who decided; else ``ILLEGAL_MOVE``."""
        subject = f"The higher amount for {number}"
        self.state = NTE_RAISE.move(self.state, verb, subject=subject)
        self.decided_by_id, self.decided_at = by_id, at


@event("work_order:over_nte")
class JobWentOver(Event):
    """A job costs, or is promised, more than its not-to-exceed amount: a warning was let pass, or
    a cost came that nobody can refuse. ``subject_id`` is the job's."""

    number: str
    nte: Money
    expected: Money
    cause: str


@event("nte_raise:asked")
class NteRaiseAsked(Event):
    """Somebody asks for a higher amount, or went over it with a warning."""

    work_order_id: str
    number: str
    nte: Money
    wanted: Money
    reason: str
    asked_by_ids: list[str]


@event("nte_raise:granted")
class NteRaiseGranted(Event):
    """The job may cost ``amount`` from now on, not ``before``."""

    work_order_id: str
    number: str
    before: Money
    amount: Money
    reason: str
    asked_by_ids: list[str]


@event("nte_raise:refused")
class NteRaiseRefused(Event):
    """The amount stays as it is."""

    work_order_id: str
    number: str
    reason: str
    asked_by_ids: list[str]


@event("nte_raise:overtaken")
class NteRaiseOvertaken(Event):
    """The amount was changed by itself, so nobody needs to decide any more."""

    work_order_id: str
    number: str
