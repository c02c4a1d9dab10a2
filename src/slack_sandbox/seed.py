"""Fills an empty workspace from a YAML file (format in the README) or with a small default."""

from pathlib import Path
from typing import Any

import yaml

from slack_sandbox.apps import Command, InstalledApp, Shortcut, manifest_fields, read_manifest
from slack_sandbox.channels import channel_object
from slack_sandbox.normalise import normalise_blocks
from slack_sandbox.people import user_object
from slack_sandbox.store import Json
from slack_sandbox.typed import encode
from slack_sandbox.workspace import Workspace

DEFAULT: Json = {
    "team": {"name": "Sandbox", "domain": "sandbox"},
    "people": [
        {"name": "ada", "real_name": "Ada Admin", "email": "ada@example.com", "is_admin": True},
        {"name": "ben", "real_name": "Ben Baker", "email": "ben@example.com"},
        {"name": "cleo", "real_name": "Cleo Clerk", "email": "cleo@example.com"},
    ],
    "channels": [
        {"name": "general", "general": True, "members": ["everyone", "bots"]},
        {"name": "random", "members": ["everyone"]},
    ],
}
_APP_KEYS = (
    "id",
    "bot_id",
    "bot_user_id",
    "bot_token",
    "app_token",
    "signing_secret",
    "client_id",
    "scopes",
    "bot_events",
    "socket_mode",
    "event_url",
    "interactivity_url",
    "options_url",
    "home_tab_enabled",
)


class SeedError(ValueError):
    """The seed names something that is not there, or has the wrong shape."""


def prepare(ws: Workspace) -> None:
    """Install the manifests of the settings; fill the workspace if nobody is in it yet."""
    with ws.store.transaction():
        empty = not any(not user["is_bot"] for user in ws.people.all())
        seed = DEFAULT
        base = Path()
        if empty and ws.settings.seed is not None:
            seed, base = _read(ws.settings.seed), ws.settings.seed.parent
        if empty and seed.get("team"):
            ws.name_team(seed["team"])
        for path in ws.settings.manifests:
            ws.install_manifest(read_manifest(path))
        if not empty:
            return
        for spec in seed.get("apps") or []:
            ws.install(app_from(ws, spec, base))
        if not ws.apps.all():
            ws.install(ws.apps.new("demo"))
        fill(ws, seed)


def _read(path: Path) -> Json:
    seed = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(seed, dict):
        raise SeedError(f"{path}: a mapping with team, people, channels, apps is expected")
    return seed


def app_from(ws: Workspace, spec: Json, base: Path) -> InstalledApp:
    """An app from a seed entry: a manifest beside the seed, own keys on top. Raises SeedError."""
    fields: dict[str, Any] = {}
    if spec.get("manifest"):
        fields = manifest_fields(read_manifest(base / str(spec["manifest"])))
    if spec.get("name"):
        fields["name"] = str(spec["name"])
    if "name" not in fields:
        raise SeedError("an app needs a name or a manifest")
    fields.update({key: spec[key] for key in _APP_KEYS if key in spec})
    if "commands" in spec:
        fields["commands"] = [Command.model_validate(item) for item in spec["commands"]]
    if "shortcuts" in spec:
        fields["shortcuts"] = [Shortcut.model_validate(item) for item in spec["shortcuts"]]
    return ws.apps.new(fields.pop("name"), **fields)


def fill(ws: Workspace, seed: Json) -> None:
    """People, channels and first messages. Raises SeedError for a name nobody has."""
    for spec in seed.get("people") or []:
        ws.people.save(user_object(ws.team_id, spec))
    for spec in seed.get("channels") or []:
        add_channel(ws, spec)
    for spec in seed.get("messages") or []:
        _say(ws, spec)


def add_channel(ws: Workspace, spec: Json) -> Json:
    """A channel with its members. Raises SeedError for a member nobody knows."""
    found = channel_object(spec, ws.team_id)
    ws.channels.save(found)
    for name in spec.get("members") or []:
        for user_id in _members(ws, str(name)):
            ws.channels.add_member(found["id"], user_id)
    ws.hub.tell_all({"kind": "channel"})
    return found


def _members(ws: Workspace, name: str) -> list[str]:
    everybody = [user for user in ws.people.all() if not user["deleted"]]
    if name == "everyone":
        guests = {"is_bot", "is_restricted", "is_ultra_restricted", "is_stranger"}
        return [u["id"] for u in everybody if not any(u[flag] for flag in guests)]
    if name == "bots":
        return [u["id"] for u in everybody if u["is_bot"]]
    user = ws.people.find(name) or ws.people.by_name(name)
    if user is None:
        raise SeedError(f"nobody is called {name!r}")
    return [user["id"]]


def _say(ws: Workspace, spec: Json) -> None:
    """A message that was there before anybody listened: no event goes out."""
    found = ws.channels.by_name(str(spec["channel"]))
    if found is None:
        raise SeedError(f"there is no channel {spec['channel']!r}")
    text, rich = encode(ws, str(spec["text"]))
    user_id = _members(ws, str(spec["user"]))[0]
    message: Json = {"type": "message", "user": user_id, "team": ws.team_id, "text": text}
    message.update(blocks=normalise_blocks([rich]), ts=ws.stamps.next())
    ws.messages.add(found["id"], message)
