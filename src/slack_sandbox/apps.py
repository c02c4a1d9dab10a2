"""Installed apps: who they are, what they may do, how they are reached."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, Field

from slack_sandbox.errors import SlackError
from slack_sandbox.ids import stable_id
from slack_sandbox.settings import DEMO_APP_TOKEN, DEMO_BOT_TOKEN, DEMO_SIGNING_SECRET
from slack_sandbox.store import Json, Store, dump

DEFAULT_SCOPES = [
    "app_mentions:read",
    "bookmarks:write",
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "commands",
    "dnd:read",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "pins:write",
    "reactions:read",
    "reactions:write",
    "users:read",
    "users:read.email",
]
DEFAULT_EVENTS = [
    "app_home_opened",
    "app_mention",
    "message.im",
    "message.channels",
    "message.groups",
    "message.mpim",
    "member_joined_channel",
    "user_change",
    "dnd_updated_user",
    "team_join",
]

EVENT_SCOPES: dict[str, tuple[str, ...]] = {
    "app_mention": ("app_mentions:read",),
    "message.im": ("im:history",),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.mpim": ("mpim:history",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "user_change": ("users:read",),
    "dnd_updated_user": ("dnd:read",),
    "team_join": ("users:read",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
}


class Command(BaseModel):
    """One slash command."""

    command: str
    description: str = ""
    usage_hint: str = ""
    url: str = ""


class Shortcut(BaseModel):
    """One global or message shortcut."""

    name: str
    type: str
    callback_id: str
    description: str = ""


class InstalledApp(BaseModel):
    """An app as installed in this workspace."""

    id: str
    name: str
    bot_id: str
    bot_user_id: str
    bot_token: str
    app_token: str
    signing_secret: str
    verification_token: str = "sandbox-verification-token"  # noqa: S105
    client_id: str = ""
    scopes: list[str] = Field(default_factory=lambda: list(DEFAULT_SCOPES))
    app_scopes: list[str] = Field(default_factory=lambda: ["connections:write"])
    bot_events: list[str] = Field(default_factory=lambda: list(DEFAULT_EVENTS))
    commands: list[Command] = Field(default_factory=list)
    shortcuts: list[Shortcut] = Field(default_factory=list)
    home_tab_enabled: bool = True
    messages_tab_enabled: bool = True
    interactivity: bool = True
    socket_mode: bool = True
    event_url: str = ""
    interactivity_url: str = ""
    options_url: str = ""
    retries_enabled: bool = True

    def hears(self, event_name: str) -> bool:
        """Whether the app subscribed to an event such as ``message.im`` and may have it."""
        needed = EVENT_SCOPES.get(event_name, ())
        allowed = not needed or bool(set(needed) & set(self.scopes))
        return event_name in self.bot_events and allowed


class Apps:
    """The apps of the workspace."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def save(self, app: InstalledApp) -> None:
        """Install an app or bring it up to date."""
        self._store.run(
            "INSERT INTO apps (id, bot_token, app_token, doc) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET bot_token = excluded.bot_token, "
            "app_token = excluded.app_token, doc = excluded.doc",
            app.id,
            app.bot_token,
            app.app_token,
            dump(app.model_dump()),
        )

    def all(self) -> list[InstalledApp]:
        """Every app, first installed first."""
        docs = self._store.docs("SELECT doc FROM apps ORDER BY rowid")
        return [InstalledApp.model_validate(doc) for doc in docs]

    def find(self, app_id: str) -> InstalledApp | None:
        """The app with this id, or None."""
        return self._by("SELECT doc FROM apps WHERE id = ?", app_id)

    def get(self, app_id: str) -> InstalledApp:
        """The app with this id. Raises SlackError app_not_found."""
        app = self.find(app_id)
        if app is None:
            raise SlackError("app_not_found")
        return app

    def by_bot_token(self, token: str) -> InstalledApp | None:
        """Whose ``xoxb-`` token this is, or None."""
        return self._by("SELECT doc FROM apps WHERE bot_token = ?", token)

    def by_app_token(self, token: str) -> InstalledApp | None:
        """Whose ``xapp-`` token this is, or None."""
        return self._by("SELECT doc FROM apps WHERE app_token = ?", token)

    def by_bot_user(self, user_id: str) -> InstalledApp | None:
        """The app behind a bot user, or None."""
        return next((app for app in self.all() if app.bot_user_id == user_id), None)

    def _by(self, sql: str, value: str) -> InstalledApp | None:
        doc = self._store.doc(sql, value)
        return None if doc is None else InstalledApp.model_validate(doc)

    def new(self, name: str, **given: Any) -> InstalledApp:
        """An app object with the well-known demo tokens; the second app gets ``-2`` and so on."""
        app_id = str(given.pop("id", "") or stable_id("A", name))
        known = self.find(app_id)
        if known is not None:
            return known.model_copy(update={"name": name, **given})
        number = len(self.all()) + 1
        tail = "" if number == 1 else f"-{number}"
        defaults: Json = {
            "bot_id": stable_id("B", name),
            "bot_user_id": stable_id("U", f"bot:{name}"),
            "bot_token": DEMO_BOT_TOKEN + tail,
            "app_token": DEMO_APP_TOKEN + tail,
            "signing_secret": DEMO_SIGNING_SECRET + tail,
            "client_id": f"1.{number}",
        }
        return InstalledApp.model_validate({"id": app_id, "name": name, **defaults, **given})


def read_manifest(path: Path) -> Json:
    """A Slack app manifest from YAML or JSON. Raises ValueError when it is no mapping."""
    manifest = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(manifest, dict):
        raise ValueError(f"{path} is not a Slack app manifest: a mapping is expected")
    return manifest


def manifest_fields(manifest: Json) -> Json:
    """What `Apps.new` needs, taken from a Slack app manifest."""
    features = manifest.get("features") or {}
    settings = manifest.get("settings") or {}
    events = settings.get("event_subscriptions") or {}
    interactivity = settings.get("interactivity") or {}
    home = features.get("app_home") or {}
    scopes = ((manifest.get("oauth_config") or {}).get("scopes") or {}).get("bot") or []
    return {
        "name": str((manifest.get("display_information") or {}).get("name") or "app"),
        "scopes": list(scopes),
        "bot_events": list(events.get("bot_events") or []),
        "commands": [Command.model_validate(c) for c in features.get("slash_commands") or []],
        "shortcuts": [Shortcut.model_validate(s) for s in features.get("shortcuts") or []],
        "home_tab_enabled": bool(home.get("home_tab_enabled", False)),
        "messages_tab_enabled": bool(home.get("messages_tab_enabled", True)),
        "interactivity": bool(interactivity.get("is_enabled", False)),
        "socket_mode": bool(settings.get("socket_mode_enabled", False)),
        "event_url": str(events.get("request_url") or ""),
        "interactivity_url": str(interactivity.get("request_url") or ""),
        "options_url": str(
            interactivity.get("message_menu_options_url") or interactivity.get("request_url") or ""
        ),
    }
