"""The one Slack workspace of an installation."""

from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event
from wopo.domain.outbox import Setting
from wopo.usecases.door import Answer, Command, Context, silent, use_case
from wopo.usecases.identities import WORKSPACE

OTHER_WORKSPACE = Refusal(
    "workspace.other",
    "This database belongs to workspace {own}, the bot token to {given}. Nothing was changed; "
    "use the token of {own}, or another database for {given}.",
)


@event("workspace:bound")
class WorkspaceBound(Event):
    """From now on only members of this workspace may act; ``subject_id`` is its id."""


silent(WorkspaceBound, "it is said in the terminal at the start")


class BindWorkspace(Command):
    """Tie the installation to the workspace that its token belongs to."""

    workspace_id: str


@use_case(BindWorkspace, action="bind the workspace", system=True)
def bind_workspace(command: BindWorkspace, ctx: Context) -> Answer:
    """Once; another workspace's token is refused (A56)."""
    row = ctx.uow.lock(Setting, WORKSPACE)
    if row is None:
        ctx.uow.add(Setting(name=WORKSPACE, value={"id": command.workspace_id}))
        ctx.record(WorkspaceBound(subject_id=command.workspace_id))
    elif row.value["id"] != command.workspace_id:
        raise OTHER_WORKSPACE(own=row.value["id"], given=command.workspace_id)
    return Answer(subject_id=command.workspace_id, message="The workspace is bound.")
