"""Channels, DMs and who is in them."""

import time

from slack_sandbox.errors import SlackError
from slack_sandbox.ids import new_id, stable_id
from slack_sandbox.store import Json, Store, dump

KINDS = ("public", "private", "im", "mpim")


def channel_object(spec: Json, team_id: str) -> Json:
    """A full Slack conversation object from a seed's ``name``, ``private``, ``topic``..."""
    name = str(spec["name"]).lstrip("#")
    kind = "private" if spec.get("private") else "public"
    doc = _base(str(spec.get("id") or stable_id("C", name)), kind, team_id)
    doc.update(
        name=name,
        name_normalized=name,
        is_archived=bool(spec.get("archived", False)),
        creator=str(spec.get("creator") or ""),
        is_general=bool(spec.get("general", False)),
    )
    doc["topic"]["value"] = str(spec.get("topic") or "")
    doc["purpose"]["value"] = str(spec.get("purpose") or "")
    return doc


def _base(channel_id: str, kind: str, team_id: str) -> Json:
    return {
        "id": channel_id,
        "is_channel": kind == "public",
        "is_group": kind == "private",
        "is_im": kind == "im",
        "is_mpim": kind == "mpim",
        "is_private": kind != "public",
        "created": int(time.time()),
        "is_archived": False,
        "is_general": False,
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "context_team_id": team_id,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def kind_of(channel: Json) -> str:
    """One of `KINDS`."""
    if channel["is_im"]:
        return "im"
    if channel["is_mpim"]:
        return "mpim"
    return "private" if channel["is_private"] else "public"


class Channels:
    """The conversations of the workspace."""

    def __init__(self, store: Store, team_id: str) -> None:
        self._store = store
        self.team_id = team_id

    def save(self, channel: Json, pair: str | None = None) -> None:
        """Add a conversation or put it in place of the one with its id."""
        self._store.run(
            "INSERT INTO channels (id, name, kind, pair, doc) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind, "
            "doc = excluded.doc",
            channel["id"],
            channel.get("name"),
            kind_of(channel),
            pair,
            dump(channel),
        )

    def find(self, channel_id: str) -> Json | None:
        """The conversation with this id, or None."""
        return self._store.doc("SELECT doc FROM channels WHERE id = ?", channel_id)

    def by_name(self, name: str) -> Json | None:
        """The channel with this name (``#`` allowed), or None."""
        return self._store.doc("SELECT doc FROM channels WHERE name = ?", name.lstrip("#"))

    def all(self) -> list[Json]:
        """Every conversation, by name."""
        return self._store.docs("SELECT doc FROM channels ORDER BY name, id")

    def open_dm(self, user_ids: list[str]) -> tuple[Json, bool]:
        """The DM of these people (created when there is none), and whether it was there."""
        pair = ",".join(sorted(set(user_ids)))
        found = self._store.doc("SELECT doc FROM channels WHERE pair = ?", pair)
        if found is not None:
            return found, True
        kind = "im" if len(set(user_ids)) <= 2 else "mpim"
        channel = _base(new_id("D" if kind == "im" else "C"), kind, self.team_id)
        if kind == "mpim":
            channel["name"] = "mpdm-" + "--".join(sorted(set(user_ids))) + "-1"
        with self._store.transaction():
            self.save(channel, pair)
            for user_id in set(user_ids):
                self.add_member(channel["id"], user_id)
        return channel, False

    def other_in_dm(self, channel_id: str, user_id: str) -> str:
        """The person at the other end of a DM; oneself for a note to oneself."""
        others = [member for member in self.members(channel_id) if member != user_id]
        return others[0] if others else user_id

    def members(self, channel_id: str) -> list[str]:
        """Ids of everybody in the conversation."""
        rows = self._store.rows(
            "SELECT user_id FROM members WHERE channel_id = ? ORDER BY user_id", channel_id
        )
        return [row[0] for row in rows]

    def is_member(self, channel_id: str, user_id: str) -> bool:
        """Whether this person or bot is in the conversation."""
        sql = "SELECT 1 FROM members WHERE channel_id = ? AND user_id = ?"
        return self._store.one(sql, channel_id, user_id) is not None

    def add_member(self, channel_id: str, user_id: str) -> bool:
        """Let somebody in; False when the person was in already."""
        sql = "INSERT OR IGNORE INTO members (channel_id, user_id) VALUES (?, ?)"
        return self._store.run(sql, channel_id, user_id) == 1

    def remove_member(self, channel_id: str, user_id: str) -> bool:
        """Let somebody out; False when the person was not in."""
        sql = "DELETE FROM members WHERE channel_id = ? AND user_id = ?"
        return self._store.run(sql, channel_id, user_id) == 1

    def visible(self, channel_id: str, user_id: str) -> Json:
        """The conversation if this person may know of it. Raises SlackError channel_not_found."""
        channel = self.find(channel_id)
        if channel is None:
            raise SlackError("channel_not_found")
        if channel["is_private"] and not self.is_member(channel_id, user_id):
            raise SlackError("channel_not_found")
        return channel

    def joined(self, user_id: str) -> list[Json]:
        """Every conversation the person is in."""
        return self._store.docs(
            "SELECT c.doc FROM channels c JOIN members m ON m.channel_id = c.id "
            "WHERE m.user_id = ? ORDER BY c.name, c.id",
            user_id,
        )

    def mark_read(self, channel_id: str, user_id: str, ts: str) -> None:
        """The person has seen everything up to this message."""
        self._store.run(
            "UPDATE members SET last_read = ? WHERE channel_id = ? AND user_id = ? "
            "AND last_read < ?",
            ts,
            channel_id,
            user_id,
            ts,
        )

    def unread(self, channel_id: str, user_id: str) -> int:
        """How many messages of others came since the person last looked."""
        row = self._store.one(
            "SELECT count(*) FROM messages x JOIN members m ON m.channel_id = x.channel_id "
            "AND m.user_id = ? WHERE x.channel_id = ? AND x.in_channel = 1 "
            "AND x.ts > m.last_read AND x.user_id IS NOT ?",
            user_id,
            channel_id,
            user_id,
        )
        return 0 if row is None else int(row[0])
