"""A table that people open in a spreadsheet: CSV in UTF-8, and no cell that it would carry out."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A header and the rows."""
    out = StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(columns)
    table.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue().encode()


def harmless(cell: str) -> str:
    """A name or text that a spreadsheet would carry out as a formula is shown instead."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
