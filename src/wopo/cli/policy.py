"""``wopo policy``: the purchasing policy, taken in from a file and shown in plain words."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from wopo.cli.opening import DATABASE_OPTION, new_id, open_current, utc_now
from wopo.readers.purchasing_policy import example, read_policy
from wopo.usecases.door import CONSOLE
from wopo.usecases.execute import execute
from wopo.usecases.purchasing_policy import ImportPolicy
from wopo.usecases.views.purchasing_policy import policy_history, policy_view

app = typer.Typer(help="The purchasing policy: take in, show.", no_args_is_help=True)


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="The policy as a YAML file.")],
    db: str = DATABASE_OPTION,
) -> None:
    """Put a new version in force from its day on; a mistake is told with line and column."""
    document, text = read_policy(file)
    command = ImportPolicy(document=document, text=text)
    answer = execute(open_current(db).door, command, actor=CONSOLE, key=f"policy:{new_id()}")
    typer.echo(answer.message)


@app.command("check")
def check(file: Annotated[Path, typer.Argument(help="The policy as a YAML file.")]) -> None:
    """Read a policy and say what is wrong with it; touches no database."""
    document, _ = read_policy(file)
    counts = (len(document.routes.rules), "routes"), (len(document.matching.rules), "matching")
    rules = ", ".join(f"{count} {kind} rule{'' if count == 1 else 's'}" for count, kind in counts)
    typer.echo(f"{document.title}: understood, {rules}.")


@app.command("example")
def example_document(
    name: Annotated[str, typer.Argument(help="default, plant or property.")] = "default",
) -> None:
    """Print a policy that ships, to be copied and changed; default is what holds without one."""
    typer.echo(example(name), nl=False)


@app.command("show")
def show(
    db: str = DATABASE_OPTION,
    version: Annotated[int | None, typer.Option(help="Another version than today's.")] = None,
    text: Annotated[bool, typer.Option("--text", help="As it was written.")] = False,
) -> None:
    """Show the policy in force, in plain words or as it was written."""
    console = Console(highlight=False, markup=False, soft_wrap=True)
    with open_current(db).transactions.read() as uow:
        view = policy_view(uow, day=utc_now().date(), version=version)
    if text:
        typer.echo(view.text)
        return
    since = f" since {view.effective_from}" if view.effective_from else ""
    state = f"in force{since}" if view.in_force else f"not in force (from {view.effective_from})"
    console.print(f"Policy {view.version}: {view.title}, {state}")
    for line in view.lines:
        console.print(line)


@app.command("history")
def history(db: str = DATABASE_OPTION) -> None:
    """List all versions with the day each takes effect."""
    with open_current(db).transactions.read() as uow:
        for row in policy_history(uow):
            typer.echo(f"{row.version}  from {row.effective_from}  {row.title}")
