"""conversations.*: finding, opening, joining, reading."""

from typing import Any

from slack_sandbox.api.core import Call, method
from slack_sandbox.channels import channel_object, kind_of
from slack_sandbox.errors import SlackError
from slack_sandbox.events import member_joined
from slack_sandbox.ids import new_id
from slack_sandbox.store import Json

_TYPES = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}
_READ = ("channels:read", "groups:read", "im:read", "mpim:read")


def seen_by_bot(call: Call, channel: Json) -> Json:
    """A conversation object from the bot's side: ``is_member``, ``user`` of a DM."""
    bot = call.app.bot_user_id
    seen = {**channel, "is_member": call.ws.channels.is_member(channel["id"], bot)}
    if channel["is_im"]:
        seen["user"] = call.ws.channels.other_in_dm(channel["id"], bot)
        seen.pop("is_member")
    return seen


@method("conversations.open", "im:write", "mpim:write")
def open_(call: Call) -> Json:
    """The DM with one person, or with several."""
    if call.text("channel"):
        channel = call.channel()
        return {"no_op": True, "already_open": True, "channel": seen_by_bot(call, channel)}
    users = call.params.get("users") or ""
    names = users if isinstance(users, list) else [u for u in str(users).split(",") if u]
    if not names:
        raise SlackError("users_list_not_supplied")
    for user_id in names:
        user = call.ws.people.find(str(user_id))
        if user is None:
            raise SlackError("user_not_found")
        if user["deleted"]:
            raise SlackError("user_disabled")
    channel, was_there = call.ws.channels.open_dm([*map(str, names), call.app.bot_user_id])
    if not was_there:
        call.ws.hub.tell(call.ws.channels.members(channel["id"]), {"kind": "channel"})
    if call.flag("return_im") or len(names) == 1:
        body = {"id": channel["id"], "is_im": channel["is_im"], "user": names[0]}
        whole = seen_by_bot(call, channel) if call.flag("return_im") else body
        return {"no_op": was_there, "already_open": was_there, "channel": whole}
    return {"channel": {"id": channel["id"], "is_mpim": True}}


@method("conversations.info")
def info(call: Call) -> Json:
    """One conversation."""
    channel = call.channel(scope="read")
    seen = seen_by_bot(call, channel)
    if call.flag("include_num_members"):
        seen["num_members"] = len(call.ws.channels.members(channel["id"]))
    return {"channel": seen}


@method("conversations.members", *_READ)
def members(call: Call) -> Json:
    """Ids of the members."""
    channel = call.channel(scope="read")
    found = [{"id": user_id} for user_id in call.ws.channels.members(channel["id"])]
    page, cursor = call.page(found, call.limit())
    return {"members": [m["id"] for m in page], "response_metadata": {"next_cursor": cursor}}


@method("conversations.list", *_READ)
def list_(call: Call) -> Json:
    """Conversations the bot may know of."""
    return _listed(call, call.ws.channels.all())


@method("users.conversations", *_READ)
def of_user(call: Call) -> Json:
    """Conversations somebody is in (the bot itself by default)."""
    user_id = call.text("user") or call.app.bot_user_id
    call.ws.people.get(user_id)
    return _listed(call, call.ws.channels.joined(user_id))


def _listed(call: Call, channels: list[Json]) -> Json:
    wanted = set()
    for name in (call.text("types") or "public_channel").split(","):
        if name.strip() not in _TYPES:
            raise SlackError("invalid_types")
        wanted.add(_TYPES[name.strip()])
    bot = call.app.bot_user_id
    found = [
        seen_by_bot(call, channel)
        for channel in channels
        if kind_of(channel) in wanted
        and not (call.flag("exclude_archived") and channel["is_archived"])
        and (not channel["is_private"] or call.ws.channels.is_member(channel["id"], bot))
    ]
    page, cursor = call.page(found, call.limit())
    return {"channels": page, "response_metadata": {"next_cursor": cursor}}


@method("conversations.join", "channels:join")
def join(call: Call) -> Json:
    """The bot joins a public channel."""
    channel = call.channel()
    if channel["is_private"]:
        raise SlackError("method_not_supported_for_channel_type")
    if channel["is_archived"]:
        raise SlackError("is_archived")
    fresh = call.ws.channels.add_member(channel["id"], call.app.bot_user_id)
    if fresh:
        member_joined(call.ws, channel, call.app.bot_user_id)
    else:
        call.warnings.append("already_in_channel")
    return {"channel": seen_by_bot(call, channel)}


@method("conversations.history")
def history(call: Call) -> Json:
    """Messages of a channel, newest first."""
    channel = call.channel(scope="history")
    call.must_be_in(channel)
    size = call.limit()
    before = call.text("cursor")
    found = call.ws.messages.history(
        channel["id"],
        call.text("oldest") or "0",
        before or call.text("latest") or "9999999999.999999",
        call.flag("inclusive") and not before,
        size + 1,
    )
    more = len(found) > size
    cursor = found[size - 1]["ts"] if more else ""
    return {
        "messages": [_shown(call, message) for message in found[:size]],
        "has_more": more,
        "pin_count": 0,
        "response_metadata": {"next_cursor": cursor},
    }


@method("conversations.replies")
def replies(call: Call) -> Json:
    """A thread, parent first."""
    channel = call.channel(scope="history")
    call.must_be_in(channel)
    ts = call.need("ts", "thread_not_found")
    found = call.ws.messages.visible_replies(channel["id"], ts)
    if not found:
        raise SlackError("thread_not_found")
    oldest = call.text("oldest")
    if oldest:
        found = [m for m in found if m["ts"] == ts or m["ts"] > oldest]
    page, cursor = call.page(found, call.limit())
    return {
        "messages": [_shown(call, message) for message in page],
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }


def _shown(call: Call, message: Json) -> Json:
    if call.flag("include_all_metadata"):
        return message
    return {key: value for key, value in message.items() if key != "metadata"}


@method("conversations.create", "channels:manage", "groups:write")
def create(call: Call) -> Json:
    """A new channel with the bot in it."""
    name = call.need("name", "invalid_name_required")
    if call.ws.channels.by_name(name) is not None:
        raise SlackError("name_taken")
    spec: dict[str, Any] = {"id": new_id("C"), "name": name, "private": call.flag("is_private")}
    channel = channel_object({**spec, "creator": call.app.bot_user_id}, call.ws.team_id)
    call.ws.channels.save(channel)
    call.ws.channels.add_member(channel["id"], call.app.bot_user_id)
    call.ws.hub.tell_all({"kind": "channel"})
    return {"channel": seen_by_bot(call, channel)}


@method("conversations.invite", "channels:manage", "groups:write")
def invite(call: Call) -> Json:
    """Bring people into a channel the bot is in."""
    channel = call.channel()
    call.must_be_in(channel)
    for user_id in call.need("users", "no_user").split(","):
        call.ws.people.get(user_id)
        if not call.ws.channels.add_member(channel["id"], user_id):
            raise SlackError("already_in_channel")
        member_joined(call.ws, channel, user_id, inviter=call.app.bot_user_id)
    return {"channel": seen_by_bot(call, channel)}
