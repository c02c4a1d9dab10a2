"""Letting one revision of an order exceed its budgets: asked for, given with a reason, used."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from wopo.domain.columns import id_field, ref, time_field
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event
from wopo.domain.money import Money

OWN_ORDER = Refusal(
    "budget.own_override",
    "You asked for {number}, so somebody else decides whether it may exceed the budget. "
    "Nothing was changed; it waits as before.",
    logged=True,
)
NOT_WAITING = Refusal(
    "budget.nothing_waits",
    "{number} does not wait for approval, so no budget has to be exceeded for it. "
    "Nothing was changed.",
)


class BudgetOverride(SQLModel, table=True):
    """One revision of an order may exceed its budgets. Another revision needs another one."""

    __tablename__ = "budget_override"
    __table_args__ = (UniqueConstraint("purchase_order_id", "revision"),)

    id: str = id_field()
    purchase_order_id: str = ref("purchase_order")
    revision: int
    by_id: str = ref("person", index=False)
    at: datetime = time_field()
    reason: str = Field(max_length=500)


@event("budget_override:asked")
class OverrideAsked(Event):
    """An approver asks that an order may exceed its budgets. ``subject_id`` is the order's."""

    number: str
    revision: int
    total: Money


@event("budget_override:given")
class OverrideGiven(Event):
    """One revision of an order may exceed its budgets. ``subject_id`` is the order's."""

    number: str
    revision: int
    total: Money
    reason: str


@event("budget:overridden")
class BudgetOverridden(Event):
    """An order was committed over a budget that stops, because somebody let it."""

    whose: str
    order_id: str
    number: str
    over: Money
    reason: str
    by_id: str
