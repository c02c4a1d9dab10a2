"""Messages: kept ones in the file, ephemeral ones in memory, as Slack forgets them too."""

import time
from typing import Any

from slack_sandbox.errors import SlackError
from slack_sandbox.store import Json, Store, dump, load

_THREAD_KEYS = ("thread_ts", "reply_count", "reply_users", "reply_users_count", "latest_reply")


class Messages:
    """What was said."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ephemeral: dict[tuple[str, str], list[Json]] = {}

    def last_ts(self) -> str:
        """The latest message id of the workspace."""
        row = self._store.one("SELECT max(ts) FROM messages")
        return row[0] if row and row[0] else "0.000000"

    def add(self, channel_id: str, message: Json, visible_after: float = 0.0) -> None:
        """Keep a message; a reply brings its parent up to date.

        `visible_after` seconds hide it from history and replies, never from people.
        """
        parent = message.get("thread_ts")
        in_channel = parent is None or message.get("subtype") == "thread_broadcast"
        with self._store.transaction():
            self._store.run(
                "INSERT INTO messages (channel_id, ts, parent, user_id, app_id, in_channel, "
                "visible_at, doc) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                channel_id,
                message["ts"],
                parent,
                message.get("user"),
                message.get("app_id"),
                int(in_channel),
                time.time() + visible_after if visible_after else 0.0,
                dump(message),
            )
            if parent:
                self._count_replies(channel_id, parent)

    def _count_replies(self, channel_id: str, parent: str) -> None:
        head = self.find(channel_id, parent)
        if head is None:
            return
        replies = self._store.docs(
            "SELECT doc FROM messages WHERE channel_id = ? AND parent = ? ORDER BY ts",
            channel_id,
            parent,
        )
        for key in _THREAD_KEYS:
            head.pop(key, None)
        if replies:
            users = list(dict.fromkeys(r["user"] for r in replies if "user" in r))
            head.update(
                thread_ts=parent,
                reply_count=len(replies),
                reply_users=users,
                reply_users_count=len(users),
                latest_reply=replies[-1]["ts"],
            )
        self.replace(channel_id, head)

    def find(self, channel_id: str, ts: str) -> Json | None:
        """One message, metadata included, or None."""
        return self._store.doc(
            "SELECT doc FROM messages WHERE channel_id = ? AND ts = ?", channel_id, ts
        )

    def get(self, channel_id: str, ts: str) -> Json:
        """One message. Raises SlackError message_not_found."""
        message = self.find(channel_id, ts)
        if message is None:
            raise SlackError("message_not_found")
        return message

    def replace(self, channel_id: str, message: Json) -> None:
        """Write a changed message over its old self."""
        self._store.run(
            "UPDATE messages SET doc = ? WHERE channel_id = ? AND ts = ?",
            dump(message),
            channel_id,
            message["ts"],
        )

    def remove(self, channel_id: str, ts: str) -> Json:
        """Delete a message; a parent of replies leaves a tombstone. Returns what was there."""
        message = self.get(channel_id, ts)
        with self._store.transaction():
            if message.get("reply_count"):
                tomb = {k: message[k] for k in (*_THREAD_KEYS, "ts", "type") if k in message}
                tomb.update(text="This message was deleted.", user="USLACKBOT", subtype="tombstone")
                self.replace(channel_id, tomb)
                return message
            self._store.run("DELETE FROM messages WHERE channel_id = ? AND ts = ?", channel_id, ts)
            if message.get("thread_ts"):
                self._count_replies(channel_id, message["thread_ts"])
        return message

    def newest(self, channel_id: str, limit: int, before: str | None) -> list[Json]:
        """The newest messages of a channel as people see them, oldest first."""
        docs = self._store.docs(
            "SELECT doc FROM messages WHERE channel_id = ? AND in_channel = 1 AND ts < ? "
            "ORDER BY ts DESC LIMIT ?",
            channel_id,
            before or "9",
            limit,
        )
        return docs[::-1]

    def replies(self, channel_id: str, parent: str) -> list[Json]:
        """Parent and replies as people see them."""
        return self._store.docs(
            "SELECT doc FROM messages WHERE channel_id = ? AND (ts = ? OR parent = ?) ORDER BY ts",
            channel_id,
            parent,
            parent,
        )

    def history(
        self, channel_id: str, oldest: str, latest: str, inclusive: bool, limit: int
    ) -> list[Json]:
        """What conversations.history shows: newest first, hidden ones left out."""
        return self._store.docs(
            "SELECT doc FROM messages WHERE channel_id = ? AND in_channel = 1 "
            "AND ts BETWEEN ? AND ? AND (? OR ts NOT IN (?, ?)) AND visible_at <= ? "
            "ORDER BY ts DESC LIMIT ?",
            channel_id,
            oldest,
            latest,
            int(inclusive),
            oldest,
            latest,
            time.time(),
            limit,
        )

    def visible_replies(self, channel_id: str, parent: str) -> list[Json]:
        """What conversations.replies shows: parent first, hidden ones left out."""
        rows = self._store.rows(
            "SELECT doc FROM messages WHERE channel_id = ? AND (ts = ? OR parent = ?) "
            "AND visible_at <= ? ORDER BY ts",
            channel_id,
            parent,
            parent,
            time.time(),
        )
        return [load(row[0]) for row in rows]

    def add_ephemeral(self, channel_id: str, user_id: str, message: Json) -> None:
        """Show a message to one person only; the newest 50 of a channel are kept."""
        shown = self._ephemeral.setdefault((channel_id, user_id), [])
        shown.append(message)
        del shown[:-50]

    def ephemerals(self, channel_id: str, user_id: str) -> list[Json]:
        """Ephemeral messages of one person in a channel, oldest first."""
        return list(self._ephemeral.get((channel_id, user_id), []))

    def find_ephemeral(self, channel_id: str, user_id: str, ts: str) -> Json | None:
        """One ephemeral message, or None when it is gone."""
        return next((m for m in self.ephemerals(channel_id, user_id) if m["ts"] == ts), None)

    def change_ephemeral(
        self, channel_id: str, user_id: str, ts: str, fields: dict[str, Any] | None
    ) -> bool:
        """Change an ephemeral message, or with None take it away; False when it is gone."""
        shown = self._ephemeral.get((channel_id, user_id), [])
        for position, message in enumerate(shown):
            if message["ts"] == ts:
                if fields is None:
                    del shown[position]
                else:
                    shown[position] = {**message, **fields}
                return True
        return False

    def forget_ephemerals(self) -> None:
        """Drop every ephemeral message."""
        self._ephemeral.clear()
