"""``wopo migrate``: bring the database to this version's schema."""

import typer
from rich.console import Console

from wopo.cli.opening import DATABASE_OPTION, opened
from wopo.db import migrate as migrations
from wopo.db.tables import protect


def migrate(
    db: str = DATABASE_OPTION,
    repair: bool = typer.Option(False, "--repair", help="Put back missing protection triggers."),
) -> None:
    """Bring the database to this version's schema; nothing happens when it is there."""
    console = Console(highlight=False)
    engine = opened(db).engine
    before = migrations.current(engine)
    migrations.upgrade(engine)
    after = migrations.current(engine)
    console.print(
        f"The schema is {after}." if before == after else f"Schema {before or 'empty'} -> {after}."
    )
    if repair:
        restored = protect(engine)
        console.print(f"Triggers put back: {', '.join(restored) or 'none were missing'}.")
