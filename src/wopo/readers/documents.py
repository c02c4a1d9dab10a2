"""A trade document in any XML syntax that wopo reads: UBL, or the Cross Industry Invoice of the
UN/CEFACT."""

from pathlib import Path

from lxml import etree

from wopo.readers.cii import ROOT, cii_document
from wopo.readers.ubl import ubl_document
from wopo.readers.xml import parse, parse_bytes
from wopo.usecases.imports.documents import Document


def read_document(path: Path) -> Document:
    """The document in a file. Raises ``DomainError`` for what is no such document, and
    ``ReadingError`` with line and element for what is missing or not readable in it."""
    return _document(parse(path), path)


def document_of(raw: bytes, name: str) -> Document:
    """The document in these bytes, called ``name`` in what is told; raises as ``read_document``."""
    return _document(parse_bytes(raw, name), Path(name))


def _document(root: etree._Element, path: Path) -> Document:
    if root.tag == ROOT:
        return cii_document(root, path)
    return ubl_document(root, path)
