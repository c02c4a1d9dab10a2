"""Brings events and interactions to an app in the mode it is installed for."""

import asyncio
import json
import time
from collections.abc import Coroutine
from typing import Any

from slack_sandbox.apps import InstalledApp
from slack_sandbox.delivery.answers import Answer, NoAnswerError
from slack_sandbox.delivery.sockets import Sockets
from slack_sandbox.delivery.webhooks import Webhooks, form
from slack_sandbox.faults import Faults
from slack_sandbox.ids import new_id
from slack_sandbox.settings import Settings

Json = dict[str, Any]
__all__ = ["Broker", "NoAnswerError"]


class Broker:
    """One place to send from; knows nothing of what the payloads mean."""

    def __init__(self, settings: Settings, faults: Faults, team_id: str) -> None:
        self._settings = settings
        self._faults = faults
        self.team_id = team_id
        self.sockets = Sockets(settings)
        self.webhooks = Webhooks(settings.ack_timeout)
        self._tasks: set[asyncio.Task[None]] = set()

    async def interact(self, app: InstalledApp, payload: Json) -> Answer:
        """A click, submission, shortcut or options query. Raises NoAnswerError."""
        if not app.interactivity:
            raise NoAnswerError("interactivity_not_enabled")
        if app.socket_mode:
            return await self._over_socket(
                app, "interactive", payload, accepts_response_payload=True
            )
        url = app.interactivity_url
        if payload["type"] == "block_suggestion" and app.options_url:
            url = app.options_url
        body, content_type = form({"payload": json.dumps(payload)})
        return await self._over_http(app, url, body, content_type)

    async def command(self, app: InstalledApp, payload: dict[str, str], url: str) -> Answer:
        """A slash command. Raises NoAnswerError."""
        if app.socket_mode:
            return await self._over_socket(
                app, "slash_commands", payload, accepts_response_payload=True
            )
        body, content_type = form(payload)
        return await self._over_http(app, url or app.interactivity_url, body, content_type)

    def event(self, app: InstalledApp, event: Json) -> None:
        """Send an event in the background, again when nobody acknowledges it."""
        now = int(time.time())
        body: Json = {
            "token": app.verification_token,
            "team_id": self.team_id,
            "contextteam_id": self.team_id,
            "context_enterprise_id": None,
            "api_app_id": app.id,
            "event": event,
            "type": "event_callback",
            "event_id": new_id("Ev"),
            "event_time": now,
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": self.team_id,
                    "user_id": app.bot_user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": new_id("EC", 16),
        }
        self.background(self._deliver(app, body))
        if self._faults.take(["duplicate_event"], event["type"], event.get("channel")):
            self.background(self._attempt_quietly(app, body, 1, "timeout"))

    async def _deliver(self, app: InstalledApp, body: Json) -> None:
        reason = ""
        for attempt, delay in enumerate((None, *self._settings.retry_delays)):
            if delay is not None:
                await asyncio.sleep(delay)
            try:
                await self._attempt(app, body, attempt, reason)
                return
            except NoAnswerError as failure:
                reason = failure.reason
                if failure.final:
                    return

    async def _attempt_quietly(
        self, app: InstalledApp, body: Json, attempt: int, reason: str
    ) -> None:
        try:
            await self._attempt(app, body, attempt, reason)
        except NoAnswerError:
            return

    async def _attempt(self, app: InstalledApp, body: Json, attempt: int, reason: str) -> None:
        if app.socket_mode:
            await self._over_socket(
                app,
                "events_api",
                body,
                accepts_response_payload=False,
                retry_attempt=attempt,
                retry_reason=reason,
            )
            return
        headers = {}
        if attempt:
            headers = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        raw = json.dumps(body).encode()
        await self._over_http(app, app.event_url, raw, "application/json", headers)

    async def verify_url(self, app: InstalledApp) -> bool:
        """Slack's check of a new events URL: the challenge must come back."""
        challenge = new_id("", 24)
        body: Json = {
            "token": app.verification_token,
            "challenge": challenge,
            "type": "url_verification",
        }
        raw = json.dumps(body).encode()
        try:
            answer = await self._over_http(app, app.event_url, raw, "application/json")
        except NoAnswerError:
            return False
        found = answer.body or {}
        return challenge in {found.get("challenge"), str(found.get("text", "")).strip()}

    async def _over_socket(
        self, app: InstalledApp, kind: str, payload: Json, **extra: Any
    ) -> Answer:
        if self._faults.take(["down"], "socket"):
            raise NoAnswerError("connection_failed")
        drop = self._faults.take(["drop_socket"], kind) is not None
        return await self.sockets.request(app.id, kind, payload, drop=drop, **extra)

    async def _over_http(
        self,
        app: InstalledApp,
        url: str,
        body: bytes,
        content_type: str,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        if not url or self._faults.take(["down"], "http"):
            raise NoAnswerError("connection_failed")
        return await self.webhooks.request(url, app.signing_secret, body, content_type, headers)

    def background(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside the request that caused it; it ends with the server."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stop retries, close sockets, let threads go."""
        for task in list(self._tasks):
            task.cancel()
        await self.sockets.drop_all()
        self.webhooks.close()
