"""A period that is over with open promises: finance is asked to end its budgets, once."""

from collections.abc import Iterable

from wopo.domain.budgets import BudgetEnded, PeriodOver
from wopo.domain.outbox import JobRun, Mode
from wopo.usecases.door import Answer, Command, Context, Notice, announces, use_case
from wopo.usecases.outbox import copies
from wopo.usecases.ports.budgets import BudgetStore
from wopo.usecases.sweeps import once

JOB = "year_end"
CARD = "year_end"


class AskYearEnd(Command):
    """Ask finance about the budgets whose days are over and that still promise something."""


@use_case(AskYearEnd, action="ask about periods that are over", system=True)
def ask_year_end(command: AskYearEnd, ctx: Context) -> Answer:
    """One card for all budgets with the same last day, once; it shows what is left of it until
    nothing is."""
    store, asked = ctx.uow.store(BudgetStore), 0
    days = {budget.ends for budget in store.over(ctx.at.date()) if budget.committed_minor}
    for ends in sorted(days):
        if ctx.uow.find(JobRun, job=JOB, period=ends.isoformat()) is not None:
            continue
        open_ones = store.promised_until(ends)
        if open_ones:
            once(ctx, JOB, ends.isoformat(), budgets=len(open_ones))
            ctx.record(PeriodOver(subject_id=ends.isoformat(), ends=ends, budgets=len(open_ones)))
            asked += 1
    return Answer(message=f"Finance is asked about {asked} periods.", facts={"asked": asked})


@announces(PeriodOver)
def ask_finance(event: PeriodOver, ctx: Context) -> Iterable[Notice]:
    """The card with the one button."""
    yield Notice(CARD, event.subject_id, "setting:finance", Mode.KEEP)


@announces(BudgetEnded)
def redraw(event: BudgetEnded, ctx: Context) -> Iterable[Notice]:
    """The card says what is left."""
    yield from copies(ctx.uow, CARD, event.ends.isoformat())
