"""Finding out-of-pocket purchases, and what may be the same purchase."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from datetime import date

from wopo.domain.money import Money
from wopo.domain.out_of_pocket import OutOfPocket
from wopo.usecases.attachments import FileFacts


class PocketStore(ABC):
    """Queries about out-of-pocket purchases."""

    @abstractmethod
    def with_receipt(self, files: Collection[FileFacts]) -> OutOfPocket | None:
        """A purchase that lives and has one of these very files as its receipt, by Slack's id of
        the file. The same photo uploaded once more is another file: it is told by its amount."""

    @abstractmethod
    def alike(self, amount: Money, first: date, last: date) -> list[OutOfPocket]:
        """Living purchases of just this amount between two days, the oldest first."""

    @abstractmethod
    def billed(
        self, amount: Money, first: date, last: date, work_order_id: str
    ) -> list[tuple[str, str]]:
        """Number and vendor of invoices of just this total between two days, and of orders for the
        job with this total."""
