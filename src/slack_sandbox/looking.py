"""What people see: lists of channels, messages with their authors, commands, files."""

from slack_sandbox.apps import InstalledApp
from slack_sandbox.channels import kind_of
from slack_sandbox.errors import SlackError
from slack_sandbox.places import DeskError
from slack_sandbox.store import Json
from slack_sandbox.workspace import Workspace


def one_app(ws: Workspace, app_id: str | None) -> InstalledApp:
    """The app asked for, or the first installed. Raises DeskError when there is none."""
    apps = ws.apps.all()
    found = next((app for app in apps if app_id in {None, app.id}), None)
    if found is None:
        raise DeskError("no such app is installed")
    return found


def apps(ws: Workspace) -> list[Json]:
    """Installed apps, in short."""
    return [
        {
            "id": app.id,
            "name": app.name,
            "bot_user_id": app.bot_user_id,
            "home_tab_enabled": app.home_tab_enabled,
        }
        for app in ws.apps.all()
    ]


def channel(ws: Workspace, user_id: str, found: Json) -> Json:
    """One conversation as a person's list shows it."""
    kind = kind_of(found)
    other = ws.channels.other_in_dm(found["id"], user_id) if kind == "im" else None
    member = ws.channels.is_member(found["id"], user_id)
    name = found.get("name") or ""
    if other is not None:
        person = ws.people.find(other)
        name = person["real_name"] if person else other
    newest = ws.messages.newest(found["id"], 1, None)
    return {
        "id": found["id"],
        "name": name,
        "kind": "private" if kind == "mpim" else kind,
        "is_member": member,
        "is_archived": found["is_archived"],
        "unread": ws.channels.unread(found["id"], user_id) if member else 0,
        "user": other,
        "topic": found["topic"]["value"],
        "latest": newest[0]["ts"] if newest else None,
    }


def channels(ws: Workspace, user_id: str) -> list[Json]:
    """Everything in the person's list: joined conversations and public ones to join.

    Guests see what they are in and nothing else.
    """
    user = ws.people.get(user_id)
    guest = user["is_restricted"] or user["is_ultra_restricted"]
    seen = []
    for found in ws.channels.all():
        member = ws.channels.is_member(found["id"], user_id)
        public = not found["is_private"] and not found["is_archived"] and not guest
        if member or public:
            seen.append(channel(ws, user_id, found))
    return seen


def _authored(ws: Workspace, message: Json) -> Json:
    user_id = message.get("user", "")
    user = ws.people.find(user_id)
    author = {
        "id": user_id,
        "name": user["real_name"] if user else user_id,
        "is_bot": bool(message.get("bot_id")),
    }
    return {**message, "is_ephemeral": bool(message.get("is_ephemeral")), "author": author}


def messages(
    ws: Workspace, user_id: str, found: Json, limit: int, before: str | None
) -> list[Json]:
    """The newest messages with the person's ephemerals; the channel counts as read."""
    shown = ws.messages.newest(found["id"], limit, before)
    oldest = shown[0]["ts"] if len(shown) == limit else "0"
    private = [
        m
        for m in ws.messages.ephemerals(found["id"], user_id)
        if not m.get("thread_ts") and oldest <= m["ts"] < (before or "9")
    ]
    if shown and before is None and ws.channels.unread(found["id"], user_id):
        ws.channels.mark_read(found["id"], user_id, shown[-1]["ts"])
        ws.hub.tell([user_id], {"kind": "channel"})
    return [_authored(ws, m) for m in sorted(shown + private, key=lambda m: str(m["ts"]))]


def thread(ws: Workspace, user_id: str, found: Json, thread_ts: str) -> list[Json]:
    """A parent and its replies. Raises DeskError when there is no such parent."""
    shown = ws.messages.replies(found["id"], thread_ts)
    if not shown:
        raise DeskError("this thread is gone")
    private = [
        m for m in ws.messages.ephemerals(found["id"], user_id) if m.get("thread_ts") == thread_ts
    ]
    return [_authored(ws, m) for m in sorted(shown + private, key=lambda m: str(m["ts"]))]


def commands(ws: Workspace) -> list[Json]:
    """Every slash command."""
    return [
        {
            "command": command.command,
            "description": command.description,
            "usage_hint": command.usage_hint,
            "app_id": app.id,
        }
        for app in ws.apps.all()
        for command in app.commands
    ]


def shortcuts(ws: Workspace) -> dict[str, list[Json]]:
    """Every shortcut, global and on messages."""
    found: dict[str, list[Json]] = {"global": [], "message": []}
    for app in ws.apps.all():
        for one in app.shortcuts:
            entry = {
                "callback_id": one.callback_id,
                "name": one.name,
                "description": one.description,
                "app_id": app.id,
            }
            found.setdefault(one.type, []).append(entry)
    return found


def file(ws: Workspace, user_id: str, file_id: str) -> tuple[Json, bytes]:
    """A file's object and bytes. Raises DeskError when the person may not see it."""
    try:
        doc = ws.files.get(file_id)
        if not may_see(ws, user_id, doc):
            raise DeskError("this file is not yours to see")
        return doc, ws.files.content(file_id)
    except SlackError as error:
        raise DeskError("there is no such file") from error


def may_see(ws: Workspace, user_id: str, doc: Json) -> bool:
    """Owner, or member of a channel it was shared in; public files are for everybody."""
    places = [*doc["channels"], *doc["groups"], *doc["ims"]]
    mine = any(ws.channels.is_member(place, user_id) for place in places)
    return doc["user"] == user_id or doc["is_public"] or mine
