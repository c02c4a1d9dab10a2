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
from wopo.domain.cost_centres import CostCentre
from wopo.domain.parts import Part
from wopo.domain.people import Person
from wopo.domain.purchase_orders import OrderKind
from wopo.domain.vendors import Vendor
from wopo.usecases.approval_deciders import Circle
from wopo.usecases.budgets_after import budgets_after
from wopo.usecases.settings import company


@dataclass(frozen=True)
class Plan:
    """The decisions a revision needs, each with its step and who is wanted; ``rule`` says so."""

    decisions: tuple[tuple[int, str], ...] = ((1, AUTHORITY),)
    rule: str = ""


def plan_for(circle: Circle, section: ApprovalSection, after_the_fact: ApprovalRule) -> Plan:
    """What the policy's section asks for; without rules it costs nothing. An order after the fact
    goes the way of ``after_the_fact`` unless a rule of the section is about its kind."""
    late = circle.content.kind is OrderKind.AFTER_THE_FACT
    if not section.rules:
        return _expanded(circle, after_the_fact) if late else Plan()
    rule = section.rule_for(facts_of(circle))
    if late and (rule is None or not rule.when.kind):
        rule = after_the_fact
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
    found = circle.worth(amount, company(circle.uow).currency)
    return None if found is None else found.amount


def _budget_state(circle: Circle) -> BudgetState:
    """The worst of the budgets that would pay; an amount that no rate tells is over."""
    after = [
        budget
        for budget in budgets_after(circle.uow, circle.order, circle.content, circle.day)
        if not budget.nte
    ]
    if any(one.budgeted and (one.left_after is None or one.left_after.minor < 0) for one in after):
        return BudgetState.OVER
    return BudgetState.WITHIN if all(one.budgeted for one in after) else BudgetState.NONE
