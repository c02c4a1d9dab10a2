"""Budgets: setting them. What they hold is moved by posting to the ledger only."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from wopo.domain.budget_conversions import BudgetUncounted, CellSum
from wopo.domain.budget_tree import ancestry, whole_tree
from wopo.domain.budgets import (
    ASTRIDE,
    BACKWARDS,
    COLUMN,
    FOREVER,
    ONE_OWNER,
    OVERLAPS,
    SPENT,
    Budget,
    BudgetSet,
    BudgetWentOver,
    balances,
)
from wopo.domain.cost_centres import CostCentre, Project
from wopo.domain.ledger import CostKind
from wopo.domain.lookup import Kind
from wopo.domain.money import NEGATIVE, Money, checked_decimal, minor_digits, plain
from wopo.domain.outbox import Mode
from wopo.domain.people import Role
from wopo.domain.work_orders import WorkOrder
from wopo.usecases.budget_conversions import convert_standing
from wopo.usecases.budget_moves import Purses, name_of, uncounted
from wopo.usecases.door import Answer, Command, Context, Notice, announces, silent, use_case
from wopo.usecases.ledger import Posting
from wopo.usecases.ports.budget_conversions import ConversionStore
from wopo.usecases.ports.budgets import BudgetStore, Posted
from wopo.usecases.ports.work_orders import WorkOrderStore
from wopo.usecases.settings import company
from wopo.usecases.upsert import by_code

silent(BudgetSet, "it is shown on approval cards and to finance from now on")


class SetBudget(Command):
    """What a cost centre or a project (by its code) may spend from ``starts`` to ``ends``, in major
    units, net of tax unless the company's setting says gross. A cost centre's is in its own
    currency, a project's in ``currency`` (default: the company's)."""

    cost_centre: str = ""
    project: str = ""
    starts: date
    ends: date
    amount: Decimal
    currency: str = ""


@use_case(SetBudget, roles={Role.FINANCE, Role.ADMIN}, action="set budgets", system=True)
def set_budget(command: SetBudget, ctx: Context) -> Answer:
    """Set or change the budget of a period; the same again records nothing.

    A new budget takes over what was spent in its days before it existed, and stands above the
    budgets of the cost centres below. Raises ``OVERLAPS``, ``ASTRIDE``, ``BACKWARDS``.
    """
    owner, whose = _owner(command, ctx)
    hold_owner(ctx, owner)
    currency = _currency(command, owner, ctx)
    limit = _limit(command, currency)
    if command.ends < command.starts:
        raise BACKWARDS(field="ends", starts=command.starts, ends=command.ends)
    known = _same_period(ctx, owner, whose, command)
    before = Money(known.limit_minor, known.currency) if known else None
    said = f"{whose} may spend {limit} from {command.starts} to {command.ends}"
    if known is not None and before == limit:
        return Answer(
            subject_id=known.id, message=f"{said} already.", facts={"outcome": "unchanged"}
        )
    budget = known or _new(ctx, owner, command, currency)
    budget.limit_minor = limit.minor
    ctx.record(
        BudgetSet(
            subject_id=budget.id,
            cost_centre_id=budget.cost_centre_id,
            project_id=budget.project_id,
            whose=whose,
            starts=budget.starts,
            ends=budget.ends,
            limit=limit,
            before=before,
        )
    )
    if known is None:
        _take_over(ctx, budget)
    outcome = "changed" if known else "added"
    return Answer(subject_id=budget.id, message=f"{said}.", facts={"outcome": outcome})


def _owner(command: SetBudget, ctx: Context) -> tuple[CostCentre | Project, str]:
    """Whose budget it is, and what that is called."""
    if bool(command.cost_centre.strip()) == bool(command.project.strip()):
        raise ONE_OWNER(field="cost_centre")
    if command.project:
        project: Project = by_code(ctx.uow, Kind.PROJECT, command.project, field="project")
        return project, f"Project {project.code}"
    centre: CostCentre = by_code(
        ctx.uow, Kind.COST_CENTRE, command.cost_centre, field="cost_centre"
    )
    return centre, centre.code


def hold_owner(ctx: Context, owner: CostCentre | Project) -> None:
    """Let nothing be posted to it, or to a cost centre below it, until the end: a posting has
    either been counted or will see the budget that is set."""
    if isinstance(owner, CostCentre):
        ctx.uow.store(BudgetStore).hold_below(owner.id)
    else:
        ctx.require_locked(Project, owner.id, label="project")


def _currency(command: SetBudget, owner: CostCentre | Project, ctx: Context) -> str:
    if isinstance(owner, CostCentre):
        return owner.currency
    currency = command.currency.strip().upper() or company(ctx.uow).currency
    minor_digits(currency)
    return currency


def _limit(command: SetBudget, currency: str) -> Money:
    amount = checked_decimal(
        command.amount, label="The budget", places=minor_digits(currency), field="amount"
    )
    if amount < 0:
        raise NEGATIVE(field="amount", label="The budget", bound="0 or more", typed=plain(amount))
    return Money.of(amount, currency)


def _own(owner: CostCentre | Project) -> dict[str, Any]:
    """The column that names the budget's owner."""
    name = "cost_centre_id" if isinstance(owner, CostCentre) else "project_id"
    return {name: owner.id}


def _same_period(
    ctx: Context, owner: CostCentre | Project, whose: str, command: SetBudget
) -> Budget | None:
    """The budget of exactly these days, held until the end; any other that overlaps refuses."""
    same = None
    for budget in ctx.uow.all(Budget, **_own(owner)):
        if (budget.starts, budget.ends) == (command.starts, command.ends):
            same = ctx.require_locked(Budget, budget.id, label="budget")
        elif _overlap(budget, command.starts, command.ends):
            raise OVERLAPS(field="starts", whose=whose, starts=budget.starts, ends=budget.ends)
    return same


def _overlap(budget: Budget, starts: date, ends: date) -> bool:
    return budget.starts <= ends and starts <= budget.ends


def _new(ctx: Context, owner: CostCentre | Project, command: SetBudget, currency: str) -> Budget:
    budget = Budget(
        id=ctx.new_id(),
        starts=command.starts,
        ends=command.ends,
        currency=currency,
        **_own(owner),
    )
    if isinstance(owner, CostCentre):
        _join_tree(ctx, budget, owner)
    ctx.uow.add(budget)
    return budget


def _join_tree(ctx: Context, budget: Budget, centre: CostCentre) -> None:
    """Hang a new budget below the nearest one above its cost centre, and those of the cost centres
    below it that hung there below the new one, which counts what they hold."""
    centres = {row.id: row for row in ctx.uow.all(CostCentre)}
    related = [
        other
        for other in ctx.uow.all(Budget, work_order_id=None, order="id")
        if other.cost_centre_id is not None and _overlap(other, budget.starts, budget.ends)
    ]
    above = [row.id for row in ancestry(centre, centres)]
    upper = [other for other in related if other.cost_centre_id in above[1:]]
    lower = [
        other
        for other in related
        if centre in ancestry(centres[str(other.cost_centre_id)], centres)
    ]
    _check_days(ctx, budget, upper, lower)
    nearest = min(upper, key=lambda other: above.index(str(other.cost_centre_id)), default=None)
    budget.parent_id = nearest.id if nearest else None
    for child in lower:
        if child.parent_id == budget.parent_id:
            child.parent_id = budget.id
    held = {child.id for child in lower}
    if held:
        store = ctx.uow.store(ConversionStore)
        foreign = store.foreign(held, budget.currency)
        _begin_with(ctx, budget, store.own(held, budget.currency), foreign)


def _begin_with(
    ctx: Context, budget: Budget, own: Mapping[CostKind, int], foreign: Sequence[CellSum]
) -> None:
    """Let a new budget count what stands already: costs in its own currency, and in others where
    there is a rate; finance is told of the rest."""
    done = convert_standing(ctx, budget, foreign)
    for costs in (own, done.moved.get(budget.id, {})):
        for name, amount in balances(costs).items():
            setattr(budget, name, getattr(budget, name) + amount)
    lost: dict[tuple[date, str], int] = {}
    for one in done.rateless.get(budget.id, ()):
        if COLUMN.get(one.cell.kind) in SPENT:
            key = (one.day, one.cell.currency)
            lost[key] = lost.get(key, 0) + one.amount
    for (day, currency), minor in lost.items():
        cause = "what it cost before"
        ctx.record(uncounted(ctx.uow, budget, Money(minor, currency), day, cause))


def _check_days(ctx: Context, new: Budget, upper: list[Budget], lower: list[Budget]) -> None:
    for other in upper + lower:
        inner, outer = (new, other) if other in upper else (other, new)
        if not (outer.starts <= inner.starts and inner.ends <= outer.ends):
            whose = name_of(ctx.uow, other)
            raise ASTRIDE(field="starts", whose=whose, starts=other.starts, ends=other.ends)


def _take_over(ctx: Context, budget: Budget) -> None:
    """Move what was spent in the budget's days without one: off "no budget" (or the one above),
    onto this one."""
    ctx.uow.flush()
    posting = Posting("budget", budget.id)
    own = "project_budget_id" if budget.project_id else "budget_id"
    for row in _unheld(ctx, budget):
        if not budget.covers(row.day):
            continue
        amount, whose = Money(row.amount, row.currency), row.dimensions
        for owner, moved in ((whose, -amount), (whose._replace(**{own: budget.id}), amount)):
            posting.add(
                ctx, owner, row.kind, moved, day=row.day, line_id=row.line_id, rate=row.rate
            )
    posting.post(ctx, Purses(ctx.uow), settings=company(ctx.uow))


def _unheld(ctx: Context, budget: Budget) -> Iterator[Posted]:
    """What no budget of its own holds: the project's costs, or those of the cost centre and of the
    ones below it for which this budget is now the nearest."""
    store = ctx.uow.store(BudgetStore)
    if budget.project_id is not None:
        yield from store.posted_for(budget.project_id)
        return
    centres = {row.id: row for row in ctx.uow.all(CostCentre)}
    tree = whole_tree(centres, ctx.uow.all(Budget, work_order_id=None))
    below = [
        row.id
        for row in centres.values()
        if any(level.id == budget.cost_centre_id for level in ancestry(row, centres))
    ]
    held = [budget.parent_id] if budget.parent_id else []
    for row in store.posted(below, budget_ids=held):
        centre = row.dimensions.cost_centre_id
        if tree.of_centre(centre, row.day) is budget:
            yield row


def keep_nte(ctx: Context, job: WorkOrder) -> None:
    """Make the job's budget say its not-to-exceed amount: with what it cost so far, where the
    amount or its currency is new; none without an amount. Call it after every change of the amount
    or of the cost centre, whose currency it is in; with the job held, so that nothing is posted to
    it meanwhile."""
    known = ctx.uow.find(Budget, work_order_id=job.id)
    currency = ctx.require(CostCentre, job.cost_centre_id, label="cost centre").currency
    if known is not None and (job.nte_minor is None or known.currency != currency):
        ctx.uow.delete(known)
        ctx.uow.flush()
        known = None
    if job.nte_minor is not None:
        budget = known or _of_job(ctx, job, currency)
        budget.limit_minor = job.nte_minor


def _of_job(ctx: Context, job: WorkOrder, currency: str) -> Budget:
    starts, ends = FOREVER
    budget = Budget(
        id=ctx.new_id(), work_order_id=job.id, starts=starts, ends=ends, currency=currency
    )
    own = {
        kind: minor
        for kind, found, minor in ctx.uow.store(WorkOrderStore).costs(job.id)
        if found == currency
    }
    foreign = ctx.uow.store(ConversionStore).foreign_of_job(job.id, currency)
    _begin_with(ctx, budget, own, foreign)
    ctx.uow.add(budget)
    return budget


@announces(BudgetUncounted)
def tell_uncounted(event: BudgetUncounted, ctx: Context) -> Iterable[Notice]:
    """Finance enters the rate that is missing."""
    text = (
        f"The budget of {event.whose} does not count {event.cost} (by {event.cause}): there is no "
        f"{event.cost.currency}->{event.currency} rate for {event.day}. Please enter one."
    )
    yield Notice("direct", event.subject_id, "setting:finance", Mode.POST, {"text": text})


@announces(BudgetWentOver)
def tell_finance(event: BudgetWentOver, ctx: Context) -> Iterable[Notice]:
    """Finance hears of a budget that is over, once, at the crossing."""
    text = f"The budget of {event.whose} is over by {event.over} (by {event.cause})."
    yield Notice("direct", event.subject_id, "setting:finance", Mode.POST, {"text": text})
