"""Answers to "did it arrive?": all, some, not yet, not mine."""

from typing import Any

from slack_bolt import Ack, App

from bot.answers import show
from bot.clicks import register_clicks
from bot.handlers.exception_cases import open_case, open_receipt, sender
from bot.ids import Action, Callback
from bot.metadata import UNREADABLE, Target
from bot.modals import arrivals as forms
from bot.services import Services
from bot.visit import Body, Visit
from wopo.usecases.case_answers import ConfirmArrival, NotMine
from wopo.usecases.views.arrivals import arrival_view


def register(app: App, services: Services) -> None:
    """Listen to the question's buttons."""
    register_clicks(
        app,
        services,
        {
            Action.ARRIVED_ALL: lambda t, yes: ConfirmArrival(
                case_id=t.id, shown=t.seen, acknowledged=yes
            ),
            Action.ARRIVED_NOT_MINE: lambda t, yes: NotMine(case_id=t.id, acknowledged=yes),
        },
    )
    app.action(Action.ARRIVED_SOME)(some)
    app.action(Action.ARRIVED_NOT_YET)(not_yet)
    app.view(Callback.NOT_YET)(sender(forms.parse))


def some(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The form of what arrived, for the line in question."""
    open_receipt(visit, body, action)
    ack()


def not_yet(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Ask for the day on which to ask again."""
    case = open_case(visit, Target.parse(action.get("value")).id)
    with visit.read() as uow:
        view = arrival_view(uow, case.id, reader_id=visit.me.id)
    if view is None:
        raise UNREADABLE()
    show(visit.services, body, forms.build(view, visit.reader))
    ack()
