"""Slash commands and shortcuts."""

from slack_sandbox import payloads
from slack_sandbox.apps import InstalledApp
from slack_sandbox.delivery import NoAnswerError
from slack_sandbox.errors import SlackError
from slack_sandbox.places import DeskError, active, reachable
from slack_sandbox.posting import post
from slack_sandbox.responses import respond
from slack_sandbox.store import Json
from slack_sandbox.typed import escape
from slack_sandbox.workspace import Workspace

_COMMAND_FAILURE = {
    "timeout": "operation_timeout",
    "http_timeout": "operation_timeout",
    "http_error": "http_service_error",
}


async def slash_command(
    ws: Workspace, user_id: str, channel_id: str, command: str, text: str
) -> Json:
    """Run a slash command in a channel. Raises DeskError."""
    channel = reachable(ws, user_id, channel_id)
    command = command if command.startswith("/") else f"/{command}"
    for app in ws.apps.all():
        for known in app.commands:
            if known.command == command:
                return await _run_command(ws, app, user_id, channel, (command, text, known.url))
    failed = f"{command} is not a valid command."
    ws.notice(user_id, failed, channel_id=channel_id)
    return {"failed": failed}


async def _run_command(
    ws: Workspace, app: InstalledApp, user_id: str, channel: Json, typed: tuple[str, str, str]
) -> Json:
    command, text, url = typed
    payload = payloads.slash_command(ws, app, user_id, channel, (command, text))
    try:
        answer = await ws.broker.command(app, payload, url)
    except NoAnswerError as failure:
        code = _COMMAND_FAILURE.get(failure.reason, "dispatch_failed")
        failed = f'{command} failed with the error "{code}"'
        ws.notice(user_id, failed, channel_id=channel["id"])
        return {"failed": failed}
    if answer.body and any(answer.body.get(k) for k in ("text", "blocks", "attachments")):
        try:
            _show_answer(ws, user_id, channel, payload, answer.body)
        except SlackError as error:
            failed = f"{app.name} gave an answer Slack cannot show: {error.code}"
            ws.notice(user_id, failed, channel_id=channel["id"])
            return {"failed": failed}
    return {"ok": True}


def _show_answer(
    ws: Workspace, user_id: str, channel: Json, payload: dict[str, str], body: Json
) -> None:
    if body.get("response_type") == "in_channel":
        typed = escape(f"{payload['command']} {payload['text']}".strip())
        message = {"type": "message", "user": user_id, "team": ws.team_id, "text": typed}
        post(ws, channel, message)
    hook = ws.hooks.new_hook(payload["api_app_id"], user_id, channel["id"])
    respond(ws, hook, {**body, "replace_original": False})


def _app_with(ws: Workspace, callback_id: str, kind: str) -> InstalledApp:
    for app in ws.apps.all():
        for shortcut in app.shortcuts:
            if shortcut.callback_id == callback_id and shortcut.type == kind:
                return app
    raise DeskError(f"there is no {kind} shortcut {callback_id}")


async def global_shortcut(ws: Workspace, user_id: str, callback_id: str) -> Json:
    """Run a global shortcut. Raises DeskError."""
    active(ws, user_id)
    app = _app_with(ws, callback_id, "global")
    return await _send(ws, app, user_id, payloads.shortcut(ws, app, user_id, callback_id))


async def message_shortcut(
    ws: Workspace, user_id: str, callback_id: str, channel_id: str, ts: str
) -> Json:
    """Run a message shortcut on a message everybody sees. Raises DeskError."""
    channel = reachable(ws, user_id, channel_id)
    app = _app_with(ws, callback_id, "message")
    message = ws.messages.find(channel_id, ts)
    if message is None:
        raise DeskError("shortcuts are not offered on this message")
    payload = payloads.message_action(ws, app, user_id, callback_id, (channel, message))
    return await _send(ws, app, user_id, payload)


async def _send(ws: Workspace, app: InstalledApp, user_id: str, payload: Json) -> Json:
    try:
        await ws.broker.interact(app, payload)
    except NoAnswerError as failure:
        text = f"{app.name} did not respond ({failure.reason}). Try again."
        ws.notice(user_id, text)
        return {"failed": text}
    return {"ok": True}
