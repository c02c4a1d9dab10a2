"""``wopo doctor``: what is wrong with this installation, and how to mend it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import entry_points

import typer
from rich.console import Console

from wopo.cli.opening import DATABASE_OPTION, Opened, opened
from wopo.db.health import database_checks
from wopo.usecases.health import Check, clock_check, outbox_check

GROUP = "wopo.doctor"
"""Entry points that add checks (the bot adds Slack's): a function without arguments."""


def checks(database: Opened) -> Iterator[Check]:
    """Every check, in the order in which they should be mended."""
    found = list(database_checks(database.engine))
    yield from found
    yield database.schema_check()
    if all(check.ok for check in found):
        with database.transactions.read() as uow:
            now = datetime.now(UTC)
            yield clock_check(uow, now)
            yield outbox_check(uow, now)
    for point in entry_points(group=GROUP):
        more: Callable[[], Iterator[Check]] = point.load()
        yield from more()


def doctor(db: str = DATABASE_OPTION) -> None:
    """Check what can be wrong with this installation and say how to mend it."""
    console = Console(highlight=False)
    failed = 0
    for check in checks(opened(db)):
        mark = "[green]ok[/]  " if check.ok else "[red]mend[/]"
        console.print(f"{mark} [bold]{check.name}[/]", end="  ")
        console.print(check.sentence, markup=False)
        if not check.ok:
            failed += 1
            console.print(f"       {check.mend}", markup=False)
    if failed:
        raise typer.Exit(1)
