"""Moving budgets by what is posted to the ledger: each amount in every budget that counts it.

Budgets are changed last, from the root of their tree down (lock order), each by one guarded update.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from wopo.domain.budget_conversions import BudgetUncounted, CellSum, cell_of
from wopo.domain.budget_overrides import BudgetOverridden, BudgetOverride
from wopo.domain.budget_tree import BudgetTree, Held
from wopo.domain.budgets import (
    OVER,
    OVER_UNSAID,
    SPENT,
    Budget,
    BudgetWentOver,
    balances,
    fits_sql,
)
from wopo.domain.cost_centres import CostCentre, Project
from wopo.domain.exchange_rates import NO_RATE
from wopo.domain.ledger import CostKind, LedgerEntry, Payer
from wopo.domain.money import Money
from wopo.domain.nte import NTE_OVER, NTE_OVER_UNSAID, JobWentOver
from wopo.domain.numbers import short
from wopo.domain.people import may_see_costs
from wopo.domain.purchase_orders import PurchaseOrder
from wopo.domain.settings import CompanySettings, Stage, Strictness
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.budget_conversions import Converted, Counting, convert_costs
from wopo.usecases.door import Context
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.budgets import BudgetStore


class Purses:
    """The budgets that some costs count in, read together."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.uow = uow
        self.tree = BudgetTree()
        self._asked: set[str] = set()

    def hold(self, payers: Iterable[Payer]) -> None:
        """Let nobody set a budget of these until the end, and know of those there are."""
        known = list(payers)
        self.uow.store(BudgetStore).hold(
            *({payer[place] or "" for payer in known} - {""} for place in range(3))
        )
        self.read(known)

    def read(self, payers: Iterable[Payer]) -> None:
        """Know of the budgets of these, those above included; one statement for all together."""
        known = list(payers)
        self._read(*([payer[place] for payer in known] for place in range(3)))

    def _read(self, *owners: Iterable[str | None]) -> None:
        wanted = [{id for id in ids if id and id not in self._asked} for ids in owners]
        if any(wanted):
            self.tree.add(self.uow.store(BudgetStore).holding(*wanted))
            self._asked.update(*wanted)

    def ids(self, payer: Payer, day: date) -> tuple[str | None, str | None]:
        """The budgets that an amount of the day is posted to: the cost centre's or the nearest
        above it, and the project's."""
        self.read([payer])
        centre = self.tree.of_centre(payer[0], day)
        project = self.tree.of_project(payer[1], day)
        return centre.id if centre else None, project.id if project else None

    def latest(self, budget_ids: Collection[str]) -> str | None:
        """Of several budgets that a line's money is in, the one of the latest period: what was
        settled before stays where it is."""
        if len(budget_ids) < 2:
            return next(iter(budget_ids), None)
        for id in budget_ids:
            self._know(id)
        return max(budget_ids, key=lambda id: (self.tree.budgets[id].starts, id))

    def nte_of(self, work_order_id: str) -> Budget | None:
        """The job's not-to-exceed amount."""
        self._read((), (), (work_order_id,))
        return self.tree.of_job(work_order_id)

    def paying(self, payer: Payer, day: date) -> list[Budget]:
        """Every budget that an amount of the day would be counted in."""
        centre, project = self.ids(payer, day)
        job = self.tree.of_job(payer[2])
        return [*self.tree.path(centre), *self.tree.path(project), *([job] if job else [])]

    def counting(self, entry: LedgerEntry) -> list[Budget]:
        """Every budget that counts the entry."""
        self.read([(entry.cost_centre_id, entry.project_id, entry.work_order_id)])
        self._know(entry.budget_id)
        self._know(entry.project_budget_id)
        job = self.tree.of_job(entry.work_order_id)
        return [
            *self.tree.path(entry.budget_id),
            *self.tree.path(entry.project_budget_id),
            *([job] if job else []),
        ]

    def _know(self, budget_id: str | None) -> None:
        """Former budgets of a line, and what is above them, are read where they are needed."""
        while budget_id is not None:
            budget = self.tree.budgets.get(budget_id) or self.uow.get(Budget, budget_id)
            if budget is None:
                raise LookupError(f"budget {budget_id} is gone")
            self.tree.add([Held(budget)])
            budget_id = budget.parent_id


@dataclass(frozen=True)
class Cause:
    """What moves the budgets: the stage that may be stopped (none where nobody can refuse the
    cost), its kind in words, and whether a budget that goes over is told."""

    stage: Stage | None
    words: str
    told: bool = True
    order: PurchaseOrder | None = None
    """What somebody may have let exceed its budgets."""


def move_budgets(
    ctx: Context,
    purses: Purses,
    entries: Sequence[LedgerEntry],
    settings: CompanySettings,
    cause: Cause,
) -> None:
    """Count the entries. Raises ``OVER`` or ``NTE_OVER`` where a budget would go over and the
    company stops at this stage."""
    own: list[Counting] = []
    foreign: list[Counting] = []
    for entry in entries:
        for budget in purses.counting(entry):
            same = budget.currency == entry.currency
            (own if same else foreign).append((entry, budget))
    done = convert_costs(ctx, foreign) if foreign else Converted()
    for budget, lost in _lost(foreign, done.rateless):
        _without_rate(ctx, budget, lost, settings, cause)
    for entry, budget in own:
        done.move(budget.id, entry.kind, entry.amount_minor)
    carry_out(ctx, purses, done.moved, settings, cause)


def carry_out(
    ctx: Context,
    purses: Purses,
    moved: Mapping[str, Mapping[CostKind, int]],
    settings: CompanySettings,
    cause: Cause,
) -> None:
    """Move these budgets, by their ids, in the order of their locks; raises as ``move_budgets``."""
    for found in sorted(moved, key=purses.tree.lock_order):
        balance = {name: by for name, by in balances(moved[found]).items() if by}
        if balance:
            _Move(ctx, purses.tree.budgets[found], balance, settings, cause).carry_out()


def _lost(
    counting: Sequence[Counting], rateless: Mapping[str, Sequence[CellSum]]
) -> Iterator[tuple[Budget, list[LedgerEntry]]]:
    """The entries that a budget can't count, by currency."""
    lost: dict[tuple[str, str], list[LedgerEntry]] = {}
    cells = {id: {one.cell for one in found} for id, found in rateless.items()}
    for entry, budget in counting:
        if cell_of(entry) in cells.get(budget.id, ()):
            lost.setdefault((budget.id, entry.currency), []).append(entry)
    budgets = {budget.id: budget for _, budget in counting}
    return ((budgets[id], entries) for (id, _), entries in lost.items())


def _without_rate(
    ctx: Context,
    budget: Budget,
    entries: Sequence[LedgerEntry],
    settings: CompanySettings,
    cause: Cause,
) -> None:
    """No rate, no guess: refused where the company stops such a document, told to finance where it
    warns. What is given back was never counted either."""
    kinds: dict[CostKind, int] = {}
    for entry in entries:
        kinds[entry.kind] = kinds.get(entry.kind, 0) + entry.amount_minor
    changes, strictness = balances(kinds), _strictness(ctx, budget, settings, cause)
    grown = _grown(changes, cause.stage)
    currency, day = entries[0].currency, entries[0].day
    if grown <= 0 or strictness is Strictness.IGNORE:
        return
    if strictness is Strictness.STOP:
        raise NO_RATE(source=currency, target=budget.currency, day=day)
    if cause.told:
        ctx.record(uncounted(ctx.uow, budget, Money(grown, currency), day, cause.words))


def _strictness(
    ctx: Context, budget: Budget, settings: CompanySettings, cause: Cause
) -> Strictness:
    found = settings.strictness(cause.stage, job=budget.work_order_id is not None)
    if found is Strictness.STOP and ctx.surface == "import":
        return Strictness.WARN  # What is history can't be refused.
    return found


def _grown(changes: Mapping[str, int], stage: Stage | None) -> int:
    """By how much a document of this stage wants more."""
    if stage is Stage.REQUEST:
        return changes.get("requested_minor", 0)
    return sum(by for name, by in changes.items() if name in SPENT)


class _Move:
    """One budget and how its balances change."""

    def __init__(
        self,
        ctx: Context,
        budget: Budget,
        changes: Mapping[str, int],
        settings: CompanySettings,
        cause: Cause,
    ) -> None:
        self.ctx, self.budget, self.changes, self.cause = ctx, budget, changes, cause
        stage = cause.stage
        self.strictness = _strictness(ctx, budget, settings, cause)
        self.figures = ctx.actor is None or may_see_costs(ctx.actor, settings)
        asked = changes.get("requested_minor", 0)
        spent = sum(by for name, by in changes.items() if name in SPENT)
        self.counted = settings.budget_counts_requests or stage is Stage.REQUEST
        self.freed = -asked if self.counted else 0
        self.grown = _grown(changes, stage)
        self.more = spent - self.freed

    def carry_out(self) -> None:
        """Change the balances, unless that is to be refused."""
        stops = self.strictness is Strictness.STOP and self.grown > 0
        fits = fits_sql(with_requested=self.counted) if stops else "1 = 1"
        bound = {"more": self.more} if stops else {}
        budget, add = self.budget, dict(self.changes)
        hit = self.ctx.uow.guarded_update(Budget, budget.id, add=add, where_sql=fits, **bound)
        if not hit:
            self._overridden()
            self.ctx.uow.guarded_update(Budget, budget.id, add=add, where_sql="1 = 1")
        if self.cause.told and self.more > 0 and self.strictness is Strictness.WARN:
            self._tell_if_over()

    def _overridden(self) -> None:
        """Record that somebody let this revision exceed the budget; else it is refused."""
        order, budget = self.cause.order, self.budget
        if order is None or budget.work_order_id is not None:
            raise self._over()
        let = self.ctx.uow.find(
            BudgetOverride, purchase_order_id=order.id, revision=order.approved_revision
        )
        if let is None:
            raise self._over()
        self.ctx.record(
            BudgetOverridden(
                subject_id=budget.id,
                whose=name_of(self.ctx.uow, budget),
                order_id=order.id,
                number=order.number,
                over=Money(self.more, budget.currency) - self.left,
                reason=let.reason,
                by_id=let.by_id,
            )
        )

    @property
    def left(self) -> Money:
        return self.budget.available(with_requested=self.counted)

    def _over(self) -> Exception:
        budget = self.budget
        if budget.work_order_id is not None:
            return over_nte(
                self.ctx, budget, self.left - Money(self.more, budget.currency), self.figures
            )
        if not self.figures:
            return OVER_UNSAID()
        left = self.left.minor + max(self.freed, 0)
        return OVER(
            budget=f"budget {name_of(self.ctx.uow, budget)}",
            left=Money(max(left, 0), budget.currency),
            needed=Money(self.grown, budget.currency),
            **({"order_id": self.cause.order.id} if self.cause.order else {}),
        )

    def _tell_if_over(self) -> None:
        """Once, at the crossing: further costs on a budget that is over already add nothing new."""
        budget, left = self.budget, self.left
        if left.minor >= 0 or left.minor + self.more < 0:
            return
        if budget.work_order_id is not None:
            self.ctx.record(went_over(self.ctx, budget, left, self.cause.words))
            return
        self.ctx.record(
            BudgetWentOver(
                subject_id=budget.id,
                cost_centre_id=budget.cost_centre_id,
                project_id=budget.project_id,
                whose=name_of(self.ctx.uow, budget),
                over=-left,
                cause=self.cause.words,
            )
        )


def over_nte(ctx: Context, budget: Budget, left: Money, figures: bool) -> Exception:
    """The refusal of what would leave ``left`` (less than nothing) of a job's amount. Its facts
    carry the job and what it would need, for the button that asks for it."""
    job = ctx.require(WorkOrder, budget.work_order_id, label="work order")
    nte = Money(budget.limit_minor, budget.currency)
    expected = nte - left
    facts: dict[str, Any] = {
        "number": short(job.number),
        "job_id": job.id,
        "wanted_minor": expected.minor,
    }
    if not figures:
        return NTE_OVER_UNSAID(**facts)
    return NTE_OVER(**facts, expected=expected, nte=nte)


def went_over(ctx: Context, budget: Budget, left: Money, cause: str) -> JobWentOver:
    """The event of a job whose not-to-exceed amount leaves less than nothing."""
    job = ctx.require(WorkOrder, budget.work_order_id, label="work order")
    nte = Money(budget.limit_minor, budget.currency)
    return JobWentOver(
        subject_id=job.id, number=job.number, nte=nte, expected=nte - left, cause=cause
    )


def uncounted(
    uow: UnitOfWork, budget: Budget, cost: Money, day: date, cause: str
) -> BudgetUncounted:
    """The event of a cost that the budget can't count without a rate."""
    return BudgetUncounted(
        subject_id=budget.id,
        whose=name_of(uow, budget),
        cost=cost,
        currency=budget.currency,
        day=day,
        cause=cause,
    )


def name_of(uow: UnitOfWork, budget: Budget) -> str:
    """Whose budget it is: ``4711``, ``project P-7`` or a job's number."""
    if budget.cost_centre_id is not None:
        centre = uow.get(CostCentre, budget.cost_centre_id)
        return centre.code if centre else budget.cost_centre_id
    if budget.project_id is not None:
        project = uow.get(Project, budget.project_id)
        return f"project {project.code}" if project else budget.project_id
    job = uow.get(WorkOrder, budget.work_order_id)
    return job.number if job else str(budget.work_order_id)
