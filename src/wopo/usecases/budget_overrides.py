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
from wopo.domain.errors import REQUIRED, STALE
from wopo.domain.numbers import short
from wopo.domain.outbox import Mode
from wopo.domain.people import Role
from wopo.domain.purchase_order_events import (
    ApprovalVoided,
    OrderRejected,
    OrderReturned,
)
from wopo.domain.purchase_orders import PurchaseOrder
from wopo.usecases.approval_deciders import requesters
from wopo.usecases.approval_routing import revision_of
from wopo.usecases.door import Answer, Command, Context, Notice, announces, silent, use_case
from wopo.usecases.order_stories import approval_cards
from wopo.usecases.outbox import copies
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.people import PeopleStore
from wopo.usecases.settings import company

CARD = "budget_override"

silent(BudgetOverridden, "finance let it; `wopo budget overrides` lists each")


class AskOverride(Command):
    """Ask those who may that an order which waits may exceed its budgets."""

    order_id: str


class OverrideBudget(Command):
    """Let the revision that waits exceed its budgets, if it is still the one that was seen."""

    order_id: str
    revision: int
    reason: str = Field(max_length=500)


@use_case(AskOverride, action="ask for more than the budget")
def ask_override(command: AskOverride, ctx: Context) -> Answer:
    """Everybody with the role gets the card."""
    order = ctx.require_locked(PurchaseOrder, command.order_id, label="purchase order")
    asked = waiting(ctx.uow, order)
    ctx.record(
        OverrideAsked(
            subject_id=order.id,
            number=order.number,
            revision=asked.revision,
            total=asked.amount,
        )
    )
    who = company(ctx.uow).budget_override_role
    return Answer(
        subject_id=order.id,
        number=order.number,
        message=f"{short(order.number)}: {who} is asked to let it exceed the budget. "
        "It waits for your approval as before.",
    )


def waiting(uow: UnitOfWork, order: PurchaseOrder, seen: int | None = None) -> Approval:
    """What waits of the order; ``seen``: the revision it has to be. Raises ``NOT_WAITING``,
    ``STALE``."""
    rows = uow.all(
        Approval,
        purchase_order_id=order.id,
        state=ApprovalState.WAITING,
        order="-revision",
        limit=1,
    )
    if not rows:
        raise NOT_WAITING(number=short(order.number))
    if seen not in (None, rows[0].revision):
        raise STALE(subject=short(order.number))
    return rows[0]


@use_case(OverrideBudget, action="let orders exceed their budgets")
def override_budget(command: OverrideBudget, ctx: Context) -> Answer:
    """For the revision that was seen only, and never by whoever asked for the order."""
    role = Role(company(ctx.uow).budget_override_role)
    person = ctx.require_role(role, action="let orders exceed their budgets")
    if not command.reason.strip():
        raise REQUIRED(field="reason", label="The reason")
    order = ctx.require_locked(PurchaseOrder, command.order_id, label="purchase order")
    asked = waiting(ctx.uow, order, command.revision)
    if person.id in requesters(ctx.uow, order, revision_of(ctx, asked)):
        raise OWN_ORDER(number=short(order.number))
    known = ctx.uow.find(
        BudgetOverride, purchase_order_id=order.id, revision=asked.revision
    ) or BudgetOverride(
        id=ctx.new_id(), purchase_order_id=order.id, revision=asked.revision, by_id=person.id,
        at=ctx.at, reason="",
    )  # fmt: skip
    known.by_id, known.at, known.reason = person.id, ctx.at, command.reason.strip()
    ctx.uow.add(known)
    ctx.record(
        OverrideGiven(
            subject_id=order.id,
            number=order.number,
            revision=asked.revision,
            total=asked.amount,
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


def tell_decided(
    event: OrderRejected | OrderReturned | ApprovalVoided, ctx: Context
) -> Iterable[Notice]:
    """What waits no more, or not as it was shown (revised, withdrawn, cancelled), is not let pass
    from a card that still says so. An approval sends no statement for it: a click on what is
    approved is refused, and draws the card anew."""
    order_id = event.order_id if isinstance(event, ApprovalVoided) else event.subject_id
    yield from copies(ctx.uow, CARD, order_id)


announces(OrderRejected)(tell_decided)
announces(OrderReturned)(tell_decided)
announces(ApprovalVoided)(tell_decided)
