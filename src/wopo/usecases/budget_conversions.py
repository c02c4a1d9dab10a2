"""Counting a cost in budgets of another currency, at the exchange rate of its day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from wopo.domain.budget_conversions import (
    BudgetConversion,
    Cell,
    CellSum,
    cell_of,
)
from wopo.domain.budgets import Budget
from wopo.domain.ledger import CostKind, LedgerEntry
from wopo.usecases.door import Context
from wopo.usecases.exchange_rates import rate_if_known
from wopo.usecases.ports.budget_conversions import ConversionStore

Counting = tuple[LedgerEntry, Budget]
"""An entry, and a budget that counts it."""


@dataclass
class Converted:
    """How budgets move, by kind of cost; and the cells that no rate converts."""

    moved: dict[str, dict[CostKind, int]] = field(default_factory=dict)
    rateless: dict[str, list[CellSum]] = field(default_factory=dict)

    def move(self, budget_id: str, kind: CostKind, minor: int) -> None:
        """The budget counts this much more."""
        of_budget = self.moved.setdefault(budget_id, {})
        of_budget[kind] = of_budget.get(kind, 0) + minor


def convert_costs(ctx: Context, counting: Sequence[Counting]) -> Converted:
    """Make each budget count what now stands in the ledger in the cells of these entries."""
    store, budgets = ctx.uow.store(ConversionStore), {budget.id: budget for _, budget in counting}
    pairs = {(cell_of(entry), budget.id): entry.id for entry, budget in counting}
    lines = {cell.line_id for cell, _ in pairs if cell.line_id}
    rest = [cell for cell, _ in pairs if not cell.line_id]
    others = (
        {cell.dimensions.cost_centre_id for cell in rest},
        {cell.day for cell in rest if cell.day},
    )
    books = {one.cell: one for one in store.cells(lines, others)}
    work = _Conversions(ctx)
    for known in store.counted(lines, others):
        key = (known.cell, known.budget_id)
        work.counted[key] = work.counted.get(key, 0) + known.amount
        work.rates[known.cell.rate_key, known.budget_id] = known.rate
    for (cell, budget), entry_id in pairs.items():
        work.count(replace(books[cell], entry_id=entry_id), budgets[budget])
    return work.done()


def convert_standing(ctx: Context, budget: Budget, cells: Iterable[CellSum]) -> Converted:
    """Make a new budget count what already stands in these cells."""
    work = _Conversions(ctx)
    for one in cells:
        work.count(one, budget)
    return work.done()


class _Conversions:
    """What is counted so far, at which rates, and what is to be added."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self.counted: dict[tuple[Cell, str], int] = {}
        self.rates: dict[tuple[object, str], Decimal] = {}
        self.result = Converted()
        self._rows: list[BudgetConversion] = []

    def count(self, one: CellSum, budget: Budget) -> None:
        """Let the budget count the cell as it stands; not without a rate."""
        rate = self._rate(one, budget)
        if rate is None:
            self.result.rateless.setdefault(budget.id, []).append(one)
            return
        minor = one.counted(budget.currency, rate).minor
        minor -= self.counted.get((one.cell, budget.id), 0)
        if not minor:
            return
        self.result.move(budget.id, one.cell.kind, minor)
        self._rows.append(
            BudgetConversion(
                id=self.ctx.new_id(),
                at=self.ctx.at,
                ledger_entry_id=one.entry_id,
                budget_id=budget.id,
                amount_minor=minor,
                currency=budget.currency,
                rate=rate,
            )
        )

    def _rate(self, one: CellSum, budget: Budget) -> Decimal | None:
        fixed = one.fixed_rate(budget.currency)
        if fixed is not None:
            return fixed
        key = (one.cell.rate_key, budget.id)
        if key not in self.rates:
            rate = rate_if_known(self.ctx.uow, one.cell.currency, budget.currency, one.day)
            if rate is None:
                return None
            self.rates[key] = rate
        return self.rates[key]

    def done(self) -> Converted:
        """Write it down."""
        self.ctx.uow.append(*self._rows)
        return self.result
