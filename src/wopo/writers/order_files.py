"""An order's files by name."""

from dataclasses import dataclass
from pathlib import Path

from wopo.usecases.views.order_papers import OrderPaper
from wopo.writers.apart import apart


@dataclass(frozen=True)
class OrderFiles:
    """What goes out, and the characters that the PDF can't show (empty: all are printed)."""

    files: dict[str, bytes]
    unprintable: str


def write_order_files(paper: OrderPaper, fonts_dir: Path | None = None) -> OrderFiles:
    """The PDF and the UBL order. The writers are loaded with the first order."""
    from wopo.writers.order_pdf import write_order_pdf
    from wopo.writers.order_ubl import write_order_ubl

    pdf = write_order_pdf(paper, fonts_dir)
    name = paper.number if paper.revision == 1 else f"{paper.number}-rev{paper.revision}"
    files = {f"{name}.pdf": pdf.raw, f"{name}.xml": write_order_ubl(paper)}
    return OrderFiles(files, pdf.unprintable)


def write_apart(paper: OrderPaper, fonts_dir: Path | None = None) -> OrderFiles:
    """The same, made in another process. Raises ``RuntimeError`` with what that one said."""
    return apart(write_order_files, paper, fonts_dir)
