"""Which app hears of what."""

from slack_sandbox.apps import InstalledApp
from slack_sandbox.channels import kind_of
from slack_sandbox.store import Json
from slack_sandbox.workspace import Workspace

_CHANNEL_TYPE = {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}
_EVENT_NAME = {
    "public": "message.channels",
    "private": "message.groups",
    "im": "message.im",
    "mpim": "message.mpim",
}
_HIDDEN_FIELDS = ("metadata", "reply_count", "reply_users", "reply_users_count", "latest_reply")


def outward(message: Json) -> Json:
    """A message as events and payloads carry it."""
    return {key: value for key, value in message.items() if key != "metadata"}


def listeners(ws: Workspace, channel_id: str) -> list[InstalledApp]:
    """Apps whose bot is in the conversation."""
    return [app for app in ws.apps.all() if ws.channels.is_member(channel_id, app.bot_user_id)]


def announce_message(ws: Workspace, channel: Json, message: Json) -> None:
    """A new message: the message event, and app_mention for every bot it names."""
    kind = kind_of(channel)
    plain = {key: value for key, value in message.items() if key not in _HIDDEN_FIELDS}
    for app in listeners(ws, channel["id"]):
        if app.hears(_EVENT_NAME[kind]):
            event = {
                **plain,
                "channel": channel["id"],
                "event_ts": message["ts"],
                "channel_type": _CHANNEL_TYPE[kind],
            }
            ws.broker.event(app, event)
        mentioned = f"<@{app.bot_user_id}>" in (message.get("text") or "")
        own = message.get("user") == app.bot_user_id
        if mentioned and not own and kind != "im" and app.hears("app_mention"):
            mention = {**plain, "type": "app_mention", "channel": channel["id"]}
            mention.pop("subtype", None)
            ws.broker.event(app, {**mention, "event_ts": message["ts"]})


def announce_change(ws: Workspace, channel: Json, subtype: str, fields: Json, ts: str) -> None:
    """``message_changed`` or ``message_deleted`` to the apps that hear this kind of channel."""
    kind = kind_of(channel)
    for app in listeners(ws, channel["id"]):
        if app.hears(_EVENT_NAME[kind]):
            event = {
                "type": "message",
                "subtype": subtype,
                "hidden": True,
                "channel": channel["id"],
                "channel_type": _CHANNEL_TYPE[kind],
                "ts": ts,
                "event_ts": ts,
                **fields,
            }
            ws.broker.event(app, event)


def member_joined(ws: Workspace, channel: Json, user_id: str, inviter: str | None = None) -> None:
    """Somebody came in; told to the apps that are there, the newcomer's own included."""
    event: Json = {
        "type": "member_joined_channel",
        "user": user_id,
        "channel": channel["id"],
        "channel_type": "G" if channel["is_private"] else "C",
        "team": ws.team_id,
        "event_ts": ws.stamps.next(),
    }
    if inviter:
        event["inviter"] = inviter
    for app in listeners(ws, channel["id"]):
        if app.hears("member_joined_channel"):
            ws.broker.event(app, event)
    ws.hub.tell(ws.channels.members(channel["id"]), {"kind": "channel"})


def user_changed(ws: Workspace, user: Json, event_type: str = "user_change") -> None:
    """A profile, a flag or a deactivation changed (or, with ``team_join``, somebody is new)."""
    for app in ws.apps.all():
        if app.hears(event_type):
            event = {"type": event_type, "user": user, "event_ts": ws.stamps.next()}
            ws.broker.event(app, {**event, "cache_ts": user["updated"]})


def pause_changed(ws: Workspace, user_id: str) -> None:
    """Do Not Disturb changed: told as ``dnd.info`` tells others of it."""
    for app in ws.apps.all():
        if app.hears("dnd_updated_user"):
            status = ws.people.dnd_status(user_id)
            event = {"type": "dnd_updated_user", "user": user_id, "dnd_status": status}
            ws.broker.event(app, {**event, "event_ts": ws.stamps.next()})


def home_opened(ws: Workspace, app: InstalledApp, user_id: str, tab: str) -> None:
    """Somebody looks at the app's Home or Messages tab."""
    if not app.hears("app_home_opened"):
        return
    channel, _ = ws.channels.open_dm([user_id, app.bot_user_id])
    event: Json = {
        "type": "app_home_opened",
        "user": user_id,
        "channel": channel["id"],
        "tab": tab,
        "event_ts": ws.stamps.next(),
    }
    view = ws.views.home(app.id, user_id)
    if view is not None and tab == "home":
        event["view"] = view
    ws.broker.event(app, event)


def reaction(
    ws: Workspace, channel: Json, message: Json, user_id: str, name: str, *, added: bool
) -> None:
    """A reaction came or went."""
    event_type = "reaction_added" if added else "reaction_removed"
    for app in listeners(ws, channel["id"]):
        if app.hears(event_type):
            event = {
                "type": event_type,
                "user": user_id,
                "reaction": name,
                "item": {"type": "message", "channel": channel["id"], "ts": message["ts"]},
                "item_user": message.get("user"),
                "event_ts": ws.stamps.next(),
            }
            ws.broker.event(app, event)
    change = {"kind": "reaction", "channel_id": channel["id"], "ts": message["ts"]}
    ws.hub.tell(ws.channels.members(channel["id"]), change)
