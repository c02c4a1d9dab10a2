"""Budgets: what a cost centre may spend in a period, and the states its money is in."""

from datetime import date

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from wopo.domain.columns import id_field, minor_field, ref
from wopo.domain.events import Event, event
from wopo.domain.money import Money


class Budget(SQLModel, table=True):
    """A cost centre's budget for the days from ``starts`` to ``ends``, net of tax.

    Balances are only changed by a guarded update (domain.md, invariant 3).
    """

    __tablename__ = "budget"
    __table_args__ = (CheckConstraint("starts <= ends", name="budget_period"),)

    id: str = id_field()
    cost_centre_id: str = ref("cost_centre")
    starts: date
    ends: date
    currency: str = Field(max_length=3)
    limit_minor: int = minor_field()
    requested_minor: int = minor_field()
    committed_minor: int = minor_field()
    accrued_minor: int = minor_field()
    invoiced_minor: int = minor_field()
    stock_minor: int = minor_field()
    labour_minor: int = minor_field()
    out_of_pocket_minor: int = minor_field()


@event("budget:set")
class BudgetSet(Event):
    """A cost centre may spend ``limit`` from ``starts`` to ``ends``; ``before`` is the limit it
    had."""

    cost_centre_id: str
    cost_centre: str
    starts: date
    ends: date
    limit: Money
    before: Money | None


@event("budget:went_over")
class BudgetWentOver(Event):
    """More is spent or committed than the budget allows: a warning was let pass, or a cost came
    that nobody can refuse (a price difference, hours worked)."""

    cost_centre_id: str
    cost_centre: str
    over: Money
    cause: str
