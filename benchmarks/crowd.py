"""Very many documents quickly: stories told once through the door, then copied by bulk inserts.

A story is told once, and every row that it left is its mould: a copy has ids, numbers and times of
its own, the content of its order is hashed anew, its events are appended to the audit chain, and
budgets, stock and number series move by what the story moved them. So ``wopo audit verify`` checks
a hundred thousand copies as it checks a hundred thousand orders that came through the door. Not
copied: what was told to Slack long ago (outbox), the keys of requests, and of the events those
that are not about the order itself.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, Engine, Table, select

from benchmarks.floor import bare_connection
from wopo.db.seals import SEAL, SEALED, seal_of
from wopo.domain.audit import AuditEntry, hash_of
from wopo.domain.numbers import document_number
from wopo.domain.purchase_orders import OrderRevision
from wopo.usecases.order_documents import content_of_revision

Row = dict[str, Any]
Names = dict[str, str]

NOT_COPIED = {"alembic_version", "audit_head", "idempotency", "number_series", "outbox"}
TABLES = {table.name: table for table in SEALED}
MOVED = {"budget", "stock_level"}
"""Tables whose rows a story changes by amounts."""
TOUCHED = MOVED | NOT_COPIED | {"last_price"}
"""Tables in which a story may change rows that it did not make."""
MOMENTS = {"created_at", "asked_at", "raised_at", "entered_at"}
"""By which lists are sorted; spread over the story's own day, so that budgets stay the same."""
BATCH = 1_000
DAY = 86_400


class Entry(NamedTuple):
    """What ``hash_of`` reads of an audit entry."""

    seq: int
    at: datetime
    event: str
    subject_id: str
    actor_id: str | None
    surface: str
    key: str
    facts: dict[str, Any]
    prev_hash: str


@dataclass
class Mould:
    """All rows of one story, by table, and what it moved: (table, id, column) by amount.
    ``sealed``: what rows with a seal say, by id."""

    rows: dict[str, list[Row]]
    moved: dict[tuple[str, str, str], int]
    sealed: dict[str, Row]


class Crowd:
    """Copies moulds into one SQLite file."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self.engine = engine
        self.connection = bare_connection(path)
        # Nobody needs these rows after a power cut, and verification comes at the end.
        for pragma in ("synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.row_factory = _as_dict
        self.tables = [
            row["name"]
            for row in self._all("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not row["name"].startswith("sqlite_")
        ]
        self.copied = 0

    def close(self) -> None:
        """Let go of the file."""
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.connection.close()

    def mould(self, tell: Callable[[], None]) -> Mould:
        """What ``tell`` leaves in the database. Raises ``RuntimeError`` for a story that changes
        rows which copies of it would not change."""
        before = self._snapshot()
        tell()
        rows, moved = {}, {}
        for table, found in self._snapshot().items():
            old = before[table]
            changed = [key for key, row in old.items() if found.get(key) != row]
            if changed and table not in TOUCHED:
                raise RuntimeError(f"the story changes rows of {table} that it did not make")
            for key in changed if table in MOVED else ():
                for column, value in found[key].items():
                    if isinstance(value, int) and value != old[key][column]:
                        moved[table, found[key]["id"], column] = value - old[key][column]
            made = [row for key, row in found.items() if key not in old]
            if made and table not in NOT_COPIED:
                rows[table] = made
        with self.engine.connect() as connection:
            return Mould(rows, moved, _sealed(connection, rows))

    def fill(self, wanted: Iterable[tuple[Mould, int]]) -> None:
        """Append so many copies of each mould, well mixed."""
        for mould, count in wanted:
            if count:
                self._copy(mould, count)

    def _copy(self, mould: Mould, count: int) -> None:
        stamp = Stamp(mould, self._all)
        numbers = iter(range(count))
        while batch := list(islice(numbers, BATCH)):
            made: dict[str, list[list[Any]]] = {table: [] for table in mould.rows}
            for number in batch:
                self.copied += 1
                stamp.press(self.copied, number / count, made)
            self.connection.execute("BEGIN IMMEDIATE")
            for table, rows in made.items():
                if not rows:
                    continue
                marks = ", ".join("?" * len(rows[0]))
                self.connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
            stamp.write_heads(self.connection)
            self.connection.execute("COMMIT")
        for (table, id, column), amount in mould.moved.items():
            self.connection.execute(
                f"UPDATE {table} SET {column} = {column} + ? WHERE id = ?", (amount * count, id)
            )

    def _snapshot(self) -> dict[str, dict[tuple[Any, ...], Row]]:
        found = {}
        for table in self.tables:
            columns = self._all(f"PRAGMA table_info({table})")
            keys = [column["name"] for column in columns if column["pk"]]
            rows = self._all(f"SELECT * FROM {table}")
            found[table] = {tuple(row[key] for key in keys): row for row in rows}
        return found

    def _all(self, statement: str) -> list[Row]:
        found: list[Row] = self.connection.execute(statement).fetchall()
        return found


@dataclass
class Plate:
    """One row of a mould: what stays as it is, and what is new in every copy, by place: a whole
    value, a text with something of ours in it (as pieces), and a moment. ``says`` is what a seal
    is over."""

    columns: list[str]
    says: Row | None
    values: list[Any]
    whole: list[tuple[int, str]]
    pieces: list[tuple[int, list[str]]]
    moments: list[int]

    def press(self, names: Names, clock: str) -> list[Any]:
        """The row of one copy."""
        made = self.values.copy()
        for place, name in self.whole:
            made[place] = names[name]
        for place, pieces in self.pieces:
            made[place] = "".join([names.get(piece, piece) for piece in pieces])
        for place in self.moments:
            made[place] = made[place][:11] + clock
        return made

    def sealed(self, table: Table, row: list[Any]) -> str:
        """The seal of a copy: over what the mould says, with the copy's own names."""
        own = {self.columns[place]: row[place] for place, _ in self.whole}
        return seal_of(table, (self.says or {}) | own)


class Stamp:
    """Presses copies of one mould: every id, number and hash in it is replaced by a new one."""

    def __init__(self, mould: Mould, read: Callable[[str], list[Row]]) -> None:
        self.ids: list[str] = []
        self.series: list[tuple[str, str, int]] = []
        self.invoices: list[str] = []
        self.sealed = mould.sealed
        self.revisions = mould.rows.get("order_revision", [])
        (head,) = read("SELECT * FROM audit_head")
        self.seq, self.hash = head["seq"], head["hash"]
        self.last = {
            (row["prefix"], row["year"]): row["last"] for row in read("SELECT * FROM number_series")
        }
        self._learn(mould.rows)
        known = [*self.ids, *self.invoices, *(number for number, _, _ in self.series)]
        known += [row["content_hash"] for row in self.revisions]
        self.known = re.compile("(" + "|".join(map(re.escape, known)) + ")")
        orders = {row["id"] for row in mould.rows.get("purchase_order", [])}
        events = [row for row in mould.rows["audit_entry"] if row["subject_id"] in orders]
        self.plates = {
            table: [self._plate(row) for row in rows]
            for table, rows in mould.rows.items()
            if table != "audit_entry"
        }
        self.events = [self._plate(row) for row in events]
        self.times = [datetime.fromisoformat(f"{row['at']}+00:00") for row in events]
        self.sequence = list((mould.rows.get("invoice") or [{"sequence": 0}])[0]).index("sequence")
        self.contents = [self.known.split(row["content"]) for row in self.revisions]

    def _learn(self, rows: dict[str, list[Row]]) -> None:
        for table, found in rows.items():
            for row in found:
                if "id" in row:
                    self.ids.append(row["id"])
                number = str(row.get("number", ""))
                if table == "invoice":
                    self.invoices.append(number)
                elif number:
                    prefix, year, _ = number.split("-")
                    self.series.append((number, prefix, int(year)))
        self.ids += sorted({row["key"].rpartition(":")[2] for row in rows["audit_entry"]})

    def _plate(self, row: Row) -> Plate:
        plate = Plate(list(row), self.sealed.get(row.get("id", "")), list(row.values()), [], [], [])
        for place, (column, value) in enumerate(row.items()):
            if isinstance(value, str):
                pieces = self.known.split(value)
                if column in MOMENTS:
                    plate.moments.append(place)
                elif pieces[0] == pieces[-1] == "" and len(pieces) == 3:
                    plate.whole.append((place, value))
                elif len(pieces) > 1:
                    plate.pieces.append((place, pieces))
        return plate

    def press(self, copy: int, part: float, made: dict[str, list[list[Any]]]) -> None:
        """Add the rows of one copy to ``made``; ``part`` of the day is when it happened."""
        names, clock = self._names(copy), _clock(part)
        for table, plates in self.plates.items():
            rows = [plate.press(names, clock) for plate in plates]
            if table == "invoice":
                for row in rows:
                    row[self.sequence] = self._next("invoice", 0)
            if table in TABLES:
                for row, plate in zip(rows, plates, strict=True):
                    row[plate.columns.index(SEAL)] = plate.sealed(TABLES[table], row)
            made[table] += rows
        made["audit_entry"] += self._entries(names, clock)

    def _names(self, copy: int) -> Names:
        """Old name by new one. An id begins with its time, which is moved back: order is kept."""
        names = {id: f"{int(id[:12], 16) - copy * DAY:012x}{id[12:]}" for id in self.ids}
        for number, prefix, year in self.series:
            names[number] = document_number(prefix, year, self._next(prefix, year))
        for number in self.invoices:
            names[number] = f"{number}-{copy}"
        for row, content in zip(self.revisions, self.contents, strict=True):
            text = "".join([names.get(piece, piece) for piece in content])
            revision = content_of_revision(OrderRevision(content=json.loads(text)))
            names[row["content_hash"]] = revision.hash()
        return names

    def _next(self, prefix: str, year: int) -> int:
        self.last[prefix, year] += 1
        return int(self.last[prefix, year])

    def _entries(self, names: Names, clock: str) -> Iterator[list[Any]]:
        """The order's events at the end of the chain."""
        for plate, at in zip(self.events, self.times, strict=True):
            _, _, event, subject, actor, surface, key, facts, _, _ = plate.press(names, clock)
            self.seq += 1
            entry = Entry(
                self.seq, at, event, subject, actor, surface, key, json.loads(facts), self.hash
            )
            before, self.hash = self.hash, hash_of(cast(AuditEntry, entry))
            when = plate.values[1]
            who = [subject, actor, surface, key]
            yield [self.seq, when, event, *who, facts, before, self.hash]

    def write_heads(self, connection: Any) -> None:
        """Say where the chain and the numbers end now."""
        connection.execute("UPDATE audit_head SET seq = ?, hash = ?", (self.seq, self.hash))
        connection.executemany(
            "UPDATE number_series SET last = ? WHERE prefix = ? AND year = ?",
            [(last, *series) for series, last in self.last.items()],
        )


def _sealed(connection: Connection, rows: dict[str, list[Row]]) -> dict[str, Row]:
    """What the rows with a seal say, by id, as wopo reads them."""
    found: dict[str, Row] = {}
    for name, table in TABLES.items():
        ids = [row["id"] for row in rows.get(name, [])]
        for row in connection.execute(select(table).where(table.c.id.in_(ids))):
            found[row.id] = dict(row._mapping)
    return found


def _clock(part: float) -> str:
    seconds, rest = divmod(int(part * DAY * 1_000_000), 1_000_000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:06}"


def _as_dict(cursor: Any, row: tuple[Any, ...]) -> Row:
    return {column[0]: value for column, value in zip(cursor.description, row, strict=True)}
