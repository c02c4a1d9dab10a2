"""An order that does not fit its budget, for those who may let it exceed; only ever in their own
messages."""

from dataclasses import dataclass

from bot.blocks import Block, actions, button, context, facts, given, message, safe, section
from bot.cards import Asked, Card
from bot.cards.approvals import budget_facts, summary
from bot.ids import Action
from bot.metadata import Target
from bot.reader import Reader
from wopo.domain.approvals import Approval, ApprovalState
from wopo.domain.people import Person
from wopo.usecases.budget_overrides import CARD
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.approvals import ApprovalView, approval_view


@dataclass(frozen=True)
class Wanted:
    """The order's latest decision, as whoever may let it exceed reads it."""

    order_id: str
    approval: ApprovalView


def load(uow: UnitOfWork, asked: Asked) -> Wanted | None:
    """What waits, else the last decision."""
    person = uow.get(Person, asked.reader.me.id) if asked.reader.me else None
    rows = uow.all(Approval, purchase_order_id=asked.subject_id, order="-asked_at", limit=1)
    if person is None or not rows:
        return None
    view = approval_view(uow, rows[0].id, reader=person, today=asked.reader.today)
    return Wanted(asked.subject_id, view)


def build(view: Wanted, reader: Reader) -> Block:
    """What it leaves of each budget, and the one way out; once it is let, or decided, one line."""
    about = summary(view.approval, reader)
    if view.approval.over_budget:
        said = f"{about} may exceed its budget. {view.approval.over_budget}"
        return message(said, [context(safe(said))])
    if view.approval.state is not ApprovalState.WAITING:
        said = f"{about} does not wait any more, so no budget has to be exceeded."
        return message(said, [context(safe(said))])
    said = f"{about} does not fit its budget"
    target = Target(id=view.order_id, rev=view.approval.revision, card=CARD)
    row = [
        button("Let it pass…", Action.BUDGET_OVERRIDE, target, style="primary"),
        button("Details", Action.ORDER_DETAILS, Target(id=view.order_id)),
    ]
    return message(
        f"{said} · needs you",
        [
            section(f":moneybag: *{safe(said)}*"),
            *facts(given(budget_facts(view.approval, reader))),
            context("It waits. A larger budget lets it pass too."),
            *actions(row),
        ],
    )


CARDS = {CARD: Card(load, build)}
