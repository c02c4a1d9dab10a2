"""Where a block sits: a message, an ephemeral message, a modal or a Home."""

from dataclasses import dataclass
from typing import Any

from slack_sandbox.apps import InstalledApp
from slack_sandbox.errors import SlackError
from slack_sandbox.normalise import find_element
from slack_sandbox.store import Json
from slack_sandbox.workspace import Workspace


class DeskError(Exception):
    """The person cannot do this in Slack (not a member, nothing there any more, no such button)."""


@dataclass
class Place:
    """A container and what stands in it right now."""

    app: InstalledApp
    blocks: list[Json]
    channel: Json | None = None
    message: Json | None = None
    view: Json | None = None
    is_ephemeral: bool = False

    @property
    def key(self) -> str:
        """What tells this place from others."""
        return str(self.view["id"] if self.view else (self.message or {})["ts"])

    def element(self, block_id: str, action_id: str) -> tuple[Json, Json]:
        """A block and its element. Raises DeskError when it is not there any more."""
        found = find_element(self.blocks, block_id, action_id)
        if found is None:
            raise DeskError(
                f"This changed while you clicked ({block_id}/{action_id} is not there any more). "
                "Nothing was done; look again."
            )
        return found


def find_place(ws: Workspace, user_id: str, container: Json) -> Place:
    """The place a container names, as this person sees it. Raises DeskError."""
    if container.get("type") == "view":
        return _view_place(ws, user_id, str(container.get("view_id")))
    channel = reachable(ws, user_id, str(container.get("channel_id")))
    ts = str(container.get("ts") or container.get("message_ts"))
    if container.get("type") == "ephemeral":
        message = ws.messages.find_ephemeral(channel["id"], user_id, ts)
    else:
        message = ws.messages.find(channel["id"], ts)
    if message is None or "app_id" not in message:
        raise DeskError("this message is gone")
    blocks = list(message.get("blocks") or [])
    for attachment in message.get("attachments") or []:
        blocks += attachment.get("blocks") or []
    return Place(
        app=ws.apps.get(message["app_id"]),
        blocks=blocks,
        channel=channel,
        message=message,
        is_ephemeral=container.get("type") == "ephemeral",
    )


def _view_place(ws: Workspace, user_id: str, view_id: str) -> Place:
    try:
        view = ws.views.get(view_id)
        mine = ws.views.viewer(view_id) == user_id
    except SlackError as error:
        raise DeskError("this view is not open any more") from error
    if not mine:
        raise DeskError("this view is somebody else's")
    return Place(app=ws.apps.get(view["app_id"]), blocks=view["blocks"], view=view)


def active(ws: Workspace, user_id: str) -> Json:
    """The person, who must have a working account. Raises DeskError."""
    user = ws.people.find(user_id)
    if user is None:
        raise DeskError(f"there is no user {user_id}")
    if user["deleted"]:
        raise DeskError(f"{user['name']} is deactivated")
    return user


def reachable(ws: Workspace, user_id: str, channel_id: str) -> Json:
    """A conversation the person is in. Raises DeskError."""
    active(ws, user_id)
    channel = ws.channels.find(channel_id)
    if channel is None or not ws.channels.is_member(channel_id, user_id):
        raise DeskError(f"{user_id} is not in channel {channel_id}")
    return channel


def readable(ws: Workspace, user_id: str, channel_id: str) -> Json:
    """A conversation the person may read: one's own, or a public one. Raises DeskError."""
    active(ws, user_id)
    try:
        return ws.channels.visible(channel_id, user_id)
    except SlackError as error:
        raise DeskError(f"{user_id} sees no channel {channel_id}") from error


def offered_key(user_id: str, place: Place, block_id: str, action_id: str) -> tuple[str, ...]:
    """Where the options an app offered are remembered."""
    return (user_id, place.key, block_id, action_id)


def remembered(ws: Workspace, user_id: str, place: Place) -> Any:
    """A resolver of external options: what the app offered here, or a whole option as given."""

    def resolve(block: Json, element: Json, raw: Any) -> Json | None:
        if isinstance(raw, dict):
            return raw
        key = offered_key(user_id, place, block["block_id"], element["action_id"])
        return ws.offered.get(key, {}).get(str(raw))

    return resolve
