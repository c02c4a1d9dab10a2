"""People, their roles, and who they are in Slack."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from wopo.domain.columns import (
    decimal_field,
    id_field,
    json_field,
    minor_field,
    ref,
    time_field,
)
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event
from wopo.domain.money import Money
from wopo.domain.settings import CompanySettings

LAST_ADMIN = Refusal(
    "person.last_admin",
    "{name} is the last active administrator. Nothing was changed; "
    "make somebody else administrator first.",
)
NOT_ACTIVE = Refusal(
    "person.not_active",
    "{name} is deactivated. Nothing was changed; choose somebody who is active.",
)
MANAGER_CYCLE = Refusal(
    "person.manager_cycle",
    "{manager} already reports to {name}. Nothing was changed; choose another manager.",
)
LIMIT_DAYS = Refusal(
    "authority.days",
    "The limit would end on {to}, before it begins on {start}. Nothing was changed; "
    "give an end that is not before the beginning.",
)
ZONE_UNKNOWN = Refusal(
    "person.timezone",
    "There is no time zone {zone}. Nothing was changed; use a name like Europe/Berlin.",
)
LOCALE_UNKNOWN = Refusal(
    "person.locale",
    "There is no language {locale}. Nothing was changed; use a code like en or de_DE.",
)


class Role(StrEnum):
    """What a person may do (domain.md, "People"). One person may have several."""

    TECHNICIAN = "technician"
    SUPERVISOR = "supervisor"
    BUYER = "buyer"
    APPROVER = "approver"
    RECEIVER = "receiver"
    FINANCE = "finance"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Person(SQLModel, table=True):
    """Somebody who works with wopo. Deactivated people keep their history and can do nothing.

    ``site_id`` is the site they work at and, for a supervisor, supervise; none means every site.
    ``counter_cap_minor``: up to how much they buy at a vendor's counter in a day without asking, in
    the company's currency; none means the company's own cap, 0 that they always ask.
    """

    __tablename__ = "person"

    id: str = id_field()
    code: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=120)
    email: str | None = Field(default=None, max_length=200, index=True)
    roles: list[str] = json_field(list)
    active: bool = True
    department: str = Field(default="", max_length=80)
    site_id: str | None = ref("location", null=True)
    cost_centre_id: str | None = ref("cost_centre", null=True)
    manager_id: str | None = ref("person", null=True)
    locale: str = Field(default="en", max_length=20)
    timezone: str = Field(default="UTC", max_length=60)
    counter_cap_minor: int | None = minor_field(None, null=True)
    away_until: date | None = None
    """The last day on which somebody stands in for them (``Delegation``), so that nobody looks for
    a stand-in of people who have none."""
    created_at: datetime = time_field()

    def has(self, *roles: Role) -> bool:
        """Whether the person has at least one of these roles."""
        return any(role.value in self.roles for role in roles)

    def supervises(self, site_id: str) -> bool:
        """Whether the person is a supervisor of this site."""
        return self.has(Role.SUPERVISOR) and self.site_id in (None, site_id)

    def only_reads(self) -> bool:
        """Whether the person is nothing but an auditor, who reads all and changes nothing."""
        return self.roles == [Role.AUDITOR.value]


class SlackIdentity(SQLModel, table=True):
    """A Slack user mapped to a person by workspace and user id."""

    __tablename__ = "slack_identity"
    __table_args__ = (UniqueConstraint("workspace_id", "user_id"),)

    id: str = id_field()
    workspace_id: str = Field(max_length=40)
    user_id: str = Field(max_length=40, index=True)
    person_id: str = ref("person")
    guest: bool = False
    deactivated: bool = False
    dm_channel: str | None = Field(default=None, max_length=40)


class AuthorityLimit(SQLModel, table=True):
    """How much a person may approve, for one cost centre or (none) for all, between two days."""

    __tablename__ = "authority_limit"

    id: str = id_field()
    person_id: str = ref("person")
    cost_centre_id: str | None = ref("cost_centre", null=True)
    amount_minor: int = minor_field()
    currency: str = Field(max_length=3)
    valid_from: date
    valid_to: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the limit is in force on ``day`` (both ends included)."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class LabourRate(SQLModel, table=True):
    """What an hour of a person costs from a day on, per hour in major units of ``currency``."""

    __tablename__ = "labour_rate"

    id: str = id_field()
    person_id: str = ref("person")
    per_hour: Decimal = decimal_field()
    currency: str = Field(max_length=3)
    valid_from: date


def rate_on(rates: Iterable[LabourRate], day: date) -> LabourRate | None:
    """The newest rate that is valid on ``day``, or none."""
    valid = [rate for rate in rates if rate.valid_from <= day]
    return max(valid, key=lambda rate: rate.valid_from, default=None)


class Team(SQLModel, table=True):
    """A group of people that a job may be given to."""

    __tablename__ = "team"

    id: str = id_field()
    code: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=120)


class TeamMember(SQLModel, table=True):
    """One person's place in one team."""

    __tablename__ = "team_member"
    __table_args__ = (UniqueConstraint("team_id", "person_id"),)

    id: str = id_field()
    team_id: str = ref("team")
    person_id: str = ref("person")


def roles_text(roles: Iterable[Role]) -> str:
    """Roles as people read them: ``a buyer or an approver``."""
    names = [f"{'an' if r.value[0] in 'aeiou' else 'a'} {r.value}" for r in roles]
    return " or ".join(names)


SEES_COSTS = (
    Role.SUPERVISOR,
    Role.BUYER,
    Role.APPROVER,
    Role.FINANCE,
    Role.AUDITOR,
    Role.ADMIN,
)


def may_see_costs(person: Person, settings: CompanySettings) -> bool:
    """Whether figures are shown to the person (domain.md, "People": technicians see no costs
    unless a setting allows it; a storekeeper or somebody without a role counts as one)."""
    return settings.technicians_see_costs or person.has(*SEES_COSTS)


@event("person:added")
class PersonAdded(Event):
    """Somebody can work with wopo from now on."""

    code: str
    called: str
    roles: list[str]


@event("person:changed")
class PersonChanged(Event):
    """Facts about a person are different now."""

    code: str
    before: dict[str, object]
    after: dict[str, object]


@event("person:deactivated")
class PersonDeactivated(Event):
    """A person can do nothing any more; their history stays."""

    code: str
    reason: str


@event("person:reactivated")
class PersonReactivated(Event):
    """A deactivated person is back."""

    code: str


@event("person:authority_set")
class AuthoritySet(Event):
    """A person may approve up to ``amount`` from a day on."""

    cost_centre_id: str | None
    amount: Money
    valid_from: date
    valid_to: date | None
    before: Money | None


@event("person:labour_rate_set")
class LabourRateSet(Event):
    """An hour of a person costs ``per_hour`` from a day on."""

    per_hour: Decimal
    currency: str
    valid_from: date
    before: Decimal | None


@event("team:added")
class TeamAdded(Event):
    """There is a new team."""

    code: str
    called: str


@event("team:changed")
class TeamChanged(Event):
    """A team's name or members are different now."""

    code: str
    before: dict[str, object]
    after: dict[str, object]
