"""The Details button of invoices and exceptions: how the match came to its verdict."""

from typing import Any

from slack_bolt import Ack, App

from bot.answers import show
from bot.ids import Action
from bot.metadata import Target
from bot.modals import match_details
from bot.services import Services
from bot.visit import Body, Visit
from wopo.usecases.views.exception_cards import case_view, notes_of
from wopo.usecases.views.match_explained import explained

NOTES = 30
"""The newest notes that are shown."""


def register(app: App, services: Services) -> None:
    """Listen to the button, wherever it is."""
    app.action(Action.MATCH_DETAILS)(show_details)
    app.action(Action.CASE_DETAILS)(show_case)


def show_details(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Every check of the invoice, for the person alone."""
    target = Target.parse(action.get("value"))
    with visit.read() as uow:
        view = explained(uow, target.id)
    show(visit.services, body, match_details.build(view, visit.reader))
    ack()


def show_case(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """What was said about an exception, and every check of its invoice where it has one."""
    target = Target.parse(action.get("value"))
    with visit.read() as uow:
        case = case_view(uow, target.id)
        notes = notes_of(uow, case.id, limit=NOTES)
        match = explained(uow, case.invoice.id) if case.invoice else None
    view = match_details.build_case(case, notes, match, visit.reader)
    show(visit.services, body, view)
    ack()
