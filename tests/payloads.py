"""What Slack sends when people do something, signed where it comes by HTTP."""

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

from tests.slack import BOT_USER, TEAM, Json


class Payloads:
    """What Slack sends when people do something; ids are new for each call."""

    def __init__(self, hook: str) -> None:
        self.hook = hook
        self.count = 0

    def _trigger(self) -> str:
        self.count += 1
        return f"{self.count}.2.abc"

    def command(self, command: str, text: str, *, user: str, team: str = TEAM) -> Json:
        return {
            "token": "x",
            "team_id": team,
            "team_domain": "acme",
            "channel_id": "C0",
            "channel_name": "general",
            "user_id": user,
            "user_name": user.lower(),
            "command": command,
            "text": text,
            "api_app_id": "A1",
            "is_enterprise_install": "false",
            "response_url": self.hook,
            "trigger_id": self._trigger(),
        }

    def _from(self, user: str, team: str) -> Json:
        return {
            "user": {"id": user, "username": user.lower(), "team_id": team},
            "team": {"id": TEAM, "domain": "acme"},
            "api_app_id": "A1",
            "token": "x",
            "trigger_id": self._trigger(),
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def click(
        self,
        action: str,
        value: str,
        *,
        user: str,
        channel: str = "C1",
        ts: str = "1700000000.000100",
        team: str = TEAM,
    ) -> Json:
        """A button on a message."""
        return {
            "type": "block_actions",
            **self._from(user, team),
            "container": {"type": "message", "message_ts": ts, "channel_id": channel},
            "channel": {"id": channel, "name": "site"},
            "message": {"type": "message", "ts": ts, "text": "", "blocks": []},
            "response_url": self.hook,
            "actions": [
                {
                    "type": "button",
                    "action_id": action,
                    "block_id": "b",
                    "value": value,
                    "action_ts": f"{self.count}.0",
                }
            ],
        }

    def click_in_view(self, action: str, value: str, view: Json, *, user: str) -> Json:
        """A button in a modal or in App Home."""
        body = self.click(action, value, user=user)
        for name in ("channel", "message", "response_url"):
            del body[name]
        return body | {"container": {"type": "view", "view_id": "V1"}, "view": shown(view)}

    def submit(
        self, view: Json, values: dict[str, Any], *, user: str, view_id: str = "", hash: str = "h"
    ) -> Json:
        """A form sent with these values; the inputs' own shapes are filled in from the view."""
        view_id = view_id or f"V{self.count + 1}"
        return {
            "type": "view_submission",
            **self._from(user, TEAM),
            "view": shown(view, view_id, hash) | {"state": {"values": state_of(view, values)}},
            "response_urls": [],
        }

    def options(self, action: str, typed: str, *, user: str, block: str = "b") -> Json:
        return {
            "type": "block_suggestion",
            **self._from(user, TEAM),
            "container": {"type": "view", "view_id": "V1"},
            "action_id": action,
            "block_id": block,
            "value": typed,
            "view": shown({"type": "modal", "callback_id": "x", "blocks": []}),
        }

    def shortcut(self, callback: str, *, user: str) -> Json:
        return {
            "type": "shortcut",
            **self._from(user, TEAM),
            "callback_id": callback,
            "action_ts": "1.1",
        }

    def message_shortcut(self, callback: str, message: Json, *, user: str) -> Json:
        return {
            "type": "message_action",
            **self._from(user, TEAM),
            "callback_id": callback,
            "message_ts": message["ts"],
            "channel": {"id": "C1", "name": "site"},
            "message": message,
            "response_url": self.hook,
            "action_ts": "1.1",
        }

    def event(self, event: Json, *, event_id: str = "") -> Json:
        self.count += 1
        return {
            "token": "x",
            "team_id": TEAM,
            "api_app_id": "A1",
            "type": "event_callback",
            "event": event,
            "event_id": event_id or f"Ev{self.count}",
            "event_time": 1,
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
        }


def shown(view: Json, view_id: str = "V1", hash: str = "h") -> Json:
    """A view as Slack sends it back: with an id, a hash, and its own additions."""
    return {
        "id": view_id,
        "hash": hash,
        "team_id": TEAM,
        "private_metadata": "",
        "callback_id": "",
        "root_view_id": view_id,
        "previous_view_id": None,
        "app_id": "A1",
        "bot_id": "B0BOT",
        "state": {"values": {}},
        "clear_on_close": False,
        "notify_on_close": False,
        **view,
    }


_VALUE: dict[str, str] = {
    "plain_text_input": "value",
    "datepicker": "selected_date",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "file_input": "files",
}


def state_of(view: Json, values: dict[str, Any]) -> Json:
    """``state.values`` of a form filled with ``values`` (by block id); inputs that are left alone
    keep what they opened with. A value for an input that is not there raises."""
    state: Json = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        name, element = block["block_id"], block["element"]
        given = values[name] if name in values else _initial(element)
        state[name] = {element["action_id"]: {"type": element["type"], **_wrap(element, given)}}
    unknown = set(values) - set(state)
    if unknown:
        raise KeyError(f"the form has no input {unknown}; it has {set(state)}")
    return state


def _initial(element: Json) -> Any:
    for name in ("initial_value", "initial_date", "initial_conversation", "initial_user"):
        if name in element:
            return element[name]
    if "initial_option" in element:
        return element["initial_option"]["value"]
    return [option["value"] for option in element.get("initial_options", [])] or None


def _wrap(element: Json, given: Any) -> Json:
    kind = element["type"]
    if kind in _VALUE:
        return {
            _VALUE[kind]: given if given is not None else ([] if kind == "file_input" else None)
        }
    if kind in {"checkboxes", "multi_static_select", "multi_external_select"}:
        return {"selected_options": [{"value": value} for value in given or []]}
    if given is None:
        return {"selected_option": None}
    if element.get("options") and given not in [o["value"] for o in element["options"]]:
        raise KeyError(f"{given} is not among the options")
    return {"selected_option": {"text": {"type": "plain_text", "text": "x"}, "value": given}}


def signed(body: Json, secret: str, *, at: int | None = None) -> tuple[str, dict[str, str]]:
    """The same thing as an HTTP body with its signature headers."""
    if body.get("type") == "event_callback":
        text, kind = json.dumps(body), "application/json"
    elif "command" in body:
        text, kind = urlencode(body), "application/x-www-form-urlencoded"
    else:
        text = urlencode({"payload": json.dumps(body)})
        kind = "application/x-www-form-urlencoded"
    return text, {**sign(text, secret, at=at), "content-type": kind}


def sign(text: str, secret: str, *, at: int | None = None) -> dict[str, str]:
    """Signature headers for a raw body."""
    stamp = str(int(time.time()) if at is None else at)
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{text}".encode(), hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={digest}"}
