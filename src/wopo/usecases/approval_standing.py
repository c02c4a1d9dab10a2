"""Which decisions about an order in force still hold when it is changed."""

from dataclasses import dataclass

from wopo.domain.approval_matrix import ApprovalSection
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.money import Money
from wopo.domain.order_content import OrderContent, totals
from wopo.domain.order_life import exposure
from wopo.domain.purchase_orders import PurchaseOrder
from wopo.domain.reapproval import touched
from wopo.usecases.approval_deciders import Circle
from wopo.usecases.approval_plan import Plan
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.settings import company


@dataclass(frozen=True)
class Approved:
    """What was in force before a change: its content, and who decided about it."""

    content: OrderContent
    decisions: tuple[Approval, ...]


def approved_before(
    uow: UnitOfWork, order: PurchaseOrder, content: OrderContent
) -> Approved | None:
    """What is in force of an order, with its decisions; none where nothing is, or where the only
    decision was for the amount, which never stands."""
    if order.approved_revision is None:
        return None
    made = uow.all(
        Approval,
        purchase_order_id=order.id,
        revision=order.approved_revision,
        state=ApprovalState.APPROVED,
    )
    return Approved(content, tuple(made)) if len(made) > 1 else None


def standing(
    circle: Circle, section: ApprovalSection, plan: Plan, before: Approved
) -> dict[str, Approval]:
    """The decisions that hold for the changed content too, by who was wanted: asked for by the same
    rule, not touched by the change, and made by somebody who could make them today."""
    currency = company(circle.uow).currency
    amounts = (_amount(before.content), circle.amount)
    was, now = (circle.worth(amount, currency) for amount in amounts)
    change = touched(
        before.content, circle.content, totals=(was, now), tolerance=section.reapproval
    )
    asked = {wanted for _, wanted in plan.decisions}
    return {
        row.wanted: row
        for row in before.decisions
        if row.wanted in asked
        and row.matrix_rule == plan.rule
        and change.stands(row.wanted)
        and row.decided_by_id in circle.of(row.wanted).able
    }


def _amount(content: OrderContent) -> Money:
    return Money(exposure(content, totals(content).total_minor), content.currency)
