"""Counting what was let pass without an exchange rate, once somebody enters the rate."""

from wopo.domain.exchange_rates import ExchangeRate, ExchangeRateSet
from wopo.domain.ledger import LedgerEntry
from wopo.usecases.budget_conversions import Converted, convert_costs
from wopo.usecases.budget_moves import Cause, Purses, carry_out
from wopo.usecases.door import Context, reaction
from wopo.usecases.ports.budget_conversions import ConversionStore
from wopo.usecases.ports.budgets import BudgetStore
from wopo.usecases.rejudging import in_parts
from wopo.usecases.settings import company

LATE = Cause(None, "exchange rate")
AT_ONCE = 500
"""Costs that are converted by one statement."""


@reaction(ExchangeRateSet)
def count_let_pass(event: ExchangeRateSet, ctx: Context) -> None:
    """Let budgets count the costs of the days that had no rate. Since the first day that has one
    everything is counted, so a rate after it changes nothing."""
    first, *later = ctx.uow.all(
        ExchangeRate, source=event.source, target=event.target, order="day", limit=2
    )
    if event.before is not None or first.day < event.day:
        return
    end = later[0].day if later else None
    store = ctx.uow.store(ConversionStore)
    asked = (event.source, event.target, event.day, end)
    centres = {entry.cost_centre_id for entry in store.convertible(*asked)}
    for centre in sorted(centres):
        ctx.uow.store(BudgetStore).hold_below(centre)
    if centres:
        # Looked at again now that nobody else posts to them.
        _count(ctx, store.convertible(*asked), event.target)


def _count(ctx: Context, entries: list[LedgerEntry], target: str) -> None:
    purses, done = Purses(ctx.uow), Converted()
    purses.read((row.cost_centre_id, row.project_id, row.work_order_id) for row in entries)
    counting = [
        (entry, budget)
        for entry in entries
        for budget in purses.counting(entry)
        if budget.currency == target
    ]
    for some in in_parts(counting, AT_ONCE):
        for budget_id, changes in convert_costs(ctx, some).moved.items():
            for kind, minor in changes.items():
                done.move(budget_id, kind, minor)
    carry_out(ctx, purses, done.moved, company(ctx.uow), LATE)
