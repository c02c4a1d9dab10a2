"""The workspace with all its parts in one hand."""

import time
from collections import deque
from typing import Any

from slack_sandbox.apps import Apps, InstalledApp, manifest_fields
from slack_sandbox.channels import Channels
from slack_sandbox.delivery import Broker
from slack_sandbox.faults import Faults
from slack_sandbox.files import Files
from slack_sandbox.hooks import Hooks
from slack_sandbox.hub import Hub
from slack_sandbox.ids import Stamps, new_id, stable_id
from slack_sandbox.messages import Messages
from slack_sandbox.people import People, user_object
from slack_sandbox.settings import Settings
from slack_sandbox.store import Json, Store, dump
from slack_sandbox.views import Views

DEFAULT_TEAM = {"name": "Sandbox", "domain": "sandbox"}


class Workspace:
    """Team, people, channels, apps, and what is in force right now.

    Built by `app.build_app`; used from the server's event loop only.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(settings.db)
        self.hub = Hub()
        self.faults = Faults(settings.random_seed)
        self.hooks = Hooks(settings.trigger_ttl, settings.hook_ttl, settings.hook_uses)
        self.people = People(self.store)
        self.apps = Apps(self.store)
        self.messages = Messages(self.store)
        self.files = Files(self.store)
        self.requests: deque[Json] = deque(maxlen=settings.log_size)
        self.notices: dict[str, deque[Json]] = {}
        self.offered: dict[tuple[str, ...], dict[str, Json]] = {}
        """Options an app offered for an external select, by person and element, by value."""
        self.stamps = Stamps(self.messages.last_ts())
        self._join_team(self.store.doc("SELECT doc FROM team") or self._new_team(DEFAULT_TEAM))
        self.broker = Broker(settings, self.faults, self.team_id)

    def _new_team(self, spec: Json) -> Json:
        team = {
            "id": str(spec.get("id") or stable_id("T", spec["domain"])),
            "name": str(spec["name"]),
            "domain": str(spec["domain"]),
        }
        self.store.run("DELETE FROM team")
        self.store.run("INSERT INTO team (id, doc) VALUES (?, ?)", team["id"], dump(team))
        return team

    def _join_team(self, team: Json) -> None:
        self.team = team
        self.team_id = str(team["id"])
        self.channels = Channels(self.store, self.team_id)
        self.views = Views(self.store, self.team_id)

    def name_team(self, spec: Json) -> None:
        """Give an empty workspace its name, domain and id."""
        self._join_team(self._new_team({**DEFAULT_TEAM, **spec}))
        self.broker.team_id = self.team_id

    def install(self, app: InstalledApp) -> InstalledApp:
        """Install an app, or bring it up to date: its bot becomes a user of the workspace."""
        self.apps.save(app)
        bot = user_object(
            self.team_id,
            {"id": app.bot_user_id, "name": app.name, "real_name": app.name, "is_bot": True},
        )
        bot["profile"].update(bot_id=app.bot_id, api_app_id=app.id)
        self.people.save(bot)
        self.hub.tell_all({"kind": "channel"})
        return app

    def install_manifest(self, manifest: Json, **given: Any) -> InstalledApp:
        """Install what a Slack app manifest describes. Raises ValueError for a malformed one."""
        fields = manifest_fields(manifest)
        name = str(fields.pop("name"))
        return self.install(self.apps.new(name, **{**fields, **given}))

    def bot_profile(self, app: InstalledApp) -> Json:
        """The profile Slack puts on a bot's messages."""
        return {
            "id": app.bot_id,
            "app_id": app.id,
            "user_id": app.bot_user_id,
            "name": app.name,
            "icons": {},
            "deleted": False,
            "updated": 1,
            "team_id": self.team_id,
        }

    def notice(
        self, user_id: str, text: str, kind: str = "error", channel_id: str | None = None
    ) -> None:
        """Show a person a passing note from Slack itself."""
        note = {
            "id": new_id("N"),
            "text": text,
            "kind": kind,
            "at": time.time(),
            "channel_id": channel_id,
        }
        self.notices.setdefault(user_id, deque(maxlen=20)).append(note)
        self.hub.tell([user_id], {"kind": "notice", "channel_id": channel_id, "text": text})

    def reset(self) -> None:
        """Forget everything: an empty, nameless workspace without faults or log."""
        self.store.clear()
        self.messages.forget_ephemerals()
        self.hooks.clear()
        self.faults.clear()
        self.requests.clear()
        self.notices.clear()
        self.offered.clear()
        self.name_team({})

    async def close(self) -> None:
        """Stop deliveries and close the file."""
        await self.broker.close()
        self.store.close()
