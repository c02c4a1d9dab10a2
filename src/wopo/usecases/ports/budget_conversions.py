"""What is asked of the ledger where a budget counts costs in another currency."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from datetime import date

from wopo.domain.budget_conversions import CellSum, Conversion
from wopo.domain.ledger import CostKind, LedgerEntry

CentreDays = tuple[Collection[str], Collection[date]]
"""Cost centres and days whose costs come from no order line."""


class ConversionStore(ABC):
    """Sums of the ledger by cell, and what budgets in another currency count of them."""

    @abstractmethod
    def cells(self, line_ids: Collection[str], others: CentreDays) -> list[CellSum]:
        """What stands for these order lines, and for costs of these cost centres and days."""

    @abstractmethod
    def counted(self, line_ids: Collection[str], others: CentreDays) -> list[Conversion]:
        """What budgets in another currency count of the same."""

    @abstractmethod
    def foreign(self, budget_ids: Collection[str], currency: str) -> list[CellSum]:
        """What stands in these budgets of cost centres in any other currency."""

    @abstractmethod
    def own(self, budget_ids: Collection[str], currency: str) -> dict[CostKind, int]:
        """What stands in these budgets of cost centres in this currency, by kind."""

    @abstractmethod
    def foreign_of_job(self, work_order_id: str, currency: str) -> list[CellSum]:
        """What the job cost in any other currency."""

    @abstractmethod
    def convertible(
        self, source: str, target: str, begin: date, end: date | None
    ) -> list[LedgerEntry]:
        """The newest entry of each cost in ``source`` that stands and that budgets in ``target``
        are to count, of the days from ``begin`` until before ``end``; by order line."""
