"""Tables of a mapping: named columns, joins by key, and the rows that belong to a key."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from wopo.readers.mapping import Format, Table
from wopo.readers.problems import ReadingError, nearest
from wopo.readers.records import Dialect, Record, TextFile
from wopo.usecases.imports.rows import Place


class Cells(NamedTuple):
    """One record by its columns; an empty cell is ``None``."""

    line: int
    offset: int
    fields: Sequence[str | None]


class Run(NamedTuple):
    """Records of one key that stand together."""

    offset: int
    line: int
    rows: int


class OpenTable:
    """One table opened for reading."""

    def __init__(self, name: str, table: Table, how: Format, folder: Path) -> None:
        self.name, self.how = name, how
        dialect = Dialect(how.delimiter, how.quote, how.encoding)
        self.file = TextFile(folder / table.file, dialect)
        self._nulls = frozenset(how.null)
        first = next(self.file.records(), None)
        self._header_line = first.line if first and how.header else 0
        self.columns = self._column_names(table, first)
        self.index = {column: i for i, column in enumerate(self.columns)}
        self._lookups: dict[tuple[str, str], dict[str, str | None]] = {}

    def _column_names(self, table: Table, first: Record | None) -> tuple[str, ...]:
        place = Place(self.file.name, 1)
        if not self.how.header:
            if not table.columns:
                raise ReadingError(place, "has no header, so the mapping must name its columns.")
            return table.columns
        if first is None:
            raise ReadingError(place, "is empty; its first line must name the columns.")
        names = tuple(name.strip() for name in first.fields)
        doubles = sorted({name for name in names if names.count(name) > 1})
        if doubles:
            raise ReadingError(place, f"names the column '{doubles[0]}' twice; rename one.")
        for wanted in table.columns or ():
            if wanted not in names:
                raise self.no_column(wanted, names)
        return names

    def no_column(self, wanted: str, names: Sequence[str] | None = None) -> ReadingError:
        """The error for a column that the file does not have."""
        known = self.columns if names is None else names
        return ReadingError(
            Place(self.file.name, 1),
            f"there is no column '{wanted}'.{nearest(wanted, known)} "
            f"The columns are: {', '.join(known)}.",
        )

    def position(self, column: str) -> int:
        """Where a column stands in a record; ``ReadingError`` when it does not exist."""
        found = self.index.get(column)
        if found is None:
            raise self.no_column(column)
        return found

    def cells(self, run: Run | None = None) -> Iterator[Cells]:
        """Records in order; those of one run only where one is given."""
        if run is None:
            for record in self.file.records():
                if record.line != self._header_line:
                    yield self._cells(record)
            return
        for count, record in enumerate(self.file.records(run.offset, run.line), start=1):
            yield self._cells(record)
            if count == run.rows:
                return

    def _cells(self, record: Record) -> Cells:
        if len(record.fields) != len(self.columns):
            raise ReadingError(
                Place(self.file.name, record.line),
                f"has {len(record.fields)} fields where {len(self.columns)} are expected "
                f"({', '.join(self.columns)}); look for a missing or an extra delimiter.",
            )
        fields = [None if (t := f.strip()) in self._nulls else t for f in record.fields]
        return Cells(record.line, record.offset, fields)

    def place(self, line: int, columns: Mapping[str, str] | None = None) -> Place:
        """A place in this table's file."""
        return Place(self.file.name, line, columns or {})

    def lookup(self, key: str, take: str) -> dict[str, str | None]:
        """Key column to taken column; the first record of a key counts."""
        found = self._lookups.get((key, take))
        if found is None:
            key_at, take_at = self.position(key), self.position(take)
            found = {}
            for cells in self.cells():
                wanted = cells.fields[key_at]
                if wanted is not None:
                    found.setdefault(wanted, cells.fields[take_at])
            self._lookups[key, take] = found
        return found

    def runs(self, key: str) -> dict[str, list[Run]]:
        """Where each key's records stand, without keeping the records."""
        found: dict[str, list[Run]] = {}
        key_at = self.position(key)
        last: str | None = None
        for cells in self.cells():
            wanted = cells.fields[key_at]
            if wanted is None:
                raise ReadingError(
                    self.place(cells.line), "is empty, and it is needed to join the row.", key
                )
            if wanted == last:
                run = found[wanted][-1]
                found[wanted][-1] = run._replace(rows=run.rows + 1)
            else:
                found.setdefault(wanted, []).append(Run(cells.offset, cells.line, 1))
            last = wanted
        return found

    def passes(self, cells: Cells, where: Mapping[str, Sequence[str]]) -> bool:
        """Whether a record meets every condition: each column has one of the wanted values."""
        return all((cells.fields[self.position(c)] or "") in wanted for c, wanted in where.items())
