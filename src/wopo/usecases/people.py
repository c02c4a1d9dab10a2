"""People: adding, changing and deactivating them, what they may approve, what they cost."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale, UnknownLocaleError

from wopo.domain.contact_keys import ContactFact
from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import REQUIRED
from wopo.domain.lookup import Kind
from wopo.domain.money import (
    NEGATIVE,
    PRICE_PLACES,
    Money,
    checked_decimal,
    minor_digits,
    plain,
)
from wopo.domain.outbox import Mode
from wopo.domain.people import (
    LAST_ADMIN,
    LIMIT_DAYS,
    LOCALE_UNKNOWN,
    MANAGER_CYCLE,
    NOT_ACTIVE,
    ZONE_UNKNOWN,
    AuthorityLimit,
    AuthoritySet,
    LabourRate,
    LabourRateSet,
    Person,
    PersonAdded,
    PersonChanged,
    PersonDeactivated,
    PersonReactivated,
    Role,
)
from wopo.domain.work_orders import OPEN_STATES, AssigneeKind, WorkOrder
from wopo.usecases.contact_keys import keep_private
from wopo.usecases.door import Answer, Command, Context, Notice, announces, silent, use_case
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.people import PeopleStore
from wopo.usecases.settings import company
from wopo.usecases.upsert import Save, by_code, references, save

silent(PersonAdded, "the administrator who adds somebody sees it at once")
silent(PersonReactivated, "the administrator who does it sees it at once")
silent(AuthoritySet, "the next approval is routed by it")
silent(LabourRateSet, "pay is nobody else's business")


class SavePerson(Save):
    """Add a person, or change the given fields of the one with this code. Other things are named
    by their codes; an empty reference takes it away."""

    code: str
    name: str = ""
    email: str = ""
    roles: frozenset[Role] = frozenset()
    department: str = ""
    site: str = ""
    cost_centre: str = ""
    manager: str = ""
    locale: str = "en"
    timezone: str = "UTC"
    counter_cap: Decimal | None = None
    """What they may buy at counters in a day without asking, in major units of the company's
    currency; 0 never, none as the company's setting says."""
    phone: str = ""
    """This and the two that follow are kept as hashes only, to see a vendor who is an employee."""
    address: str = ""
    iban: str = ""


class DeactivatePerson(Command):
    """Let a person do nothing any more; history and numbers stay."""

    code: str
    reason: str = ""


class ReactivatePerson(Command):
    """Let a deactivated person act again."""

    code: str


class SetAuthority(Command):
    """How much a person may approve from a day on, for one cost centre or (none) for all."""

    person: str
    amount: Decimal
    currency: str = ""
    cost_centre: str = ""
    valid_from: date
    valid_to: date | None = None


class SetLabourRate(Command):
    """What an hour of a person costs from a day on, in major units of ``currency``."""

    person: str
    per_hour: Decimal
    currency: str = ""
    valid_from: date


@use_case(SavePerson, roles={Role.ADMIN}, action="add and change people", system=True)
def save_person(command: SavePerson, ctx: Context) -> Answer:
    """Add or change a person; unchanged data records nothing."""
    values = _person_values(command, ctx)
    known = ctx.uow.find(Person, code=command.code.strip())
    if known is None and not values.get("name"):
        raise REQUIRED(field="name", label="The name")
    if known is not None:
        _keeps_an_admin(ctx, known, values)
        _no_manager_cycle(ctx, known, values)
    if known is None:
        values = {"created_at": ctx.at, "roles": [], **values}
    saved = save(ctx, Kind.PERSON, command.code, values, command)
    person: Person = saved.row
    private = keep_private(
        ctx,
        person.id,
        {
            ContactFact.PHONE: command.phone,
            ContactFact.ADDRESS: command.address,
            ContactFact.BANK: command.iban,
        },
    )
    if private and not saved.added:
        saved = replace(saved, after={**saved.after, "kept as hashes": private})
    if saved.added:
        ctx.record(
            PersonAdded(
                subject_id=person.id, code=person.code, called=person.name, roles=person.roles
            )
        )
    elif saved.changed:
        ctx.record(
            PersonChanged(
                subject_id=person.id, code=person.code, before=saved.before, after=saved.after
            )
        )
    return saved.answer(person.code)


def _person_values(command: SavePerson, ctx: Context) -> dict[str, Any]:
    values = command.given("name", "department", "locale", "timezone")
    if "email" in command.model_fields_set:
        values["email"] = command.email.strip().lower() or None
    if "roles" in command.model_fields_set:
        values["roles"] = sorted(role.value for role in command.roles)
    if "counter_cap" in command.model_fields_set:
        values["counter_cap_minor"] = _cap(ctx, command.counter_cap)
    values |= references(
        ctx,
        command,
        site=(Kind.LOCATION, "site_id"),
        cost_centre=(Kind.COST_CENTRE, "cost_centre_id"),
        manager=(Kind.PERSON, "manager_id"),
    )
    if "timezone" in values:
        check_timezone(values["timezone"])
    if "locale" in values:
        check_locale(values["locale"])
    return values


def _cap(ctx: Context, cap: Decimal | None) -> int | None:
    if cap is None:
        return None
    return _amount(cap, company(ctx.uow).currency, label="The cap", field="counter_cap").minor


def check_timezone(name: str) -> None:
    """Refuse a time zone that the zone database does not know."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ZONE_UNKNOWN(field="timezone", zone=name or "without a name") from error


def check_locale(code: str) -> None:
    """Refuse a language that Babel does not know."""
    try:
        Locale.parse(code.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError) as error:
        raise LOCALE_UNKNOWN(field="locale", locale=code or "without a code") from error


def _keeps_an_admin(ctx: Context, person: Person, values: dict[str, Any]) -> None:
    stays = Role.ADMIN.value in values.get("roles", person.roles) and values.get("active", True)
    if stays or not person.has(Role.ADMIN):
        return
    admins = ctx.uow.store(PeopleStore).with_role(Role.ADMIN)
    if not any(admin.id != person.id for admin in admins):
        raise LAST_ADMIN(name=person.name)


def _no_manager_cycle(ctx: Context, person: Person, values: dict[str, Any]) -> None:
    above = ctx.uow.get(Person, values["manager_id"]) if values.get("manager_id") else None
    manager = above
    while above is not None:
        if above.id == person.id:
            raise MANAGER_CYCLE(
                field="manager", manager=manager.name if manager else "", name=person.name
            )
        above = ctx.uow.get(Person, above.manager_id) if above.manager_id else None


@use_case(DeactivatePerson, roles={Role.ADMIN}, action="deactivate people", system=True)
def deactivate_person(command: DeactivatePerson, ctx: Context) -> Answer:
    """Take all rights away; their Slack identities are suspended by a reaction."""
    person: Person = by_code(ctx.uow, Kind.PERSON, command.code, field="code")
    _keeps_an_admin(ctx, person, {"active": False})
    if not person.active:
        return Answer(subject_id=person.id, message=f"{person.name} is deactivated already.")
    person.active = False
    ctx.record(
        PersonDeactivated(subject_id=person.id, code=person.code, reason=command.reason.strip())
    )
    return Answer(subject_id=person.id, message=f"{person.name} is deactivated.")


@use_case(ReactivatePerson, roles={Role.ADMIN}, action="reactivate people", system=True)
def reactivate_person(command: ReactivatePerson, ctx: Context) -> Answer:
    """Give the rights back."""
    person: Person = by_code(ctx.uow, Kind.PERSON, command.code, field="code")
    if person.active:
        return Answer(subject_id=person.id, message=f"{person.name} is active already.")
    person.active = True
    ctx.record(PersonReactivated(subject_id=person.id, code=person.code))
    return Answer(subject_id=person.id, message=f"{person.name} is active again.")


@use_case(SetAuthority, roles={Role.ADMIN}, action="set authority limits", system=True)
def set_authority(command: SetAuthority, ctx: Context) -> Answer:
    """A limit from a day on; an earlier open one for the same scope ends the day before."""
    person: Person = by_code(ctx.uow, Kind.PERSON, command.person, field="person")
    centre = _centre(ctx, command.cost_centre)
    currency = command.currency or (centre or company(ctx.uow)).currency
    amount = _amount(command.amount, currency)
    if command.valid_to is not None and command.valid_to < command.valid_from:
        raise LIMIT_DAYS(field="valid_to", start=command.valid_from, to=command.valid_to)
    ctx.uow.lock(Person, person.id)
    scope = centre.id if centre else None
    limits = ctx.uow.all(AuthorityLimit, person_id=person.id, cost_centre_id=scope)
    same = next((limit for limit in limits if limit.valid_from == command.valid_from), None)
    before = Money(same.amount_minor, same.currency) if same else None
    if same and before == amount and same.valid_to == command.valid_to:
        return Answer(subject_id=person.id, message=f"{person.name} may approve that already.")
    for limit in limits:
        if limit.valid_from < command.valid_from and limit.covers(command.valid_from):
            limit.valid_to = command.valid_from - timedelta(days=1)
    limit = same or AuthorityLimit(
        id=ctx.new_id(),
        person_id=person.id,
        cost_centre_id=scope,
        currency=currency,
        valid_from=command.valid_from,
    )
    limit.amount_minor, limit.currency = amount.minor, currency
    limit.valid_to = command.valid_to
    ctx.uow.add(limit)
    ctx.record(
        AuthoritySet(
            subject_id=person.id,
            cost_centre_id=scope,
            amount=amount,
            valid_from=command.valid_from,
            valid_to=command.valid_to,
            before=before,
        )
    )
    return Answer(subject_id=person.id, message=f"{person.name} may approve up to {amount}.")


def _centre(ctx: Context, code: str) -> CostCentre | None:
    if not code:
        return None
    centre: CostCentre = by_code(ctx.uow, Kind.COST_CENTRE, code, field="cost_centre")
    return centre


def _amount(
    amount: Decimal, currency: str, *, label: str = "The amount", field: str = "amount"
) -> Money:
    digits = minor_digits(currency)
    value = checked_decimal(amount, label=label, places=digits, field=field)
    if value < 0:
        raise NEGATIVE(field=field, label=label, bound="0 or more", typed=value)
    return Money.of(value, currency)


@use_case(SetLabourRate, roles={Role.ADMIN}, action="set labour rates", system=True)
def set_labour_rate(command: SetLabourRate, ctx: Context) -> Answer:
    """A rate from a day on; hours entered before keep the rate they were entered at."""
    person: Person = by_code(ctx.uow, Kind.PERSON, command.person, field="person")
    centre = ctx.uow.get(CostCentre, person.cost_centre_id) if person.cost_centre_id else None
    currency = command.currency or (centre or company(ctx.uow)).currency
    minor_digits(currency)
    rate = checked_decimal(
        command.per_hour, label="The rate", places=PRICE_PLACES, field="per_hour"
    )
    if rate < 0:
        raise NEGATIVE(field="per_hour", label="The rate", bound="0 or more", typed=plain(rate))
    row = ctx.uow.find(LabourRate, person_id=person.id, valid_from=command.valid_from)
    if row and (row.per_hour, row.currency) == (rate, currency):
        return Answer(subject_id=person.id, message="That rate is set already.")
    before = row.per_hour if row else None
    if row is None:
        row = LabourRate(
            id=ctx.new_id(),
            person_id=person.id,
            per_hour=rate,
            currency=currency,
            valid_from=command.valid_from,
        )
        ctx.uow.add(row)
    row.per_hour, row.currency = rate, currency
    ctx.record(
        LabourRateSet(
            subject_id=person.id,
            per_hour=rate,
            currency=currency,
            valid_from=command.valid_from,
            before=before,
        )
    )
    return Answer(subject_id=person.id, message=f"The rate of {person.name} is set.")


def active_person(ctx: Context, person_id: str, *, field: str) -> Person:
    """The person with this id, refused when deactivated."""
    person = ctx.require(Person, person_id, label="person", field=field)
    if not person.active:
        raise NOT_ACTIVE(field=field, name=person.name)
    return person


def supervisors(uow: UnitOfWork, site_id: str) -> list[Person]:
    """Who reviews requests and approves work at this site."""
    return uow.store(PeopleStore).with_role(Role.SUPERVISOR, site_id=site_id)


def team_ids(uow: UnitOfWork, person_id: str) -> set[str]:
    """The teams a person belongs to."""
    return uow.store(PeopleStore).team_ids(person_id)


@announces(PersonChanged)
def tell_changed(event: PersonChanged, ctx: Context) -> Iterable[Notice]:
    """Rights decide what the person's Home shows."""
    yield home(event.subject_id)


@announces(PersonDeactivated)
def tell_deactivated(event: PersonDeactivated, ctx: Context) -> Iterable[Notice]:
    """The supervisors hear which jobs nobody works on now."""
    jobs = ctx.uow.all(
        WorkOrder,
        assignee_kind=AssigneeKind.PERSON,
        assignee_id=event.subject_id,
        state=list(OPEN_STATES),
        order="number",
        limit=100,
    )
    person = ctx.uow.get(Person, event.subject_id)
    for site_id in sorted({job.site_id for job in jobs}):
        numbers = ", ".join(job.number for job in jobs if job.site_id == site_id)
        text = f"{person.name if person else event.code} is deactivated. Please give to others: "
        for supervisor in supervisors(ctx.uow, site_id):
            yield direct(supervisor.id, event.subject_id, f"{text}{numbers}.")


def home(person_id: str) -> Notice:
    """Refresh a person's App Home."""
    return Notice("home", person_id, f"person:{person_id}", Mode.HOME)


def direct(person_id: str, subject_id: str, text: str) -> Notice:
    """A plain direct message to a person about a subject."""
    return Notice("direct", subject_id, f"person:{person_id}", facts={"text": text})
