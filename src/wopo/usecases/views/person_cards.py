"""What an administrator sees of people: a list of them, and one with roles, limits and accounts."""

from dataclasses import dataclass
from datetime import date

from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import NOT_FOUND
from wopo.domain.locations import Location
from wopo.domain.lookup import Kind
from wopo.domain.money import Money
from wopo.domain.people import AuthorityLimit, Person, Role, SlackIdentity
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.choices import ChoiceStore
from wopo.usecases.settings import company
from wopo.usecases.views.names import Ref, refs_of


@dataclass(frozen=True)
class PersonLine:
    """A person as a line of a list."""

    id: str
    code: str
    name: str
    roles: tuple[Role, ...]
    active: bool


@dataclass(frozen=True)
class PersonList:
    """Some people by name; ``more`` when there are others."""

    lines: tuple[PersonLine, ...]
    more: bool


@dataclass(frozen=True)
class LimitLine:
    """How much somebody may approve, for one cost centre or (none) for all, between two days."""

    cost_centre: Ref | None
    amount: Money
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class PersonView:
    """A person as an administrator sees them. ``counter_cap`` is their own, none where the
    company's holds; ``accounts`` counts the Slack accounts that are theirs and may be used."""

    id: str
    code: str
    name: str
    email: str
    roles: tuple[Role, ...]
    active: bool
    department: str
    site: Ref | None
    cost_centre: Ref | None
    manager: Ref | None
    counter_cap: Money | None
    company_cap: Money
    limits: tuple[LimitLine, ...]
    """Those that hold today or later, by cost centre and day."""
    accounts: int


def people_list(uow: UnitOfWork, typed: str, *, limit: int = 30) -> PersonList:
    """People whose code or name contains what was typed, by name; two queries."""
    found = uow.store(ChoiceStore).search(Kind.PERSON, typed, limit=limit + 1)
    rows = uow.many(Person, [choice.id for choice in found[:limit]])
    people = [rows[choice.id] for choice in found[:limit]]
    lines = (PersonLine(p.id, p.code, p.name, _roles(p), p.active) for p in people)
    return PersonList(tuple(lines), more=len(found) > limit)


def person_view(uow: UnitOfWork, person_id: str, *, today: date) -> PersonView:
    """One person. Raises ``NOT_FOUND``. Five queries."""
    person = uow.get(Person, person_id)
    if person is None:
        raise NOT_FOUND(kind="person", wanted=person_id, nearest="")
    limits = [
        limit
        for limit in uow.all(AuthorityLimit, person_id=person.id, order="valid_from")
        if limit.valid_to is None or limit.valid_to >= today
    ]
    centres = [person.cost_centre_id, *(limit.cost_centre_id for limit in limits)]
    named = {Location: [person.site_id], CostCentre: centres, Person: [person.manager_id]}
    names = refs_of(uow, named)
    settings = company(uow)
    cap = person.counter_cap_minor
    return PersonView(
        id=person.id,
        code=person.code,
        name=person.name,
        email=person.email or "",
        roles=_roles(person),
        active=person.active,
        department=person.department,
        site=names.get(person.site_id or ""),
        cost_centre=names.get(person.cost_centre_id or ""),
        manager=names.get(person.manager_id or ""),
        counter_cap=None if cap is None else Money(cap, settings.currency),
        company_cap=Money(settings.counter_cap_minor, settings.currency),
        limits=tuple(
            LimitLine(
                cost_centre=names.get(limit.cost_centre_id or ""),
                amount=Money(limit.amount_minor, limit.currency),
                valid_from=limit.valid_from,
                valid_to=limit.valid_to,
            )
            for limit in limits
        ),
        accounts=uow.count(SlackIdentity, person_id=person.id, deactivated=False),
    )


def _roles(person: Person) -> tuple[Role, ...]:
    return tuple(role for role in Role if role.value in person.roles)
