"""Finding agreements, preferences and last prices for many things at once."""

from abc import ABC, abstractmethod
from collections.abc import Collection
from datetime import date

from wopo.domain.price_agreements import PriceAgreement, PriceTier
from wopo.domain.pricing import LastPrice
from wopo.domain.vendors import PreferredVendor


class PricingStore(ABC):
    """A constant number of queries however many things are priced."""

    @abstractmethod
    def agreements(
        self,
        *,
        part_ids: Collection[str],
        categories: Collection[str],
        services: bool,
        days: Collection[date],
    ) -> list[tuple[PriceAgreement, list[PriceTier]]]:
        """Active agreements for these parts and categories (and all for services in words, if
        asked) that are valid on one of the days, with their tiers."""

    @abstractmethod
    def preferred(
        self, *, part_ids: Collection[str], categories: Collection[str]
    ) -> list[PreferredVendor]:
        """Who is preferred for these parts or categories."""

    @abstractmethod
    def last_prices(self, part_ids: Collection[str]) -> list[LastPrice]:
        """The last price of each vendor for these parts."""
