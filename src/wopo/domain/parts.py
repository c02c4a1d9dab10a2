"""The catalogue of parts."""

from sqlmodel import Field, SQLModel

from wopo.domain.columns import id_field
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event

UNIT_FIXED = Refusal(
    "part.unit_fixed",
    "{number} is counted in {unit}, in stock or on orders. Nothing was changed; "
    "add a new part for another unit.",
)
NOT_ACTIVE = Refusal(
    "part.not_active",
    "{number} {name} is no longer in use. Nothing was changed; choose another part.",
)


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


@event("part:added")
class PartAdded(Event):
    """There is a new part in the catalogue."""

    number: str
    called: str


@event("part:changed")
class PartChanged(Event):
    """Facts about a part are different now."""

    number: str
    before: dict[str, object]
    after: dict[str, object]
