"""``wopo match``: the three-way match, tried on a file or asked about what was entered."""

import typer

from wopo.cli.later import Later, Place, group_of

_PAST = "wopo.cli.match_past"
COMMANDS = (
    Later(
        "simulate",
        Place("wopo.cli.match_case", "simulate").load,
        "Judge match cases and print the answers as JSON; touches no database.",
    ),
    Later(
        "explain",
        Place(_PAST, "explain").load,
        "Tell for every check the two figures, the limit, who set it, and the verdict.",
    ),
    Later(
        "replay",
        Place(_PAST, "replay_past").load,
        "Judge past invoices by a proposed policy and tell what it would have held or let go; "
        "nothing is changed.",
    ),
    Later(
        "rejudge",
        Place(_PAST, "rejudge").load,
        "Judge every order's invoices and receipts again and keep what comes out differently; "
        "while people work.",
    ),
)

app = typer.Typer(
    cls=group_of(*COMMANDS), help="Three-way match: try it, explain it.", no_args_is_help=True
)


@app.callback()
def match() -> None:
    """Three-way match of orders, receipts and invoices."""
