"""An order's files by name. The bot lets them be made in a process of its own, which ends with its
memory: fonts and layout take some 45 MB that Python would never give back."""

import pickle
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from wopo.usecases.views.order_papers import OrderPaper

SECONDS = 60.0
"""How long the process may take."""
TAIL = 2_000


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
    done = subprocess.run(
        [sys.executable, "-m", "wopo.writers.order_files"],
        input=pickle.dumps((paper, fonts_dir)),
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace")[-TAIL:])
    made: OrderFiles = pickle.loads(done.stdout)  # noqa: S301 (our own process wrote it)
    return made


def main() -> None:
    """Read a paper from standard input, write its files to standard output."""
    paper, fonts_dir = pickle.load(sys.stdin.buffer)  # noqa: S301 (our own process wrote it)
    # Imported by name, so that the reader finds the class where it looks for it.
    from wopo.writers.order_files import write_order_files as write

    sys.stdout.buffer.write(pickle.dumps(write(paper, fonts_dir)))


if __name__ == "__main__":
    main()
