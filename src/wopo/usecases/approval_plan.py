"""Which decisions a revision needs: by the policy's approval rules, else one by authority."""

from collections.abc import Iterable
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
from wopo.usecases.approval_deciders import Circle, Panel
from wopo.usecases.budgets_after import BudgetAfter, budgets_after
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
        return planned(circle, after_the_fact) if late else Plan()
    rule = section.rule_for(facts_of(circle))
    if late and (rule is None or not rule.when.kind):
        rule = after_the_fact
    return planned(circle, rule) if rule else Plan()


def planned(panel: Panel, rule: ApprovalRule) -> Plan:
    """The decisions of a rule's steps: one for each owner of the cost centres."""
    centres = sorted(panel.centre_ids)
    decisions: list[tuple[int, str]] = []
    for number, step in enumerate(rule.all_steps, 1):
        for one in step:
            match one.kind:
                case DeciderKind.OWNER:
                    wanted = [f"owner:{id}" for id in centres]
                case DeciderKind.PERSON:
                    person = panel.uow.find(Person, code=one.name)
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
        amount=in_company_currency(circle),
        cost_centres=frozenset(centre.code for centre in centres.values()),
        categories=frozenset(part.category or "" for part in uow.many(Part, part_ids).values()),
        standing=vendor.standing,
        budget=budget_state(budgets_after(uow, circle.order, content, circle.day)),
        kind=content.kind,
    )


def in_company_currency(panel: Panel) -> Decimal | None:
    """What is decided about, in the company's currency; none without a rate."""
    found = panel.worth(panel.covered, company(panel.uow).currency)
    return None if found is None else found.amount


def budget_state(found: Iterable[BudgetAfter]) -> BudgetState:
    """The worst of the budgets that would pay; an amount that no rate tells is over."""
    after = [budget for budget in found if not budget.nte]
    if any(one.budgeted and (one.left_after is None or one.left_after.minor < 0) for one in after):
        return BudgetState.OVER
    return BudgetState.WITHIN if all(one.budgeted for one in after) else BudgetState.NONE
