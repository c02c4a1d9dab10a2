"""The ``wopo`` command: what operators, auditors and finance run outside Slack."""

from importlib.metadata import entry_points

import typer

from wopo.cli import (
    audit,
    backup,
    budget,
    dev,
    doctor,
    importing,
    match,
    migrate,
    out_of_pocket,
    outbox,
    payment_batches,
    policy,
    reports,
)
from wopo.cli.errors import console, told
from wopo.domain.errors import DomainError
from wopo.garbage import settle_garbage

MORE = "wopo.commands"
"""Entry points that add commands (the bot adds ``manifest``)."""

app = typer.Typer(
    help="wopo: maintenance work orders joined to purchase orders.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(match.app, name="match", help="Try the three-way match on a file.")
app.add_typer(policy.app, name="policy")
app.add_typer(audit.app, name="audit")
app.add_typer(budget.app, name="budget")
app.add_typer(importing.app, name="import")
app.add_typer(outbox.app, name="outbox")
app.add_typer(payment_batches.app, name="payables")
app.add_typer(out_of_pocket.app, name="pocket")
app.add_typer(reports.app, name="report")
app.add_typer(dev.app, name="dev", help="For trying wopo on real data.")
app.command("doctor")(doctor.doctor)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("migrate")(migrate.migrate)
for point in entry_points(group=MORE):
    app.command(point.name)(point.load())


def run() -> None:
    """Run the command; a refusal is one sentence on standard error and exit code 2."""
    settle_garbage()
    try:
        app()
    except DomainError as error:
        console.print(told(error))
        raise SystemExit(2) from error
