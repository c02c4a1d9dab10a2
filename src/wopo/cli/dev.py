"""``wopo dev``: for trying wopo on real data, never needed to run it."""

from collections import Counter

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from wopo.cli.opening import DATABASE_OPTION, new_id, open_current
from wopo.db.rehearsal import execute_rehearsed
from wopo.domain.exception_cases import OPEN_CASES, ExceptionCase
from wopo.usecases.door import IMPORT
from wopo.usecases.imports.billing import BillAsOrdered

app = typer.Typer(help="Try wopo on real data.", no_args_is_help=True)


@app.callback()
def dev() -> None:
    """Try wopo on real data."""


@app.command("bill-as-ordered")
def bill_as_ordered(db: str = DATABASE_OPTION) -> None:
    """Invoice every complete imported order for what was ordered, and show what the match says."""
    console = Console(highlight=False)
    database = open_current(db)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("orders", total=None)

        def moved(done: int, whole: int) -> None:
            progress.update(task, completed=done, total=whole)

        command = BillAsOrdered(progress=moved)
        answer = execute_rehearsed(database.door, command, actor=IMPORT, key=f"bill:{new_id()}")
    console.print(escape(answer.message))
    with database.transactions.read() as uow:
        cases = uow.all(ExceptionCase, state=list(OPEN_CASES))
        for code, count in sorted(Counter(case.code for case in cases).items()):
            console.print(f"  {code}: {count:,} open")
