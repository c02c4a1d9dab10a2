"""Budgets: what a cost centre, a project or a job may spend, and the states its money is in.

Budgets of cost centres form a tree: a parent's limit holds for the sum of its children, so every
amount is counted in the budget it is posted to and in all above it. A project's budget and a job's
(its not-to-exceed amount) stand beside that tree. Costs in another currency: see
``budget_conversions``.
"""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from wopo.domain.columns import id_field, minor_field, ref, time_field
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
    "{whose} already has a budget from {starts} to {ends}. Nothing was changed; "
    "change that one, or choose days outside of it.",
)
ASTRIDE = Refusal(
    "budget.astride",
    "{whose} has a budget from {starts} to {ends}, and one budget must lie within the days of the "
    "other, since the upper one holds for both. Nothing was changed; choose such days.",
)
ONE_OWNER = Refusal(
    "budget.one_owner",
    "A budget is either a cost centre's or a project's. Nothing was changed; name just one.",
)
OVER_UNSAID = Refusal(
    "budget.over_unsaid",
    "The budget that would pay for this does not hold it. Nothing was changed; "
    "ask finance for a larger budget.",
    logged=True,
)
BACKWARDS = Refusal(
    "budget.backwards",
    "The budget would end on {ends}, before it begins on {starts}. Nothing was changed; "
    "give an end that is not before the beginning.",
)

NOT_OVER = Refusal(
    "budget.not_over",
    "The budget of {whose} lasts until {ends}. Nothing was changed; end it after that day.",
)
ENDED = Refusal(
    "budget.ended",
    "The budget of {whose} until {ends} was ended already, and nothing of it can move. Nothing was "
    "changed; set the next budget, or decide about the orders that stay.",
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
BALANCES: tuple[str, ...] = tuple(dict.fromkeys(COLUMN.values()))
FOREVER = (date(2000, 1, 1), date(9999, 12, 31))
"""The days of a job's budget."""


_OWNERS = ("cost_centre_id", "project_id", "work_order_id")
_ONE_OWNER = " + ".join(f"CASE WHEN {name} IS NULL THEN 0 ELSE 1 END" for name in _OWNERS)


class Budget(SQLModel, table=True):
    """The budget of a cost centre, a project or a job from ``starts`` to ``ends``, net of tax.

    A job's has no end, and its limit is the job's not-to-exceed amount. ``parent_id`` is the
    nearest budget above a cost centre's that holds for its days too. Balances are only changed by
    a guarded update (domain.md, invariant 3).
    """

    __tablename__ = "budget"
    __table_args__ = (
        CheckConstraint("starts <= ends", name="budget_period"),
        CheckConstraint(f"{_ONE_OWNER} = 1", name="budget_one_owner"),
    )

    id: str = id_field()
    cost_centre_id: str | None = ref("cost_centre", null=True)
    project_id: str | None = ref("project", null=True)
    work_order_id: str | None = ref("work_order", null=True)
    parent_id: str | None = ref("budget", null=True)
    starts: date
    ends: date
    currency: str = Field(max_length=3)
    ended_at: datetime | None = time_field(null=True)
    """When what it still promised was rolled over, or lapsed, last: what had to stay may follow."""
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

    def balances(self) -> dict[str, int]:
        """What it holds now, by balance."""
        return {name: getattr(self, name) for name in BALANCES}


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
    """``whose`` (a cost centre or a project) may spend ``limit`` from ``starts`` to ``ends``;
    ``before`` is the limit it had."""

    cost_centre_id: str | None
    project_id: str | None
    whose: str
    starts: date
    ends: date
    limit: Money
    before: Money | None


@event("budget:went_over")
class BudgetWentOver(Event):
    """More is spent or promised than the budget of a cost centre or a project allows: a warning
    was let pass, or a cost came that nobody can refuse (a price difference, hours worked)."""

    cost_centre_id: str | None
    project_id: str | None
    whose: str
    over: Money
    cause: str


@event("budget:period_over")
class PeriodOver(Event):
    """Budgets whose last day was ``ends`` still promise something; somebody has to end them.
    ``subject_id`` is that day."""

    ends: date
    budgets: int


@event("budget:ended")
class BudgetEnded(Event):
    """The period is over: ``moved`` is what was rolled over to the next one, or lapsed, as
    ``policy`` says; ``kept`` stayed, since there is no next budget, or the order waits."""

    whose: str
    ends: date
    policy: str
    moved: Money
    kept: Money
    orders: list[str]
