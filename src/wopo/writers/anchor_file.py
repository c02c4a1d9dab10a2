"""The file of anchors: one line a day, only ever appended to, outside of the database."""

import os
from pathlib import Path

from wopo.domain.anchors import Anchor

NAME = "wopo-anchors.txt"


def append_line(folder: Path, line: str) -> bool:
    """Append a line and have it on the disk; whether it was not there already. Raises ``OSError``
    where the folder can't be written."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / NAME
    if path.exists() and line in path.read_text(encoding="utf-8").splitlines():
        return False
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
        file.flush()
        os.fsync(file.fileno())
    return True


def read_anchors(folder: Path) -> list[Anchor]:
    """Every anchor of the file, in order; none where there is no file yet."""
    path = folder / NAME
    return Anchor.found_in(path.read_text(encoding="utf-8")) if path.exists() else []
