"""What a person does in Slack: the one door used by the page, by drivers and by tests.

Every method is a coroutine and must run on the sandbox's own event loop. Other processes use
the JSON mirror under ``/sandbox/desk/`` (see ``desk_http.py``), which has the same names.

Shapes
------
*container* names where a block sits: ``{"type": "message", "channel_id": C, "ts": TS}``,
``{"type": "ephemeral", "channel_id": C, "ts": TS}`` or ``{"type": "view", "view_id": V}``.

*raw values* are what a person enters, without Slack's wrapping: a string for text, number,
e-mail, URL, date (``YYYY-MM-DD``), time (``HH:MM``), a chosen option's value, a user or a
conversation id; a list of those for multi-selects and checkboxes; unix seconds for
``datetimepicker``; ``None`` or ``""`` for nothing. An option of an external select may also be
given whole, as ``{"text": {...}, "value": ...}``. A rich text input takes plain text.

*files* are ``(name, mimetype, bytes)`` tuples.
"""

from collections.abc import AsyncIterator
from typing import Any

Json = dict[str, Any]
Upload = tuple[str, str, bytes]
RawState = dict[str, dict[str, Any]]


class DeskError(Exception):
    """The person cannot do this in Slack (not a member, nothing there any more, no such button)."""


class Desk:
    """The hands and eyes of every person of the workspace."""

    async def people(self) -> list[Json]:
        """Active people (no bots), as Slack user objects: id, name, real_name, profile.title..."""
        raise NotImplementedError

    async def user(self, user_id: str) -> Json:
        """One Slack user object, bots included. Raises DeskError when there is none."""
        raise NotImplementedError

    async def team(self) -> Json:
        """``{"id", "name", "domain"}`` of the workspace."""
        raise NotImplementedError

    async def apps(self) -> list[Json]:
        """Installed apps: ``{"id", "name", "bot_user_id", "home_tab_enabled"}``."""
        raise NotImplementedError

    async def channels(self, user_id: str) -> list[Json]:
        """Conversations the person sees: joined ones, public ones to join, and DMs.

        Each: ``{"id", "name", "kind": "public"|"private"|"im", "is_member", "is_archived",
        "unread": int, "user": other person's id in a DM or None, "topic", "latest": ts or None}``.
        """
        raise NotImplementedError

    async def messages(
        self, user_id: str, channel_id: str, limit: int = 100, before: str | None = None
    ) -> list[Json]:
        """The newest messages of a channel, oldest first, ephemerals for this person included.

        Slack message objects (text, blocks, files, thread_ts, reply_count, edited...) plus
        ``"is_ephemeral": bool`` and ``"author": {"id", "name", "is_bot"}``. Replies of a thread
        are left out unless broadcast. Reading marks the channel as read for the person.
        """
        raise NotImplementedError

    async def thread(self, user_id: str, channel_id: str, thread_ts: str) -> list[Json]:
        """Parent first, then every reply (ephemerals in the thread included), shaped as above."""
        raise NotImplementedError

    async def home(self, user_id: str, app_id: str | None = None) -> Json | None:
        """The published Home view of an app (the first installed one), or None."""
        raise NotImplementedError

    async def modals(self, user_id: str) -> list[Json]:
        """The person's stack of open modals, top last. Empty when none is open."""
        raise NotImplementedError

    async def notices(self, user_id: str) -> list[Json]:
        """Transient notes from Slack itself, e.g. that an app did not respond in time.

        Each: ``{"id", "text", "kind": "error"|"info", "at": unix seconds, "channel_id" or None}``.
        Newest last; at most 20 are kept.
        """
        raise NotImplementedError

    async def post_message(
        self,
        user_id: str,
        channel_id: str,
        text: str,
        thread_ts: str | None = None,
        files: list[Upload] | None = None,
    ) -> Json:
        """Send what was typed; ``@name`` and ``#channel`` become mentions. Returns the message."""
        raise NotImplementedError

    async def slash_command(self, user_id: str, channel_id: str, command: str, text: str) -> Json:
        """Run ``/command text``. Returns ``{"ok": True}`` or ``{"failed": sentence}``."""
        raise NotImplementedError

    async def commands(self) -> list[Json]:
        """Slash commands: ``{"command", "description", "usage_hint", "app_id"}``."""
        raise NotImplementedError

    async def shortcuts(self, user_id: str) -> dict[str, list[Json]]:
        """``{"global": [...], "message": [...]}`` of ``{"callback_id", "name", "description"}``."""
        raise NotImplementedError

    async def global_shortcut(self, user_id: str, callback_id: str) -> Json:
        """Run a global shortcut. Returns ``{"ok": True}`` or ``{"failed": sentence}``."""
        raise NotImplementedError

    async def message_shortcut(
        self, user_id: str, callback_id: str, channel_id: str, ts: str
    ) -> Json:
        """Run a message shortcut on one message. Not offered on ephemerals."""
        raise NotImplementedError

    async def open_home(
        self, user_id: str, tab: str = "home", app_id: str | None = None
    ) -> Json | None:
        """Open the app's Home (``app_home_opened`` goes out) and return the view shown now."""
        raise NotImplementedError

    async def open_dm(self, user_id: str, other_id: str) -> Json:
        """Open (or find) the DM with another person or a bot; the channel, as in `channels`."""
        raise NotImplementedError

    async def join(self, user_id: str, channel_id: str) -> Json:
        """Join a public channel. Returns the channel, as in `channels`."""
        raise NotImplementedError

    async def invite(self, user_id: str, channel_id: str, other_id: str) -> Json:
        """Invite a person or a bot into a channel the person is in."""
        raise NotImplementedError

    async def block_action(
        self,
        user_id: str,
        container: Json,
        block_id: str,
        action_id: str,
        choice: Any = None,
        *,
        state: RawState | None = None,
    ) -> Json:
        """Click, choose or change one element; `state` is every input's raw value right now.

        Returns ``{"ok": True}`` or ``{"failed": sentence}`` when the app did not answer in time.
        What the app then changes arrives by `changes`.
        """
        raise NotImplementedError

    async def options(
        self, user_id: str, container: Json, block_id: str, action_id: str, typed: str = ""
    ) -> Json:
        """What a select offers for the typed text, whatever its type.

        ``{"options": [...]}`` or ``{"option_groups": [...]}`` as Slack objects, ``{"failed": s}``
        when the app did not answer, ``{"options": [], "min_query_length": n}`` when an external
        select wants more letters.
        """
        raise NotImplementedError

    async def submit_view(
        self,
        user_id: str,
        view_id: str,
        values: RawState | None = None,
        files: dict[str, list[Upload]] | None = None,
    ) -> Json:
        """Press the submit button of a modal with everything entered in it.

        Exactly one of: ``{"closed": True}``, ``{"cleared": True}``, ``{"errors": {block_id:
        sentence}}`` (from Slack's own checks or from the app), ``{"updated": view}``,
        ``{"pushed": view}``, ``{"failed": sentence}`` (no answer, or one Slack refuses).
        """
        raise NotImplementedError

    async def close_view(self, user_id: str, view_id: str, clear: bool = False) -> Json:
        """Close the modal (Cancel), or with `clear` the whole stack (the cross)."""
        raise NotImplementedError

    async def file(self, user_id: str, file_id: str) -> tuple[Json, bytes]:
        """A file object and its bytes, for a person who may see it."""
        raise NotImplementedError

    def changes(self, user_id: str) -> AsyncIterator[Json]:
        """What changes for the person from now on, as small dicts, until the iterator is closed.

        ``kind`` is one of: ``message``, ``message_changed``, ``message_deleted``, ``ephemeral``
        (each with ``channel_id``, ``ts``, ``thread_ts`` or None), ``channel`` (the list
        changed), ``view`` (the modal stack changed), ``home`` (with ``app_id``), ``notice``
        (with ``text``), ``reaction``.
        """
        raise NotImplementedError
