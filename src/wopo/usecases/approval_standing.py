"""Which decisions about an order in force still hold when it is changed."""

from collections.abc import Mapping
from dataclasses import dataclass

from wopo.domain.approval_matrix import ApprovalSection
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.money import Money
from wopo.domain.order_content import OrderContent, totals
from wopo.domain.order_life import exposure
from wopo.domain.purchase_orders import OrderRevision, PurchaseOrder
from wopo.domain.reapproval import Touched, touched
from wopo.usecases.approval_deciders import Circle
from wopo.usecases.approval_plan import Plan
from wopo.usecases.order_documents import content_of_revision
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.settings import company


@dataclass(frozen=True)
class Approved:
    """What was in force before a change: its content, and who decided about it. ``earlier``: what
    was decided about where a decision stands from an earlier revision, by revision."""

    content: OrderContent
    decisions: tuple[Approval, ...]
    earlier: Mapping[int, OrderContent]

    def decided(self, row: Approval) -> OrderContent:
        """What whoever made this decision saw."""
        return self.content if row.stands_from is None else self.earlier[row.stands_from]


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
    if len(made) <= 1:
        return None
    numbers = {row.stands_from for row in made if row.stands_from is not None}
    revisions = (
        uow.all(OrderRevision, purchase_order_id=order.id, revision=numbers) if numbers else []
    )
    earlier = {row.revision: content_of_revision(row) for row in revisions}
    return Approved(content, tuple(made), earlier)


def standing(
    circle: Circle, section: ApprovalSection, plan: Plan, before: Approved
) -> dict[str, Approval]:
    """The decisions that hold for the changed content too, by who was wanted: asked for by the same
    rule, not touched by all that changed since they were made, and made by somebody who could make
    them today. A decision is compared with what was decided, not with what it stood for last, so
    that many small changes are no large one (reliability A29)."""
    asked = {wanted for _, wanted in plan.decisions}
    changes: dict[int | None, Touched] = {}
    found = {}
    for row in before.decisions:
        if row.wanted not in asked or row.matrix_rule != plan.rule:
            continue
        if row.stands_from not in changes:
            changes[row.stands_from] = _change(circle, section, before.decided(row))
        holds = changes[row.stands_from].stands(row.wanted)
        if holds and row.decided_by_id in circle.of(row.wanted).able:
            found[row.wanted] = row
    return found


def _change(circle: Circle, section: ApprovalSection, decided: OrderContent) -> Touched:
    currency = company(circle.uow).currency
    was, now = (circle.worth(amount, currency) for amount in (_amount(decided), circle.amount))
    return touched(decided, circle.content, totals=(was, now), tolerance=section.reapproval)


def _amount(content: OrderContent) -> Money:
    return Money(exposure(content, totals(content).total_minor), content.currency)
