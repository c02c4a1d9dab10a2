"""The catalogue of parts."""

from sqlmodel import Field, SQLModel

from wopo.domain.columns import id_field


class Part(SQLModel, table=True):
    """Something kept in stock or bought. ``unit`` is the unit of its quantities."""

    __tablename__ = "part"

    id: str = id_field()
    number: str = Field(max_length=60, unique=True)
    name: str = Field(max_length=200, index=True)
    unit: str = Field(max_length=20)
    category: str = Field(default="", max_length=80, index=True)
    service: bool = False
    active: bool = True
