"""Price agreements with their tiers, and opening balances of stock."""

from collections.abc import Iterator

from wopo.domain.errors import DomainError
from wopo.domain.locations import Location
from wopo.domain.money import Money
from wopo.domain.parts import Part
from wopo.domain.price_agreements import (
    AgreementAdded,
    AgreementChanged,
    PriceAgreement,
    PriceTier,
    check_agreement,
    check_tiers,
)
from wopo.domain.stock import MovementKind, StockAdjusted, StockLevel, StockMovement
from wopo.domain.vendors import Vendor
from wopo.usecases.imports.bulk import bulk_row
from wopo.usecases.imports.rows import Problem, Row, Sourced
from wopo.usecases.imports.shapes import AgreementRow, StockRow
from wopo.usecases.imports.taking import Taking, sentence_of, untold

OPENING = "opening balance of the source system"


def take_agreements(taking: Taking, rows: Iterator[Sourced[Row] | Problem]) -> None:
    """Agreements as they are in the source, also with vendors where nothing is ordered any more:
    they are history, and orders still refuse such a vendor."""
    for found in taking.fresh("agreements", rows):
        row = found.row
        assert isinstance(row, AgreementRow)
        vendor_id = taking.resolved(found, "vendor", Vendor, "code", "vendor")
        part_id = taking.resolved(found, "part", Part, "number", "part")
        if vendor_id is None or (row.part and part_id is None):
            continue
        try:
            agreement, tiers = _agreement(taking, row, vendor_id, part_id)
            check_agreement(agreement)
            check_tiers(tiers)
        except DomainError as error:
            field = error.field if error.field in AgreementRow.model_fields else None
            taking.problem(Problem(found.place.at(field), sentence_of(error)))
            continue
        _keep_agreement(taking, found, agreement, tiers)


def _agreement(
    taking: Taking, row: AgreementRow, vendor_id: str, part_id: str | None
) -> tuple[PriceAgreement, list[PriceTier]]:
    known = taking.taken("agreements").get(row.source_key())
    values = row.model_dump(exclude={"vendor", "part", "tiers"})
    agreement = PriceAgreement(
        id=known.subject_id if known else taking.ctx.new_id(),
        vendor_id=vendor_id,
        part_id=part_id,
        **values,
    )
    tiers = [
        PriceTier(id=taking.ctx.new_id(), agreement_id=agreement.id, **tier.row.model_dump())
        for tier in row.tiers
    ]
    return agreement, tiers


def _keep_agreement(
    taking: Taking, found: Sourced[Row], agreement: PriceAgreement, tiers: list[PriceTier]
) -> None:
    uow = taking.ctx.uow
    earlier = uow.find(PriceAgreement, number=agreement.number)
    facts = {"subject_id": (earlier or agreement).id, "number": agreement.number}
    if earlier is None:
        uow.append(agreement, *tiers)
        taking.ctx.record(untold(AgreementAdded(vendor_id=agreement.vendor_id, **facts)))
        taking.outcome("agreements").count("added")
    else:
        for tier in uow.all(PriceTier, agreement_id=earlier.id):
            uow.delete(tier)
        uow.flush()
        before = earlier.model_dump(mode="json", exclude={"id"})
        for name, value in agreement.model_dump(exclude={"id", "reminded_for"}).items():
            setattr(earlier, name, value)
        for tier in tiers:
            tier.agreement_id = earlier.id
        uow.append(*tiers)
        after = earlier.model_dump(mode="json", exclude={"id"})
        changed = {name for name in after if after[name] != before[name]}
        taking.ctx.record(
            untold(
                AgreementChanged(
                    before={name: before[name] for name in changed},
                    after={name: after[name] for name in changed},
                    **facts,
                )
            )
        )
        taking.outcome("agreements").count("changed")
    taking.remember("agreements", found, (earlier or agreement).id)


def take_stock(taking: Taking, rows: Iterator[Sourced[Row] | Problem]) -> None:
    """Opening balances. A level that exists is never counted over: that is an adjustment."""
    known = taking.store.pairs(StockLevel, "part_id", "location_id")
    for found in taking.fresh("stock", rows):
        row = found.row
        assert isinstance(row, StockRow)
        part_id = taking.resolved(found, "part", Part, "number", "part")
        location_id = taking.resolved(found, "location", Location, "code", "location")
        if part_id is None or location_id is None:
            continue
        if (part_id, location_id) in known:
            taking.problem(
                Problem(
                    found.place.at("quantity"),
                    f"{row.part} at {row.location} has a balance already; "
                    "adjust it in wopo instead of importing it again.",
                )
            )
            continue
        known.add((part_id, location_id))
        _open_stock(taking, found, row, part_id, location_id)


def _open_stock(
    taking: Taking, found: Sourced[Row], row: StockRow, part_id: str, location_id: str
) -> None:
    ctx = taking.ctx
    value = Money.of(row.quantity * row.unit_cost, row.currency)
    level = bulk_row(
        StockLevel,
        id=ctx.new_id(),
        part_id=part_id,
        location_id=location_id,
        on_hand=row.quantity,
        value_minor=value.minor,
        currency=row.currency,
    )
    movement = bulk_row(
        StockMovement,
        id=ctx.new_id(),
        at=ctx.at,
        kind=MovementKind.OPENING,
        quantity=row.quantity,
        value_minor=value.minor,
        currency=row.currency,
        by_id=ctx.actor_id,
        part_id=part_id,
        location_id=location_id,
    )
    taking.later(level, movement)
    ctx.record(
        untold(
            StockAdjusted(
                subject_id=level.id,
                quantity=row.quantity,
                amount=value,
                on_hand=row.quantity,
                reason=OPENING,
                part_id=part_id,
                location_id=location_id,
            )
        )
    )
    taking.outcome("stock").count("added")
    taking.remember("stock", found, level.id)
