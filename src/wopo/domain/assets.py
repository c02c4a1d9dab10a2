"""Assets: what breaks and is looked after."""

from sqlmodel import Field, SQLModel

from wopo.domain.columns import id_field, ref
from wopo.domain.events import Event, event


class Asset(SQLModel, table=True):
    """A machine, a vehicle, a door: with a tag people can read on it."""

    __tablename__ = "asset"

    id: str = id_field()
    tag: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=120)
    location_id: str = ref("location")
    cost_centre_id: str | None = ref("cost_centre", null=True)


@event("asset:added")
class AssetAdded(Event):
    """There is a new asset."""

    tag: str
    called: str
    location_id: str


@event("asset:changed")
class AssetChanged(Event):
    """Facts about an asset are different now."""

    tag: str
    before: dict[str, object]
    after: dict[str, object]
