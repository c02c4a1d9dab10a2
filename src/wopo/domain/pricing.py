"""What something costs today, and who sells it: agreement, else last price, else nothing.

Pure: agreements, preferences and last prices are passed in, the answer is one ``Offer``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from wopo.domain.columns import decimal_field, id_field, ref
from wopo.domain.money import PRICE_PLACES, Money, extend, round_half_up
from wopo.domain.part_requests import PriceBasis
from wopo.domain.price_agreements import PriceAgreement, PriceTier
from wopo.domain.vendors import PreferredVendor, Vendor

ONE = Decimal(1)
HUNDRED = Decimal(100)


class LastPrice(SQLModel, table=True):
    """What a vendor last charged for a part: the newest approved order line.

    Kept beside the lines so that asking stays one look into an index however many orders there
    are.
    """

    __tablename__ = "last_price"
    __table_args__ = (UniqueConstraint("part_id", "vendor_id"),)

    id: str = id_field()
    part_id: str = ref("part", index=False)
    vendor_id: str = ref("vendor")
    unit_price: Decimal = decimal_field()
    price_per: Decimal = decimal_field(Decimal(1))
    unit: str = Field(max_length=20)
    currency: str = Field(max_length=3)
    purchase_order_line_id: str | None = ref("purchase_order_line", null=True, index=False)
    day: date


@dataclass(frozen=True)
class Wanted:
    """What is asked for: a catalogue part, or (no part) a service or thing in words."""

    quantity: Decimal
    unit: str
    day: date
    part_id: str | None = None
    category: str = ""
    service: str | None = None


@dataclass(frozen=True)
class Offer:
    """A price and its source; without ``unit_price`` it is flagged "no agreed price"."""

    basis: PriceBasis = PriceBasis.NONE
    vendor_id: str | None = None
    unit_price: Decimal | None = None
    price_per: Decimal = ONE
    currency: str | None = None
    agreement_id: str | None = None
    agreement_number: str | None = None
    payment_terms: str = ""
    lead_time_days: int | None = None

    def amount(self, quantity: Decimal) -> Money | None:
        """Quantity x price, rounded once; none without a price."""
        if self.unit_price is None or self.currency is None:
            return None
        return extend(quantity, self.unit_price, self.currency, per=self.price_per)


@dataclass(frozen=True)
class PriceBook:
    """Everything known about prices of some things on a day."""

    agreements: Sequence[tuple[PriceAgreement, Sequence[PriceTier]]] = ()
    preferred: Sequence[PreferredVendor] = ()
    last_prices: Sequence[LastPrice] = ()
    vendors: Mapping[str, Vendor] = field(default_factory=dict)
    currency: str = "EUR"
    """The company's: an agreement in it is preferred to one that needs a rate."""

    def best(self, wanted: Wanted) -> Offer:
        """Contract price first (a preferred vendor's before others, then the lowest), then the
        preferred vendor, then the vendor of the last price, else "no agreed price"."""
        contracts = [o for v in self._vendors_with_agreement(wanted) if (o := self._by(v, wanted))]
        if contracts:
            return min(contracts, key=lambda offer: self._rank(offer, wanted))
        favoured = [self.from_vendor(v, wanted) for v in self._favoured(wanted)]
        if favoured:
            return next((o for o in favoured if o.unit_price is not None), favoured[0])
        last = [p for p in self._last(wanted) if self._orderable(p.vendor_id)]
        if last:
            newest = max(last, key=lambda price: (price.day, price.vendor_id))
            return self.from_vendor(newest.vendor_id, wanted)
        return Offer()

    def from_vendor(self, vendor_id: str, wanted: Wanted) -> Offer:
        """This vendor's price: agreement valid that day, else last price, else none."""
        contract = self._by(vendor_id, wanted)
        if contract is not None:
            return contract
        for price in self._last(wanted):
            if price.vendor_id == vendor_id:
                return Offer(
                    PriceBasis.LAST_PRICE,
                    vendor_id,
                    price.unit_price,
                    price.price_per,
                    price.currency,
                )
        return Offer(vendor_id=vendor_id)

    def last_price(self, wanted: Wanted) -> LastPrice | None:
        """The newest price paid to anybody."""
        return max(self._last(wanted), key=lambda price: price.day, default=None)

    def _by(self, vendor_id: str, wanted: Wanted) -> Offer | None:
        """The vendor's own agreement: for the part before the category, the newest first."""
        own = [
            (agreement, tiers)
            for agreement, tiers in self.agreements
            if agreement.vendor_id == vendor_id and applies(agreement, wanted)
        ]
        own.sort(key=lambda pair: (pair[0].part_id is None, -pair[0].valid_from.toordinal()))
        for agreement, tiers in own:
            price = self._price(agreement, tiers, wanted)
            if price is not None:
                return price
        return None

    def _price(
        self, agreement: PriceAgreement, tiers: Sequence[PriceTier], wanted: Wanted
    ) -> Offer | None:
        reached = [tier for tier in tiers if tier.from_quantity <= wanted.quantity]
        if not reached:
            return None
        tier = max(reached, key=lambda t: t.from_quantity)
        base, per = tier.unit_price, agreement.price_per
        if base is None:
            priced = [t for t in reached if t.unit_price is not None]
            base = max(priced, key=lambda t: t.from_quantity).unit_price if priced else None
        if base is None:
            base, per = self._list_price(agreement, wanted)
        if base is None:
            return None
        discount = tier.discount_percent or Decimal(0)
        return Offer(
            PriceBasis.AGREEMENT,
            agreement.vendor_id,
            round_half_up(base * (HUNDRED - discount) / HUNDRED, PRICE_PLACES),
            per,
            agreement.currency,
            agreement.id,
            agreement.number,
            agreement.payment_terms,
            agreement.lead_time_days,
        )

    def _list_price(
        self, agreement: PriceAgreement, wanted: Wanted
    ) -> tuple[Decimal | None, Decimal]:
        """What a discount without a price of its own is taken from: the vendor's last price."""
        for price in self._last(wanted):
            same = (price.vendor_id, price.currency) == (agreement.vendor_id, agreement.currency)
            if same:
                return price.unit_price, price.price_per
        return None, ONE

    def _rank(self, offer: Offer, wanted: Wanted) -> tuple[bool, bool, Decimal, str]:
        price = (offer.unit_price or Decimal(0)) / offer.price_per
        favoured = offer.vendor_id in self._favoured(wanted)
        code = self.vendors[str(offer.vendor_id)].code
        return not favoured, offer.currency != self.currency, price, code

    def _vendors_with_agreement(self, wanted: Wanted) -> list[str]:
        return sorted(
            {
                agreement.vendor_id
                for agreement, _ in self.agreements
                if applies(agreement, wanted) and self._orderable(agreement.vendor_id)
            }
        )

    def _favoured(self, wanted: Wanted) -> list[str]:
        """Orderable preferred vendors: for the part before the category, then by code."""
        found = [
            (row.part_id is None, self.vendors[row.vendor_id].code, row.vendor_id)
            for row in self.preferred
            if self._orderable(row.vendor_id)
            and (
                (row.part_id is not None and row.part_id == wanted.part_id)
                or (row.category is not None and row.category == wanted.category)
            )
        ]
        return list(dict.fromkeys(vendor_id for _, _, vendor_id in sorted(found)))

    def _last(self, wanted: Wanted) -> list[LastPrice]:
        return [
            price
            for price in self.last_prices
            if wanted.part_id is not None
            and price.part_id == wanted.part_id
            and price.unit == wanted.unit
        ]

    def _orderable(self, vendor_id: str) -> bool:
        vendor = self.vendors.get(vendor_id)
        return vendor is not None and vendor.orderable


def applies(agreement: PriceAgreement, wanted: Wanted) -> bool:
    """Whether an agreement covers what is wanted: the thing, the day, the unit, the quantity."""
    if not agreement.valid_on(wanted.day):
        return False
    if agreement.minimum_quantity is not None and wanted.quantity < agreement.minimum_quantity:
        return False
    if agreement.unit not in ("", wanted.unit):
        return False
    if agreement.part_id is not None:
        return agreement.part_id == wanted.part_id
    if agreement.category is not None:
        return agreement.category == wanted.category
    return same_text(agreement.service, wanted.service)


def same_text(left: str | None, right: str | None) -> bool:
    """Whether both say the same thing, in any case."""
    return bool(left and right) and str(left).strip().casefold() == str(right).strip().casefold()
