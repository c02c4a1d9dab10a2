"""Finding jobs, and what hangs on them."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from datetime import date
from decimal import Decimal

from wopo.domain.ledger import CostKind
from wopo.domain.part_requests import LineState
from wopo.domain.work_orders import WorkOrder
from wopo.domain.work_requests import WorkRequest


class WorkOrderStore(ABC):
    """Bounded queries around jobs."""

    @abstractmethod
    def jobs_of(self, person_id: str, *, limit: int) -> list[WorkOrder]:
        """Jobs given to the person or one of their teams and not done, the most urgent first."""

    @abstractmethod
    def free_jobs(self, site_id: str | None, *, limit: int) -> list[WorkOrder]:
        """Approved jobs that nobody has, of one site or of all, the most urgent first."""

    @abstractmethod
    def to_review(self, site_id: str | None, *, limit: int) -> list[WorkRequest]:
        """Requests that wait for a decision, of one site or of all, the oldest first."""

    @abstractmethod
    def to_approve(self, site_id: str | None, *, limit: int) -> list[WorkOrder]:
        """Jobs that wait for management's approval, of one site or of all, the most urgent
        first."""

    @abstractmethod
    def part_states(self, work_order_ids: Collection[str]) -> dict[str, dict[LineState, int]]:
        """How many part-request lines of each job are in which state; one query."""

    @abstractmethod
    def still_open(self, work_order_id: str) -> list[str]:
        """What keeps a completed job from being closed, in words: part-request lines that are
        neither issued, received nor cancelled, open order lines, invoices that are not settled,
        open exceptions, and money still planned, committed or accrued."""

    @abstractmethod
    def binding_orders(self, work_order_id: str) -> list[str]:
        """What keeps a job from being cancelled, in words: issued orders and received goods."""

    @abstractmethod
    def order_numbers(self, work_order_id: str) -> list[tuple[str, str, str]]:
        """Id, number and state of the job's purchase orders, by number."""

    @abstractmethod
    def costs(self, work_order_id: str) -> list[tuple[CostKind, str, int]]:
        """The job's ledger: kind of cost, currency, sum in minor units; without zero sums."""

    @abstractmethod
    def hours(self, work_order_ids: Collection[str]) -> dict[str, Decimal]:
        """Hours worked on each job, corrections taken off."""

    @abstractmethod
    def hours_on(self, person_id: str, day: date) -> Decimal:
        """Hours the person has entered for a day, over all jobs."""

    @abstractmethod
    def exchange_rate(self, source: str, target: str, day: date) -> Decimal | None:
        """The newest rate from ``source`` to ``target`` dated on or before ``day``."""
