"""External clients: who reports work from outside and may be charged for it."""

from wopo.domain.clients import Client, ClientAdded, ClientChanged
from wopo.domain.errors import REQUIRED
from wopo.domain.lookup import Kind
from wopo.domain.people import Role
from wopo.usecases.door import Answer, Context, silent, use_case
from wopo.usecases.upsert import Save, save

silent(ClientAdded, "it concerns nobody until the client reports work")
silent(ClientChanged, "it is shown wherever the client is")


class SaveClient(Save):
    """Add a client, or change the given fields."""

    code: str
    name: str = ""
    email: str = ""
    phone: str = ""


@use_case(
    SaveClient,
    roles={Role.ADMIN, Role.SUPERVISOR, Role.FINANCE},
    action="add and change clients",
    system=True,
)
def save_client(command: SaveClient, ctx: Context) -> Answer:
    """Add or change a client; unchanged data records nothing."""
    if ctx.uow.find(Client, code=command.code.strip()) is None and not command.name:
        raise REQUIRED(field="name", label="The name")
    values = command.given("name")
    for name in ("email", "phone"):
        if name in command.model_fields_set:
            values[name] = getattr(command, name).strip() or None
    saved = save(ctx, Kind.CLIENT, command.code, values, command)
    client: Client = saved.row
    if saved.added:
        ctx.record(ClientAdded(subject_id=client.id, code=client.code, called=client.name))
    elif saved.changed:
        ctx.record(
            ClientChanged(
                subject_id=client.id, code=client.code, before=saved.before, after=saved.after
            )
        )
    return saved.answer(client.code)
