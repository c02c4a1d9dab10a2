"""What is left of budgets, what is promised, how fast they burn, and what promises most."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from wopo.domain.budget_tree import BudgetTree, Held
from wopo.domain.budgets import Budget
from wopo.domain.cost_centres import CostCentre, Project
from wopo.domain.errors import NOT_FOUND
from wopo.domain.lookup import did_you_mean, nearest
from wopo.domain.money import Money
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.budgets import BudgetStore
from wopo.usecases.views.names import Ref

LARGEST = 5
POINTS = 12
"""Months of the picture at most; of a longer period the last ones."""


@dataclass(frozen=True)
class BudgetLine:
    """One budget of today. ``spent`` is all but what is promised; ``depth`` how many budgets stand
    above it. ``used`` in whole per cent, none of a budget of nothing."""

    id: str
    code: str
    name: str
    depth: int
    starts: date
    ends: date
    limit: Money
    spent: Money
    promised: Money
    requested: Money
    left: Money
    used: int | None


@dataclass(frozen=True)
class Commitment:
    """An order that promises a part of the budget, with the vendor's name."""

    order: Ref
    vendor: str
    amount: Money


@dataclass(frozen=True)
class BudgetScreen:
    """All budgets of the day, from the root down, and one of them closely. ``burn``: what was spent
    by the end of each month (or by today), with what would be spent by then at an even pace."""

    lines: tuple[BudgetLine, ...]
    chosen: BudgetLine | None
    burn: tuple[tuple[date, Money, Money], ...]
    largest: tuple[Commitment, ...]


def budget_screen(uow: UnitOfWork, today: date, code: str = "") -> BudgetScreen:
    """The budgets that cover the day; closely the one of the cost centre or project ``code``, else
    the largest. Raises ``NOT_FOUND`` for a code without a budget of today. A constant number of
    queries."""
    budgets = [
        row
        for row in uow.all(Budget, work_order_id=None, order="id")
        if row.covers(today)
    ]  # fmt: skip
    lines = _lines(uow, budgets)
    chosen = _chosen(lines, code.strip())
    if chosen is None:
        return BudgetScreen((), None, (), ())
    below = _below(budgets, chosen.id)
    currency = chosen.limit.currency
    store = uow.store(BudgetStore)
    return BudgetScreen(
        lines=lines,
        chosen=chosen,
        burn=_burn(chosen, store.spent_by_day(chosen.id, below), today),
        largest=tuple(
            Commitment(Ref(row.order_id, row.order), row.vendor, Money(row.amount, currency))
            for row in store.committed(chosen.id, below, limit=LARGEST)
        ),
    )


def _lines(uow: UnitOfWork, budgets: Sequence[Budget]) -> tuple[BudgetLine, ...]:
    known = {row.id: row for row in budgets}
    centres = uow.many(CostCentre, {b.cost_centre_id for b in budgets if b.cost_centre_id})
    projects = uow.many(Project, {b.project_id for b in budgets if b.project_id})
    tree = BudgetTree(Held(row) for row in budgets)
    found: list[tuple[tuple[str, ...], BudgetLine]] = []
    for row in budgets:
        owner = centres.get(row.cost_centre_id or "") or projects[str(row.project_id)]
        path = [above for above in tree.path(row.id) if above.id in known]
        names = [centres[above.cost_centre_id].code for above in path if above.cost_centre_id]
        place = ("0", *reversed(names)) if names else ("1", owner.code)
        found.append((place, _line(row, owner.code, owner.name, len(path) - 1)))
    return tuple(line for _, line in sorted(found, key=lambda pair: pair[0]))


def _line(row: Budget, code: str, name: str, depth: int) -> BudgetLine:
    used = row.used_minor()
    limit = row.limit_minor
    return BudgetLine(
        id=row.id,
        code=code,
        name=name,
        depth=depth,
        starts=row.starts,
        ends=row.ends,
        limit=Money(limit, row.currency),
        spent=Money(used - row.committed_minor, row.currency),
        promised=Money(row.committed_minor, row.currency),
        requested=Money(row.requested_minor, row.currency),
        left=row.available(),
        used=used * 100 // limit if limit else None,
    )


def _chosen(lines: Sequence[BudgetLine], code: str) -> BudgetLine | None:
    if code:
        named = [line for line in lines if line.code.casefold() == code.casefold()]
        if not named:
            near = did_you_mean(nearest(code, (line.code for line in lines)))
            raise NOT_FOUND(kind="budget of", wanted=code, nearest=near)
        return named[0]
    return max(lines, key=lambda line: (-line.depth, line.limit.minor), default=None)


def _below(budgets: Iterable[Budget], top: str) -> set[str]:
    """The budget and all below it, longer periods before shorter ones."""
    found = {top}
    rows = list(budgets)
    while True:
        more = {row.id for row in rows if row.parent_id in found} - found
        if not more:
            return found
        found |= more


def _burn(
    line: BudgetLine, spent: Sequence[tuple[date, int]], today: date
) -> tuple[tuple[date, Money, Money], ...]:
    currency, days = line.limit.currency, (line.ends - line.starts).days + 1
    points = []
    for end in _month_ends(line.starts, min(today, line.ends))[-POINTS:]:
        so_far = sum(amount for day, amount in spent if day <= end)
        even = line.limit.minor * ((end - line.starts).days + 1) // days
        points.append((end, Money(so_far, currency), Money(even, currency)))
    return tuple(points)


def _month_ends(first: date, last: date) -> list[date]:
    ends = []
    year, month = first.year, first.month
    while (year, month) <= (last.year, last.month):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        ends.append(min(date.fromordinal(date(year, month, 1).toordinal() - 1), last))
    return ends
