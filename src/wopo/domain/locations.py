"""Where work happens: a tree of locations whose roots are sites."""

from enum import StrEnum

from sqlmodel import Field, SQLModel

from wopo.domain.columns import enum_field, id_field, ref
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event

OWN_PARENT = Refusal(
    "location.own_parent",
    "{parent} lies inside {code}. Nothing was changed; choose another parent.",
)
SITE_FIXED = Refusal(
    "location.site_fixed",
    "{code} has places or jobs of its own at {site}. Nothing was changed; "
    "a place keeps its site, add a new one there.",
)


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
    address: str = Field(default="", max_length=500)
    """Where a delivery goes, in the lines of a letter."""


@event("location:added")
class LocationAdded(Event):
    """There is a new site, or a new place inside one."""

    code: str
    called: str
    site_id: str
    parent_id: str | None


@event("location:changed")
class LocationChanged(Event):
    """Facts about a location are different now."""

    code: str
    before: dict[str, object]
    after: dict[str, object]
