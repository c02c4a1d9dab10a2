"""``wopo backup`` and ``wopo restore``: a consistent copy of a live database, and back."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from wopo.cli.opening import DATABASE_OPTION, new_id, open_current, opened
from wopo.db.backups import restore_backup, write_backup
from wopo.usecases.door import CONSOLE
from wopo.usecases.execute import execute
from wopo.usecases.restores import SKIP, MarkRestored


def backup(
    target: Annotated[Path, typer.Argument(help="The file to write; it must not exist yet.")],
    db: str = DATABASE_OPTION,
) -> None:
    """Write a consistent copy of the live database and check it."""
    checked = write_backup(opened(db).engine, target)
    Console(highlight=False).print(
        f"{target}: {checked.bytes:,} bytes, {checked.entries} audit entries, checked."
    )


def restore(
    source: Annotated[Path, typer.Argument(help="A file that wopo backup wrote.")],
    db: str = DATABASE_OPTION,
    skip: Annotated[
        int, typer.Option(help="Document numbers to leave out: given out since the backup.")
    ] = SKIP,
) -> None:
    """Bring a backup back into a new database; numbers skip ahead, nothing is told twice."""
    console = Console(highlight=False)
    empty = opened(db).engine
    try:
        restore_backup(source, empty)
    finally:
        empty.dispose()
    database = open_current(db)
    done = execute(database.door, MarkRestored(skip=skip), actor=CONSOLE, key=f"restore:{new_id()}")
    database.engine.dispose()
    console.print(f"Restored from {source}. {done.message}", markup=False)
    console.print("Next: wopo audit verify, wopo doctor, then start wopo.")
