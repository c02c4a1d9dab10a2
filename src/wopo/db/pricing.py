"""The database's side of pricing."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import or_
from sqlmodel import col, select

from wopo.db.uow import SqlStore, implements
from wopo.domain.price_agreements import PriceAgreement, PriceTier
from wopo.domain.pricing import LastPrice
from wopo.domain.vendors import PreferredVendor
from wopo.usecases.ports.pricing import PricingStore


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
        subject = [
            col(PriceAgreement.part_id).in_(list(part_ids)),
            col(PriceAgreement.category).in_(list(categories)),
        ]
        if services:
            subject.append(col(PriceAgreement.service).is_not(None))
        last = or_(
            col(PriceAgreement.valid_to).is_(None), col(PriceAgreement.valid_to) >= min(days)
        )
        statement = (
            select(PriceAgreement, PriceTier)
            .join(PriceTier, col(PriceTier.agreement_id) == col(PriceAgreement.id), isouter=True)
            .where(
                or_(*subject),
                col(PriceAgreement.active),
                col(PriceAgreement.valid_from) <= max(days),
                last,
            )
            .order_by(col(PriceAgreement.number), col(PriceTier.from_quantity))
        )
        found: dict[str, tuple[PriceAgreement, list[PriceTier]]] = {}
        for agreement, tier in self.session.exec(statement):
            _, tiers = found.setdefault(agreement.id, (agreement, []))
            if tier is not None:
                tiers.append(tier)
        return list(found.values())

    def preferred(
        self, *, part_ids: Collection[str], categories: Collection[str]
    ) -> list[PreferredVendor]:
        statement = select(PreferredVendor).where(
            or_(
                col(PreferredVendor.part_id).in_(list(part_ids)),
                col(PreferredVendor.category).in_(list(categories)),
            )
        )
        return list(self.session.exec(statement).all())

    def last_prices(self, part_ids: Collection[str]) -> list[LastPrice]:
        statement = select(LastPrice).where(col(LastPrice.part_id).in_(list(part_ids)))
        return list(self.session.exec(statement).all())
