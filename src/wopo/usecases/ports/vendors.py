"""Finding what is due at vendors, what they have in common, and how they delivered."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from wopo.domain.contact_keys import ContactFact, Owner
from wopo.domain.price_agreements import PriceAgreement
from wopo.domain.purchase_orders import PurchaseOrder
from wopo.domain.vendors import Vendor


class Alike(NamedTuple):
    """Somebody who has a fact in common with a vendor."""

    owner: Owner
    owner_id: str
    name: str
    fact: ContactFact


@dataclass(frozen=True)
class VendorRecord:
    """How a vendor delivered since ``since``: receipt lines; those of them with a promised or
    planned day, and how many came by it; and how many had nothing rejected."""

    since: date
    lines: int = 0
    dated: int = 0
    on_time: int = 0
    clean: int = 0

    @property
    def on_time_percent(self) -> int | None:
        """Of those with a day; none where there are none."""
        return self.on_time * 100 // self.dated if self.dated else None

    @property
    def clean_percent(self) -> int | None:
        """Of all; none where nothing came."""
        return self.clean * 100 // self.lines if self.lines else None


class VendorStore(ABC):
    """Bounded queries around vendors."""

    @abstractmethod
    def holds_over(self, day: date, limit: int) -> list[Vendor]:
        """Vendors with a hold whose last day lies before ``day``, the oldest first."""

    @abstractmethod
    def alike(self, vendor_id: str, keys: Collection[str]) -> list[Alike]:
        """Who else has these contact keys: employees and other vendors, by name."""

    @abstractmethod
    def record(self, vendor_id: str, since: date) -> VendorRecord:
        """How the vendor delivered from a day on; one aggregate."""

    @abstractmethod
    def open_orders(self, vendor_id: str, limit: int) -> list[PurchaseOrder]:
        """Orders that are not over, the newest first."""

    @abstractmethod
    def contracts(self, vendor_id: str, day: date, limit: int) -> list[PriceAgreement]:
        """Agreements that are in force on a day or later, those that end first at the top."""

    @abstractmethod
    def to_renew(self, first: date, last: date, limit: int) -> list[PriceAgreement]:
        """Agreements that end between two days, that nobody was reminded of for this end, and that
        no later one of the vendor for the same thing follows; the first to end first."""

    @abstractmethod
    def buyers(self, vendor_ids: Collection[str]) -> dict[str, str]:
        """The buyer of each vendor's newest order, where it has one; one query."""
