"""The end of a budget's period: what it still promises burdens the next one, or lapses."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from wopo.domain.budgets import ENDED, NOT_OVER, Budget, BudgetEnded
from wopo.domain.cost_centres import CostCentre, Project
from wopo.domain.ledger import Dimensions
from wopo.domain.money import Money, total
from wopo.domain.numbers import short
from wopo.domain.outbox import Mode
from wopo.domain.people import Role
from wopo.domain.purchase_orders import OrderState, PurchaseOrder, PurchaseOrderLine
from wopo.usecases.budget_moves import Purses, name_of
from wopo.usecases.budgets import hold_owner
from wopo.usecases.door import Answer, Command, Context, Notice, announces, use_case
from wopo.usecases.ledger import Posting
from wopo.usecases.order_changes import CloseOrderShort, close_order_short
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.budgets import BudgetStore, Posted
from wopo.usecases.settings import company

ROLL_OVER = "roll_over"
BINDING = (OrderState.APPROVED, OrderState.ISSUED)


class EndBudget(Command):
    """End a budget whose days are over, as the company's setting says; again where something that
    had to stay can move by now."""

    budget_id: str


@dataclass(frozen=True)
class Promise:
    """What one order line still promises when the period ends. ``into``: to whom it is charged from
    then on; none where it can't move, for the reason ``why``."""

    order: PurchaseOrder
    line: PurchaseOrderLine
    row: Posted
    into: Dimensions | None
    why: str = ""

    @property
    def amount(self) -> Money:
        """What is promised, in the cost centre's currency."""
        return Money(self.row.amount, self.row.currency)


@dataclass(frozen=True)
class YearEnd:
    """What ending a budget does. ``lapse``: what moves is closed short, else it rolls over."""

    budget: Budget
    whose: str
    lapse: bool
    moving: tuple[Promise, ...]
    staying: tuple[Promise, ...]

    def sum_of(self, promises: Sequence[Promise]) -> Money:
        """What these promise together, as the budget counts it."""
        currency = self.budget.currency
        return total((Money(one.row.counted, currency) for one in promises), currency)


def to_end(uow: UnitOfWork, today: date, ends: date | None = None) -> Iterator[YearEnd]:
    """What ending does to each budget of a cost centre or a project whose days are over (those
    until ``ends``, where it is given): those not ended yet, and those from which something that
    stayed can move now."""
    for budget in uow.store(BudgetStore).over(today):
        if ends in (None, budget.ends):
            plan = year_end(uow, budget)
            if plan.moving or budget.ended_at is None:
                yield plan


def year_end(uow: UnitOfWork, budget: Budget) -> YearEnd:
    """What ending it would do; a constant number of queries."""
    lapse = company(uow).budget_year_end != ROLL_OVER
    rows = uow.store(BudgetStore).promised(budget.id)
    lines = uow.many(PurchaseOrderLine, {str(row.line_id) for row in rows})
    orders = uow.many(PurchaseOrder, {line.purchase_order_id for line in lines.values()})
    purses = Purses(uow)
    purses.read(row.dimensions.payer for row in rows)
    promises = [
        _promise(orders[line.purchase_order_id], line, row, budget, purses, lapse=lapse)
        for row in rows
        for line in [lines[str(row.line_id)]]
    ]
    promises.sort(key=lambda one: (one.order.number, one.line.position))
    return YearEnd(
        budget,
        name_of(uow, budget),
        lapse,
        tuple(one for one in promises if not one.why),
        tuple(one for one in promises if one.why),
    )


def _promise(
    order: PurchaseOrder,
    line: PurchaseOrderLine,
    row: Posted,
    budget: Budget,
    purses: Purses,
    *,
    lapse: bool,
) -> Promise:
    if lapse:
        waits = order.pending_revision is not None or order.state not in BINDING
        return Promise(order, line, row, None, "a change of it waits" if waits else "")
    whose = row.dimensions
    next_day = budget.ends + timedelta(days=1)
    centre, project = purses.ids(whose.payer, next_day)
    into = whose._replace(project_budget_id=project) if budget.project_id else None
    if budget.cost_centre_id:
        into = whose._replace(budget_id=centre)
    found = project if budget.project_id else centre
    if found is None or found == budget.id:
        return Promise(order, line, row, None, "there is no budget for the next day")
    return Promise(order, line, row, into)


@use_case(EndBudget, roles={Role.FINANCE, Role.ADMIN}, action="end budgets", system=True)
def end_budget(command: EndBudget, ctx: Context) -> Answer:
    """Move what is promised. Raises ``NOT_OVER``, or ``ENDED`` where nothing is left to move."""
    budget = ctx.require(Budget, command.budget_id, label="budget")
    for one in sorted({p.order.id for p in _all(year_end(ctx.uow, budget))}):
        ctx.require_locked(PurchaseOrder, one, label="purchase order")
    hold_owner(ctx, owner_of(ctx, budget))
    # Looked at again now that nobody else can move it.
    budget = ctx.require_locked(Budget, budget.id, label="budget")
    whose = name_of(ctx.uow, budget)
    if budget.ends >= ctx.at.date():
        raise NOT_OVER(whose=whose, ends=budget.ends)
    plan = year_end(ctx.uow, budget)
    if budget.ended_at is not None and not plan.moving:
        raise ENDED(whose=whose, ends=budget.ends)
    moved, kept = plan.sum_of(plan.moving), plan.sum_of(plan.staying)
    budget.ended_at = ctx.at
    if plan.lapse:
        _lapse(ctx, plan)
    else:
        _roll_over(ctx, plan)
    policy = "lapse" if plan.lapse else ROLL_OVER
    ctx.record(
        BudgetEnded(
            subject_id=budget.id,
            whose=whose,
            ends=budget.ends,
            policy=policy,
            moved=moved,
            kept=kept,
            orders=list(dict.fromkeys(one.order.number for one in plan.moving)),
        )
    )
    return Answer(subject_id=budget.id, message=_said(whose, budget.ends, policy, moved, kept))


def owner_of(ctx: Context, budget: Budget) -> CostCentre | Project:
    """The cost centre or the project."""
    if budget.cost_centre_id is not None:
        return ctx.require(CostCentre, budget.cost_centre_id, label="cost centre")
    return ctx.require(Project, budget.project_id, label="project")


def _all(plan: YearEnd) -> Iterable[Promise]:
    return (*plan.moving, *plan.staying)


def _roll_over(ctx: Context, plan: YearEnd) -> None:
    posting = Posting("year_end", plan.budget.id)
    for one in plan.moving:
        row = one.row
        for whose, amount in ((row.dimensions, -one.amount), (one.into, one.amount)):
            if whose is not None:
                posting.add(
                    ctx, whose, row.kind, amount, day=row.day, line_id=row.line_id, rate=row.rate
                )
    posting.post(ctx, Purses(ctx.uow), settings=company(ctx.uow))


def _lapse(ctx: Context, plan: YearEnd) -> None:
    lines: dict[str, list[str]] = {}
    for one in plan.moving:
        lines.setdefault(one.order.id, []).append(one.line.id)
    for order_id, line_ids in sorted(lines.items()):
        reason = f"The budget of {plan.whose} ended on {plan.budget.ends}"
        close_order_short(
            CloseOrderShort(order_id=order_id, line_ids=tuple(line_ids), reason=reason), ctx
        )


def _said(whose: str, ends: date, policy: str, moved: Money, kept: Money) -> str:
    what = "rolled over" if policy == ROLL_OVER else "lapsed"
    stays = f"; {kept} stays in it" if kept else ""
    return f"The budget of {whose} until {ends} is ended: {moved} {what}{stays}."


@announces(BudgetEnded)
def tell_finance(event: BudgetEnded, ctx: Context) -> Iterable[Notice]:
    """Finance reads what it came to, with the first orders."""
    said = _said(event.whose, event.ends, event.policy, event.moved, event.kept)
    shown = ", ".join(short(number) for number in event.orders[:10])
    text = f"{said} Orders: {shown}." if shown else said
    yield Notice("direct", event.subject_id, "setting:finance", Mode.POST, {"text": text})
