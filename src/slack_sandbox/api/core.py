"""One Web API call: its arguments, who calls, and the registry of methods."""

import inspect
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request

from slack_sandbox.apps import InstalledApp
from slack_sandbox.channels import kind_of
from slack_sandbox.errors import SlackError
from slack_sandbox.store import Json
from slack_sandbox.workspace import Workspace

_JSON_ARGUMENTS = frozenset({"blocks", "attachments", "metadata", "view", "files", "unfurls"})
_SCOPE_PREFIX = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}


@dataclass
class Call:
    """What a method needs to know of the request."""

    ws: Workspace
    method: str
    params: Json
    token: str
    app: InstalledApp
    warnings: list[str] = field(default_factory=list)

    def need(self, name: str, error: str | None = None) -> str:
        """A required text argument. Raises SlackError `error` or invalid_arguments."""
        value = self.params.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not value:
            message = f"[ERROR] missing required field: {name}"
            raise SlackError(
                error or "invalid_arguments", response_metadata={"messages": [message]}
            )
        return value

    def text(self, name: str) -> str:
        """An optional text argument, or an empty string."""
        value = self.params.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str) -> bool:
        """An optional yes or no, in any of the ways clients write it."""
        return str(self.params.get(name, "")).lower() in {"true", "1"}

    def limit(self, default: int = 100, most: int = 1000) -> int:
        """The page size asked for."""
        try:
            wanted = int(self.params.get("limit") or default)
        except (TypeError, ValueError) as error:
            raise SlackError("invalid_limit") from error
        return max(1, min(wanted, most))

    def page(self, items: list[Json], size: int) -> tuple[list[Json], str]:
        """One page of a list and the cursor of the next one."""
        cursor = self.text("cursor")
        if cursor and not cursor.isdigit():
            raise SlackError("invalid_cursor")
        start = int(cursor or 0)
        end = start + size
        return items[start:end], str(end) if end < len(items) else ""

    def require(self, *scopes: str) -> None:
        """Any one of these scopes. Raises SlackError missing_scope."""
        if not set(scopes) & set(self.app.scopes):
            needed, provided = ",".join(scopes), ",".join(self.app.scopes)
            raise SlackError("missing_scope", needed=needed, provided=provided)

    def channel(self, name: str = "channel", *, scope: str = "") -> Json:
        """The conversation an argument names by id. Raises SlackError channel_not_found.

        `scope` such as ``history`` asks for ``channels:history``, ``im:history`` and so on.
        """
        channel = self.ws.channels.visible(
            self.need(name, "channel_not_found"), self.app.bot_user_id
        )
        if scope:
            self.require(f"{_SCOPE_PREFIX[kind_of(channel)]}:{scope}")
        return channel

    def must_be_in(self, channel: Json) -> None:
        """Raises SlackError not_in_channel."""
        if not self.ws.channels.is_member(channel["id"], self.app.bot_user_id):
            raise SlackError("not_in_channel")


Handler = Callable[[Call], Json | Awaitable[Json]]


@dataclass(frozen=True)
class Method:
    """A registered method: what it does, who may call it."""

    handler: Handler
    scopes: tuple[str, ...]
    caller: str
    """Whose token is wanted: ``bot``, ``app`` (xapp-) or ``none``."""


METHODS: dict[str, Method] = {}


def method(name: str, *scopes: str, caller: str = "bot") -> Callable[[Handler], Handler]:
    """Register a Web API method; a call needs any one of `scopes`."""

    def register(handler: Handler) -> Handler:
        METHODS[name] = Method(handler, scopes, caller)
        return handler

    return register


async def run(known: Method, call: Call) -> Json:
    """Call the handler, awaited when it is a coroutine."""
    result = known.handler(call)
    return await result if inspect.isawaitable(result) else result


async def read_params(request: Request) -> Json:
    """Arguments from query string, form or JSON body, JSON-valued ones decoded."""
    params: Json = dict(request.query_params)
    content_type = request.headers.get("content-type", "")
    if content_type.startswith("application/json"):
        raw = await request.body()
        try:
            body = json.loads(raw or b"{}")
        except ValueError as error:
            raise SlackError("invalid_json") from error
        if not isinstance(body, dict):
            raise SlackError("json_not_object")
        params.update({key: value for key, value in body.items() if value is not None})
    elif request.method == "POST":
        form = await request.form()
        params.update({key: value for key, value in form.items() if isinstance(value, str)})
    for name in _JSON_ARGUMENTS & params.keys():
        params[name] = _decoded(name, params[name])
    return params


def _decoded(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not value:
        return None
    try:
        return json.loads(value)
    except ValueError as error:
        code = "invalid_blocks_format" if name == "blocks" else "invalid_arguments"
        raise SlackError(code) from error


def token_of(request: Request, params: Json) -> str:
    """The token from the Authorization header, else from the arguments."""
    header = request.headers.get("authorization", "")
    if header.lower().startswith("bearer "):
        return header[7:].strip()
    return str(params.pop("token", "") or "")
