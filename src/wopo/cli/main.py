"""The ``wopo`` command: what operators, auditors and finance run outside Slack."""

from importlib.metadata import entry_points

import typer

from wopo.cli.later import Later, Place, group_of
from wopo.domain.errors import DomainError
from wopo.garbage import settle_garbage

MORE = "wopo.commands"
"""Entry points that add commands (the bot adds ``manifest``)."""

COMMANDS = (
    Later("match", Place("wopo.cli.match").load, "Three-way match: try it, explain it."),
    Later("policy", Place("wopo.cli.policy").load, "The purchasing policy: take in, show."),
    Later("audit", Place("wopo.cli.audit").load, "Check the audit trail and the books."),
    Later("budget", Place("wopo.cli.budget").load, "Budgets: what is left and what is promised."),
    Later("import", Place("wopo.cli.importing").load, "Take in files of other systems."),
    Later("outbox", Place("wopo.cli.outbox").load, "Messages to Slack that were given up."),
    Later(
        "payables",
        Place("wopo.cli.payment_batches").load,
        "Payments to vendors: what is due, the bank's files.",
    ),
    Later(
        "pocket", Place("wopo.cli.out_of_pocket").load, "Out-of-pocket purchases: pay them back."
    ),
    Later("report", Place("wopo.cli.reports").load, "Reports over a period."),
    Later("dev", Place("wopo.cli.dev").load, "Try wopo on real data."),
    Later(
        "doctor",
        Place("wopo.cli.doctor", "doctor").load,
        "Check what can be wrong with this installation and say how to mend it.",
    ),
    Later(
        "backup",
        Place("wopo.cli.backup", "backup").load,
        "Write a consistent copy of the live database and check it.",
    ),
    Later(
        "restore",
        Place("wopo.cli.backup", "restore").load,
        "Bring a backup back into a new database; numbers skip ahead, nothing is told twice.",
    ),
    Later(
        "migrate",
        Place("wopo.cli.migrate", "migrate").load,
        "Bring the database to this version's schema; nothing happens when it is there.",
    ),
    *(Later(point.name, point.load) for point in entry_points(group=MORE)),
)

app = typer.Typer(cls=group_of(*COMMANDS), no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def wopo() -> None:
    """wopo: maintenance work orders joined to purchase orders."""


def run() -> None:
    """Run the command; a refusal is one sentence on standard error and exit code 2."""
    try:
        app(obj=settle_garbage)
    except DomainError as error:
        from wopo.cli.errors import console, told

        console.print(told(error))
        raise SystemExit(2) from error
