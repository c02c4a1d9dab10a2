"""Vendors, and for what they are preferred."""

from typing import Any

from wopo.domain.errors import REQUIRED
from wopo.domain.lookup import Kind
from wopo.domain.money import minor_digits
from wopo.domain.people import Role
from wopo.domain.vendors import (
    PREFERRED_FOR,
    PreferredVendor,
    Standing,
    Vendor,
    VendorAdded,
    VendorChanged,
    VendorPreferred,
)
from wopo.usecases.door import Answer, Command, Context, silent, use_case
from wopo.usecases.settings import company
from wopo.usecases.upsert import Save, by_code, id_by_code, save

silent(VendorAdded, "it concerns nobody until something is bought there")
silent(VendorChanged, "it is shown wherever the vendor is")
silent(VendorPreferred, "the next request is priced by it")


class SaveVendor(Save):
    """Add a vendor, or change the given fields; the currency defaults to the company's."""

    code: str
    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    tax_id: str = ""
    currency: str = ""
    payment_terms: str = ""
    standing: Standing = Standing.APPROVED
    contractor: bool = False
    numbers_restart_yearly: bool = False
    active: bool = True


class SetPreferredVendor(Command):
    """Favour a vendor for one part (by number) or one category, or no longer."""

    vendor: str
    part: str = ""
    category: str = ""
    preferred: bool = True


@use_case(SaveVendor, roles={Role.BUYER, Role.ADMIN}, action="add and change vendors", system=True)
def save_vendor(command: SaveVendor, ctx: Context) -> Answer:
    """Add or change a vendor; unchanged data records nothing."""
    known = ctx.uow.find(Vendor, code=command.code.strip())
    if known is None and not command.name.strip():
        raise REQUIRED(field="name", label="The name")
    saved = save(ctx, Kind.VENDOR, command.code, _values(command, ctx, known), command)
    vendor: Vendor = saved.row
    if saved.added:
        ctx.record(VendorAdded(subject_id=vendor.id, code=vendor.code, called=vendor.name))
    elif saved.changed:
        ctx.record(
            VendorChanged(
                subject_id=vendor.id, code=vendor.code, before=saved.before, after=saved.after
            )
        )
    return saved.answer(vendor.code)


def _values(command: SaveVendor, ctx: Context, known: Vendor | None) -> dict[str, Any]:
    values = command.given(
        "name",
        "address",
        "payment_terms",
        "standing",
        "contractor",
        "numbers_restart_yearly",
        "active",
    )
    for name in ("email", "phone", "tax_id"):
        if name in command.model_fields_set:
            values[name] = getattr(command, name).strip() or None
    currency = command.currency.strip().upper()
    if currency:
        minor_digits(currency)
        values["currency"] = currency
    if known is None:
        values.setdefault("currency", company(ctx.uow).currency)
        values["created_at"] = ctx.at
    return values


@use_case(
    SetPreferredVendor,
    roles={Role.BUYER, Role.ADMIN},
    action="choose preferred vendors",
    system=True,
)
def set_preferred_vendor(command: SetPreferredVendor, ctx: Context) -> Answer:
    """Favour a vendor; saying it again records nothing."""
    vendor: Vendor = by_code(ctx.uow, Kind.VENDOR, command.vendor, field="vendor")
    part_id = id_by_code(ctx.uow, Kind.PART, command.part, field="part")
    category = command.category.strip() or None
    if (part_id is None) == (category is None):
        raise PREFERRED_FOR(field="part")
    row = ctx.uow.find(PreferredVendor, vendor_id=vendor.id, part_id=part_id, category=category)
    if (row is not None) == command.preferred:
        return Answer(
            subject_id=vendor.id, message="That is so already.", facts={"outcome": "unchanged"}
        )
    if row is None:
        vendor.check_orderable(field="vendor")
        ctx.uow.add(
            PreferredVendor(
                id=ctx.new_id(), vendor_id=vendor.id, part_id=part_id, category=category
            )
        )
    else:
        ctx.uow.delete(row)
    ctx.record(
        VendorPreferred(
            subject_id=vendor.id,
            code=vendor.code,
            part_id=part_id,
            category=category,
            preferred=command.preferred,
        )
    )
    said = "is preferred now" if command.preferred else "is no longer preferred"
    return Answer(
        subject_id=vendor.id,
        message=f"{vendor.name} {said}.",
        facts={"outcome": "added" if command.preferred else "changed"},
    )
