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

import uuid
from collections.abc import AsyncIterator
from typing import Any

from slack_sandbox import actions, events, forms, looking, posting, starters
from slack_sandbox.actions import RawState
from slack_sandbox.api.files import share
from slack_sandbox.errors import SlackError
from slack_sandbox.forms import Upload
from slack_sandbox.normalise import normalise_blocks
from slack_sandbox.places import DeskError, active, reachable, readable
from slack_sandbox.store import Json
from slack_sandbox.typed import encode
from slack_sandbox.workspace import Workspace

__all__ = ["Desk", "DeskError", "Json", "RawState", "Upload"]


class Desk:
    """The hands and eyes of every person of the workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace

    async def people(self) -> list[Json]:
        """Active people (no bots), as Slack user objects: id, name, real_name, profile.title..."""
        return [u for u in self._ws.people.all() if not u["deleted"] and not u["is_bot"]]

    async def user(self, user_id: str) -> Json:
        """One Slack user object, bots included. Raises DeskError when there is none."""
        user = self._ws.people.find(user_id)
        if user is None:
            raise DeskError(f"there is no user {user_id}")
        return user

    async def team(self) -> Json:
        """``{"id", "name", "domain"}`` of the workspace."""
        return dict(self._ws.team)

    async def apps(self) -> list[Json]:
        """Installed apps: ``{"id", "name", "bot_user_id", "home_tab_enabled"}``."""
        return looking.apps(self._ws)

    async def channels(self, user_id: str) -> list[Json]:
        """Conversations the person sees: joined ones, public ones to join, and DMs.

        Each: ``{"id", "name", "kind": "public"|"private"|"im", "is_member", "is_archived",
        "unread": int, "user": other person's id in a DM or None, "topic", "latest": ts or None}``.
        """
        active(self._ws, user_id)
        return looking.channels(self._ws, user_id)

    async def messages(
        self, user_id: str, channel_id: str, limit: int = 100, before: str | None = None
    ) -> list[Json]:
        """The newest messages of a channel, oldest first, ephemerals for this person included.

        Slack message objects (text, blocks, files, thread_ts, reply_count, edited...) plus
        ``"is_ephemeral": bool`` and ``"author": {"id", "name", "is_bot"}``. Replies of a thread
        are left out unless broadcast. Reading marks the channel as read for the person.
        """
        channel = readable(self._ws, user_id, channel_id)
        return looking.messages(self._ws, user_id, channel, limit, before)

    async def thread(self, user_id: str, channel_id: str, thread_ts: str) -> list[Json]:
        """Parent first, then every reply (ephemerals in the thread included), shaped as above."""
        channel = readable(self._ws, user_id, channel_id)
        return looking.thread(self._ws, user_id, channel, thread_ts)

    async def home(self, user_id: str, app_id: str | None = None) -> Json | None:
        """The published Home view of an app (the first installed one), or None."""
        active(self._ws, user_id)
        return self._ws.views.home(looking.one_app(self._ws, app_id).id, user_id)

    async def modals(self, user_id: str) -> list[Json]:
        """The person's stack of open modals, top last. Empty when none is open."""
        active(self._ws, user_id)
        return self._ws.views.stack(user_id)

    async def notices(self, user_id: str) -> list[Json]:
        """Transient notes from Slack itself, e.g. that an app did not respond in time.

        Each: ``{"id", "text", "kind": "error"|"info", "at": unix seconds, "channel_id" or None}``.
        Newest last; at most 20 are kept.
        """
        active(self._ws, user_id)
        return list(self._ws.notices.get(user_id, ()))

    async def post_message(
        self,
        user_id: str,
        channel_id: str,
        text: str,
        thread_ts: str | None = None,
        files: list[Upload] | None = None,
    ) -> Json:
        """Send what was typed; ``@name`` and ``#channel`` become mentions. Returns the message."""
        channel = reachable(self._ws, user_id, channel_id)
        if channel["is_archived"]:
            raise DeskError(f"#{channel['name']} is archived")
        plain, rich = encode(self._ws, text)
        message: Json = {
            "type": "message",
            "user": user_id,
            "team": self._ws.team_id,
            "text": plain,
            "client_msg_id": str(uuid.uuid4()),
        }
        if text:
            message["blocks"] = normalise_blocks([rich])
        if thread_ts:
            message["thread_ts"] = thread_ts
        try:
            if not files:
                if not text.strip():
                    raise DeskError("there is nothing to send")
                return posting.post(self._ws, channel, message)
            kept = [forms.keep_upload(self._ws, user_id, upload) for upload in files]
            return share(self._ws, channel, message, kept)
        except SlackError as error:
            raise DeskError(error.code) from error

    async def slash_command(self, user_id: str, channel_id: str, command: str, text: str) -> Json:
        """Run ``/command text``. Returns ``{"ok": True}`` or ``{"failed": sentence}``."""
        return await starters.slash_command(self._ws, user_id, channel_id, command, text)

    async def commands(self) -> list[Json]:
        """Slash commands: ``{"command", "description", "usage_hint", "app_id"}``."""
        return looking.commands(self._ws)

    async def shortcuts(self, user_id: str) -> dict[str, list[Json]]:
        """``{"global": [...], "message": [...]}`` of ``{"callback_id", "name", "description"}``."""
        active(self._ws, user_id)
        return looking.shortcuts(self._ws)

    async def global_shortcut(self, user_id: str, callback_id: str) -> Json:
        """Run a global shortcut. Returns ``{"ok": True}`` or ``{"failed": sentence}``."""
        return await starters.global_shortcut(self._ws, user_id, callback_id)

    async def message_shortcut(
        self, user_id: str, callback_id: str, channel_id: str, ts: str
    ) -> Json:
        """Run a message shortcut on one message. Not offered on ephemerals."""
        return await starters.message_shortcut(self._ws, user_id, callback_id, channel_id, ts)

    async def open_home(
        self, user_id: str, tab: str = "home", app_id: str | None = None
    ) -> Json | None:
        """Open the app's Home (``app_home_opened`` goes out) and return the view shown now."""
        active(self._ws, user_id)
        app = looking.one_app(self._ws, app_id)
        events.home_opened(self._ws, app, user_id, tab)
        return self._ws.views.home(app.id, user_id)

    async def open_dm(self, user_id: str, other_id: str) -> Json:
        """Open (or find) the DM with another person or a bot; the channel, as in `channels`."""
        active(self._ws, user_id)
        active(self._ws, other_id)
        channel, was_there = self._ws.channels.open_dm([user_id, other_id])
        if not was_there:
            self._ws.hub.tell([user_id, other_id], {"kind": "channel"})
        return looking.channel(self._ws, user_id, channel)

    async def join(self, user_id: str, channel_id: str) -> Json:
        """Join a public channel. Returns the channel, as in `channels`."""
        channel = readable(self._ws, user_id, channel_id)
        if channel["is_private"] or channel["is_archived"]:
            raise DeskError("only public channels in use can be joined")
        if self._ws.channels.add_member(channel_id, user_id):
            events.member_joined(self._ws, channel, user_id)
        return looking.channel(self._ws, user_id, channel)

    async def pause(self, user_id: str, starts: int = 0, ends: int = 0) -> Json:
        """Do Not Disturb from one moment to another, in Unix seconds; without them it is off."""
        active(self._ws, user_id)
        if ends < starts:
            raise DeskError("it would end before it starts")
        self._ws.people.pause(user_id, starts, ends)
        events.pause_changed(self._ws, user_id)
        return {"user": user_id, "starts": starts, "ends": ends}

    async def invite(self, user_id: str, channel_id: str, other_id: str) -> Json:
        """Invite a person or a bot into a channel the person is in."""
        channel = reachable(self._ws, user_id, channel_id)
        active(self._ws, other_id)
        if channel["is_im"]:
            raise DeskError("nobody can be invited into a DM")
        if self._ws.channels.add_member(channel_id, other_id):
            events.member_joined(self._ws, channel, other_id, inviter=user_id)
        return looking.channel(self._ws, user_id, channel)

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
        active(self._ws, user_id)
        element = (block_id, action_id)
        return await actions.block_action(self._ws, user_id, container, element, (choice, state))

    async def options(
        self, user_id: str, container: Json, block_id: str, action_id: str, typed: str = ""
    ) -> Json:
        """What a select offers for the typed text, whatever its type.

        ``{"options": [...]}`` or ``{"option_groups": [...]}`` as Slack objects, ``{"failed": s}``
        when the app did not answer, ``{"options": [], "min_query_length": n}`` when an external
        select wants more letters.
        """
        active(self._ws, user_id)
        element = (block_id, action_id)
        return await actions.options(self._ws, user_id, container, element, typed)

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
        active(self._ws, user_id)
        return await forms.submit(self._ws, user_id, view_id, values or {}, files or {})

    async def close_view(self, user_id: str, view_id: str, clear: bool = False) -> Json:
        """Close the modal (Cancel), or with `clear` the whole stack (the cross)."""
        active(self._ws, user_id)
        return await forms.close(self._ws, user_id, view_id, clear=clear)

    async def file(self, user_id: str, file_id: str) -> tuple[Json, bytes]:
        """A file object and its bytes, for a person who may see it."""
        active(self._ws, user_id)
        return looking.file(self._ws, user_id, file_id)

    def changes(self, user_id: str) -> AsyncIterator[Json]:
        """What changes for the person from now on, as small dicts, until the iterator is closed.

        ``kind`` is one of: ``message``, ``message_changed``, ``message_deleted``, ``ephemeral``
        (each with ``channel_id``, ``ts``, ``thread_ts`` or None), ``channel`` (the list
        changed), ``view`` (the modal stack changed), ``home`` (with ``app_id``), ``notice``
        (with ``text``), ``reaction``.
        """
        return self._ws.hub.listen(user_id)
