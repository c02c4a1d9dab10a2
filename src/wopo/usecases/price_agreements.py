"""Price agreements and contracts: entering them with their tiers."""

from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict

from wopo.domain.errors import REQUIRED
from wopo.domain.events import as_json
from wopo.domain.lookup import Kind
from wopo.domain.money import PRICE_PLACES, checked_decimal, minor_digits
from wopo.domain.parts import Part
from wopo.domain.people import Role
from wopo.domain.price_agreements import (
    AgreementAdded,
    AgreementChanged,
    PriceAgreement,
    PriceTier,
    check_agreement,
    check_tiers,
)
from wopo.domain.vendors import Vendor
from wopo.usecases.door import Answer, Context, silent, use_case
from wopo.usecases.upsert import CODE_TAKEN, Save, by_code, change, references

silent(AgreementAdded, "requests are priced by it from now on")
silent(AgreementChanged, "requests are priced by it from now on")


class TierInput(BaseModel):
    """From this quantity on: a unit price, a discount in per cent, or a price less a discount."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    from_quantity: Decimal = Decimal(0)
    unit_price: Decimal | None = None
    discount_percent: Decimal | None = None


class SaveAgreement(Save):
    """Add an agreement, or change the given fields; given tiers replace all tiers."""

    number: str
    vendor: str = ""
    part: str = ""
    category: str = ""
    service: str = ""
    service_contract: bool = False
    currency: str = ""
    unit: str = ""
    price_per: Decimal = Decimal(1)
    minimum_quantity: Decimal | None = None
    lead_time_days: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    payment_terms: str = ""
    active: bool = True
    tiers: tuple[TierInput, ...] = ()


@use_case(
    SaveAgreement,
    roles={Role.BUYER, Role.ADMIN},
    action="add and change price agreements",
    system=True,
)
def save_agreement(command: SaveAgreement, ctx: Context) -> Answer:
    """Add or change an agreement; unchanged data records nothing."""
    number = command.number.strip()
    if not number:
        raise REQUIRED(field="number", label="The number")
    row = ctx.uow.find(PriceAgreement, number=number)
    if row is not None and command.must_be_new:
        raise CODE_TAKEN(field="number", code=number, label="price agreement", name=row.number)
    values = _values(command, ctx, row)
    if row is None:
        row = PriceAgreement(id=ctx.new_id(), number=number, **values)
        check_agreement(row)
        ctx.uow.add(row)
        ctx.uow.flush()
        _replace_tiers(ctx, row, command)
        ctx.record(AgreementAdded(subject_id=row.id, number=number, vendor_id=row.vendor_id))
        return _answer(row, "added")
    saved = change(row, values)
    check_agreement(row)
    before, after = dict(saved.before), dict(saved.after)
    if "tiers" in command.model_fields_set:
        old, new = _replace_tiers(ctx, row, command)
        if old != new:
            before["tiers"], after["tiers"] = as_json(old), as_json(new)
    if not after:
        return _answer(row, "unchanged")
    ctx.record(AgreementChanged(subject_id=row.id, number=number, before=before, after=after))
    return _answer(row, "changed")


def _answer(row: PriceAgreement, outcome: str) -> Answer:
    return Answer(
        subject_id=row.id,
        number=row.number,
        message=f"{row.number} is {outcome}.",
        facts={"outcome": outcome},
    )


def _values(command: SaveAgreement, ctx: Context, known: PriceAgreement | None) -> dict[str, Any]:
    values = command.given(
        "service_contract", "lead_time_days", "valid_from", "valid_to", "payment_terms", "active"
    )
    for name in ("price_per", "minimum_quantity"):
        given = getattr(command, name)
        if name in command.model_fields_set and given is not None:
            label = name.replace("_", " ").capitalize()
            given = checked_decimal(given, label=label, places=PRICE_PLACES, field=name)
        if name in command.model_fields_set:
            values[name] = given
    for name in ("category", "service"):
        if name in command.model_fields_set:
            values[name] = getattr(command, name).strip() or None
    values |= references(
        ctx, command, vendor=(Kind.VENDOR, "vendor_id"), part=(Kind.PART, "part_id")
    )
    if command.currency.strip():
        values["currency"] = command.currency.strip().upper()
        minor_digits(values["currency"])
    if command.unit.strip():
        values["unit"] = command.unit.strip()
    if known is None:
        _defaults(command, ctx, values)
    return values


def _defaults(command: SaveAgreement, ctx: Context, values: dict[str, Any]) -> None:
    vendor: Vendor = by_code(ctx.uow, Kind.VENDOR, command.vendor, field="vendor")
    vendor.check_orderable(field="vendor")
    part = ctx.uow.get(Part, values["part_id"]) if values.get("part_id") else None
    values.setdefault("currency", vendor.currency)
    values.setdefault("unit", part.unit if part else "")
    if values.get("valid_from") is None:
        raise REQUIRED(field="valid_from", label="The first day")


def _replace_tiers(
    ctx: Context, row: PriceAgreement, command: SaveAgreement
) -> tuple[list[dict[str, Decimal | None]], list[dict[str, Decimal | None]]]:
    """Put the given tiers in place of the old ones; both as comparable values."""
    old = ctx.uow.all(PriceTier, agreement_id=row.id, order="from_quantity")
    new = [
        PriceTier(
            id="",
            agreement_id=row.id,
            from_quantity=tier.from_quantity,
            unit_price=tier.unit_price,
            discount_percent=tier.discount_percent,
        )
        for tier in sorted(command.tiers, key=lambda tier: tier.from_quantity)
    ]
    check_tiers(new)
    before, after = [_facts(tier) for tier in old], [_facts(tier) for tier in new]
    if before != after:
        for tier in old:
            ctx.uow.delete(tier)
        for tier in new:
            tier.id = ctx.new_id()
        ctx.uow.add(*new)
        ctx.uow.flush()
    return before, after


def _facts(tier: PriceTier) -> dict[str, Decimal | None]:
    return {
        "from_quantity": tier.from_quantity,
        "unit_price": tier.unit_price,
        "discount_percent": tier.discount_percent,
    }
