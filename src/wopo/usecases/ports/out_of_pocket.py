"""Finding out-of-pocket purchases, and what may be the same purchase."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from datetime import date, datetime

from wopo.domain.money import Money
from wopo.domain.out_of_pocket import OutOfPocket
from wopo.usecases.attachments import FileFacts


class PocketStore(ABC):
    """Queries about out-of-pocket purchases."""

    @abstractmethod
    def with_receipt(self, files: Collection[FileFacts]) -> OutOfPocket | None:
        """A purchase that lives and has one of these very files as its receipt: by Slack's id of
        the file, or by its contents where they are known."""

    @abstractmethod
    def with_contents(self, digests: Collection[str], *, without: str) -> list[OutOfPocket]:
        """Living purchases besides this one with a photo of these contents, by number."""

    @abstractmethod
    def near(self, purchase: OutOfPocket, since: datetime) -> list[OutOfPocket]:
        """Other living purchases since a moment of the same person or for the same job, the newest
        first."""

    @abstractmethod
    def waiting_for(self, person_id: str, limit: int) -> list[OutOfPocket]:
        """What is asked of a person now, the oldest first."""

    @abstractmethod
    def approved_sums(self) -> tuple[int, list[Money]]:
        """How many are approved and not paid back, and what they come to in each currency."""

    @abstractmethod
    def alike(self, amount: Money, first: date, last: date) -> list[OutOfPocket]:
        """Living purchases of just this amount between two days, the oldest first."""

    @abstractmethod
    def billed(
        self, amount: Money, first: date, last: date, work_order_id: str
    ) -> list[tuple[str, str]]:
        """Number and vendor of invoices of just this total between two days, and of orders for the
        job with this total."""
