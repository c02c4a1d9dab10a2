"""Small things stuck onto channels and messages: reactions, pins, bookmarks."""

from slack_sandbox.store import Json, Store


class Marks:
    """All of one workspace, told apart by kind."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, kind: str, channel_id: str, ts: str, name: str, user_id: str) -> bool:
        """Stick one on; False when it is there already."""
        sql = "INSERT OR IGNORE INTO marks (kind, channel_id, ts, name, user_id) VALUES (?,?,?,?,?)"
        return self._store.run(sql, kind, channel_id, ts, name, user_id) == 1

    def remove(self, kind: str, channel_id: str, ts: str, name: str, user_id: str) -> bool:
        """Take one off; False when there is none."""
        sql = (
            "DELETE FROM marks WHERE kind = ? AND channel_id = ? AND ts = ? AND name = ? "
            "AND user_id = ?"
        )
        return self._store.run(sql, kind, channel_id, ts, name, user_id) == 1

    def remove_all(self, kind: str, channel_id: str, ts: str) -> bool:
        """Take all of a kind off one thing; False when there was none."""
        sql = "DELETE FROM marks WHERE kind = ? AND channel_id = ? AND ts = ?"
        return self._store.run(sql, kind, channel_id, ts) > 0

    def in_channel(self, kind: str, channel_id: str) -> list[tuple[str, str]]:
        """(ts, name) of all of a kind in a channel."""
        sql = "SELECT ts, name FROM marks WHERE kind = ? AND channel_id = ? ORDER BY ts"
        return [(row[0], row[1]) for row in self._store.rows(sql, kind, channel_id)]

    def reactions(self, channel_id: str, ts: str) -> list[Json]:
        """A message's reactions as Slack lists them."""
        rows = self._store.rows(
            "SELECT name, user_id FROM marks WHERE kind = 'reaction' AND channel_id = ? "
            "AND ts = ? ORDER BY name, user_id",
            channel_id,
            ts,
        )
        by_name: dict[str, list[str]] = {}
        for row in rows:
            by_name.setdefault(row[0], []).append(row[1])
        return [{"name": n, "users": users, "count": len(users)} for n, users in by_name.items()]
