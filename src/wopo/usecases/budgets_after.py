"""What an order leaves of the budgets that pay for it, and of its jobs' not-to-exceed amounts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from wopo.domain.budget_overrides import BudgetOverride
from wopo.domain.budgets import Budget
from wopo.domain.cost_centres import CostCentre
from wopo.domain.ledger import Payer
from wopo.domain.money import Money
from wopo.domain.numbers import short
from wopo.domain.order_content import OrderContent, totals
from wopo.domain.people import Person
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.usecases.budget_moves import Purses, name_of
from wopo.usecases.exchange_rates import converted_if
from wopo.usecases.ledger import line_value
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.settings import company
from wopo.usecases.views.names import refs


@dataclass(frozen=True)
class BudgetAfter:
    """What is left of one budget once the order is approved; no amount without a rate into its
    currency, or where no budget of the day is there (``budgeted``). ``nte``: it is a job's
    not-to-exceed amount."""

    name: str
    left_after: Money | None
    nte: bool = False
    budgeted: bool = True


def budgets_after(
    uow: UnitOfWork, order: PurchaseOrder, content: OrderContent, day: date
) -> tuple[BudgetAfter, ...]:
    """Per budget of the order's day (``day``, where it has none yet): what is free now, less what
    this adds to what is committed already. Requested amounts are not counted as used, so that this
    very request is not counted twice."""
    day = order.order_date or day
    return left_after(uow, _added(uow, order, content), content.currency, day)


def left_after(
    uow: UnitOfWork, added: Mapping[Payer, int], currency: str, day: date
) -> tuple[BudgetAfter, ...]:
    """The same for what is added for each payer, in minor units of ``currency``."""
    purses = Purses(uow)
    purses.read(added)
    centres = uow.many(CostCentre, {payer[0] for payer in added})
    shares: dict[str, int] = {}
    bare: list[CostCentre] = []
    for payer, minor in added.items():
        centre = centres[payer[0]]
        held = purses.paying(payer, day)
        if all(budget.work_order_id for budget in held):
            bare.append(centre)
        for budget in held:
            shares[budget.id] = shares.get(budget.id, 0) + minor
    after = [
        _after(uow, purses.tree.budgets[id], Money(minor, currency), day)
        for id, minor in shares.items()
    ]
    return (*after, *_without(bare))


def _added(uow: UnitOfWork, order: PurchaseOrder, content: OrderContent) -> dict[Payer, int]:
    """What the content adds for each payer, in minor units of the order's currency; with tax where
    budgets are gross."""
    gross = company(uow).budgets_gross
    added: dict[Payer, int] = {}
    for line, sums in zip(content.lines, totals(content).lines, strict=True):
        payer = (line.cost_centre_id, line.project_id, line.work_order_id)
        added[payer] = added.get(payer, 0) + sums.share_minor + sums.tax_minor * gross
    if order.approved_revision is not None:
        for row in uow.all(PurchaseOrderLine, purchase_order_id=order.id, cancelled=False):
            payer = (row.cost_centre_id, row.project_id, row.work_order_id)
            if payer in added:
                added[payer] -= line_value(row, gross=gross)
    return added


def _without(centres: Iterable[CostCentre]) -> Iterable[BudgetAfter]:
    known = {centre.id: centre for centre in centres}
    return (BudgetAfter(centre.code, None, budgeted=False) for centre in known.values())


def _after(uow: UnitOfWork, budget: Budget, share: Money, day: date) -> BudgetAfter:
    nte = budget.work_order_id is not None
    name = name_of(uow, budget)
    theirs = converted_if(uow, share, budget.currency, day)
    left = None if theirs is None else budget.available() - theirs
    return BudgetAfter(short(name) if nte else name, left, nte)


def let_over(uow: UnitOfWork, order: PurchaseOrder, revision: int) -> str:
    """Why this revision may exceed its budgets, and who said so; empty where nobody did."""
    found = uow.find(BudgetOverride, purchase_order_id=order.id, revision=revision)
    if found is None:
        return ""
    by = refs(uow, Person, [found.by_id]).get(found.by_id)
    return f"{by.name if by else found.by_id}: {found.reason}"
