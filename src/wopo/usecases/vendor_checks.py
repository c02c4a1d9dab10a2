"""What a new fact of a vendor has in common with employees and other vendors (A49).

A match stops payments, and orders too where it is an employee's, until finance has looked. Only
finance is told, each in their own messages; the hold's reason accuses nobody.
"""

from collections.abc import Iterable, Sequence

from wopo.domain.bank_details import BankDetailsEntered
from wopo.domain.contact_keys import ContactFact, Owner
from wopo.domain.imports import ImportFinished
from wopo.domain.people import Person, Role
from wopo.domain.vendor_holds import Hold, HoldKind
from wopo.domain.vendors import Vendor, VendorAdded, VendorChanged, VendorRelated
from wopo.usecases.contact_keys import keep_keys
from wopo.usecases.door import Context, Notice, announces, reaction
from wopo.usecases.people import direct
from wopo.usecases.ports.people import PeopleStore
from wopo.usecases.ports.vendors import Alike, VendorStore
from wopo.usecases.vendor_holds import place

TELLING = (ContactFact.BANK, ContactFact.PHONE, ContactFact.ADDRESS)
"""Facts that stop something; the others are only shown to the auditor (test 12)."""
REASON = "Finance is checking this vendor"
MOST_TOLD = 20
"""Vendors of an import that are named in one message; all of them are held."""


def vendor_keys(event: VendorAdded | VendorChanged, ctx: Context) -> None:
    """A vendor's phone, address, e-mail and tax id."""
    vendor = ctx.require(Vendor, event.subject_id, label="vendor")
    facts = {
        ContactFact.PHONE: vendor.phone,
        ContactFact.ADDRESS: vendor.address,
        ContactFact.EMAIL: vendor.email,
        ContactFact.TAX_ID: vendor.tax_id,
    }
    check_vendor(ctx, vendor.id, keep_keys(ctx, Owner.VENDOR, vendor.id, facts))


@reaction(BankDetailsEntered)
def bank_key(event: BankDetailsEntered, ctx: Context) -> None:
    """The account a vendor is paid to, as soon as somebody says so."""
    account = event.after["iban"] or event.after["account"]
    new = keep_keys(ctx, Owner.VENDOR, event.vendor_id, {ContactFact.BANK: account})
    check_vendor(ctx, event.vendor_id, new)


reaction(VendorAdded)(vendor_keys)
reaction(VendorChanged)(vendor_keys)


def check_vendor(ctx: Context, vendor_id: str, new_keys: Sequence[str]) -> None:
    """Hold and report a vendor whose new facts are somebody else's too."""
    alike = ctx.uow.store(VendorStore).alike(vendor_id, new_keys) if new_keys else []
    found = [one for one in alike if one.fact in TELLING]
    if not found:
        return
    vendor = ctx.require(Vendor, vendor_id, label="vendor")
    people = tuple(dict.fromkeys(one.owner_id for one in found if one.owner is Owner.PERSON))
    kinds = (HoldKind.ORDERS, HoldKind.PAYMENTS) if people else (HoldKind.PAYMENTS,)
    for kind in kinds:
        old = vendor.hold(kind)
        if old is None or not old.is_checks_about(people):
            about = dict.fromkeys([*(old.about_ids if old else ()), *people])
            place(ctx, vendor, kind, Hold(reason=REASON, at=ctx.at, about_ids=tuple(about)))
    ctx.record(VendorRelated(subject_id=vendor.id, code=vendor.code, alike=_told(found)))


def _told(found: Sequence[Alike]) -> list[dict[str, object]]:
    by_owner: dict[str, dict[str, object]] = {}
    for one in found:
        kind = "employee" if one.owner is Owner.PERSON else "vendor"
        known = by_owner.setdefault(
            one.owner_id, {"kind": kind, "id": one.owner_id, "name": one.name, "facts": []}
        )
        known["facts"] = [*known["facts"], one.fact.value]  # type: ignore[misc]
    return list(by_owner.values())


@announces(VendorRelated)
def tell_finance(event: VendorRelated, ctx: Context) -> Iterable[Notice]:
    """Everybody in finance, or the administrators where there is nobody else; never whom it is
    about."""
    vendor = ctx.require(Vendor, event.subject_id, label="vendor")
    text = (
        f"Please check the vendor {_alike(vendor, event)} There may be a good reason. /wopo vendor "
        f"{vendor.code} lifts the hold."
    )
    for person in _told_to(ctx, event):
        yield direct(person.id, vendor.id, text)


@announces(ImportFinished)
def tell_of_import(event: ImportFinished, ctx: Context) -> Iterable[Notice]:
    """The same about all vendors of an import, in one message to each who is to be told: what it
    brought is not told by itself (``imports.taking.untold``)."""
    found = [one for one in ctx.recorded if isinstance(one, VendorRelated)]
    vendors = ctx.uow.many(Vendor, {one.subject_id for one in found})
    told: dict[str, dict[str, str]] = {}
    for one in found:
        for person in _told_to(ctx, one):
            vendor = vendors[one.subject_id]
            told.setdefault(person.id, {})[vendor.code] = _alike(vendor, one)
    for person_id, lines in told.items():
        shown = "\n".join(list(lines.values())[:MOST_TOLD])
        more = f"\nand {len(lines) - MOST_TOLD:,} more" if len(lines) > MOST_TOLD else ""
        text = (
            "Please check these vendors, which an import brought; there may be a good reason. "
            f"/wopo vendor with the code lifts a hold.\n{shown}{more}"
        )
        yield direct(person_id, event.subject_id, text)


def _alike(vendor: Vendor, event: VendorRelated) -> str:
    """``Acme (ACM): same bank as the vendor Zed. On hold meanwhile: payments.``"""
    alike = "; ".join(
        f"same {' and '.join(one['facts'])} as the {one['kind']} {one['name']}"
        for one in event.alike
    )
    held = " and ".join(kind.value for kind in HoldKind if vendor.hold(kind) is not None)
    return f"{vendor.name} ({vendor.code}): {alike}. On hold meanwhile: {held}."


def _told_to(ctx: Context, event: VendorRelated) -> list[Person]:
    about = {str(one["id"]) for one in event.alike}
    people = ctx.uow.store(PeopleStore)
    for role in (Role.FINANCE, Role.ADMIN):
        others = [person for person in people.with_role(role) if person.id not in about]
        if others:
            return others
    return []
