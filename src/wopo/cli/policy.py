"""``wopo policy``: the purchasing policy, taken in from a file and shown in plain words."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from wopo.cli.opening import DATABASE_OPTION, new_id, open_current, utc_now
from wopo.cli.progress import counted
from wopo.domain.lookup import Kind
from wopo.domain.money import PRICE_PLACES, QUANTITY_PLACES, checked_decimal
from wopo.readers.purchasing_policy import example, read_policy
from wopo.usecases.door import CONSOLE
from wopo.usecases.execute import execute
from wopo.usecases.lookup import resolve
from wopo.usecases.policy_replay import Redirections, lines_since, replay_lines
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.purchasing_policy import ImportPolicy
from wopo.usecases.views.policy_explained import (
    AskedRule,
    ExplainedLine,
    Question,
    explain,
    explain_request,
)
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


@app.command("explain")
def explain_line(
    number: Annotated[str, typer.Argument(help="A part request, like PR-12.")] = "",
    *,
    part: Annotated[str, typer.Option(help="A catalogue part by its number.")] = "",
    words: Annotated[str, typer.Option(help="What the catalogue does not have.")] = "",
    service: Annotated[bool, typer.Option("--service", help="It is a service.")] = False,
    quantity: Annotated[str, typer.Option(help="How many.")] = "1",
    vendor: Annotated[str, typer.Option(help="A vendor's code.")] = "",
    amount: Annotated[str, typer.Option(help="Without tax, in the company's currency.")] = "",
    job: Annotated[str, typer.Option(help="The job it is for, like WO-12.")] = "",
    db: str = DATABASE_OPTION,
) -> None:
    """Tell which rule decides about a line by its facts, or did about the lines of a request, and
    why no rule above it did."""
    much = checked_decimal(quantity, label="The quantity", places=QUANTITY_PLACES)
    money = checked_decimal(amount, label="The amount", places=PRICE_PLACES) if amount else None
    with open_current(db).transactions.read() as uow:
        if number:
            views, left = explain_request(uow, number)
        else:
            question = Question(
                part_id=_id(uow, part, Kind.PART),
                description=words,
                service=service,
                quantity=much,
                vendor_id=_id(uow, vendor, Kind.VENDOR),
                amount=money,
                work_order_id=_id(uow, job, Kind.WORK_ORDER),
            )
            views, left = (explain(uow, question, utc_now().date()),), 0
    for view in views:
        for text in _explained(view):
            typer.echo(text)
    if left:
        typer.echo(f"{left} more line{'' if left == 1 else 's'}.")


def _id(uow: UnitOfWork, typed: str, kind: Kind) -> str:
    return resolve(uow, typed, kinds=(kind,)).id if typed else ""


def _explained(view: ExplainedLine) -> Iterator[str]:
    yield f"{view.title}: {view.route.value} (rule “{view.rule}” of {view.policy})"
    up_to = "" if view.allowed is None else f" Up to {view.allowed}."
    yield f"  {view.sentence}{up_to}"
    amount = "" if view.amount is None else f", {view.amount}"
    yield f"  Looked at: {', '.join(view.facts)}{amount}"
    for rule in view.asked:
        yield f"  {'no ' if rule.why_not else 'yes'} {rule.name}{_but(rule)}"
    if view.decided:
        yield f"  Decided when it was asked for: {view.decided}"


def _but(rule: AskedRule) -> str:
    return f": asks for {rule.why_not}" if rule.why_not else ""


@app.command("replay")
def replay(
    file: Annotated[Path, typer.Argument(help="The proposed policy as a YAML file.")],
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Asked for since.")],
    largest: Annotated[int, typer.Option(help="How many lines to name.")] = 20,
    db: str = DATABASE_OPTION,
) -> None:
    """Ask a proposed policy about past lines: which would have gone another way, over how much
    money, and who would have had to approve; nothing is changed."""
    document, _ = read_policy(file)
    transactions, day = open_current(db).transactions, since.date()
    found = Redirections(shown=largest)
    with counted("lines", lines_since(transactions, day)) as advance:
        for one in replay_lines(transactions, document, since=day, progress=advance):
            found.add(one)
    for text in _redirected(found, document.title, day):
        typer.echo(text)


def _redirected(found: Redirections, title: str, since: date) -> Iterator[str]:
    yield f"{found.ruled} asked for or ordered since {since}."
    yield f"Ruled by {title}; nothing was changed."
    if not found.ways:
        yield "All of them would have gone the way they went."
    for (before, after), total in sorted(found.ways.items()):
        yield f"{before.value} → {after.value}: {total}"
    for who, total in sorted(found.approvers.items()):
        yield f"{who} would have had to approve {total} that nobody had to."
    for one in found.largest:
        amount = one.amount if one.amount is not None else "no price"
        asked = f", approver {' then '.join(one.approvers)}" if one.approvers else ""
        yield (
            f"{one.number} of {one.day}, {one.description}, {amount}: {one.before.value} "
            f"({one.before_rule}) → {one.after.value} ({one.after_rule}){asked}"
        )


@app.command("history")
def history(db: str = DATABASE_OPTION) -> None:
    """List all versions with the day each takes effect."""
    with open_current(db).transactions.read() as uow:
        for row in policy_history(uow):
            typer.echo(f"{row.version}  from {row.effective_from}  {row.title}")
