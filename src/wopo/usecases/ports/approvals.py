"""Finding approvers and what waits for them."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from wopo.domain.ledger import CostKind
from wopo.domain.money import Money
from wopo.domain.people import AuthorityLimit, Person
from wopo.domain.settings import Duty


class AssetCost(NamedTuple):
    """What one machine cost, in one currency."""

    asset_id: str
    name: str
    currency: str
    minor: int


class ApprovalStore(ABC):
    """Queries about authority and decisions."""

    @abstractmethod
    def approvers(self, centre_ids: Collection[str]) -> list[tuple[Person, list[AuthorityLimit]]]:
        """Active approvers with their limits for these cost centres and for all, by code."""

    @abstractmethod
    def requesters(self, order_id: str) -> set[str]:
        """People whose request lines are bought on the order's lines."""

    @abstractmethod
    def handlers(self, order_id: str, total: Money) -> Mapping[Duty, frozenset[str]]:
        """People who received goods of the order (``RECEIVER``) or entered an invoice on it
        (``INVOICE_ENTERER``). An order that was said to come after the fact is written for the
        vendor's invoices without an order over just ``total``, and for those of the day that was
        said, where that is an invoice's."""

    @abstractmethod
    def asset_costs(
        self, job_ids: Collection[str], kinds: Collection[CostKind], since: date
    ) -> list[AssetCost]:
        """What the machines of these jobs cost from a day on, over all of their jobs."""
