"""Cost centres and projects: whom a cost belongs to."""

from sqlmodel import Field, SQLModel

from wopo.domain.columns import id_field, ref
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event

CURRENCY_FIXED = Refusal(
    "cost_centre.currency_fixed",
    "Cost centre {code} keeps its books in {currency}, and {used} already uses it. "
    "Nothing was changed; open a new cost centre for {wanted}.",
)
PARENT_CYCLE = Refusal(
    "cost_centre.parent_cycle",
    "{parent} lies below {code}. Nothing was changed; choose another parent.",
)


PARENT_BUDGETED = Refusal(
    "cost_centre.parent_budgeted",
    "{budget} has a budget that lasts until {ends}, and what {code} spends is counted by where it "
    "stands. Nothing was changed; change the parent before budgets are set, or after that day.",
)


class CostCentre(SQLModel, table=True):
    """Who pays. Its currency is the currency of its budgets."""

    __tablename__ = "cost_centre"

    id: str = id_field()
    code: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=120)
    currency: str = Field(max_length=3)
    parent_id: str | None = ref("cost_centre", null=True)


class CostCentreOwner(SQLModel, table=True):
    """Who answers for what a cost centre spends; the policy may ask them about orders."""

    __tablename__ = "cost_centre_owner"

    cost_centre_id: str = Field(primary_key=True, foreign_key="cost_centre.id", max_length=40)
    person_id: str = ref("person")


class Project(SQLModel, table=True):
    """A plan that gathers jobs, within a cost centre or across them."""

    __tablename__ = "project"

    id: str = id_field()
    code: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=120)


@event("cost_centre:added")
class CostCentreAdded(Event):
    """There is a new cost centre."""

    code: str
    called: str
    currency: str


@event("cost_centre:changed")
class CostCentreChanged(Event):
    """Facts about a cost centre are different now."""

    code: str
    before: dict[str, object]
    after: dict[str, object]


@event("cost_centre:owner_set")
class CostCentreOwnerSet(Event):
    """Somebody answers for the cost centre from now on; ``before`` did until then."""

    code: str
    person_id: str
    before: str | None


@event("project:added")
class ProjectAdded(Event):
    """There is a new project."""

    code: str
    called: str


@event("project:changed")
class ProjectChanged(Event):
    """Facts about a project are different now."""

    code: str
    before: dict[str, object]
    after: dict[str, object]
