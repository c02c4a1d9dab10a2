"""``wopo report``: what is read once a month."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from wopo.cli.opening import DATABASE_OPTION, open_current, utc_now
from wopo.usecases.views.after_the_fact import month_report, report_text
from wopo.writers.after_the_fact_csv import write_report_csv

app = typer.Typer(help="Reports over a period.", no_args_is_help=True)


@app.callback()
def _several() -> None:
    """Keep the name of a report even while there is one only."""


@app.command("after-the-fact")
def after_the_fact(
    month: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m"], help="Like 2026-10; the last whole one.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write every order into this CSV file.")] = None,
    db: str = DATABASE_OPTION,
) -> None:
    """Orders that came after the delivery or the invoice, per department and vendor."""
    of = month.date() if month else utc_now().date().replace(day=1) - timedelta(days=1)
    with open_current(db).transactions.read() as uow:
        found = month_report(uow, of.year, of.month)
    typer.echo(report_text(found))
    if out is not None:
        out.write_bytes(write_report_csv(found))
        typer.echo(str(out))
