"""Putting messages into channels, changing them, taking them away, and telling everybody."""

from slack_sandbox.apps import InstalledApp
from slack_sandbox.errors import SlackError
from slack_sandbox.events import announce_change, announce_message, outward
from slack_sandbox.normalise import normalise_blocks
from slack_sandbox.store import Json
from slack_sandbox.workspace import Workspace


def post(ws: Workspace, channel: Json, message: Json, *, visible_after: float = 0.0) -> Json:
    """Give a message its ts, keep it, show it, announce it. Returns it."""
    parent = message.get("thread_ts")
    if parent:
        head = ws.messages.find(channel["id"], parent)
        if head is None:
            raise SlackError("thread_not_found")
        message["thread_ts"] = parent = head.get("thread_ts") or head["ts"]
        message["parent_user_id"] = head.get("user", "")
    message["ts"] = ws.stamps.next()
    ws.messages.add(channel["id"], message, visible_after)
    if "user" in message:
        ws.channels.mark_read(channel["id"], message["user"], message["ts"])
    tell(ws, channel["id"], "message", message)
    announce_message(ws, channel, message)
    return message


def tell(ws: Workspace, channel_id: str, kind: str, message: Json) -> None:
    """Let the pages of everybody in the channel know."""
    change = {
        "kind": kind,
        "channel_id": channel_id,
        "ts": message["ts"],
        "thread_ts": message.get("thread_ts"),
    }
    ws.hub.tell(ws.channels.members(channel_id), change)


def bot_fields(ws: Workspace, app: InstalledApp, content: Json) -> Json:
    """A message of an app from what it sent: text, blocks, attachments, metadata."""
    message: Json = {
        "type": "message",
        "user": app.bot_user_id,
        "bot_id": app.bot_id,
        "app_id": app.id,
        "team": ws.team_id,
        "text": content.get("text") or "",
        "bot_profile": ws.bot_profile(app),
    }
    if content.get("blocks"):
        message["blocks"] = normalise_blocks(content["blocks"])
    if content.get("attachments"):
        message["attachments"] = numbered(content["attachments"])
    if content.get("metadata"):
        message["metadata"] = content["metadata"]
    if content.get("thread_ts"):
        message["thread_ts"] = content["thread_ts"]
        if content.get("reply_broadcast"):
            message["subtype"] = "thread_broadcast"
    return message


def numbered(attachments: list[Json]) -> list[Json]:
    """Attachments with the ids and fallbacks Slack gives them."""
    done = []
    for number, attachment in enumerate(attachments, start=1):
        one = {"id": number, "fallback": "[no preview available]", **attachment}
        if one.get("blocks"):
            one["blocks"] = normalise_blocks(one["blocks"])
        done.append(one)
    return done


def change(ws: Workspace, channel: Json, old: Json, content: Json) -> Json:
    """Rewrite a message: keys in `content` replace, None takes a key away. Returns it."""
    new = {**old}
    for key, value in content.items():
        if value is None:
            new.pop(key, None)
        else:
            new[key] = value
    if old.get("bot_id") is None:
        new["edited"] = {"user": old["user"], "ts": ws.stamps.next()}
    ws.messages.replace(channel["id"], new)
    tell(ws, channel["id"], "message_changed", new)
    fields = {"message": outward(new), "previous_message": outward(old)}
    announce_change(ws, channel, "message_changed", fields, ws.stamps.next())
    return new


def content_of(params: Json) -> Json:
    """Text, blocks and attachments of an update. Text without blocks takes the blocks away."""
    blocks = params.get("blocks")
    attachments = params.get("attachments")
    text = params.get("text")
    content: Json = {}
    if text is not None or blocks is not None or attachments is not None:
        content["text"] = text or ""
        content["blocks"] = normalise_blocks(blocks) if blocks else None
    if attachments is not None or text is not None:
        content["attachments"] = numbered(attachments) if attachments else None
    return content


def delete(ws: Workspace, channel: Json, ts: str) -> None:
    """Take a message away."""
    old = ws.messages.remove(channel["id"], ts)
    tell(ws, channel["id"], "message_deleted", old)
    fields = {"deleted_ts": ts, "previous_message": outward(old)}
    announce_change(ws, channel, "message_deleted", fields, ws.stamps.next())


def post_ephemeral(
    ws: Workspace, app: InstalledApp, channel_id: str, user_id: str, content: Json
) -> Json:
    """Show a message to one person. Returns it."""
    message = bot_fields(ws, app, content)
    message.update(ts=ws.stamps.next(), is_ephemeral=True)
    ws.messages.add_ephemeral(channel_id, user_id, message)
    tell_ephemeral(ws, channel_id, user_id, message["ts"], message.get("thread_ts"))
    return message


def tell_ephemeral(
    ws: Workspace, channel_id: str, user_id: str, ts: str, thread_ts: str | None = None
) -> None:
    """Let one person's pages know that an ephemeral came, changed or went."""
    note = {"kind": "ephemeral", "channel_id": channel_id, "ts": ts, "thread_ts": thread_ts}
    ws.hub.tell([user_id], note)
