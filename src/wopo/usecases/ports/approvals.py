"""Finding approvers and what waits for them."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from wopo.domain.approvals import Approval
from wopo.domain.money import Money
from wopo.domain.people import AuthorityLimit, Person


@dataclass(frozen=True)
class ByRule:
    """An amount that a rule allowed: for whom, and for which jobs."""

    amount: Money
    requester_ids: frozenset[str]
    job_ids: frozenset[str]


class ApprovalStore(ABC):
    """Queries about authority and decisions."""

    @abstractmethod
    def approvers(self, centre_ids: Collection[str]) -> list[tuple[Person, list[AuthorityLimit]]]:
        """Active approvers with their limits for these cost centres and for all, by code."""

    @abstractmethod
    def waiting_for(self, person_id: str, *, limit: int) -> list[Approval]:
        """Decisions that were asked of a person and wait, the oldest first."""

    @abstractmethod
    def by_rule(self, rule: str, *, since: datetime) -> list[ByRule]:
        """Orders in force by this rule that were asked for since a moment."""

    @abstractmethod
    def requesters(self, order_id: str) -> set[str]:
        """People whose request lines are bought on the order's lines."""
