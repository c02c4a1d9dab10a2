"""Keeping the contact keys of vendors and people up to date, as their facts change."""

from collections.abc import Mapping

from wopo.domain.bank_details import BankDetailsEntered
from wopo.domain.contact_keys import ContactFact, ContactKey, Owner, key_of
from wopo.domain.people import Person, PersonAdded, PersonChanged
from wopo.domain.vendors import Vendor, VendorAdded, VendorChanged
from wopo.usecases.door import Context, reaction


def keep_keys(
    ctx: Context, owner: Owner, owner_id: str, facts: Mapping[ContactFact, str | None]
) -> bool:
    """Put the keys of these facts in place of those there are; other facts keep theirs. Whether
    anything is different now."""
    wanted = {(fact, key) for fact, said in facts.items() if (key := key_of(fact, said))}
    rows = ctx.uow.all(ContactKey, owner_id=owner_id, fact=list(facts))
    there = {(row.fact, row.key) for row in rows}
    for row in rows:
        if (row.fact, row.key) not in wanted:
            ctx.uow.delete(row)
    new = sorted(wanted - there)
    ctx.uow.add(
        *(
            ContactKey(id=ctx.new_id(), owner=owner, owner_id=owner_id, fact=fact, key=key)
            for fact, key in new
        )
    )
    return there != wanted


def vendor_keys(event: VendorAdded | VendorChanged, ctx: Context) -> None:
    """A vendor's phone, address, e-mail and tax id."""
    vendor = ctx.require(Vendor, event.subject_id, label="vendor")
    facts = {
        ContactFact.PHONE: vendor.phone,
        ContactFact.ADDRESS: vendor.address,
        ContactFact.EMAIL: vendor.email,
        ContactFact.TAX_ID: vendor.tax_id,
    }
    keep_keys(ctx, Owner.VENDOR, vendor.id, facts)


@reaction(BankDetailsEntered)
def bank_key(event: BankDetailsEntered, ctx: Context) -> None:
    """The account a vendor is paid to, as soon as somebody says so."""
    account = event.after["iban"] or event.after["account"]
    keep_keys(ctx, Owner.VENDOR, event.vendor_id, {ContactFact.BANK: account})


def person_keys(event: PersonAdded | PersonChanged, ctx: Context) -> None:
    """A person's e-mail; phone, address and account come with ``SavePerson``."""
    person = ctx.require(Person, event.subject_id, label="person")
    keep_keys(ctx, Owner.PERSON, person.id, {ContactFact.EMAIL: person.email})


reaction(VendorAdded)(vendor_keys)
reaction(VendorChanged)(vendor_keys)
reaction(PersonAdded)(person_keys)
reaction(PersonChanged)(person_keys)
