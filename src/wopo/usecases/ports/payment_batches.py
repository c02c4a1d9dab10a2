"""What is read of invoices that may be paid, and held while a batch is made."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from datetime import date

from wopo.domain.invoices import Invoice
from wopo.domain.payment_batches import Payable, Payment, PaymentBatch
from wopo.domain.vendors import Vendor


class PaymentStore(ABC):
    """Finders over invoices, payments and batches, one statement each."""

    @abstractmethod
    def due(self, up_to: date) -> list[Payable]:
        """Released invoices that are due up to a day (without a due date: from their own date on),
        and all released credit notes, none of them in a living batch; in the order of entry. There
        is no limit: how many can be paid is known only once vendors and credits are looked at."""

    @abstractmethod
    def not_released(self, up_to: date, limit: int) -> list[Invoice]:
        """Invoices due up to a day that are on hold or matched and not released, held ones
        first."""

    @abstractmethod
    def held_back(self, up_to: date, limit: int, *, vendor_id: str | None = None) -> list[Invoice]:
        """Invoices due up to a day of which a part is held back, whatever their state; of one
        vendor, or of all."""

    @abstractmethod
    def hold(self, kind: type[Vendor] | type[Invoice], ids: Collection[str]) -> None:
        """Read these rows anew and hold them until the end, in the order of their ids."""

    @abstractmethod
    def living(
        self, *, vendor_id: str | None = None, invoice_id: str | None = None
    ) -> list[tuple[PaymentBatch, Payment]]:
        """Payments in living batches to this vendor, or that hold this invoice."""
