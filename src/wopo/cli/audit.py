"""``wopo audit``: is the trail whole, and do the books say what the documents say?"""

from typing import Annotated

import typer
from rich.console import Console

from wopo.cli.opening import DATABASE_OPTION, open_current
from wopo.domain.errors import Refusal
from wopo.usecases.audit import Anchor
from wopo.usecases.audit import anchor as newest
from wopo.usecases.audit import verify as faults_of

app = typer.Typer(no_args_is_help=True)
SHOWN = 50
NOT_AN_ANCHOR = Refusal(
    "audit.not_an_anchor",
    "{typed} is not an anchor. Nothing was checked; give it as wopo audit anchor printed it.",
)


@app.callback()
def audit() -> None:
    """Check the audit trail and the books."""


@app.command("verify")
def verify(
    db: str = DATABASE_OPTION,
    expected: Annotated[
        str, typer.Option("--anchor", help="An anchor kept from before: shows a cut tail.")
    ] = "",
) -> None:
    """Check the chain, every balance, every sum and every approval; exit code 1 on a fault."""
    console = Console(highlight=False)
    known = _parsed(expected) if expected else None
    count = 0
    with open_current(db).transactions.read() as uow:
        for count, fault in enumerate(faults_of(uow, expected=known), start=1):
            if count <= SHOWN:
                console.print(str(fault), markup=False)
        head = newest(uow)
    if count:
        console.print(f"{count} faults; the first one is where to begin.")
        raise typer.Exit(1)
    console.print(f"All is well: {head.seq:,} entries, every balance and every approval.")


@app.command("anchor")
def anchor(db: str = DATABASE_OPTION) -> None:
    """Print the chain's newest entry, to be kept where the database can't reach."""
    with open_current(db).transactions.read() as uow:
        typer.echo(str(newest(uow)))


def _parsed(typed: str) -> Anchor:
    try:
        return Anchor.parse(typed)
    except ValueError as error:
        raise NOT_AN_ANCHOR(typed=typed) from error
