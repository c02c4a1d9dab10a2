"""Where work happens: a tree of locations whose roots are sites."""

from enum import StrEnum

from sqlmodel import Field, SQLModel

from wopo.domain.columns import enum_field, id_field, ref


class Intake(StrEnum):
    """What happens to a site's work requests: a supervisor reviews each, or they go straight
    into the first-come-first-served queue."""

    REVIEW = "review"
    FIRST_COME = "first_come_first_served"


class Location(SQLModel, table=True):
    """A site, or a place inside one. ``site_id`` is the root of its tree (itself for a site)."""

    __tablename__ = "location"

    id: str = id_field()
    code: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=120)
    parent_id: str | None = ref("location", null=True)
    site_id: str = Field(max_length=40, index=True)
    intake: Intake = enum_field(Intake, default=Intake.REVIEW)
    cost_centre_id: str | None = ref("cost_centre", null=True)
    holds_stock: bool = False
