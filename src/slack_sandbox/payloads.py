"""The bodies of interactions, key by key as Slack sends them."""

from slack_sandbox.apps import InstalledApp
from slack_sandbox.channels import kind_of
from slack_sandbox.events import outward
from slack_sandbox.hooks import Hook
from slack_sandbox.places import Place
from slack_sandbox.store import Json
from slack_sandbox.workspace import Workspace

_COMMAND_CHANNEL = {"im": "directmessage", "private": "privategroup", "mpim": "mpdm"}
_NOT_ECHOED = frozenset(
    {
        "options",
        "option_groups",
        "min_query_length",
        "focus_on_load",
        "max_selected_items",
        "dispatch_action_config",
        "filter",
        "accessibility_label",
        "visible_to_user_ids",
        "positive_button",
        "negative_button",
    }
)


def hook_url(ws: Workspace, hook: Hook, kind: str) -> str:
    """The response URL of a hook; `kind` is ``actions``, ``commands`` or ``app``."""
    return f"{ws.settings.base_url}/{kind}/{ws.team_id}/1/{hook.id}"


def common(ws: Workspace, app: InstalledApp, user_id: str) -> Json:
    """What every interaction carries."""
    return {
        "team": {"id": ws.team_id, "domain": ws.team["domain"]},
        "user": ws.people.brief(user_id),
        "api_app_id": app.id,
        "token": app.verification_token,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _channel_name(channel: Json) -> str:
    return "directmessage" if channel["is_im"] else str(channel.get("name", ""))


def _where(place: Place) -> Json:
    """container, channel, message or view of an interaction."""
    if place.view is not None:
        container = {"type": "view", "view_id": place.view["id"]}
        return {"container": container, "view": place.view}
    channel, message = place.channel or {}, place.message or {}
    container = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": channel["id"],
        "is_ephemeral": place.is_ephemeral,
    }
    if message.get("thread_ts"):
        container["thread_ts"] = message["thread_ts"]
    fields: Json = {
        "container": container,
        "channel": {"id": channel["id"], "name": _channel_name(channel)},
    }
    if not place.is_ephemeral:
        fields["message"] = outward(message)
    return fields


def block_actions(
    ws: Workspace, place: Place, user_id: str, actions: list[Json], state: Json
) -> Json:
    """A click or a choice."""
    view_id = place.view["id"] if place.view and place.view["type"] == "modal" else None
    payload = {
        "type": "block_actions",
        **common(ws, place.app, user_id),
        **_where(place),
        "trigger_id": ws.hooks.new_trigger(place.app.id, user_id, view_id),
        "actions": actions,
    }
    if place.view is None and place.channel and place.message:
        hook = ws.hooks.new_hook(
            place.app.id,
            user_id,
            place.channel["id"],
            place.message["ts"],
            is_ephemeral=place.is_ephemeral,
            thread_ts=place.message.get("thread_ts"),
        )
        payload["state"] = {"values": state}
        payload["response_url"] = hook_url(ws, hook, "actions")
    return payload


def action(block: Json, element: Json, value: Json, ts: str) -> Json:
    """One entry of ``actions``: what the element is, and what was chosen."""
    echo = {key: item for key, item in element.items() if key not in _NOT_ECHOED}
    chosen = {key: item for key, item in value.items() if key != "type"}
    return {**echo, **chosen, "block_id": block["block_id"], "action_ts": ts}


def block_suggestion(
    ws: Workspace, place: Place, user_id: str, element: tuple[str, str], typed: str
) -> Json:
    """The question an external select asks while somebody types."""
    where = _where(place)
    return {
        "type": "block_suggestion",
        **common(ws, place.app, user_id),
        **where,
        "block_id": element[0],
        "action_id": element[1],
        "value": typed,
    }


def view_submission(ws: Workspace, app: InstalledApp, user_id: str, view: Json) -> Json:
    """The submit button of a modal."""
    return {
        "type": "view_submission",
        **common(ws, app, user_id),
        "trigger_id": ws.hooks.new_trigger(app.id, user_id, view["id"]),
        "view": view,
        "response_urls": _response_urls(ws, app, user_id, view),
    }


def _response_urls(ws: Workspace, app: InstalledApp, user_id: str, view: Json) -> list[Json]:
    urls: list[Json] = []
    values = view["state"]["values"]
    for block in view["blocks"]:
        element = block.get("element") or {}
        if not element.get("response_url_enabled"):
            continue
        value = values.get(block["block_id"], {}).get(element["action_id"], {})
        channel_id = value.get("selected_conversation") or value.get("selected_channel")
        if channel_id:
            hook = ws.hooks.new_hook(app.id, user_id, channel_id)
            urls.append(
                {
                    "block_id": block["block_id"],
                    "action_id": element["action_id"],
                    "channel_id": channel_id,
                    "response_url": hook_url(ws, hook, "app"),
                }
            )
    return urls


def view_closed(ws: Workspace, app: InstalledApp, user_id: str, view: Json, cleared: bool) -> Json:
    """A modal was closed without submitting; what was entered is not told."""
    return {
        "type": "view_closed",
        **common(ws, app, user_id),
        "view": {**view, "state": {"values": {}}},
        "is_cleared": cleared,
    }


def _short_user(ws: Workspace, user_id: str) -> Json:
    user = ws.people.brief(user_id)
    return {key: user[key] for key in ("id", "username", "team_id")}


def shortcut(ws: Workspace, app: InstalledApp, user_id: str, callback_id: str) -> Json:
    """A global shortcut."""
    fields = common(ws, app, user_id)
    fields.pop("api_app_id")
    return {
        "type": "shortcut",
        **fields,
        "user": _short_user(ws, user_id),
        "action_ts": ws.stamps.next(),
        "callback_id": callback_id,
        "trigger_id": ws.hooks.new_trigger(app.id, user_id),
    }


def message_action(
    ws: Workspace, app: InstalledApp, user_id: str, callback_id: str, where: tuple[Json, Json]
) -> Json:
    """A message shortcut; `where` is channel and message."""
    channel, message = where
    hook = ws.hooks.new_hook(app.id, user_id, channel["id"], message["ts"])
    fields = common(ws, app, user_id)
    fields.pop("api_app_id")
    return {
        "type": "message_action",
        **fields,
        "action_ts": ws.stamps.next(),
        "callback_id": callback_id,
        "trigger_id": ws.hooks.new_trigger(app.id, user_id),
        "response_url": hook_url(ws, hook, "app"),
        "message_ts": message["ts"],
        "channel": {"id": channel["id"], "name": _channel_name(channel)},
        "message": outward(message),
    }


def slash_command(
    ws: Workspace, app: InstalledApp, user_id: str, channel: Json, typed: tuple[str, str]
) -> dict[str, str]:
    """A slash command; `typed` is the command and the text after it. All values are strings."""
    user = ws.people.get(user_id)
    hook = ws.hooks.new_hook(app.id, user_id, channel["id"])
    kind = kind_of(channel)
    return {
        "token": app.verification_token,
        "team_id": ws.team_id,
        "team_domain": ws.team["domain"],
        "channel_id": channel["id"],
        "channel_name": _COMMAND_CHANNEL.get(kind) or str(channel.get("name", "")),
        "user_id": user_id,
        "user_name": user["name"],
        "command": typed[0],
        "text": typed[1],
        "api_app_id": app.id,
        "is_enterprise_install": "false",
        "response_url": hook_url(ws, hook, "commands"),
        "trigger_id": ws.hooks.new_trigger(app.id, user_id),
    }
