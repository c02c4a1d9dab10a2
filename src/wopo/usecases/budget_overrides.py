"""Letting an order exceed its budgets: asking for it, and giving it with a reason."""

from collections.abc import Iterable

from pydantic import Field

from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.budget_overrides import (
    NOT_WAITING,
    OWN_ORDER,
    BudgetOverridden,
    BudgetOverride,
    OverrideAsked,
    OverrideGiven,
)
from wopo.domain.errors import REQUIRED
from wopo.domain.numbers import short
from wopo.domain.outbox import Mode
from wopo.domain.people import Role
from wopo.domain.purchase_orders import PurchaseOrder
from wopo.usecases.approval_deciders import requesters
from wopo.usecases.approval_routing import revision_of
from wopo.usecases.door import Answer, Command, Context, Notice, announces, silent, use_case
from wopo.usecases.order_stories import approval_cards
from wopo.usecases.outbox import copies
from wopo.usecases.ports.people import PeopleStore
from wopo.usecases.settings import company

CARD = "budget_override"

silent(BudgetOverridden, "finance let it; `wopo budget overrides` lists each")


class AskOverride(Command):
    """Ask those who may that an order which waits may exceed its budgets."""

    order_id: str


class OverrideBudget(Command):
    """Let the revision that waits exceed its budgets."""

    order_id: str
    reason: str = Field(max_length=500)


@use_case(AskOverride, action="ask for more than the budget")
def ask_override(command: AskOverride, ctx: Context) -> Answer:
    """Everybody with the role gets the card."""
    order, waiting = _waiting(ctx, command.order_id)
    ctx.record(
        OverrideAsked(
            subject_id=order.id,
            number=order.number,
            revision=waiting.revision,
            total=waiting.amount,
        )
    )
    who = company(ctx.uow).budget_override_role
    return Answer(
        subject_id=order.id,
        number=order.number,
        message=f"{short(order.number)}: {who} is asked to let it exceed the budget. "
        "It waits for your approval as before.",
    )


def _waiting(ctx: Context, order_id: str) -> tuple[PurchaseOrder, Approval]:
    order = ctx.require_locked(PurchaseOrder, order_id, label="purchase order")
    rows = ctx.uow.all(
        Approval,
        purchase_order_id=order.id,
        state=ApprovalState.WAITING,
        order="-revision",
        limit=1,
    )
    if not rows:
        raise NOT_WAITING(number=short(order.number))
    return order, rows[0]


@use_case(OverrideBudget, action="let orders exceed their budgets")
def override_budget(command: OverrideBudget, ctx: Context) -> Answer:
    """For this revision only, and never by whoever asked for the order."""
    role = Role(company(ctx.uow).budget_override_role)
    person = ctx.require_role(role, action="let orders exceed their budgets")
    if not command.reason.strip():
        raise REQUIRED(field="reason", label="The reason")
    order, waiting = _waiting(ctx, command.order_id)
    if person.id in requesters(ctx.uow, order, revision_of(ctx, waiting)):
        raise OWN_ORDER(number=short(order.number))
    known = ctx.uow.find(
        BudgetOverride, purchase_order_id=order.id, revision=waiting.revision
    ) or BudgetOverride(
        id=ctx.new_id(), purchase_order_id=order.id, revision=waiting.revision, by_id=person.id,
        at=ctx.at, reason="",
    )  # fmt: skip
    known.by_id, known.at, known.reason = person.id, ctx.at, command.reason.strip()
    ctx.uow.add(known)
    ctx.record(
        OverrideGiven(
            subject_id=order.id,
            number=order.number,
            revision=waiting.revision,
            total=waiting.amount,
            reason=known.reason,
        )
    )
    return Answer(
        subject_id=order.id,
        number=order.number,
        message=f"{short(order.number)} may exceed its budget. It still waits for its approval.",
    )


@announces(OverrideAsked)
def tell_role(event: OverrideAsked, ctx: Context) -> Iterable[Notice]:
    """A card for each with the role, in their own messages."""
    role = Role(company(ctx.uow).budget_override_role)
    for person in ctx.uow.store(PeopleStore).with_role(role):
        yield Notice(CARD, event.subject_id, f"person:{person.id}", Mode.KEEP)


@announces(OverrideGiven)
def tell_given(event: OverrideGiven, ctx: Context) -> Iterable[Notice]:
    """The cards of those who were asked, and the approvers', are drawn anew."""
    yield from copies(ctx.uow, CARD, event.subject_id)
    for row in ctx.uow.all(
        Approval, purchase_order_id=event.subject_id, state=ApprovalState.WAITING, order="id"
    ):
        yield from approval_cards(row.id, row.eligible_ids)
