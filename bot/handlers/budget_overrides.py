"""Letting an order exceed its budget: one tap to ask, a form with the reason to let it."""

from typing import Any

from slack_bolt import Ack, App

from bot.answers import notice, show, tell
from bot.blocks import Block, context, facts, field, given, modal, paragraph, text_input
from bot.cards.approvals import budget_facts, summary
from bot.clicks import quietly
from bot.ids import Action, Callback
from bot.metadata import MAX_METADATA, Target
from bot.parse import Form
from bot.reader import Reader
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.errors import NOT_FOUND
from wopo.domain.purchase_orders import PurchaseOrder
from wopo.usecases.budget_overrides import AskOverride, OverrideBudget, waiting
from wopo.usecases.views.approvals import ApprovalView, approval_view


def register(app: App, _services: Services) -> None:
    """Listen to the button under a refusal, the card's button and its form."""
    app.action(Action.BUDGET_ASK)(ask)
    app.action(Action.BUDGET_OVERRIDE)(open_form)
    app.view(Callback.OVERRIDE_BUDGET)(let)


def ask(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Those who may are asked; the approver is told who."""
    answer = visit.do(AskOverride(order_id=Target.parse(action.get("value")).id))
    ack()
    with quietly(visit.services):
        tell(visit.services, body, answer.message)


def build(view: ApprovalView, reader: Reader) -> Block:
    """What it leaves of the budgets, and why it may."""
    blocks = [
        paragraph(summary(view, reader)),
        *facts(given(budget_facts(view, reader))),
        field("reason", "Why may it?", text_input(multiline=True, longest=500, focus=True)),
        context("The reason stands on the approval card and in the report."),
    ]
    metadata = Target(id=view.order.id, rev=view.revision).pack(MAX_METADATA)
    return modal(
        Callback.OVERRIDE_BUDGET, "Over budget", blocks, submit="Let it pass", metadata=metadata
    )


def open_form(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Ask for the reason, while what the card shows still waits."""
    target = Target.parse(action.get("value"))
    with visit.read() as uow:
        order = uow.get(PurchaseOrder, target.id)
        if order is None:
            raise NOT_FOUND(kind="purchase order", wanted=target.id, nearest="")
        asked = waiting(uow, order, target.rev)
        view = approval_view(uow, asked.id, reader=visit.person(uow), today=visit.reader.today)
    show(visit.services, body, build(view, visit.reader))
    ack()


def let(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """The order may; it still waits for its approval."""
    form = Form(view["state"]["values"], visit.reader.locale)
    reason = form.text("reason", label="The reason", required=True)
    form.check()
    target = Target.parse(view.get("private_metadata"))
    answer = visit.do(OverrideBudget(order_id=target.id, revision=target.rev, reason=reason))
    ack(response_action="update", view=notice(answer.message, title="Over budget"))
