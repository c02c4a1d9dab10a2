"""Answers to "did it arrive?": all, some, not yet, not mine."""

from typing import Any

from slack_bolt import Ack, App

from bot.clicks import register_clicks
from bot.handlers.exception_cases import open_receipt
from bot.ids import Action
from bot.services import Services
from bot.visit import Body, Visit
from wopo.usecases.case_answers import ConfirmArrival, NotMine, NotYetArrived


def register(app: App, services: Services) -> None:
    """Listen to the question's buttons."""
    register_clicks(
        app,
        services,
        {
            Action.ARRIVED_ALL: lambda t, yes: ConfirmArrival(
                case_id=t.id, shown=t.seen, acknowledged=yes
            ),
            Action.ARRIVED_NOT_YET: lambda t, yes: NotYetArrived(case_id=t.id, acknowledged=yes),
            Action.ARRIVED_NOT_MINE: lambda t, yes: NotMine(case_id=t.id, acknowledged=yes),
        },
    )
    app.action(Action.ARRIVED_SOME)(some)


def some(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The form of what arrived, for the line in question."""
    open_receipt(visit, body, action)
    ack()
