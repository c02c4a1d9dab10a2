"""The database's side of pricing."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import bindparam, or_
from sqlmodel import col, select

from wopo.db.uow import SqlStore, implements
from wopo.domain.price_agreements import PriceAgreement, PriceTier
from wopo.domain.pricing import LastPrice
from wopo.domain.vendors import PreferredVendor
from wopo.usecases.ports.pricing import PricingStore

PARTS: Any = bindparam("part_ids", expanding=True)
CATEGORIES: Any = bindparam("categories", expanding=True)
CATALOGUE = (col(PriceAgreement.part_id).in_(PARTS), col(PriceAgreement.category).in_(CATEGORIES))
VALID = (
    select(PriceAgreement, PriceTier)
    .join(PriceTier, col(PriceTier.agreement_id) == col(PriceAgreement.id), isouter=True)
    .where(
        col(PriceAgreement.active),
        col(PriceAgreement.valid_from) <= bindparam("last"),
        or_(
            col(PriceAgreement.valid_to).is_(None),
            col(PriceAgreement.valid_to) >= bindparam("first"),
        ),
    )
    .order_by(col(PriceAgreement.number), col(PriceTier.from_quantity))
)
AGREEMENTS = VALID.where(or_(*CATALOGUE))
SERVICES_TOO = VALID.where(or_(*CATALOGUE, col(PriceAgreement.service).is_not(None)))
PREFERRED = select(PreferredVendor).where(
    or_(col(PreferredVendor.part_id).in_(PARTS), col(PreferredVendor.category).in_(CATEGORIES))
)
LAST_PRICES = select(LastPrice).where(col(LastPrice.part_id).in_(PARTS))


@implements(PricingStore)
class SqlPricing(SqlStore):
    """See ``PricingStore``."""

    def agreements(
        self,
        *,
        part_ids: Collection[str],
        categories: Collection[str],
        services: bool,
        days: Collection[date],
    ) -> list[tuple[PriceAgreement, list[PriceTier]]]:
        asked = {
            "part_ids": list(part_ids),
            "categories": list(categories),
            "first": min(days),
            "last": max(days),
        }
        statement = SERVICES_TOO if services else AGREEMENTS
        found: dict[str, tuple[PriceAgreement, list[PriceTier]]] = {}
        for agreement, tier in self.rows(statement, asked, PriceAgreement, PriceTier):
            _, tiers = found.setdefault(agreement.id, (agreement, []))
            if tier is not None:
                tiers.append(tier)
        return list(found.values())

    def preferred(
        self, *, part_ids: Collection[str], categories: Collection[str]
    ) -> list[PreferredVendor]:
        asked = {"part_ids": list(part_ids), "categories": list(categories)}
        return self.firsts(PREFERRED, asked, PreferredVendor)

    def last_prices(self, part_ids: Collection[str]) -> list[LastPrice]:
        return self.firsts(LAST_PRICES, {"part_ids": list(part_ids)}, LastPrice)
