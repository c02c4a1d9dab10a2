"""An exception's buttons and forms: take it, cure it, answer it."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App

from bot.answers import show, whisper
from bot.blocks import modal
from bot.cards.exception_cases import build as build_card
from bot.cards.exception_cases import how_it_ended
from bot.clicks import after, quietly, register_clicks
from bot.handlers.invoice import load as load_billable
from bot.handlers.receive import load as load_delivery
from bot.ids import Action, Callback
from bot.metadata import UNREADABLE, Target
from bot.modals import exception_cases as forms
from bot.modals import invoice as invoice_forms
from bot.modals import receive as receive_forms
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.exception_cases import ALREADY_RESOLVED, CaseState
from wopo.domain.exception_kinds import Cure
from wopo.domain.invoices import InvoiceType
from wopo.domain.numbers import short
from wopo.usecases.exception_cases import TakeCase
from wopo.usecases.views.exception_cards import CaseView, case_view

ANSWERS: dict[Action, Cure] = {
    Action.CASE_ACCEPT: Cure.ACCEPT,
    Action.CASE_DISPUTE: Cure.DISPUTE,
    Action.CASE_NOT_DUPLICATE: Cure.NOT_DUPLICATE,
    Action.CASE_ACKNOWLEDGE: Cure.ACKNOWLEDGE,
    Action.CASE_REJECT_INVOICE: Cure.REJECT_INVOICE,
}
"""Buttons that ask for a reason."""


def register(app: App, services: Services) -> None:
    """Listen to everything about an exception."""
    register_clicks(
        app,
        services,
        {Action.CASE_TAKE: lambda t, yes: TakeCase(case_id=t.id, acknowledged=yes)},
    )
    for action, cure in ANSWERS.items():
        app.action(action)(_asker(cure))
    app.action(Action.CASE_RECORD_RECEIPT)(record_receipt)
    app.action(Action.CASE_CREDIT)(enter_credit)
    app.action(Action.CASE_SHOW)(show_case)
    app.view(Callback.DECIDE_CASE)(decide)


def load(visit: Visit, case_id: str) -> CaseView:
    """The case as it is now."""
    with visit.read() as uow:
        return case_view(uow, case_id)


def _open(visit: Visit, case_id: str) -> CaseView:
    """The case while it is open; a later click reads who was first and changes nothing."""
    view = load(visit, case_id)
    if view.state is CaseState.RESOLVED:
        raise ALREADY_RESOLVED(
            who=view.resolved_by.name if view.resolved_by else "wopo",
            number=view.number,
            when=f"on {view.resolved_at:%Y-%m-%d %H:%M} UTC" if view.resolved_at else "",
            how=f"{how_it_ended(view)} ({view.reason})",
        )
    return view


def show_case(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The card, for the person alone."""
    view = load(visit, Target.parse(action.get("value")).id)
    card = build_card(view, visit.reader)
    if body.get("response_url"):
        whisper(body, card)
    else:
        show(visit.services, body, modal(Callback.NOTICE, short(view.number), card["blocks"]))
    ack()


def _asker(cure: Cure) -> Callable[..., None]:
    def ask(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
        target = Target.parse(action.get("value"))
        show(visit.services, body, forms.build(_open(visit, target.id), cure))
        ack()

    return ask


def decide(ack: Ack, visit: Visit, body: Body, view: dict[str, Any]) -> None:
    """Answer the difference that was shown; another one is shown first."""
    target = forms.CaseTarget.parse(view.get("private_metadata"))
    now = load(visit, target.id)
    if now.state is not CaseState.RESOLVED and now.seen != target.seen:
        raise forms.CHANGED(number=now.number, told=now.told)
    answer = visit.do(forms.parse(view, visit.reader.locale))
    ack()
    after(visit, body, answer)
    with quietly(visit.services):
        visit.publish_home()


def record_receipt(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The form of what arrived, filled for the line that is billed and not received."""
    view = _open(visit, Target.parse(action.get("value")).id)
    if view.order is None:
        raise UNREADABLE()
    delivery = load_delivery(visit, view.order.id)
    form = receive_forms.build(delivery, visit.reader, only=view.line_id or "")
    show(visit.services, body, form)
    ack()


def enter_credit(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The form of the vendor's credit note on the exception's order."""
    view = _open(visit, Target.parse(action.get("value")).id)
    if view.order is None:
        raise UNREADABLE()
    billable = load_billable(visit, view.order.id)
    form = invoice_forms.build(
        billable,
        visit.reader,
        more=True,
        type=InvoiceType.CREDIT,
        credits=view.invoice.number if view.invoice else "",
    )
    show(visit.services, body, form)
    ack()
