"""``wopo match explain``, ``replay`` and ``rejudge``: the match of what was entered, as it
was judged, and as it would be now or by another policy."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from wopo.cli.opening import DATABASE_OPTION, open_current, utc_now
from wopo.cli.progress import counted
from wopo.domain.workflow import words
from wopo.readers.purchasing_policy import read_policy
from wopo.usecases.door import CONSOLE
from wopo.usecases.judging_sweeps import judge_everything, orders_to_judge
from wopo.usecases.match_replay import Summary, orders_since, replay
from wopo.usecases.views.match_explained import explained, invoice_called

NAMED = 20
"""Changed orders that are named."""


def explain(
    number: Annotated[str, typer.Argument(help="The invoice's number.")],
    vendor: Annotated[str, typer.Option(help="The vendor's code, where several used it.")] = "",
    db: str = DATABASE_OPTION,
) -> None:
    """Tell for every check the two figures, the limit, who set it, and the verdict."""
    with open_current(db).transactions.read() as uow:
        view = explained(uow, invoice_called(uow, number, vendor).id)
    order = f" on {view.order}" if view.order else ""
    state = words(view.state.value)
    typer.echo(f"Invoice {view.number} of {view.vendor}{order}: {state}, judged by {view.policy}.")
    typer.echo(view.verdict)
    for line in view.lines:
        typer.echo(f"  {line}")
    for check in view.checks:
        sign = {True: "passed", False: "FAILED", None: "not compared"}[check.passed]
        where = f" [{check.where}]" if check.where else ""
        told = "; ".join(text for text in (check.compared, check.limit) if text)
        typer.echo(f"  {sign:12} {check.code}{where}: {told}".rstrip(": "))


def replay_past(
    policy: Annotated[Path, typer.Option(help="The proposed policy as a YAML file.")],
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Entered since this day.")],
    largest: Annotated[int, typer.Option(help="How many invoices to name.")] = 20,
    db: str = DATABASE_OPTION,
) -> None:
    """Judge past invoices by a proposed policy and tell what it would have held or let go; nothing
    is changed."""
    document, _ = read_policy(policy)
    transactions, day = open_current(db).transactions, since.date()
    summary, console = Summary(shown=largest), Console(highlight=False, markup=False)
    with counted("orders", orders_since(transactions, day)) as done:
        for one in replay(transactions, document, since=day, at=utc_now(), progress=done):
            summary.add(one)
    for text in _told(summary, document.title, day):
        console.print(text, soft_wrap=True)


def rejudge(
    db: str = DATABASE_OPTION,
) -> None:
    """Judge every order's invoices and receipts again and keep what comes out differently; while
    people work."""
    database, console = open_current(db), Console(highlight=False, markup=False)
    with counted("orders", orders_to_judge(database.transactions)) as done:
        looked = judge_everything(database.door, actor=CONSOLE, progress=done)
    console.print(f"{looked.orders:,} orders looked at; {len(looked.changed):,} changed.")
    for number in looked.changed[:NAMED]:
        console.print(f"  {number}")
    if len(looked.changed) > NAMED:
        console.print(f"  and {len(looked.changed) - NAMED:,} more")
    for id, why in looked.left.items():
        console.print(f"Order {id} could not be judged: {why}", soft_wrap=True)
    if looked.left:
        raise typer.Exit(1)


def _told(summary: Summary, title: str, since: date) -> Iterator[str]:
    yield (
        f"{summary.judged.count:,} invoices over {summary.judged.money()} entered since {since}, "
        f"judged by {title}; nothing was changed."
    )
    by_hand = f" ({summary.by_hand:,} of them people had accepted)" if summary.by_hand else ""
    yield f"Let go:  {summary.released.count:,} over {summary.released.money()}{by_hand}"
    yield f"Held:    {summary.held.count:,} over {summary.held.money()}"
    for sign, counts in (("+", summary.appearing), ("-", summary.vanishing)):
        for code, count in sorted(counts.items()):
            yield f"  {sign}{count:,} {code}"
    for one in summary.largest:
        codes = ", ".join(one.after or one.before)
        verb = "held by" if one.held else "let go in spite of"
        yield f"{one.number} of {one.vendor} on {one.order}, {one.total}: {verb} {codes}"
