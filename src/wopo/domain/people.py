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
    """Somebody who works with wopo. Deactivated people keep their history and can do nothing."""

    __tablename__ = "person"

    id: str = id_field()
    code: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=120)
    email: str | None = Field(default=None, max_length=200, index=True)
    roles: list[str] = json_field(list)
    active: bool = True
    department: str = Field(default="", max_length=80)
    cost_centre_id: str | None = ref("cost_centre", null=True)
    manager_id: str | None = ref("person", null=True)
    locale: str = Field(default="en", max_length=20)
    timezone: str = Field(default="UTC", max_length=60)
    created_at: datetime = time_field()

    def has(self, *roles: Role) -> bool:
        """Whether the person has at least one of these roles."""
        return any(role.value in self.roles for role in roles)


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
