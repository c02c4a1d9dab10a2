"""What an app sends back to where an interaction came from: by response URL or in the ack."""

from slack_sandbox import posting
from slack_sandbox.apps import InstalledApp
from slack_sandbox.errors import SlackError
from slack_sandbox.hooks import Hook
from slack_sandbox.refusals import refuse_message
from slack_sandbox.store import Json
from slack_sandbox.workspace import Workspace


def respond(ws: Workspace, hook: Hook, body: Json) -> None:
    """Carry out one post to a response URL. Raises SlackError."""
    app = ws.apps.get(hook.app_id)
    channel = ws.channels.find(hook.channel_id)
    if channel is None:
        raise SlackError("channel_not_found")
    if body.get("delete_original"):
        _delete_original(ws, hook, channel)
        return
    if not any(body.get(key) for key in ("text", "blocks", "attachments")):
        raise SlackError("no_text")
    refuse_message(body)
    if body.get("replace_original") and hook.message_ts:
        _replace_original(ws, hook, channel, body)
        return
    _new_message(ws, app, hook, channel, body)


def _delete_original(ws: Workspace, hook: Hook, channel: Json) -> None:
    if hook.message_ts is None:
        raise SlackError("message_not_found")
    if hook.is_ephemeral:
        ws.messages.change_ephemeral(channel["id"], hook.user_id, hook.message_ts, None)
        posting.tell_ephemeral(ws, channel["id"], hook.user_id, hook.message_ts)
        return
    _own(ws, hook, channel)
    posting.delete(ws, channel, hook.message_ts)


def _own(ws: Workspace, hook: Hook, channel: Json) -> Json:
    message = ws.messages.get(channel["id"], str(hook.message_ts))
    if message.get("app_id") != hook.app_id:
        raise SlackError("cant_update_message")
    return message


def _replace_original(ws: Workspace, hook: Hook, channel: Json, body: Json) -> None:
    content = posting.content_of(body)
    if not hook.is_ephemeral:
        posting.change(ws, channel, _own(ws, hook, channel), content)
        return
    ts = str(hook.message_ts)
    if not ws.messages.change_ephemeral(channel["id"], hook.user_id, ts, content):
        raise SlackError("message_not_found")
    posting.tell_ephemeral(ws, channel["id"], hook.user_id, ts)


def _new_message(ws: Workspace, app: InstalledApp, hook: Hook, channel: Json, body: Json) -> None:
    content = {key: body.get(key) for key in ("text", "blocks", "attachments", "metadata")}
    if body.get("response_type") == "in_channel":
        if body.get("thread_ts") and body.get("replace_original") is False:
            content["thread_ts"] = body["thread_ts"]
        posting.post(ws, channel, posting.bot_fields(ws, app, content))
        return
    posting.post_ephemeral(ws, app, channel["id"], hook.user_id, content)
