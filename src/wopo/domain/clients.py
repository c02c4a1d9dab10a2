"""External clients: tenants and customers who report work and may be charged for it."""

from sqlmodel import Field, SQLModel

from wopo.domain.columns import id_field
from wopo.domain.events import Event, event


class Client(SQLModel, table=True):
    """Somebody outside the company for whom work is done."""

    __tablename__ = "client"

    id: str = id_field()
    code: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=120)
    email: str | None = Field(default=None, max_length=200)
    phone: str | None = Field(default=None, max_length=60)


@event("client:added")
class ClientAdded(Event):
    """There is a new client."""

    code: str
    called: str


@event("client:changed")
class ClientChanged(Event):
    """Facts about a client are different now."""

    code: str
    before: dict[str, object]
    after: dict[str, object]
