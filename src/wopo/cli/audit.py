"""``wopo audit``: is the trail whole, and do the books say what the documents say?"""

from collections.abc import Callable, Iterator
from datetime import datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from wopo.cli.opening import DATABASE_OPTION, open_current, utc_now
from wopo.domain.anchors import Anchor
from wopo.domain.audit_tests import Period, chosen
from wopo.domain.errors import Refusal
from wopo.usecases.audit import verify as faults_of
from wopo.usecases.audit_anchors import anchor as newest
from wopo.usecases.audit_tests.scope import run_tests
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.settings import company
from wopo.usecases.views.overrides import by_person, overrides

app = typer.Typer(no_args_is_help=True)
SHOWN = 50
POSTED = "wopo.anchors"
"""Entry points that give the anchors posted elsewhere (the bot gives Slack's)."""
NO_REPORT = Refusal(
    "audit.no_report",
    "There is no report '{name}'. Nothing was changed; choose one of {known}.",
)
NO_ANCHORS = "No anchor was given: a chain that was cut or written anew as a whole would not show."
FirstDay = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="The first day; the year's first."),
]
LastDay = Annotated[
    datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day; today.")
]


@app.callback()
def audit() -> None:
    """Check the audit trail and the books."""


@app.command("verify")
def verify(
    db: str = DATABASE_OPTION,
    expected: Annotated[
        list[str] | None,
        typer.Option("--anchor", help="An anchor kept from before; may be given several times."),
    ] = None,
    folder: Annotated[
        Path | None,
        typer.Option("--anchors", envvar="WOPO_ANCHORS_DIR", help="The folder of daily anchors."),
    ] = None,
    slack: Annotated[
        bool, typer.Option("--slack", help="Read the anchors back from the Slack channel too.")
    ] = False,
) -> None:
    """Check the chain and its anchors, every balance, every sum, every approval and the authority
    behind it; exit code 1 on a fault."""
    console = Console(highlight=False)
    known = _kept(expected or [], folder, slack=slack)
    count = 0
    with open_current(db).transactions.read() as uow:
        for count, fault in enumerate(faults_of(uow, anchors=known), start=1):
            if count <= SHOWN:
                console.print(str(fault), markup=False)
        head = newest(uow)
    if count:
        console.print(f"{count} faults; the first one is where to begin.")
        raise typer.Exit(1)
    console.print(f"All is well: {head.seq:,} entries, every balance and every approval.")
    kept = f"It fits {len(known):,} anchors from outside." if known else NO_ANCHORS
    console.print(kept)


def _kept(typed: list[str], folder: Path | None, *, slack: bool) -> list[Anchor]:
    from wopo.writers.anchor_file import read_anchors

    kept = [Anchor.parse(text) for text in typed]
    if folder is not None:
        kept += read_anchors(folder)
    for point in entry_points(group=POSTED) if slack else ():
        kept += point.load()()
    return kept


@app.command("anchor")
def anchor(db: str = DATABASE_OPTION) -> None:
    """Print the chain's newest entry, to be kept where the database can't reach."""
    with open_current(db).transactions.read() as uow:
        typer.echo(str(newest(uow)))


@app.command("tests")
def tests(
    first: FirstDay = None,
    last: LastDay = None,
    only: Annotated[
        list[int] | None, typer.Option(help="The number of a test; may be given several times.")
    ] = None,
    out: Annotated[Path, typer.Option(help="The folder to write into.")] = Path(),
    db: str = DATABASE_OPTION,
) -> None:
    """Run the auditor's 25 tests over a period: a table (CSV) and a report to read (HTML)."""
    from wopo.writers.audit_report import write_report

    console, at = Console(highlight=False, markup=False, soft_wrap=True), utc_now()
    wanted, period = chosen(only or []), _period(first, last)
    with open_current(db).transactions.read() as uow:
        counts, paths = write_report(
            out,
            period,
            wanted,
            run_tests(uow, period, wanted),
            company=company(uow).name,
            at=at,
            head=str(newest(uow)),
        )
    for test in wanted:
        console.print(f"{test.number:>2}  {counts[test.number]:>5}  {test.name}")
    for path in paths:
        console.print(str(path))


@app.command("report")
def report(
    name: Annotated[str, typer.Argument(help="overrides: what was let through, by whom and why.")],
    first: FirstDay = None,
    last: LastDay = None,
    db: str = DATABASE_OPTION,
) -> None:
    """Tell what was let through in spite of a rule: jobs given to contractors without a contract
    that day, and duties that one person did under a waiver."""
    if name not in REPORTS:
        raise NO_REPORT(name=name, known=", ".join(REPORTS))
    with open_current(db).transactions.read() as uow:
        for text in REPORTS[name](uow, _period(first, last)):
            typer.echo(text)


def _overrides(uow: UnitOfWork, period: Period) -> Iterator[str]:
    found = overrides(uow, period)
    yield f"{len(found)} overrides from {period.first} to {period.last}"
    for by, kind, count in by_person(found):
        yield f"{count:>5}  {by}: {kind}"
    for one in found:
        yield f"{one.at:%Y-%m-%d %H:%M}  {one.number}  {one.kind}, {one.by}: {one.problem}"
        yield f"{'':18}because: {one.reason}"


REPORTS: dict[str, Callable[[UnitOfWork, Period], Iterator[str]]] = {"overrides": _overrides}


def _period(first: datetime | None, last: datetime | None) -> Period:
    """From the year's first day until today, where nothing else is said."""
    end = (last or utc_now()).date()
    return Period(first.date() if first else end.replace(month=1, day=1), end)
