"""api.test, auth.test, apps.connections.open, reactions, pins, bookmarks, team.info."""

import json
from typing import Any

from slack_sandbox.api.core import Call, method
from slack_sandbox.blockkit import validate_message, validate_view
from slack_sandbox.errors import SlackError
from slack_sandbox.events import reaction
from slack_sandbox.ids import new_id
from slack_sandbox.marks import Marks
from slack_sandbox.store import Json

_VALIDATED = {"blocks": "invalid_blocks", "view": "invalid_view", "message": "invalid_message"}


@method("api.test", caller="none")
def api_test(call: Call) -> Json:
    """Answers its own arguments, or the error asked for."""
    if call.text("error"):
        raise SlackError(call.text("error"), args=call.params)
    return {"args": call.params}


@method("blocks.validate", caller="none")
def blocks_validate(call: Call) -> Json:
    """Says what is wrong with blocks, a view or a message, without posting anything."""
    for name, code in _VALIDATED.items():
        given = _parsed(call, name)
        if given is None:
            continue
        if name == "view":
            problems = validate_view(given)
        else:
            whole = {"text": "-", "blocks": given} if name == "blocks" else given
            problems = validate_message(whole)
        errors = [
            {"code": code, "message": p.message, "pointer": p.pointer.removeprefix(f"/{name}")}
            for p in problems
            if not p.warning
        ]
        if errors:
            raise SlackError(code, errors=errors)
        return {}
    raise SlackError("invalid_arguments")


def _parsed(call: Call, name: str) -> Any:
    given = call.params.get(name)
    try:
        return json.loads(given) if isinstance(given, str) else given
    except ValueError as error:
        raise SlackError(_VALIDATED[name]) from error


@method("auth.test")
def auth_test(call: Call) -> Json:
    """Who the token belongs to."""
    team = call.ws.team
    return {
        "url": f"https://{team['domain']}.slack.com/",
        "team": team["name"],
        "user": call.app.name,
        "team_id": team["id"],
        "user_id": call.app.bot_user_id,
        "bot_id": call.app.bot_id,
        "is_enterprise_install": False,
    }


@method("auth.revoke")
def auth_revoke(_: Call) -> Json:
    """Only the test form is served: a demo token cannot be lost."""
    return {"revoked": False}


@method("apps.connections.open", "connections:write", caller="app")
def connections_open(call: Call) -> Json:
    """A single-use WebSocket address for Socket Mode."""
    ticket = call.ws.broker.sockets.ticket(call.app.id)
    base = call.ws.settings.base_url.replace("http", "ws", 1)
    return {"url": f"{base}/link/?ticket={ticket}&app_id={call.app.id}"}


@method("team.info", "team:read", "users:read")
def team_info(call: Call) -> Json:
    """The workspace."""
    return {"team": {**call.ws.team, "email_domain": "", "icon": {}}}


@method("bots.info", "users:read")
def bots_info(call: Call) -> Json:
    """The bot behind a bot_id."""
    wanted = call.text("bot") or call.app.bot_id
    for app in call.ws.apps.all():
        if app.bot_id == wanted:
            return {"bot": call.ws.bot_profile(app)}
    raise SlackError("bot_not_found")


@method("reactions.add", "reactions:write")
def reactions_add(call: Call) -> Json:
    """Put an emoji on a message."""
    return _react(call, added=True)


@method("reactions.remove", "reactions:write")
def reactions_remove(call: Call) -> Json:
    """Take one's emoji off a message."""
    return _react(call, added=False)


def _react(call: Call, *, added: bool) -> Json:
    channel = call.channel()
    call.must_be_in(channel)
    name = call.need("name", "no_reaction").strip(":")
    message = call.ws.messages.get(channel["id"], call.need("timestamp", "no_item_specified"))
    marks = Marks(call.ws.store)
    if added and not marks.add(
        "reaction", channel["id"], message["ts"], name, call.app.bot_user_id
    ):
        raise SlackError("already_reacted")
    if not added and not marks.remove(
        "reaction", channel["id"], message["ts"], name, call.app.bot_user_id
    ):
        raise SlackError("no_reaction")
    message["reactions"] = marks.reactions(channel["id"], message["ts"])
    call.ws.messages.replace(channel["id"], message)
    reaction(call.ws, channel, message, call.app.bot_user_id, name, added=added)
    return {}


@method("reactions.get", "reactions:read")
def reactions_get(call: Call) -> Json:
    """A message with its reactions."""
    channel = call.channel()
    message = call.ws.messages.get(channel["id"], call.need("timestamp", "no_item_specified"))
    return {"type": "message", "channel": channel["id"], "message": message}


@method("pins.add", "pins:write")
def pins_add(call: Call) -> Json:
    """Pin a message."""
    channel = call.channel()
    call.must_be_in(channel)
    ts = call.ws.messages.get(channel["id"], call.need("timestamp", "no_item_specified"))["ts"]
    if not Marks(call.ws.store).add("pin", channel["id"], ts, "", call.app.bot_user_id):
        raise SlackError("already_pinned")
    return {}


@method("pins.remove", "pins:write")
def pins_remove(call: Call) -> Json:
    """Unpin a message."""
    channel = call.channel()
    ts = call.need("timestamp", "no_item_specified")
    if not Marks(call.ws.store).remove_all("pin", channel["id"], ts):
        raise SlackError("no_pin")
    return {}


@method("pins.list", "pins:read", "pins:write")
def pins_list(call: Call) -> Json:
    """Pinned messages of a channel."""
    channel = call.channel()
    items = []
    for ts, _ in Marks(call.ws.store).in_channel("pin", channel["id"]):
        message = call.ws.messages.find(channel["id"], ts)
        if message is not None:
            items.append({"type": "message", "channel": channel["id"], "message": message})
    return {"items": items}


@method("bookmarks.add", "bookmarks:write")
def bookmarks_add(call: Call) -> Json:
    """Put a link at the top of a channel."""
    channel = call.channel("channel_id")
    title, link = call.need("title"), call.need("link", "invalid_link")
    bookmark_id = new_id("Bk")
    marks = Marks(call.ws.store)
    marks.add("bookmark", channel["id"], bookmark_id, f"{title}\n{link}", call.app.bot_user_id)
    return {"bookmark": _bookmark(channel["id"], bookmark_id, f"{title}\n{link}")}


@method("bookmarks.list", "bookmarks:read", "bookmarks:write")
def bookmarks_list(call: Call) -> Json:
    """Links at the top of a channel."""
    channel = call.channel("channel_id")
    found = Marks(call.ws.store).in_channel("bookmark", channel["id"])
    return {"bookmarks": [_bookmark(channel["id"], key, name) for key, name in found]}


@method("bookmarks.remove", "bookmarks:write")
def bookmarks_remove(call: Call) -> Json:
    """Take a link away."""
    channel = call.channel("channel_id")
    if not Marks(call.ws.store).remove_all(
        "bookmark", channel["id"], call.need("bookmark_id", "not_found")
    ):
        raise SlackError("not_found")
    return {}


def _bookmark(channel_id: str, bookmark_id: str, name: str) -> Json:
    title, _, link = name.partition("\n")
    return {
        "id": bookmark_id,
        "channel_id": channel_id,
        "title": title,
        "link": link,
        "type": "link",
    }
