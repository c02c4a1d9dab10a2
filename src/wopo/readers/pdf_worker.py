"""A process of its own that looks for an invoice's XML inside one PDF, with little time and memory.

A PDF is a program of sorts: references in circles, streams that unpack a thousandfold, tables of
millions of objects. Whatever one of them does, it does here, and the limits of the operating system
end it. Run as a script: it imports nothing of wopo, so that it starts fast.

Exit codes: 0 with the XML on standard output, or with nothing where there is none; 2 for what is
no readable PDF; 3 where memory ran out; killed by SIGPROF where the time did.
"""

import contextlib
import fnmatch
import logging
import resource
import signal
import sys

SECONDS = 0.6
"""Processor time for one file."""
MEMORY = 700_000_000
"""Bytes of address space, the interpreter's own included."""
NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "*.xml")
"""Names of the embedded invoice, the standards' own first."""
UNREADABLE, OUT_OF_MEMORY = 2, 3


def main(path: str, most: int) -> int:
    """Write the embedded XML of at most ``most`` bytes to standard output."""
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        import pypdf
        import pypdf.errors
    except MemoryError:
        return OUT_OF_MEMORY
    logging.disable(logging.CRITICAL)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        with pypdf.PdfReader(path, strict=False) as reader:
            found = _embedded(reader)
    except (MemoryError, pypdf.errors.LimitReachedError):
        return OUT_OF_MEMORY
    except Exception:  # noqa: BLE001 (strangers' bytes raise anything; the exit code tells)
        return UNREADABLE
    if len(found) > most:
        return OUT_OF_MEMORY
    sys.stdout.buffer.write(found)
    return 0


def _embedded(reader: object) -> bytes:
    names = {str(each.name).lower(): each for each in reader.attachment_list}  # type: ignore[attr-defined]
    for wanted in NAMES:
        for name in fnmatch.filter(names, wanted):
            content = names[name].content
            if isinstance(content, bytes) and content:
                return content
    return b""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
