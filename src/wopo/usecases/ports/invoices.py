"""What is read of invoices besides whole rows."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from wopo.domain.invoices import Invoice


class InvoiceStore(ABC):
    """Finders over invoices, each one statement however many documents are asked about."""

    @abstractmethod
    def alike(self, invoices: Sequence[Invoice]) -> list[Invoice]:
        """Invoices of the same vendors with one of the numbers, or one of the totals on one of the
        dates; rejected ones are not alike to anything."""

    @abstractmethod
    def charges_before(self, order_id: str, sequence: int) -> dict[str, int]:
        """What live invoices of the order entered before this one charged, by code (minor units,
        credits subtracted)."""
