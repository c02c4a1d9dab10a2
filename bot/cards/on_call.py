"""The card of an approval on call, for whoever looks at it on the next working day."""

from bot.blocks import Block, actions, button, context, message, moment, safe, section
from bot.cards import Asked, Card
from bot.cards.approvals import jobs_text
from bot.ids import Action
from bot.metadata import Target
from bot.reader import Reader
from wopo.domain.numbers import short
from wopo.domain.on_call import ReviewState
from wopo.usecases.on_call_reviews import CARD
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.on_call import ReviewView, review_view


def load(uow: UnitOfWork, asked: Asked) -> ReviewView:
    """The review as it is now."""
    return review_view(uow, asked.subject_id)


def about(view: ReviewView, reader: Reader) -> str:
    """``PO-7 · Acme · 240.00 EUR · WO-12 Boiler``."""
    parts = [short(view.order.name), view.vendor, reader.money(view.amount)]
    return " · ".join([*parts, jobs_text(view.jobs)])


def build(view: ReviewView, reader: Reader) -> Block:
    """Open: who approved it and when, and the two answers. Reviewed: who, and what they said."""
    told = about(view, reader)
    when = f" {moment(view.approved_at)}" if view.approved_at else ""
    head = section(f"*{safe(told)}*\nApproved on call by {safe(view.approved_by)}{when}")
    look = button("Details", Action.ORDER_DETAILS, Target(id=view.order.id))
    if view.state is ReviewState.OPEN:
        target = Target(id=view.id, card=CARD)
        row = [
            button("All right", Action.REVIEW_AGREE, target, style="primary"),
            button("Object", Action.REVIEW_OBJECT, target),
            look,
        ]
        asks = context("You would have decided about this. Was it right?")
        return message(f"{told} · review it", [head, asks, *actions(row)])
    said = "objects" if view.state is ReviewState.OBJECTED else "agrees"
    at = f" {moment(view.reviewed_at)}" if view.reviewed_at else ""
    note = f": {safe(view.note)}" if view.note else ""
    ended = context(f"{safe(view.reviewed_by)} {said}{at}{note}")
    return message(f"{told} · reviewed", [head, ended, *actions([look])])


CARDS = {CARD: Card(load, build)}
