"""chat.*: posting, updating, deleting, ephemerals, links."""

from slack_sandbox import posting
from slack_sandbox.api.core import Call, method
from slack_sandbox.errors import SlackError
from slack_sandbox.refusals import refuse_message
from slack_sandbox.store import Json

MAX_UPDATE_TEXT = 4000
MAX_METADATA = 16_000


def _content(call: Call) -> Json:
    params = call.params
    markdown = params.get("markdown_text")
    if markdown is not None:
        if params.get("text") or params.get("blocks"):
            raise SlackError("markdown_text_conflict")
        block = {"type": "markdown", "text": markdown}
        params = {**params, "text": markdown, "blocks": [block]}
    has_something = any(params.get(key) for key in ("text", "blocks", "attachments"))
    if not has_something:
        raise SlackError("no_text")
    call.warnings.extend(refuse_message(params))
    if len(str(params.get("metadata") or "")) > MAX_METADATA:
        raise SlackError("metadata_too_large")
    return {
        "text": params.get("text"),
        "blocks": params.get("blocks"),
        "attachments": params.get("attachments"),
        "metadata": params.get("metadata"),
        "thread_ts": call.text("thread_ts") or None,
        "reply_broadcast": call.flag("reply_broadcast"),
    }


def _target(call: Call) -> Json:
    """The conversation to post to: an id, a ``#name``, or a person's id for the DM."""
    wanted = call.need("channel", "channel_not_found")
    if wanted[0] in "UW" and call.ws.people.find(wanted) is not None:
        if call.ws.people.get(wanted)["deleted"]:
            raise SlackError("user_disabled")
        return call.ws.channels.open_dm([wanted, call.app.bot_user_id])[0]
    if wanted.startswith("#"):
        named = call.ws.channels.by_name(wanted)
        wanted = named["id"] if named else wanted
    return call.ws.channels.visible(wanted, call.app.bot_user_id)


@method("chat.postMessage", "chat:write")
def post_message(call: Call) -> Json:
    """Post as the bot."""
    content = _content(call)
    channel = _target(call)
    if channel["is_archived"]:
        raise SlackError("is_archived")
    member = call.ws.channels.is_member(channel["id"], call.app.bot_user_id)
    if not member and "chat:write.public" not in call.app.scopes:
        raise SlackError("not_in_channel")
    late = call.ws.faults.take(["late_history"], call.method, channel["id"])
    message = posting.post(
        call.ws,
        channel,
        posting.bot_fields(call.ws, call.app, content),
        visible_after=late.seconds if late else 0.0,
    )
    return {"channel": channel["id"], "ts": message["ts"], "message": message}


def _own(call: Call) -> tuple[Json, Json]:
    channel = call.channel()
    ts = call.need("ts", "message_not_found")
    message = call.ws.messages.get(channel["id"], ts)
    return channel, message


@method("chat.update", "chat:write")
def update(call: Call) -> Json:
    """Rewrite one of the app's own messages. Text without blocks takes the blocks away."""
    channel, old = _own(call)
    if old.get("app_id") != call.app.id:
        raise SlackError("cant_update_message")
    if channel["is_archived"]:
        raise SlackError("is_archived")
    params = call.params
    if not any(params.get(key) is not None for key in ("text", "blocks", "attachments")):
        raise SlackError("no_text")
    call.warnings.extend(refuse_message(params))
    if len(call.text("text")) > MAX_UPDATE_TEXT:
        raise SlackError("msg_too_long")
    content = posting.content_of(params)
    if "metadata" in params:
        content["metadata"] = params["metadata"] or None
    if not content.get("text") and not content.get("blocks") and not content.get("attachments"):
        raise SlackError("no_text")
    message = posting.change(call.ws, channel, old, content)
    body = {"channel": channel["id"], "ts": message["ts"], "text": message["text"]}
    return {**body, "message": message}


@method("chat.delete", "chat:write")
def delete(call: Call) -> Json:
    """Take away one of the app's own messages."""
    channel, message = _own(call)
    if message.get("app_id") != call.app.id:
        raise SlackError("cant_delete_message")
    posting.delete(call.ws, channel, message["ts"])
    return {"channel": channel["id"], "ts": message["ts"]}


@method("chat.postEphemeral", "chat:write")
def post_ephemeral(call: Call) -> Json:
    """Show a message to one person in the channel."""
    content = _content(call)
    content.pop("metadata")
    channel = _target(call)
    user_id = call.need("user", "user_not_in_channel")
    if channel["is_archived"]:
        raise SlackError("is_archived")
    call.must_be_in(channel)
    if not call.ws.channels.is_member(channel["id"], user_id):
        raise SlackError("user_not_in_channel")
    message = posting.post_ephemeral(call.ws, call.app, channel["id"], user_id, content)
    return {"message_ts": message["ts"]}


@method("chat.getPermalink")
def permalink(call: Call) -> Json:
    """The address of a message."""
    channel = call.channel()
    message = call.ws.messages.get(channel["id"], call.need("message_ts", "message_not_found"))
    tail = f"/archives/{channel['id']}/p{message['ts'].replace('.', '')}"
    if message.get("thread_ts", message["ts"]) != message["ts"]:
        tail += f"?thread_ts={message['thread_ts']}&cid={channel['id']}"
    domain = call.ws.team["domain"]
    return {"channel": channel["id"], "permalink": f"https://{domain}.slack.com{tail}"}
