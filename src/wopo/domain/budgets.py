"""Budgets: what a cost centre may spend in a period, and the states its money is in."""

from datetime import date

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from wopo.domain.columns import id_field, minor_field, ref


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
