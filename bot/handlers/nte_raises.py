"""Asking for a higher not-to-exceed amount with one tap, and deciding about it."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App

from bot.answers import notice, show, tell
from bot.blocks import Block
from bot.clicks import quietly, register_clicks
from bot.ids import Action, Callback
from bot.metadata import Target
from bot.modals import nte_raises as forms
from bot.reader import Reader
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.nte import NTE_RAISE
from wopo.domain.numbers import short
from wopo.usecases.door import Command
from wopo.usecases.nte import AskForHigherNte, GrantNteRaise
from wopo.usecases.views.nte_raises import NteRaiseView, nte_raise_view

Build = Callable[[NteRaiseView, Reader], Block]
Parse = Callable[[dict[str, Any], str], Command]


def register(app: App, services: Services) -> None:
    """Listen to the button under a refusal, the card's buttons and their forms."""
    register_clicks(app, services, {Action.NTE_GRANT: _grant})
    app.action(Action.NTE_ASK)(ask)
    app.action(Action.NTE_OTHER)(_opener("grant", forms.build_other))
    app.action(Action.NTE_REFUSE)(_opener("refuse", forms.build_refuse))
    app.view(Callback.GRANT_NTE)(_sender(forms.parse_other))
    app.view(Callback.REFUSE_NTE)(_sender(forms.parse_refuse))


def _grant(target: Target, yes: frozenset[str]) -> GrantNteRaise:
    """The amount that the button said."""
    return GrantNteRaise(nte_raise_id=target.id, seen_minor=_minor(target), acknowledged=yes)


def _minor(target: Target) -> int | None:
    return int(target.seen) if target.seen else None


def ask(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Ask for what was refused, or for all that is asked for; who decides is said."""
    target = Target.parse(action.get("value"))
    answer = visit.do(AskForHigherNte(work_order_id=target.id, wanted_minor=_minor(target)))
    ack()
    shown = body.get("view") or {}
    with quietly(visit.services):
        if shown.get("callback_id") == Callback.NOTICE:
            view = notice(answer.message, title="Not to exceed")
            visit.services.slack.views_update(view_id=shown["id"], view=view)
        else:
            tell(visit.services, body, answer.message)


def _opener(verb: str, build: Build) -> Callable[..., None]:
    def open_form(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
        target = Target.parse(action.get("value"))
        with visit.read() as uow:
            view = nte_raise_view(uow, target.id)
        NTE_RAISE.move(view.state, verb, subject=f"The higher amount for {short(view.job.name)}")
        show(visit.services, body, build(view, visit.reader))
        ack()

    return open_form


def _sender(parse: Parse) -> Callable[..., None]:
    def sent(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
        answer = visit.do(parse(view, visit.reader.locale))
        ack(response_action="update", view=notice(answer.message, title="Not to exceed"))

    return sent
