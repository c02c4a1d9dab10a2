"""The ``wopo`` command: what operators, auditors and finance run outside Slack."""

import typer

from wopo.cli import backup, doctor, match, migrate
from wopo.cli.errors import console, told
from wopo.domain.errors import DomainError

app = typer.Typer(
    help="wopo: maintenance work orders joined to purchase orders.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(match.app, name="match", help="Try the three-way match on a file.")
app.command("doctor")(doctor.doctor)
app.command("backup")(backup.backup)
app.command("migrate")(migrate.migrate)


def run() -> None:
    """Run the command; a refusal is one sentence on standard error and exit code 2."""
    try:
        app()
    except DomainError as error:
        console.print(told(error))
        raise SystemExit(2) from error
