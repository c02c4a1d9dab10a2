"""The workspace's own SQLite file. Documents are JSON; what is searched for has a column."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS team (id TEXT PRIMARY KEY, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS apps (
    id TEXT PRIMARY KEY, bot_token TEXT UNIQUE, app_token TEXT UNIQUE, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS users (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT, doc TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS users_email ON users (email);
CREATE TABLE IF NOT EXISTS channels (
    id TEXT PRIMARY KEY, name TEXT, kind TEXT NOT NULL, pair TEXT UNIQUE, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS members (
    channel_id TEXT NOT NULL, user_id TEXT NOT NULL, last_read TEXT NOT NULL DEFAULT '0',
    PRIMARY KEY (channel_id, user_id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS members_user ON members (user_id);
CREATE TABLE IF NOT EXISTS messages (
    channel_id TEXT NOT NULL, ts TEXT NOT NULL, parent TEXT, user_id TEXT, app_id TEXT,
    in_channel INTEGER NOT NULL, visible_at REAL NOT NULL DEFAULT 0, doc TEXT NOT NULL,
    PRIMARY KEY (channel_id, ts)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS messages_parent ON messages (channel_id, parent, ts);
CREATE TABLE IF NOT EXISTS views (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, app_id TEXT NOT NULL, user_id TEXT NOT NULL,
    depth INTEGER NOT NULL, external_id TEXT NOT NULL DEFAULT '', doc TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS views_user ON views (user_id, kind, depth);
CREATE TABLE IF NOT EXISTS files (
    id TEXT PRIMARY KEY, user_id TEXT NOT NULL, complete INTEGER NOT NULL, doc TEXT NOT NULL,
    content BLOB);
CREATE TABLE IF NOT EXISTS marks (
    kind TEXT NOT NULL, channel_id TEXT NOT NULL, ts TEXT NOT NULL, name TEXT NOT NULL,
    user_id TEXT NOT NULL, PRIMARY KEY (kind, channel_id, ts, name, user_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pauses (
    user_id TEXT PRIMARY KEY, starts INTEGER NOT NULL, ends INTEGER NOT NULL);
"""
TABLES = (
    "team", "apps", "users", "channels", "members", "messages", "views", "files", "marks", "pauses",
)  # fmt: skip

Json = dict[str, Any]


class Store:
    """One connection, used from the server's event loop only."""

    def __init__(self, path: str | Path) -> None:
        if str(path) != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is kept, or nothing is. A nested one joins the outer one."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def run(self, sql: str, *values: Any) -> int:
        """Execute a statement; the number of rows it touched."""
        return self._db.execute(sql, values).rowcount

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """All rows of a query."""
        return self._db.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """The first row of a query, or None."""
        row: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
        return row

    def doc(self, sql: str, *values: Any) -> Json | None:
        """The JSON document in the first column of the first row, or None."""
        row = self.one(sql, *values)
        return None if row is None else load(row[0])

    def docs(self, sql: str, *values: Any) -> list[Json]:
        """The JSON documents in the first column of all rows."""
        return [load(row[0]) for row in self.rows(sql, *values)]

    def clear(self) -> None:
        """Forget the whole workspace."""
        with self.transaction():
            for table in TABLES:
                self.run(f"DELETE FROM {table}")  # noqa: S608 - names from the tuple above


def dump(doc: Any) -> str:
    """JSON as it is stored."""
    return json.dumps(doc, ensure_ascii=False, separators=(",", ":"))


def load(text: str) -> Json:
    """The document of a stored JSON text."""
    doc: Json = json.loads(text)
    return doc
