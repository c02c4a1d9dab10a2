"""Delimited text, record by record: memory stays flat however long the file is.

Every record knows its first line and its byte offset, so that a second table can be joined by
going back to where a key's records stand instead of keeping them.
"""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from wopo.readers.problems import TOO_BIG, ReadingError
from wopo.usecases.imports.rows import Place

MAX_BYTES = 200_000_000
MAX_LINE = 1_000_000


@dataclass(frozen=True)
class Dialect:
    """How a text file is written. ``quote`` None: quotes are ordinary characters."""

    delimiter: str = ","
    quote: str | None = '"'
    encoding: str = "utf-8"


class Record(NamedTuple):
    """One record: its first line (from 1), where it starts in the file, and its fields."""

    line: int
    offset: int
    fields: list[str]


class TextFile:
    """A delimited file opened for reading, from the beginning or from a record's offset."""

    def __init__(self, path: Path, dialect: Dialect) -> None:
        self.path, self.dialect = path, dialect
        self.name = path.name
        self.size = self._checked_size()

    def _checked_size(self) -> int:
        try:
            size = self.path.stat().st_size
        except OSError as error:
            raise ReadingError(
                Place(self.name, 0), f"can't be opened ({error.strerror}); check the name."
            ) from error
        if size > MAX_BYTES:
            raise TOO_BIG(file=self.name, found=size // 1_000_000, limit=MAX_BYTES // 1_000_000)
        return size

    def records(self, offset: int = 0, line: int = 1) -> Iterator[Record]:
        """Records from ``offset``, whose first line has the number ``line``.

        Raises ``ReadingError`` for what is no delimited text: bytes of another encoding, NUL, a
        quote that is never closed, a line without end.
        """
        with self.path.open("rb") as stream:
            stream.seek(offset)
            yield from self._records(_Lines(self, stream, offset, line))

    def _records(self, lines: "_Lines") -> Iterator[Record]:
        reader = csv.reader(
            lines,
            delimiter=self.dialect.delimiter,
            quotechar=self.dialect.quote or '"',
            quoting=csv.QUOTE_MINIMAL if self.dialect.quote else csv.QUOTE_NONE,
            strict=True,
        )
        while True:
            start, at = lines.line, lines.offset
            try:
                fields = next(reader, None)
            except csv.Error as error:
                raise ReadingError(Place(self.name, start), _csv_sentence(str(error))) from error
            if fields is None:
                return
            if fields:
                yield Record(start, at, fields)


class _Lines:
    """Decoded lines, counting lines and bytes as they are taken."""

    def __init__(self, file: TextFile, stream: BinaryIO, offset: int, line: int) -> None:
        self.file, self.stream, self.offset, self.line = file, stream, offset, line

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        raw = self.stream.readline(MAX_LINE + 1)
        if not raw:
            raise StopIteration
        place = Place(self.file.name, self.line)
        if len(raw) > MAX_LINE:
            raise ReadingError(place, "is longer than a million characters; this is no table.")
        if b"\0" in raw:
            raise ReadingError(
                place, "holds a NUL character, so it is not a text file; export it again as CSV."
            )
        self.offset += len(raw)
        self.line += 1
        if place.line == 1:
            raw = raw.removeprefix(codecs.BOM_UTF8)
        try:
            return raw.decode(self.file.dialect.encoding)
        except UnicodeDecodeError as error:
            raise ReadingError(
                place,
                f"byte {raw[error.start]:#04x} at position {error.start + 1} is not "
                f"{self.file.dialect.encoding}; save the file as UTF-8 or name its encoding "
                "in the mapping.",
            ) from error


def _csv_sentence(said: str) -> str:
    if "end of data" in said:
        return "opens a quote that is never closed; close it or double it."
    if "field larger" in said:
        return "holds a field of more than 131,072 characters; most likely a quote is not closed."
    if "expected after" in said:
        return "has text right after a closing quote; a quote inside a field is written twice."
    return f"is not readable as delimited text ({said})."
