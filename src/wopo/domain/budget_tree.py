"""Which budgets count an amount: its cost centre's and all above, its project's, its job's."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from wopo.domain.budgets import Budget
from wopo.domain.cost_centres import CostCentre


class Held(NamedTuple):
    """A budget that holds for a cost centre, ``above`` levels up from it; no centre for the budget
    of a project or a job."""

    budget: Budget
    cost_centre_id: str | None = None
    above: int = 0


class BudgetTree:
    """Some budgets, and the cost centres that they hold for."""

    def __init__(self, held: Iterable[Held] = ()) -> None:
        self.budgets: dict[str, Budget] = {}
        self._of_centre: dict[str, list[Held]] = {}
        self._of_project: dict[str, list[str]] = {}
        self._of_job: dict[str, list[str]] = {}
        self.add(held)

    def add(self, held: Iterable[Held]) -> None:
        """Know of more budgets."""
        for each in held:
            if each.budget.id not in self.budgets:
                self._index(each.budget)
            self.budgets[each.budget.id] = each.budget
            if each.cost_centre_id is not None:
                self._of_centre.setdefault(each.cost_centre_id, []).append(each)

    def _index(self, budget: Budget) -> None:
        for owners, owner in (
            (self._of_project, budget.project_id),
            (self._of_job, budget.work_order_id),
        ):
            if owner is not None:
                owners.setdefault(owner, []).append(budget.id)

    def of_centre(self, cost_centre_id: str, day: date) -> Budget | None:
        """The nearest budget of the cost centre, or above it, that covers the day."""
        held = [each for each in self._of_centre.get(cost_centre_id, ()) if each.budget.covers(day)]
        return min(held, key=lambda each: each.above).budget if held else None

    def of_project(self, project_id: str | None, day: date) -> Budget | None:
        """The project's budget of the day."""
        held = (self.budgets[id] for id in self._of_project.get(project_id or "", ()))
        return next((budget for budget in held if budget.covers(day)), None)

    def of_job(self, work_order_id: str | None) -> Budget | None:
        """The job's not-to-exceed amount with what counts against it."""
        held = (self.budgets[id] for id in self._of_job.get(work_order_id or "", ()))
        return next(held, None)

    def path(self, budget_id: str | None) -> Iterator[Budget]:
        """The budget and all above it; every one must be known."""
        while budget_id is not None:
            budget = self.budgets[budget_id]
            yield budget
            budget_id = budget.parent_id

    def lock_order(self, budget_id: str) -> tuple[int, int, str]:
        """Budgets are changed in this order: from the root down, then projects, then jobs. Who
        changes two of a tree holds its root first, so that no two wait for each other."""
        budget = self.budgets[budget_id]
        rank = 0 if budget.cost_centre_id else 1 if budget.project_id else 2
        return rank, sum(1 for _ in self.path(budget_id)), budget_id


def ancestry(centre: CostCentre, centres: Mapping[str, CostCentre]) -> Iterator[CostCentre]:
    """The cost centre and all above it, the nearest first."""
    above: CostCentre | None = centre
    while above is not None:
        yield above
        above = centres.get(above.parent_id or "")


def whole_tree(centres: Mapping[str, CostCentre], budgets: Iterable[Budget]) -> BudgetTree:
    """All budgets, with each cost centre's and those above it."""
    tree = BudgetTree()
    of_centre: dict[str | None, list[Budget]] = {}
    for budget in budgets:
        tree.add([Held(budget)])
        of_centre.setdefault(budget.cost_centre_id, []).append(budget)
    for centre in centres.values():
        for above, level in enumerate(ancestry(centre, centres)):
            tree.add(Held(found, centre.id, above) for found in of_centre.get(level.id, ()))
    return tree
