"""What was planned for one line of a request."""

from dataclasses import dataclass, field
from decimal import Decimal

from wopo.domain.locations import Location
from wopo.domain.money import Money
from wopo.domain.pricing import Offer
from wopo.domain.purchasing_rules import Ruling
from wopo.domain.stock import StockLevel
from wopo.domain.vendors import Vendor
from wopo.usecases.part_request_rules import Need


@dataclass(frozen=True)
class Pick:
    """A quantity at one place in stock."""

    level: StockLevel
    place: Location
    quantity: Decimal


@dataclass(frozen=True)
class Plan:
    """What happens with one line: picks from stock, and the rest bought by a ruling.

    ``small``: what it costs where nobody is asked about it because that is little. ``together``:
    the sum it was judged by, where that is more than its own amount; in the company's currency.
    """

    need: Need
    picks: tuple[Pick, ...] = ()
    to_buy: Decimal = Decimal(0)
    ruling: Ruling | None = None
    stock_ruling: Ruling | None = None
    offer: Offer = field(default_factory=Offer)
    vendor: Vendor | None = None
    blanket_id: str | None = None
    small: Money | None = None
    together: Money | None = None

    @property
    def said(self) -> Ruling:
        """The ruling that is written on the line: of what is bought, else of stock."""
        found = self.ruling or self.stock_ruling
        assert found is not None
        return found
