"""What is read of invoices besides whole rows."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from wopo.domain.invoices import Invoice


class InvoiceStore(ABC):
    """Finders over invoices, each one statement however many documents are asked about."""

    @abstractmethod
    def alike(self, invoices: Sequence[Invoice]) -> list[Invoice]:
        """Invoices that may be one of these again (``duplicates`` decides): of the same vendors
        with one of the numbers, or one of the totals within two weeks; and of any vendor with the
        same core of the number and the total. Rejected ones are not alike to anything."""

    @abstractmethod
    def numbered_alike(self, invoices: Sequence[Invoice]) -> list[Invoice]:
        """Those of ``alike`` that have one of the numbers, or the same core of one."""

    @abstractmethod
    def value_before(self, order_id: str, sequence: int) -> int:
        """What the lines of live invoices of the order entered before this one come to (minor
        units, credits subtracted)."""

    @abstractmethod
    def charges_before(self, order_id: str, sequence: int) -> dict[str, int]:
        """What live invoices of the order entered before this one charged, by code (minor units,
        credits subtracted)."""
