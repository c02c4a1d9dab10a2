"""Keeping the contact keys of vendors and people up to date, as their facts change (a vendor's are
kept by the checks that look at them)."""

from collections.abc import Mapping

from wopo.domain.contact_keys import ContactFact, ContactKey, Owner, key_of
from wopo.domain.people import Person, PersonAdded, PersonChanged
from wopo.usecases.door import Context, reaction


def keep_keys(
    ctx: Context, owner: Owner, owner_id: str, facts: Mapping[ContactFact, str | None]
) -> list[str]:
    """Put the keys of these facts in place of those there are; other facts keep theirs. The keys
    that are new."""
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
    return [key for _, key in new]


def keep_private(ctx: Context, person_id: str, facts: Mapping[ContactFact, str]) -> list[str]:
    """Keep the hashes of what was given of a person's own facts; the names of those that are
    new."""
    given = {fact: said for fact, said in facts.items() if said.strip()}
    return [
        fact.value
        for fact, said in given.items()
        if keep_keys(ctx, Owner.PERSON, person_id, {fact: said})
    ]


def person_keys(event: PersonAdded | PersonChanged, ctx: Context) -> None:
    """A person's e-mail; phone, address and account come with ``SavePerson``."""
    person = ctx.require(Person, event.subject_id, label="person")
    keep_keys(ctx, Owner.PERSON, person.id, {ContactFact.EMAIL: person.email})


reaction(PersonAdded)(person_keys)
reaction(PersonChanged)(person_keys)
