"""Stand-ins: the form of ``/wopo delegate`` and its End buttons."""

from typing import Any

from slack_bolt import Ack, App

from bot.answers import notice, show
from bot.blocks import Block
from bot.clicks import quietly
from bot.ids import Action, Callback
from bot.metadata import Target
from bot.modals import delegations as forms
from bot.services import Services
from bot.visit import Body, Visit
from wopo.usecases.delegations import EndDelegation
from wopo.usecases.views.delegations import away_stand_in, delegations_of


def register(app: App, _services: Services) -> None:
    """Listen to the form and the buttons in it."""
    app.view(Callback.DELEGATE)(save)
    app.action(Action.DELEGATION_END)(end)
    app.action(Action.ABSENCE)(open_away)
    app.view(Callback.ABSENCE)(save_away)


def screen(visit: Visit) -> Block:
    """The form as it stands now."""
    with visit.read() as uow:
        lines = delegations_of(uow, visit.me.id, at=visit.services.clock())
        away = away_stand_in(uow, visit.me.id)
    return forms.build(lines, away, visit.reader)


def open_away(ack: Ack, visit: Visit, body: Body) -> None:
    """Ask who decides while Slack says so."""
    with visit.read() as uow:
        away = away_stand_in(uow, visit.me.id)
    show(visit.services, body, forms.build_away(away))
    ack()


def save_away(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Keep it, and say it back."""
    answer = visit.do(forms.parse_away(view, visit.reader.locale))
    ack(response_action="update", view=notice(answer.message, title="When I am away"))


def save(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Name the stand-in, and say it back."""
    answer = visit.do(forms.parse(view, visit.reader.locale))
    ack(response_action="update", view=notice(answer.message, title="Stand-in"))


def end(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """End one, and show what is left."""
    visit.do(EndDelegation(delegation_id=Target.parse(action.get("value")).id))
    ack()
    with quietly(visit.services):
        visit.services.slack.views_update(view_id=body["view"]["id"], view=screen(visit))
