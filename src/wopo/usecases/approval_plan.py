"""Which decisions a revision needs: by the policy's approval rules, else one by authority."""

from dataclasses import dataclass
from decimal import Decimal

from wopo.domain.approval_matrix import (
    ApprovalRule,
    ApprovalSection,
    BudgetState,
    DeciderKind,
    OrderFacts,
)
from wopo.domain.approvals import AUTHORITY
from wopo.domain.budgets import Budget
from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import DomainError
from wopo.domain.exchange_rates import NO_RATE
from wopo.domain.money import Money
from wopo.domain.order_content import OrderContent, shares
from wopo.domain.parts import Part
from wopo.domain.people import Person
from wopo.domain.purchase_orders import PurchaseOrder, PurchaseOrderLine
from wopo.domain.vendors import Vendor
from wopo.usecases.approval_deciders import Circle
from wopo.usecases.exchange_rates import convert
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.settings import company


@dataclass(frozen=True)
class Plan:
    """The decisions a revision needs, each with its step and who is wanted; ``rule`` says so."""

    decisions: tuple[tuple[int, str], ...] = ((1, AUTHORITY),)
    rule: str = ""


def plan_for(circle: Circle, section: ApprovalSection) -> Plan:
    """What the policy's section asks for; without rules it costs nothing."""
    if not section.rules:
        return Plan()
    rule = section.rule_for(facts_of(circle))
    return _expanded(circle, rule) if rule else Plan()


def _expanded(circle: Circle, rule: ApprovalRule) -> Plan:
    centres = sorted({line.cost_centre_id for line in circle.content.lines})
    decisions: list[tuple[int, str]] = []
    for number, step in enumerate(rule.all_steps, 1):
        for one in step:
            match one.kind:
                case DeciderKind.OWNER:
                    wanted = [f"owner:{id}" for id in centres]
                case DeciderKind.PERSON:
                    person = circle.uow.find(Person, code=one.name)
                    wanted = [f"person:{person.id if person else one.name}"]
                case _:
                    wanted = [one.key]
            decisions += [(number, key) for key in wanted]
    return Plan(tuple(decisions), rule.name)


def facts_of(circle: Circle) -> OrderFacts:
    """What rules are asked about, in a constant number of queries."""
    uow, content = circle.uow, circle.content
    part_ids = {line.part_id for line in content.lines if line.part_id}
    centres = uow.many(CostCentre, {line.cost_centre_id for line in content.lines})
    vendor = uow.get(Vendor, content.vendor_id)
    assert vendor is not None, f"order {circle.order.id} of no vendor"
    return OrderFacts(
        amount=_in_company_currency(circle),
        cost_centres=frozenset(centre.code for centre in centres.values()),
        categories=frozenset(part.category or "" for part in uow.many(Part, part_ids).values()),
        standing=vendor.standing,
        budget=_budget_state(circle),
        kind=content.kind,
    )


def _in_company_currency(circle: Circle) -> Decimal | None:
    amount = circle.need.amount
    found = worth(circle, amount, company(circle.uow).currency)
    return None if found is None else found.amount


def worth(circle: Circle, money: Money, currency: str) -> Money | None:
    """The amount in another currency on the circle's day; none without a rate."""
    try:
        return convert(circle.uow, money, currency, circle.day)
    except DomainError as error:
        if error.code != NO_RATE.code:
            raise
        return None


def _budget_state(circle: Circle) -> BudgetState:
    """The worst of the order's cost centres; an amount that no rate tells is over."""
    more = added_by(circle.uow, circle.order, circle.content)
    budgets = {
        budget.cost_centre_id: budget
        for budget in circle.uow.all(Budget, cost_centre_id=set(more))
        if budget.covers(circle.day)
    }
    for centre_id, budget in budgets.items():
        share = worth(circle, more[centre_id], budget.currency)
        if share is None or budget.available() < share:
            return BudgetState.OVER
    return BudgetState.NONE if set(more) - set(budgets) else BudgetState.WITHIN


def added_by(uow: UnitOfWork, order: PurchaseOrder, content: OrderContent) -> dict[str, Money]:
    """What approving this content adds to what is committed already, per cost centre."""
    per_centre: dict[str, int] = {}
    share = shares(content)
    for line in content.lines:
        per_centre[line.cost_centre_id] = per_centre.get(line.cost_centre_id, 0) + share[line.id]
    if order.approved_revision is not None:
        for row in uow.all(PurchaseOrderLine, purchase_order_id=order.id, cancelled=False):
            if row.cost_centre_id in per_centre:
                per_centre[row.cost_centre_id] -= row.share_minor
    return {id: Money(minor, content.currency) for id, minor in per_centre.items()}
