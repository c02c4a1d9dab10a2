"""``/api/{method}``: faults, token, scopes, the method, and the answer as Slack words it."""

import time

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from slack_sandbox import trouble
from slack_sandbox.api import chat, conversations, dnd, files, misc, people, views
from slack_sandbox.api.core import METHODS, Call, Method, read_params, run, token_of
from slack_sandbox.apps import InstalledApp
from slack_sandbox.errors import SlackError
from slack_sandbox.rates import Rates
from slack_sandbox.store import Json
from slack_sandbox.workspace import Workspace

MODULES = (chat, conversations, dnd, files, misc, people, views)
_LOGGED = frozenset({"ts", "message_ts", "channel"})
_POSTING = frozenset({"chat.postMessage", "chat.postEphemeral"})


class Endpoint:
    """Answers every Web API request of every app."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        settings = ws.settings
        self._rates = Rates(settings.post_rate, settings.post_burst)

    async def __call__(self, request: Request) -> Response:
        name = request.path_params["method"]
        entry: Json = {"at": time.time(), "method": name, "params": {}, "app_id": None}
        self._ws.requests.append(entry)
        response = await self._answer(request, name, entry)
        entry["status"] = response.status_code
        return response

    async def _answer(self, request: Request, name: str, entry: Json) -> Response:
        try:
            params = await read_params(request)
            token = token_of(request, params)
        except SlackError as error:
            return self._refusal(error, entry)
        entry["params"] = params
        channel = params.get("channel")
        faults = self._ws.faults
        early = await trouble.before(faults, name, channel, entry)
        if early is not None:
            return early
        wait = self._rates.wait(str(channel)) if name in _POSTING else 0
        if wait:
            return trouble.ratelimited(wait, entry)
        response = await self._call(name, params, token, entry)
        return trouble.after(faults, name, channel, entry) or response

    async def _call(self, name: str, params: Json, token: str, entry: Json) -> Response:
        known = METHODS.get(name)
        try:
            if known is None:
                raise SlackError("unknown_method", req_method=name)
            app = self._caller(known, token)
            entry["app_id"] = app.id if app else None
            call = Call(self._ws, name, params, token, app or _nobody())
            if app is not None and known.scopes:
                _check_scopes(call, known)
            body = {"ok": True, **await run(known, call)}
        except SlackError as error:
            return self._refusal(error, entry)
        if call.warnings:
            body["warning"] = ",".join(call.warnings)
            body.setdefault("response_metadata", {})["warnings"] = call.warnings
        entry.update(ok=True, **{key: body[key] for key in _LOGGED & body.keys()})
        headers = {"x-oauth-scopes": ",".join(app.scopes)} if app else {}
        return JSONResponse(body, headers=headers)

    def _caller(self, known: Method, token: str) -> InstalledApp | None:
        if known.caller == "none":
            return None
        if not token:
            raise SlackError("not_authed")
        by_app = self._ws.apps.by_app_token(token)
        by_bot = self._ws.apps.by_bot_token(token)
        wanted = by_app if known.caller == "app" else by_bot
        if wanted is None and (by_app or by_bot):
            raise SlackError("not_allowed_token_type")
        if wanted is None:
            raise SlackError("invalid_auth")
        return wanted

    def _refusal(self, error: SlackError, entry: Json) -> Response:
        entry.update(ok=False, error=error.code)
        return JSONResponse(error.body())


def _check_scopes(call: Call, known: Method) -> None:
    if known.caller == "app":
        if not set(known.scopes) & set(call.app.app_scopes):
            provided = ",".join(call.app.app_scopes)
            raise SlackError("missing_scope", needed=",".join(known.scopes), provided=provided)
        return
    call.require(*known.scopes)


def _nobody() -> InstalledApp:
    fields = dict.fromkeys(
        ("id", "name", "bot_id", "bot_user_id", "bot_token", "app_token", "signing_secret"), ""
    )
    return InstalledApp.model_validate({**fields, "scopes": []})
