"""``/sandbox/...``: what a test or a demo asks of the stand-in itself."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from slack_sandbox.apps import InstalledApp, read_manifest
from slack_sandbox.errors import SlackError
from slack_sandbox.events import member_joined, user_changed
from slack_sandbox.faults import Fault
from slack_sandbox.people import user_object
from slack_sandbox.seed import SeedError, add_channel, prepare
from slack_sandbox.store import Json
from slack_sandbox.workspace import Workspace

_PROFILE_KEYS = frozenset(
    {
        "display_name",
        "email",
        "phone",
        "title",
        "image_72",
        "status_text",
        "status_emoji",
        "status_expiration",
    }
)


async def _body(request: Request) -> Any:
    """The request's JSON or YAML, an empty mapping when there is none."""
    raw = await request.body()
    return (yaml.safe_load(raw) if raw.strip() else None) or {}


def _bad(sentence: str) -> Response:
    return JSONResponse({"error": sentence}, status_code=400)


class Admin:
    """Handlers of the admin routes."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws

    async def health(self, _: Request) -> Response:
        """Alive, and how many sockets each app has open."""
        sockets = {app.id: self._ws.broker.sockets.count(app.id) for app in self._ws.apps.all()}
        return JSONResponse({"ok": True, "team": self._ws.team, "sockets": sockets})

    async def add_fault(self, request: Request) -> Response:
        """Let trouble happen."""
        try:
            fault = Fault.model_validate(await _body(request))
        except ValidationError as error:
            return _bad(str(error))
        self._ws.faults.add(fault)
        if fault.kind == "down":
            await self._ws.broker.sockets.drop_all()
        return JSONResponse(fault.model_dump(), status_code=201)

    async def list_faults(self, _: Request) -> Response:
        """Troubles that can still strike."""
        return JSONResponse([fault.model_dump() for fault in self._ws.faults.all()])

    async def clear_faults(self, request: Request) -> Response:
        """End one (``?id=``) or all."""
        self._ws.faults.clear(request.query_params.get("id"))
        return JSONResponse({"ok": True})

    async def requests(self, request: Request) -> Response:
        """The log of API calls, oldest first; ``?method=`` and ``?since=`` (unix) narrow it."""
        method = request.query_params.get("method")
        since = float(request.query_params.get("since", "0"))
        found = [
            entry
            for entry in self._ws.requests
            if entry["at"] >= since and method in {None, entry["method"]}
        ]
        return JSONResponse(found)

    async def forget_requests(self, _: Request) -> Response:
        """Empty the log."""
        self._ws.requests.clear()
        return JSONResponse({"ok": True})

    async def reset(self, _: Request) -> Response:
        """Forget the workspace and fill it anew as at the first start."""
        self._ws.reset()
        prepare(self._ws)
        self._ws.hub.tell_all({"kind": "channel"})
        return JSONResponse({"ok": True})

    async def disconnect(self, request: Request) -> Response:
        """Ask the sockets of all apps (or one) to go."""
        body = await _body(request)
        reason = str(body.get("reason", "refresh_requested"))
        count = await self._ws.broker.sockets.disconnect(reason, body.get("app_id"))
        return JSONResponse({"ok": True, "count": count})

    async def drop(self, _: Request) -> Response:
        """Close every socket without a word."""
        await self._ws.broker.sockets.drop_all()
        return JSONResponse({"ok": True})

    async def apps(self, _: Request) -> Response:
        """Installed apps with their tokens."""
        return JSONResponse([app.model_dump() for app in self._ws.apps.all()])

    async def manifest(self, request: Request) -> Response:
        """Install a manifest: the body itself, or ``{"manifest"|"path", and own keys}``."""
        body = await _body(request)
        if not isinstance(body, dict):
            return _bad("a mapping is expected")
        given = dict(body)
        try:
            if "path" in body:
                manifest = read_manifest(Path(str(given.pop("path"))))
            elif "manifest" in body:
                manifest = given.pop("manifest")
            else:
                manifest, given = body, {}
            app = self._ws.install_manifest(manifest, **given)
        except (OSError, ValueError, AttributeError) as error:
            return _bad(str(error))
        verified = await self._verified(app)
        return JSONResponse({**app.model_dump(), "event_url_verified": verified}, status_code=201)

    async def _verified(self, app: InstalledApp) -> bool | None:
        if app.socket_mode or not app.event_url:
            return None
        return await self._ws.broker.verify_url(app)

    async def add_person(self, request: Request) -> Response:
        """A new person, as in the seed."""
        body = await _body(request)
        if not body.get("name"):
            return _bad("a person needs a name")
        user = user_object(self._ws.team_id, body)
        self._ws.people.save(user)
        user_changed(self._ws, user, "team_join")
        return JSONResponse(user, status_code=201)

    async def change_person(self, request: Request) -> Response:
        """Change flags or profile keys of a person; the apps hear ``user_change``."""
        user = self._ws.people.find(request.path_params["user_id"])
        if user is None:
            return JSONResponse({"error": "no such person"}, status_code=404)
        for key, value in (await _body(request)).items():
            (user["profile"] if key in _PROFILE_KEYS else user)[key] = value
        user["profile"]["real_name"] = user["real_name"]
        self._ws.people.save(user)
        user_changed(self._ws, user)
        return JSONResponse(user)

    async def add_channel(self, request: Request) -> Response:
        """A new channel, as in the seed."""
        body = await _body(request)
        if not body.get("name"):
            return _bad("a channel needs a name")
        try:
            found = add_channel(self._ws, body)
        except SeedError as error:
            return _bad(str(error))
        return JSONResponse(found, status_code=201)

    async def add_member(self, request: Request) -> Response:
        """Let somebody into a channel."""
        found, user_id = await self._channel_and_user(request)
        if self._ws.channels.add_member(found["id"], user_id):
            member_joined(self._ws, found, user_id)
        return JSONResponse({"ok": True})

    async def remove_member(self, request: Request) -> Response:
        """Let somebody out of a channel."""
        found, user_id = await self._channel_and_user(request)
        self._ws.channels.remove_member(found["id"], user_id)
        self._ws.hub.tell_all({"kind": "channel"})
        return JSONResponse({"ok": True})

    async def _channel_and_user(self, request: Request) -> tuple[Json, str]:
        body = await _body(request)
        user = self._ws.people.get(str(body.get("user_id")))
        found = self._ws.channels.find(request.path_params["channel_id"])
        if found is None:
            raise SlackError("channel_not_found")
        return found, str(user["id"])

    async def archive(self, request: Request) -> Response:
        """Archive a channel, or with ``{"archived": false}`` bring it back."""
        found = self._ws.channels.find(request.path_params["channel_id"])
        if found is None:
            raise SlackError("channel_not_found")
        found["is_archived"] = bool((await _body(request)).get("archived", True))
        self._ws.channels.save(found)
        self._ws.hub.tell_all({"kind": "channel"})
        return JSONResponse(found)


def routes(ws: Workspace) -> list[Route]:
    """The admin routes."""
    a = Admin(ws)
    table: list[tuple[str, str, Any]] = [
        ("GET", "/sandbox/health", a.health),
        ("POST", "/sandbox/faults", a.add_fault),
        ("GET", "/sandbox/faults", a.list_faults),
        ("DELETE", "/sandbox/faults", a.clear_faults),
        ("GET", "/sandbox/requests", a.requests),
        ("DELETE", "/sandbox/requests", a.forget_requests),
        ("POST", "/sandbox/reset", a.reset),
        ("POST", "/sandbox/disconnect", a.disconnect),
        ("POST", "/sandbox/drop", a.drop),
        ("GET", "/sandbox/apps", a.apps),
        ("POST", "/sandbox/apps/manifest", a.manifest),
        ("POST", "/sandbox/people", a.add_person),
        ("PATCH", "/sandbox/people/{user_id}", a.change_person),
        ("POST", "/sandbox/channels", a.add_channel),
        ("POST", "/sandbox/channels/{channel_id}/members", a.add_member),
        ("DELETE", "/sandbox/channels/{channel_id}/members", a.remove_member),
        ("POST", "/sandbox/channels/{channel_id}/archive", a.archive),
    ]
    return [Route(path, handler, methods=[verb]) for verb, path, handler in table]
