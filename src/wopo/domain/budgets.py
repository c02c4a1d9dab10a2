"""Budgets: what a cost centre may spend in a period, and the states its money is in."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from wopo.domain.columns import id_field, minor_field, ref
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event
from wopo.domain.ledger import CostKind
from wopo.domain.money import Money

OVER = Refusal(
    "budget.over",
    "Only {left} of {budget} is left; this needs {needed}. Kept as pending. "
    "Nothing was changed; ask finance for a larger budget, or order less.",
    logged=True,
)
OVERLAPS = Refusal(
    "budget.overlaps",
    "{cost_centre} already has a budget from {starts} to {ends}. Nothing was changed; "
    "change that one, or choose days outside of it.",
)
BACKWARDS = Refusal(
    "budget.backwards",
    "The budget would end on {ends}, before it begins on {starts}. Nothing was changed; "
    "give an end that is not before the beginning.",
)

SPENT = (
    "committed_minor",
    "accrued_minor",
    "invoiced_minor",
    "stock_minor",
    "labour_minor",
    "out_of_pocket_minor",
)
"""The balances that use up a budget; requested is shown, and counted when the company says so."""

COLUMN: dict[CostKind, str] = {
    CostKind.PLANNED: "requested_minor",
    CostKind.COMMITTED: "committed_minor",
    CostKind.ACCRUED: "accrued_minor",
    CostKind.INVOICED: "invoiced_minor",
    CostKind.VARIANCE: "invoiced_minor",
    CostKind.STOCK_ISSUE: "stock_minor",
    CostKind.LABOUR: "labour_minor",
    CostKind.OUT_OF_POCKET: "out_of_pocket_minor",
}
"""Which balance a kind of cost moves; money that will not be spent moves none."""


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

    def used_minor(self, *, with_requested: bool = False) -> int:
        """What is spent or promised: committed, accrued, invoiced, stock, labour, out-of-pocket."""
        used: int = sum(getattr(self, name) for name in SPENT)
        return used + self.requested_minor if with_requested else used

    def available(self, *, with_requested: bool = False) -> Money:
        """What may still be spent; negative when a cost that nobody can refuse took it over."""
        left = self.limit_minor - self.used_minor(with_requested=with_requested)
        return Money(left, self.currency)

    def covers(self, day: date) -> bool:
        """Whether the day lies in the budget's period."""
        return self.starts <= day <= self.ends


def fits_sql(*, with_requested: bool) -> str:
    """The condition of the guarded update: what is used and ``:more`` stay within the limit."""
    names = (*SPENT, "requested_minor") if with_requested else SPENT
    return f"{' + '.join(names)} + :more <= limit_minor"


def balances(moved: Mapping[CostKind, int]) -> dict[str, int]:
    """Ledger amounts by kind as changes of a budget's balances."""
    changes: dict[str, int] = {}
    for kind, amount in moved.items():
        column = COLUMN.get(kind)
        if column is not None:
            changes[column] = changes.get(column, 0) + amount
    return changes


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
