"""The forms of vendors' bank details: a change, its confirmation, its refusal."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App

from bot.answers import notice, show
from bot.blocks import Block
from bot.clicks import quietly
from bot.ids import Action, Callback
from bot.metadata import Target
from bot.modals import bank_details as forms
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.bank_details import BANK_DETAILS, BankState
from wopo.usecases.bank_details import ConfirmBankDetails, RefuseBankDetails
from wopo.usecases.door import Command
from wopo.usecases.views.bank_details import BankView, view_of

Build = Callable[[BankView], Block]
Parse = Callable[[dict[str, Any], str], Command]


def register(app: App, _services: Services) -> None:
    """Listen to the two buttons and the three forms."""
    app.action(Action.BANK_CONFIRM)(_opener("confirm", ConfirmBankDetails, forms.build_confirm))
    app.action(Action.BANK_REFUSE)(_opener("refuse", RefuseBankDetails, forms.build_refuse))
    app.view(Callback.BANK_DETAILS)(_sender(forms.parse_enter, "Bank details"))
    app.view(Callback.CONFIRM_BANK)(_sender(forms.parse_confirm, "Confirmed"))
    app.view(Callback.REFUSE_BANK)(_sender(forms.parse_refuse, "Refused"))


def _opener(verb: str, command: type[Command], build: Build) -> Callable[..., None]:
    def open_form(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
        visit.check_right(command)
        target = Target.parse(action.get("value"))
        with visit.read() as uow:
            view = view_of(uow, target.id)
        state = view.asked.state if view.asked else BankState.WAITING
        BANK_DETAILS.move(state, verb, subject=f"This change of {view.vendor.name}")
        show(visit.services, body, build(view))
        ack()

    return open_form


def _sender(parse: Parse, title: str) -> Callable[..., None]:
    def sent(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
        answer = visit.do(parse(view, visit.reader.locale))
        ack(response_action="update", view=notice(answer.message, title=title))
        with quietly(visit.services):
            visit.publish_home()

    return sent
