"""``wopo outbox``: messages to Slack that were given up."""

from typing import Annotated

import typer
from rich.console import Console

from wopo.cli.opening import DATABASE_OPTION, new_id, open_current
from wopo.usecases.door import CONSOLE
from wopo.usecases.execute import execute
from wopo.usecases.outbox import RetryDeliveries

app = typer.Typer(no_args_is_help=True)


@app.callback()
def outbox() -> None:
    """Messages to Slack that were given up."""


@app.command("retry")
def retry(
    db: str = DATABASE_OPTION,
    unknown: Annotated[
        bool, typer.Option("--unknown", help="Also those that may have arrived already.")
    ] = False,
) -> None:
    """Try messages again that were given up."""
    command = RetryDeliveries(unknown=unknown)
    answer = execute(open_current(db).door, command, actor=CONSOLE, key=f"retry:{new_id()}")
    Console(highlight=False).print(answer.message, markup=False)
