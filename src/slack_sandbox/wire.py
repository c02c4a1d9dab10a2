"""Routes apps use besides the Web API: response URLs, uploads, private files, the socket."""

import json
import time

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from slack_sandbox import trouble
from slack_sandbox.errors import SlackError
from slack_sandbox.responses import respond
from slack_sandbox.store import Json
from slack_sandbox.workspace import Workspace

_SIGN_IN = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in</body></html>"


class Wire:
    """Handlers of these routes."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws

    async def hook(self, request: Request) -> Response:
        """One post to a response URL."""
        entry: Json = {"at": time.time(), "method": "response_url", "params": {}, "app_id": None}
        self._ws.requests.append(entry)
        early = await trouble.before(self._ws.faults, "response_url", None, entry)
        if early is not None:
            return early
        try:
            body = json.loads(await request.body())
        except ValueError:
            return PlainTextResponse("invalid_payload", status_code=400)
        entry["params"] = body
        answer = self._respond(request.path_params["hook_id"], body, entry)
        return trouble.after(self._ws.faults, "response_url", None, entry) or answer

    def _respond(self, hook_id: str, body: Json, entry: Json) -> Response:
        try:
            hook = self._ws.hooks.use_hook(hook_id)
        except SlackError as error:
            entry.update(ok=False, error=error.code)
            return JSONResponse(error.body(), status_code=404)
        entry["app_id"] = hook.app_id
        try:
            respond(self._ws, hook, body)
        except SlackError as error:
            entry.update(ok=False, error=error.code)
            return JSONResponse(error.body(), status_code=400)
        entry["ok"] = True
        return PlainTextResponse("ok")

    async def upload(self, request: Request) -> Response:
        """The bytes of an announced file, raw or as multipart."""
        file_id = request.path_params["file_id"]
        if self._ws.files.announced(file_id) is None:
            return PlainTextResponse("file not found", status_code=404)
        content = await self._content(request)
        if len(content) > self._ws.settings.max_upload:
            return PlainTextResponse("file too large", status_code=413)
        self._ws.files.put(file_id, content)
        return PlainTextResponse(f"OK - {len(content)}")

    @staticmethod
    async def _content(request: Request) -> bytes:
        if not request.headers.get("content-type", "").startswith("multipart/form-data"):
            return await request.body()
        async with request.form() as form:
            for part in form.values():
                if not isinstance(part, str):
                    return await part.read()
        return b""

    async def private(self, request: Request) -> Response:
        """A file for an app with a token that may read it; everybody else gets a sign-in page."""
        header = request.headers.get("authorization", "")
        app = self._ws.apps.by_bot_token(header.removeprefix("Bearer ").strip())
        file_id = request.path_params["key"].partition("-")[2]
        if app is None or "files:read" not in app.scopes:
            return HTMLResponse(_SIGN_IN)
        try:
            doc = self._ws.files.get(file_id)
            content = self._ws.files.content(file_id)
        except SlackError:
            return HTMLResponse(_SIGN_IN, status_code=404)
        places = [*doc["channels"], *doc["groups"], *doc["ims"]]
        here = any(self._ws.channels.is_member(place, app.bot_user_id) for place in places)
        if places and not here and doc["user"] != app.bot_user_id:
            return HTMLResponse(_SIGN_IN, status_code=404)
        return Response(content, media_type=doc["mimetype"])

    async def link(self, socket: WebSocket) -> None:
        """Socket Mode."""
        await self._ws.broker.sockets.serve(socket)


def routes(ws: Workspace) -> list[BaseRoute]:
    """The routes of the wire."""
    wire = Wire(ws)
    hooks = [
        Route(f"/{kind}/{{team_id}}/{{number}}/{{hook_id}}", wire.hook, methods=["POST"])
        for kind in ("actions", "commands", "app")
    ]
    return [
        *hooks,
        Route("/files/upload/v1/{file_id}", wire.upload, methods=["POST"]),
        Route("/files-pri/{key}/{name}", wire.private),
        Route("/files-pri/{key}/download/{name}", wire.private),
        WebSocketRoute("/link/", wire.link),
    ]
