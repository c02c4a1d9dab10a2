"""What is read from the ledger: sums only, however many entries there are."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from wopo.domain.ledger import CostKind, Dimensions


@dataclass(frozen=True)
class Standing:
    """What stands in the ledger for one order line, one owner of the cost and one kind."""

    line_id: str
    dimensions: Dimensions
    kind: CostKind
    currency: str
    rate: Decimal
    amount: int


@dataclass(frozen=True)
class Unbudgeted:
    """What a cost centre spent while no budget covered the day. ``line_id`` is none for hours,
    stock and out-of-pocket purchases."""

    line_id: str | None
    dimensions: Dimensions
    kind: CostKind
    currency: str
    rate: Decimal
    day: date
    amount: int


@dataclass(frozen=True)
class BudgetSum:
    """What the ledger holds for a budget, by kind."""

    budget_id: str
    kind: CostKind
    amount: int


class LedgerStore(ABC):
    """Sums over the ledger."""

    @abstractmethod
    def standing(self, line_ids: Collection[str]) -> list[Standing]:
        """What stands for these order lines."""

    @abstractmethod
    def forgone(self, order_ids: Collection[str]) -> dict[str, Decimal]:
        """Quantities returned for credit (so not to come again), by order line."""

    @abstractmethod
    def of_order(
        self, order_id: str, line_ids: Collection[str]
    ) -> tuple[list[Standing], dict[str, Decimal]]:
        """``standing`` of an order's lines and what is ``forgone`` on them, in one query."""

    @abstractmethod
    def unbudgeted(self, cost_centre_id: str) -> list[Unbudgeted]:
        """What the cost centre spent outside of any budget."""

    @abstractmethod
    def budget_sums(self) -> list[BudgetSum]:
        """What the ledger holds for every budget."""
