"""``wopo backup``: a consistent copy of a live database."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from wopo.cli.opening import DATABASE_OPTION, opened
from wopo.db.backups import write_backup


def backup(
    target: Annotated[Path, typer.Argument(help="The file to write; it must not exist yet.")],
    db: str = DATABASE_OPTION,
) -> None:
    """Write a consistent copy of the live database and check it."""
    checked = write_backup(opened(db).engine, target)
    Console(highlight=False).print(
        f"{target}: {checked.bytes:,} bytes, {checked.entries} audit entries, checked."
    )
