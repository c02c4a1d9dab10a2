"""What is asked about budgets: which hold for some costs, and what the ledger says of them."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wopo.domain.budget_tree import Held
from wopo.domain.budgets import Budget
from wopo.domain.ledger import CostKind, Dimensions


@dataclass(frozen=True)
class Posted:
    """What stands in the ledger for one owner, kind and day. ``line_id`` is none for hours, stock
    and out-of-pocket purchases; ``counted`` what the budget that was asked about counts of it, in
    its own currency."""

    line_id: str | None
    dimensions: Dimensions
    kind: CostKind
    currency: str
    rate: Decimal
    day: date
    amount: int
    counted: int = 0


@dataclass(frozen=True)
class BudgetSum:
    """What the ledger holds for a budget itself, by kind and currency, without those below it; or,
    ``converted``, what it counts of costs in other currencies, those below it included."""

    budget_id: str
    kind: CostKind
    currency: str
    amount: int
    converted: bool = False


@dataclass(frozen=True)
class Committed:
    """What one order still promises of a budget."""

    order_id: str
    order: str
    vendor: str
    amount: int


class BudgetStore(ABC):
    """Budgets and the sums of the ledger behind them."""

    @abstractmethod
    def holding(
        self, cost_centres: Collection[str], projects: Collection[str], jobs: Collection[str]
    ) -> list[Held]:
        """All budgets of these, and of the cost centres above, in one statement."""

    @abstractmethod
    def hold(
        self, cost_centres: Collection[str], projects: Collection[str], jobs: Collection[str]
    ) -> None:
        """Until the end nobody sets a budget that counts what these cost, so that what is read of
        budgets from now on stays true. Every posting asks for it before it looks which budgets
        count it, after the locks of documents. Where others write meanwhile (PostgreSQL)."""

    @abstractmethod
    def hold_below(self, cost_centre_id: str) -> None:
        """Until the end nothing is posted to the cost centre and those below it: who sets or ends
        its budget reads sums that nobody changes meanwhile."""

    @abstractmethod
    def posted(
        self, cost_centres: Collection[str], *, budget_ids: Collection[str] = ()
    ) -> list[Posted]:
        """What these cost centres spent in no budget, or in one of these."""

    @abstractmethod
    def posted_for(self, project_id: str) -> list[Posted]:
        """What the project spent outside of any budget of its own."""

    @abstractmethod
    def spent_by_day(self, budget_id: str, below: Collection[str]) -> list[tuple[date, int]]:
        """What was received, billed, worked, issued or paid for on each day (UTC) it was booked, in
        the budget and those ``below`` it, as it counts that in its own currency."""

    @abstractmethod
    def committed(self, budget_id: str, below: Collection[str], *, limit: int) -> list[Committed]:
        """The orders that promise most of the same, the largest first."""

    @abstractmethod
    def over(self, today: date) -> list[Budget]:
        """The budgets of cost centres and projects whose days are over, and that were not ended or
        still promise something."""

    @abstractmethod
    def promised_until(self, ends: date) -> list[tuple[Budget, int]]:
        """What each budget of a cost centre or a project with this last day still promises itself,
        without those below, in its own currency; the most first."""

    @abstractmethod
    def promised(self, budget_id: str) -> list[Posted]:
        """What is still committed in just this budget, by order line."""

    @abstractmethod
    def sums(self) -> list[BudgetSum]:
        """What the ledger holds for every budget, those of projects and jobs included."""
