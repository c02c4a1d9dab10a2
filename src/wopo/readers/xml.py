"""XML from strangers: no DTD, no entities, no network, no more than 10 MB, and errors with places.

An entity bomb or an external entity needs a document type declaration, so a file with one is
refused before it is parsed. So is one with more marks than any invoice has: each element and each
attribute costs a hundred times its bytes once it is a tree.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from lxml import etree

from wopo.domain.errors import Refusal
from wopo.readers.problems import TOO_BIG, UNREADABLE, ReadingError
from wopo.usecases.imports.rows import Place

MAX_BYTES = 10_000_000
MAX_MARKS = 400_000
"""Tags and attributes in one document; five thousand lines of an invoice have as many."""
BROKEN_XML = Refusal(
    "import.broken_xml",
    "{where}: the XML is broken ({said}). Nothing was changed; ask the sender for the file again.",
)
NO_DTD = Refusal(
    "import.xml_dtd",
    "{file} holds a document type declaration, which could pull in other files. "
    "Nothing was changed; ask the sender for the document without it.",
)
TOO_MANY_MARKS = Refusal(
    "import.xml_marks",
    "{file} has {found:,} tags and attributes, and at most {limit:,} are read. "
    "Nothing was changed; ask the sender for several smaller documents.",
)

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)\Z", re.ASCII)


def parse(path: Path) -> etree._Element:
    """The root element. Raises ``TOO_BIG``, ``NO_DTD``, ``TOO_MANY_MARKS``, ``BROKEN_XML`` or
    ``UNREADABLE``."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise TOO_BIG(file=path.name, found=size // 1_000_000, limit=MAX_BYTES // 1_000_000)
        raw = path.read_bytes()
    except OSError as error:
        raise UNREADABLE(where=path.name, problem=f"can't be opened ({error.strerror}).") from error
    return parse_bytes(raw, path.name)


def parse_bytes(raw: bytes, name: str) -> etree._Element:
    """The root element of a document at hand; raises as ``parse`` does."""
    if len(raw) > MAX_BYTES:
        raise TOO_BIG(file=name, found=len(raw) // 1_000_000, limit=MAX_BYTES // 1_000_000)
    bare = raw.replace(b"\0", b"")
    if b"<!DOCTYPE" in bare:
        raise NO_DTD(file=name)
    marks = bare.count(b"<") + bare.count(b"=")
    if marks > MAX_MARKS:
        raise TOO_MANY_MARKS(file=name, found=marks, limit=MAX_MARKS)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        where = f"{name} line {line}, column {column}"
        raise BROKEN_XML(where=where, said=error.msg) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise NO_DTD(file=name)
    return root


@dataclass(frozen=True)
class Element:
    """An element of a document with its file, and typed reading of what is in it."""

    node: etree._Element
    file: str
    names: dict[str, str]

    def place(self) -> Place:
        """Where the element stands."""
        line = self.node.sourceline
        return Place(self.file, line if isinstance(line, int) else 0, word="element")

    def one(self, path: str) -> "Element | None":
        """The first element at ``path`` (``cac:Party/cac:Contact``), or none."""
        found = self.node.find(path, self.names)
        return None if found is None else Element(found, self.file, self.names)

    def each(self, path: str) -> Iterator["Element"]:
        """Every element at ``path``."""
        for found in self.node.findall(path, self.names):
            yield Element(found, self.file, self.names)

    def text(self, path: str) -> str:
        """The text at ``path`` with white space folded; empty when it is not there."""
        found = self.node.find(path, self.names)
        return " ".join((found.text or "").split()) if found is not None else ""

    def need(self, path: str) -> str:
        """The text at ``path``; ``ReadingError`` when it is missing."""
        found = self.text(path)
        if not found:
            raise ReadingError(self.place(), "is missing or empty, and it is needed.", path)
        return found

    def number(self, path: str) -> Decimal | None:
        """The exact decimal at ``path``, or none when it is not there."""
        found = self.one(path)
        if found is None:
            return None
        text = " ".join((found.node.text or "").split())
        if not _NUMBER.match(text):
            raise ReadingError(
                found.place(), f"'{text}' is not a number; one like 1234.56 is expected.", path
            )
        return Decimal(text)

    def day(self, path: str) -> date | None:
        """The day at ``path``, or none when it is not there."""
        found = self.one(path)
        if found is None:
            return None
        text = (found.node.text or "").strip()
        try:
            return date.fromisoformat(text[:10])
        except ValueError as error:
            raise ReadingError(
                found.place(), f"'{text}' is not a day; one like 2026-03-31 is expected.", path
            ) from error

    def attribute(self, path: str, name: str) -> str:
        """An attribute of the element at ``path``; empty when it is not there."""
        found = self.node.find(path, self.names)
        return str(found.get(name) or "") if found is not None else ""
