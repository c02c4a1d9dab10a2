"""What is read from the ledger: sums only, however many entries there are."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
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
