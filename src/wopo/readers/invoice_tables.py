"""Invoices in a table: every record a document, by a mapping."""

from pathlib import Path

from wopo.domain.errors import Refusal
from wopo.readers.mapping import find_mapping, load_mapping
from wopo.readers.problems import problems_error
from wopo.readers.tabular import Files
from wopo.usecases.imports.documents import Document
from wopo.usecases.imports.invoice_rows import InvoiceRow, document_of
from wopo.usecases.imports.rows import Problem, Sourced

SHIPPED = "invoices"
NO_INVOICES = Refusal(
    "import.no_invoices",
    "{file} holds no invoice by the mapping {mapping}. Nothing was changed; "
    "look at the file, or have an administrator set WOPO_INVOICE_MAPPING.",
)


def read_invoices(path: Path, mapping: str = SHIPPED) -> tuple[Document, ...]:
    """The invoices in a file by a mapping's name or path.

    Raises ``PROBLEMS`` with line and column of all that is wrong, ``NO_INVOICES`` for an empty one.
    """
    loaded = load_mapping(find_mapping(mapping))
    files = Files(loaded, path.parent, path)
    problems: list[Problem] = []
    documents: list[Document] = []
    for item in loaded.imports:
        for found in files.rows(item):
            if isinstance(found, Problem):
                problems.append(found)
            elif isinstance(found.row, InvoiceRow):
                documents.append(document_of(Sourced(found.row, found.place)))
    if problems:
        raise problems_error(problems)
    if not documents:
        raise NO_INVOICES(file=path.name, mapping=loaded.name)
    return tuple(documents)
