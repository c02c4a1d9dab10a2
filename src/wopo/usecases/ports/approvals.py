"""Finding approvers and what waits for them."""

from abc import ABC, abstractmethod
from collections.abc import Collection

from wopo.domain.people import AuthorityLimit, Person


class ApprovalStore(ABC):
    """Queries about authority and decisions."""

    @abstractmethod
    def approvers(self, centre_ids: Collection[str]) -> list[tuple[Person, list[AuthorityLimit]]]:
        """Active approvers with their limits for these cost centres and for all, by code."""

    @abstractmethod
    def requesters(self, order_id: str) -> set[str]:
        """People whose request lines are bought on the order's lines."""
