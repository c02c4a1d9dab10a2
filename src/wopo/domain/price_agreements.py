"""Price agreements and contracts: what a vendor agreed to charge, when, and from what quantity."""

from datetime import date
from decimal import Decimal

from sqlmodel import Field, SQLModel

from wopo.domain.columns import decimal_field, id_field, ref
from wopo.domain.events import Event, event


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


class PriceTier(SQLModel, table=True):
    """From this quantity on: a unit price, or a discount in per cent of the list price."""

    __tablename__ = "price_tier"

    id: str = id_field()
    agreement_id: str = ref("price_agreement")
    from_quantity: Decimal = decimal_field(Decimal(0))
    unit_price: Decimal | None = decimal_field(null=True)
    discount_percent: Decimal | None = decimal_field(null=True)


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
