"""Being on call: its form, and the reviews of what was approved on call."""

from typing import Any

from slack_bolt import Ack, App

from bot.answers import notice, show
from bot.blocks import Block
from bot.cards.on_call import about
from bot.clicks import quietly, register_clicks
from bot.ids import Action, Callback
from bot.metadata import Target
from bot.modals import on_call as forms
from bot.services import Services
from bot.visit import Body, Visit
from wopo.usecases.on_call import EndOnCall
from wopo.usecases.on_call_reviews import ReviewEmergency
from wopo.usecases.views.on_call import on_call_lines, review_view


def register(app: App, services: Services) -> None:
    """Listen to the form, its buttons, and the review card's."""
    app.view(Callback.ON_CALL)(save)
    app.action(Action.ON_CALL_END)(end)
    app.action(Action.REVIEW_OBJECT)(open_objection)
    app.view(Callback.OBJECT_REVIEW)(objected)
    register_clicks(app, services, {Action.REVIEW_AGREE: _agree})


def _agree(target: Target, yes: frozenset[str]) -> ReviewEmergency:
    return ReviewEmergency(review_id=target.id, acknowledged=yes)


def screen(visit: Visit) -> Block:
    """The form as it stands now."""
    with visit.read() as uow:
        lines = on_call_lines(uow, at=visit.services.clock())
    return forms.build(lines, visit.reader)


def save(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Put somebody on call, and say it back."""
    answer = visit.do(forms.parse(view, visit.reader.locale))
    ack(response_action="update", view=notice(answer.message, title="On call"))


def end(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """End one, and show what is left."""
    visit.do(EndOnCall(on_call_id=Target.parse(action.get("value")).id))
    ack()
    with quietly(visit.services):
        visit.services.slack.views_update(view_id=body["view"]["id"], view=screen(visit))


def open_objection(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Ask what is wrong."""
    target = Target.parse(action.get("value"))
    with visit.read() as uow:
        told = about(review_view(uow, target.id), visit.reader)
    show(visit.services, body, forms.build_objection(target, told))
    ack()


def objected(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Keep the objection; the cards tell the rest."""
    visit.do(forms.parse_objection(view, visit.reader.locale))
    ack()
