"""Price agreements and contracts: what a vendor agreed to charge, when, and from what quantity."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlmodel import Field, SQLModel

from wopo.domain.columns import decimal_field, id_field, ref
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event
from wopo.domain.money import PRICE_PLACES, checked_decimal

AGREEMENT_FOR = Refusal(
    "price_agreement.for",
    "An agreement is for one part, one category or one service. Nothing was changed; "
    "give exactly one of the three.",
)
AGREEMENT_DAYS = Refusal(
    "price_agreement.days",
    "The agreement would end on {to}, before it begins on {start}. Nothing was changed; "
    "give a last day that is not before the first.",
)
TIER = Refusal("price_agreement.tier", "{problem}. Nothing was changed; {accepted}.")


class PriceAgreement(SQLModel, table=True):
    """A price or a discount for a part, a category or a service, valid between two days.

    A contractor's contract is an agreement with ``service_contract`` set.
    """

    __tablename__ = "price_agreement"

    id: str = id_field()
    number: str = Field(max_length=60, unique=True)
    vendor_id: str = ref("vendor")
    part_id: str | None = ref("part", null=True)
    category: str | None = Field(default=None, max_length=80, index=True)
    service: str | None = Field(default=None, max_length=200)
    service_contract: bool = False
    currency: str = Field(max_length=3)
    unit: str = Field(max_length=20)
    price_per: Decimal = decimal_field(Decimal(1))
    minimum_quantity: Decimal | None = decimal_field(null=True)
    lead_time_days: int | None = None
    valid_from: date
    valid_to: date | None = None
    payment_terms: str = Field(default="", max_length=80)
    active: bool = True
    reminded_for: date | None = None
    """The last day that a buyer was reminded of: once per contract and end."""

    def valid_on(self, day: date) -> bool:
        """Whether the agreement is in force on ``day`` (both ends included)."""
        return (
            self.active
            and self.valid_from <= day
            and (self.valid_to is None or day <= self.valid_to)
        )


class PriceTier(SQLModel, table=True):
    """From this quantity on: a unit price, or a discount in per cent of the list price."""

    __tablename__ = "price_tier"

    id: str = id_field()
    agreement_id: str = ref("price_agreement")
    from_quantity: Decimal = decimal_field(Decimal(0))
    unit_price: Decimal | None = decimal_field(null=True)
    discount_percent: Decimal | None = decimal_field(null=True)


def check_agreement(agreement: PriceAgreement) -> None:
    """Refuse an agreement for nothing or for several things, one that ends before it begins, and
    a price basis or minimum quantity that is not positive."""
    subjects = (agreement.part_id, agreement.category, agreement.service)
    if sum(subject is not None for subject in subjects) != 1:
        raise AGREEMENT_FOR(field="part")
    if agreement.valid_to is not None and agreement.valid_to < agreement.valid_from:
        raise AGREEMENT_DAYS(field="valid_to", to=agreement.valid_to, start=agreement.valid_from)
    if agreement.price_per <= 0:
        raise TIER(
            field="price_per",
            problem="A price is for a quantity of more than 0",
            accepted="use 1, or 100 for a price per hundred",
        )
    if agreement.minimum_quantity is not None and agreement.minimum_quantity < 0:
        raise TIER(
            field="minimum_quantity",
            problem="The smallest quantity is negative",
            accepted="use 0 or more, or leave it empty",
        )


def check_tiers(tiers: Sequence[PriceTier]) -> None:
    """Refuse tiers that say nothing, that start at the same quantity, negative prices, and
    discounts that are not between 0 and 100 per cent."""
    starts = [tier.from_quantity for tier in tiers]
    if len(set(starts)) != len(starts):
        raise TIER(
            field="tiers",
            problem="Two prices start at the same quantity",
            accepted="give each its own quantity",
        )
    for tier in tiers:
        if tier.unit_price is None and tier.discount_percent is None:
            raise TIER(
                field="tiers",
                problem="A price step has neither a price nor a discount",
                accepted="give one of them",
            )
        for value in (tier.from_quantity, tier.unit_price, tier.discount_percent):
            if value is None:
                continue
            number = checked_decimal(
                value, label="A price step", places=PRICE_PLACES, field="tiers"
            )
            if number < 0:
                raise TIER(field="tiers", problem=f"{value} is negative", accepted="use 0 or more")
        if tier.discount_percent is not None and tier.discount_percent > 100:
            raise TIER(
                field="tiers",
                problem=f"A discount of {tier.discount_percent} % is more than everything",
                accepted="use at most 100",
            )


@event("price_agreement:added")
class AgreementAdded(Event):
    """A vendor agreed to prices from a day on."""

    number: str
    vendor_id: str


@event("price_agreement:changed")
class AgreementChanged(Event):
    """An agreement's facts or prices are different now."""

    number: str
    before: dict[str, object]
    after: dict[str, object]


@event("price_agreement:ends")
class AgreementEnds(Event):
    """An agreement ends soon and nothing follows it; ``tell_ids`` are the buyers it concerns."""

    number: str
    vendor_id: str
    valid_to: date
    tell_ids: list[str]
    text: str
