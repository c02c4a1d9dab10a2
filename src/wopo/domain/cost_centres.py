"""Cost centres and projects: whom a cost belongs to."""

from sqlmodel import Field, SQLModel

from wopo.domain.columns import id_field, ref


class CostCentre(SQLModel, table=True):
    """Who pays. Its currency is the currency of its budgets."""

    __tablename__ = "cost_centre"

    id: str = id_field()
    code: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=120)
    currency: str = Field(max_length=3)
    parent_id: str | None = ref("cost_centre", null=True)


class Project(SQLModel, table=True):
    """A plan that gathers jobs, within a cost centre or across them."""

    __tablename__ = "project"

    id: str = id_field()
    code: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=120)
