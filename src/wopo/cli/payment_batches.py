"""``wopo payables``: what can be paid, and the files of payment batches."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from wopo.cli.opening import DATABASE_OPTION, new_id, open_current, utc_now
from wopo.domain.errors import Refusal
from wopo.domain.payment_batches import BatchState
from wopo.domain.workflow import words
from wopo.usecases.door import CONSOLE
from wopo.usecases.execute import execute
from wopo.usecases.payment_batches import NoteBatchExported, counted, in_words
from wopo.usecases.payment_plans import plan
from wopo.usecases.views.payment_batches import batch_called, batch_view, batches

SHOWN = 50
CANCELLED = Refusal(
    "payment_batch.no_files",
    "{number} is cancelled, so there are no files of it. Nothing was written; make a new batch.",
)
app = typer.Typer(help="Payments to vendors: what is due, the bank's files.", no_args_is_help=True)


@app.command("due")
def due(
    up_to: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last due day; today.")
    ] = None,
    db: str = DATABASE_OPTION,
) -> None:
    """Show what can be paid up to a day, and what is held back and why. A batch is made in Slack,
    by a person."""
    console = Console(highlight=False, markup=False, soft_wrap=True)
    at = utc_now()
    with open_current(db).transactions.read() as uow:
        found = plan(uow, up_to=(up_to or at).date(), at=at)
    console.print(
        f"Up to {found.up_to}: {in_words(found.totals)} in {counted(found.count, 'document')}"
    )
    for one in found.payments:
        numbers = ", ".join(f"-{item.number}" if item.credit else item.number for item in one.taken)
        console.print(f"  {found.vendors[one.vendor_id].name}: {one.amount} ({numbers})")
    for back in found.held:
        console.print(f"  held: {back.number} of {back.vendor.name}, {back.amount}: {back.why}")


@app.command("list")
def list_batches(db: str = DATABASE_OPTION) -> None:
    """List the newest payment batches."""
    with open_current(db).transactions.read() as uow:
        for line in batches(uow, limit=SHOWN):
            amount, state = in_words(line.totals), words(line.state.value)
            typer.echo(f"{line.number}  {state}  {line.execute_on}  {amount}")


@app.command("export")
def export(
    number: Annotated[str, typer.Argument(help="The batch's number, like PB-3.")],
    to: Annotated[Path, typer.Option(help="The folder to write into.")] = Path(),
    db: str = DATABASE_OPTION,
) -> None:
    """Write a batch's files: a table (CSV) and, where there is one, the SEPA credit transfer."""
    from wopo.writers.payment_files import write_payment_files

    database = open_current(db)
    with database.transactions.read() as uow:
        batch = batch_view(uow, batch_called(uow, number).id)
    if batch.state is BatchState.CANCELLED:
        raise CANCELLED(number=batch.number)
    files = write_payment_files(batch)
    to.mkdir(parents=True, exist_ok=True)
    for name, raw in files.items():
        path = to / name
        path.write_bytes(raw)
        typer.echo(str(path))
    if batch.why_no_sepa:
        typer.echo(f"No SEPA file: {batch.why_no_sepa}.")
    noted = NoteBatchExported(
        batch_id=batch.id,
        files={name: hashlib.sha256(raw).hexdigest() for name, raw in files.items()},
    )
    execute(database.door, noted, actor=CONSOLE, key=f"payments:{new_id()}")
