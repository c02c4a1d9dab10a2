"""``wopo budget``: what is left of budgets, and who let them be exceeded."""

from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console

from wopo.cli.opening import DATABASE_OPTION, open_current, utc_now
from wopo.domain.audit import AuditEntry
from wopo.domain.budget_overrides import BudgetOverridden
from wopo.domain.people import Person
from wopo.usecases.budget_yearend import EndBudget, to_end
from wopo.usecases.door import CONSOLE
from wopo.usecases.execute import execute
from wopo.usecases.views.budgets import BudgetLine, budget_screen
from wopo.usecases.views.names import refs

DAY = typer.Option(formats=["%Y-%m-%d"], help="The day; today.")
app = typer.Typer(help="Budgets: what is left and what is promised.", no_args_is_help=True)


def _console() -> Console:
    return Console(highlight=False, markup=False, soft_wrap=True)


@app.command("show")
def show(
    code: Annotated[str, typer.Argument(help="A cost centre or project to show closely.")] = "",
    day: Annotated[datetime | None, DAY] = None,
    db: str = DATABASE_OPTION,
) -> None:
    """Show the budgets of a day as a tree, and one of them closely."""
    with open_current(db).transactions.read() as uow:
        view = budget_screen(uow, (day or utc_now()).date(), code)
    console = _console()
    for line in view.lines:
        console.print(f"{'  ' * line.depth}{line.code} {line.name}: {_figures(line)}")
    if view.chosen is None:
        console.print("No budget covers the day.")
        return
    console.print(f"\n{view.chosen.code}, spent by the end of")
    for end, spent, even in view.burn:
        console.print(f"  {end}  {spent}  (even pace {even})")
    for one in view.largest:
        console.print(f"  promised: {one.order.name} {one.vendor}, {one.amount}")


def _figures(line: BudgetLine) -> str:
    return (
        f"{line.left} left of {line.limit}; spent {line.spent}, promised {line.promised}, "
        f"asked for {line.requested}"
    )


@app.command("yearend")
def yearend(
    ends: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only budgets that ended on this day; all."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    db: str = DATABASE_OPTION,
) -> None:
    """End the budgets whose days are over: what they still promise rolls over to the next period,
    or lapses, as `/wopo settings` says. What has to stay (no next budget, or a change of the order
    waits) is moved by a later run."""
    database, console = open_current(db), _console()
    with database.transactions.read() as uow:
        plans = list(to_end(uow, utc_now().date(), ends.date() if ends else None))
    for plan in plans:
        what = "lapses" if plan.lapse else "rolls over"
        console.print(
            f"{plan.whose} until {plan.budget.ends}: {plan.sum_of(plan.moving)} {what}, "
            f"{plan.sum_of(plan.staying)} stays"
        )
        for one in (*plan.moving, *plan.staying):
            why = f" (stays: {one.why})" if one.why else ""
            console.print(f"  {one.order.number} line {one.line.position}: {one.amount}{why}")
        if not dry_run:
            command = EndBudget(budget_id=plan.budget.id)
            last = plan.budget.ended_at or "first"
            key = f"yearend:{plan.budget.id}:{last}"
            done = execute(database.door, command, actor=CONSOLE, key=key)
            console.print(f"  {done.message}")
    if not plans:
        console.print("No budget is over of which something is left to end.")
    elif dry_run:
        console.print("Nothing was changed; without --dry-run it is done.")


@app.command("overrides")
def overrides(
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The first day; all.")
    ] = None,
    db: str = DATABASE_OPTION,
) -> None:
    """List each time an order was let exceed a budget: when, which, by how much, by whom, why."""
    first = since.date() if since else date.min
    with open_current(db).transactions.read() as uow:
        entries = [
            entry
            for entry in uow.all(AuditEntry, event=BudgetOverridden.name, order="seq")
            if entry.at.date() >= first
        ]
        people = refs(uow, Person, [entry.facts["by_id"] for entry in entries])
    console = _console()
    for entry in entries:
        facts = entry.facts
        by = people.get(facts["by_id"])
        over = f"{facts['over']['amount']} {facts['over']['currency']}"
        who = by.name if by else facts["by_id"]
        console.print(
            f"{entry.at:%Y-%m-%d}  {facts['number']}  {facts['whose']}  over by {over}  "
            f"{who}: {facts['reason']}"
        )
