"""``wopo pocket``: paying out-of-pocket purchases back."""

from pathlib import Path
from typing import Annotated

import typer

from wopo.cli.opening import DATABASE_OPTION, new_id, open_current
from wopo.usecases.door import CONSOLE
from wopo.usecases.execute import execute
from wopo.usecases.out_of_pocket_paybacks import PayBack
from wopo.usecases.views.out_of_pocket import payback_view, to_pay_back
from wopo.writers.payback_csv import write_payback_csv

app = typer.Typer(help="Out-of-pocket purchases: pay them back.", no_args_is_help=True)


@app.command("due")
def due(db: str = DATABASE_OPTION) -> None:
    """Show how many approved purchases are still to be paid back, and what they come to."""
    with open_current(db).transactions.read() as uow:
        count, totals = to_pay_back(uow)
    typer.echo(f"{count} to pay back: {', '.join(str(total) for total in totals) or 'nothing'}")


@app.command("export")
def export(
    folder: Annotated[Path, typer.Argument(help="Where the file goes.")],
    again: Annotated[str, typer.Option(help="Write this file again, like RB-2026-000001.")] = "",
    db: str = DATABASE_OPTION,
) -> None:
    """Write all that is to be paid back as a CSV file, and mark it as paid back: each purchase is
    on one file only. A file that was lost is written again by its number."""
    opened = open_current(db)
    folder.mkdir(parents=True, exist_ok=True)  # Before anything counts as paid back.
    number = again
    if not number:
        answer = execute(opened.door, PayBack(), actor=CONSOLE, key=f"payback:{new_id()}")
        number = answer.number
        typer.echo(answer.message)
    with opened.transactions.read() as uow:
        payback = payback_view(uow, number)
    path = folder / f"{payback.number}.csv"
    path.write_bytes(write_payback_csv(payback))
    typer.echo(str(path))
