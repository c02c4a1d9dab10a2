"""PDFs from strangers: the invoice's XML inside one (Factur-X, ZUGFeRD), read at arm's length."""

import subprocess
import sys
from pathlib import Path

from wopo.domain.errors import Refusal
from wopo.readers.pdf_worker import UNREADABLE
from wopo.readers.problems import TOO_BIG
from wopo.readers.xml import MAX_BYTES

PATIENCE = 10.0
"""Seconds on the clock; the worker's own limit is on the processor's time, which counts when the
machine is busy."""
HOSTILE_PDF = Refusal(
    "import.hostile_pdf",
    "{file} asks for more time or memory than any invoice needs, so it was not read on. "
    "Nothing was changed; ask the sender for a plain PDF or for the XML.",
)
_WORKER = Path(__file__).with_name("pdf_worker.py")


def embedded_xml(path: Path) -> bytes | None:
    """The XML embedded in the PDF; none where there is none or the PDF can't be read at all.

    Raises ``HOSTILE_PDF`` where the limits ended it, ``TOO_BIG`` for a file above 10 MB.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise TOO_BIG(file=path.name, found=size // 1_000_000, limit=MAX_BYTES // 1_000_000)
    command = [sys.executable, "-I", str(_WORKER), str(path), str(MAX_BYTES)]
    try:
        done = subprocess.run(  # noqa: S603 (our own script; the path is an argument)
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise HOSTILE_PDF(file=path.name) from error
    if done.returncode == UNREADABLE:
        return None
    if done.returncode:
        raise HOSTILE_PDF(file=path.name)
    return done.stdout or None
