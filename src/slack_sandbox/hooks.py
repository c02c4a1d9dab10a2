"""Short-lived rights handed to an app with a payload: trigger ids and response URLs."""

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from slack_sandbox.errors import SlackError

KEPT_AFTER_EXPIRY = 60.0
"""Seconds an expired trigger is still told apart from one that never was."""


def _drop_expired(rights: dict[str, Any], before: float) -> None:
    """Both kinds live equally long each, so the oldest stand in front."""
    while rights and next(iter(rights.values())).expires < before:
        del rights[next(iter(rights))]


@dataclass
class Trigger:
    """The right to open one modal, for a moment."""

    id: str
    app_id: str
    user_id: str
    expires: float
    view_id: str | None = None
    """The modal the interaction came from; only such a trigger may push onto it."""
    used: bool = False


@dataclass
class Hook:
    """The right to post to where an interaction came from, without a token."""

    id: str
    app_id: str
    user_id: str
    channel_id: str
    expires: float
    uses_left: int
    message_ts: str | None = None
    is_ephemeral: bool = False
    thread_ts: str | None = None


@dataclass
class Hooks:
    """All triggers and response URLs in force. Lives in memory: a restart ends them."""

    trigger_ttl: float
    hook_ttl: float
    hook_uses: int
    _triggers: dict[str, Trigger] = field(default_factory=dict)
    _hooks: dict[str, Hook] = field(default_factory=dict)

    def new_trigger(self, app_id: str, user_id: str, view_id: str | None = None) -> str:
        """Hand out a trigger id that lives `trigger_ttl` seconds."""
        now = time.monotonic()
        _drop_expired(self._triggers, now - KEPT_AFTER_EXPIRY)
        number = secrets.randbelow(10**10)
        trigger_id = f"{number}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(
            trigger_id, app_id, user_id, now + self.trigger_ttl, view_id
        )
        return trigger_id

    def use_trigger(self, trigger_id: str, app_id: str) -> Trigger:
        """Spend a trigger.

        Raises SlackError invalid_trigger_id, exchanged_trigger_id or expired_trigger_id.
        """
        trigger = self._triggers.get(trigger_id)
        if trigger is None or trigger.app_id != app_id:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() > trigger.expires:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    def new_hook(
        self,
        app_id: str,
        user_id: str,
        channel_id: str,
        message_ts: str | None = None,
        *,
        is_ephemeral: bool = False,
        thread_ts: str | None = None,
    ) -> Hook:
        """Hand out a response URL's secret, good for five posts in half an hour."""
        now = time.monotonic()
        _drop_expired(self._hooks, now)
        hook = Hook(
            id=secrets.token_hex(12),
            app_id=app_id,
            user_id=user_id,
            channel_id=channel_id,
            expires=now + self.hook_ttl,
            uses_left=self.hook_uses,
            message_ts=message_ts,
            is_ephemeral=is_ephemeral,
            thread_ts=thread_ts,
        )
        self._hooks[hook.id] = hook
        return hook

    def use_hook(self, hook_id: str) -> Hook:
        """Spend one post of a response URL. Raises SlackError used_url or expired_url."""
        hook = self._hooks.get(hook_id)
        if hook is None or time.monotonic() > hook.expires:
            raise SlackError("expired_url")
        if hook.uses_left <= 0:
            raise SlackError("used_url")
        hook.uses_left -= 1
        return hook

    def clear(self) -> None:
        """End every right."""
        self._triggers.clear()
        self._hooks.clear()
