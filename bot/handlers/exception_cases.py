"""An exception's buttons and forms: take it, cure it, answer it."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App

from bot.answers import show, subject_of, whisper
from bot.blocks import Block, modal
from bot.cards.exception_cases import CURES, how_it_ended
from bot.cards.exception_cases import build as build_card
from bot.clicks import quietly, register_clicks
from bot.handlers.invoice import load as load_billable
from bot.handlers.purchase_orders import load as load_order
from bot.handlers.receive import load as load_delivery
from bot.ids import Action, Callback
from bot.letters import credit_letter
from bot.metadata import MAX_METADATA, UNREADABLE, Target
from bot.modals import amend
from bot.modals import case_snoozes as snooze_forms
from bot.modals import exception_cases as forms
from bot.modals import invoice as invoice_forms
from bot.modals import receive as receive_forms
from bot.reader import Reader
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.errors import Refusal
from wopo.domain.exception_cases import ALREADY_RESOLVED, CaseState
from wopo.domain.exception_kinds import Cure
from wopo.domain.invoices import InvoiceType
from wopo.domain.numbers import short
from wopo.domain.short_pay import DIVISIBLE
from wopo.usecases.case_snoozes import SnoozeCase
from wopo.usecases.door import Command
from wopo.usecases.exception_cases import AssignCase, ReopenCase, TakeCase
from wopo.usecases.invoices import EnterInvoice
from wopo.usecases.purchasing_policy import pays_the_rest
from wopo.usecases.settings import company
from wopo.usecases.views.exception_cards import CaseView, case_view

Parse = Callable[[dict[str, Any], str], Command]
NOT_REOPENED = Refusal(
    "bot.case_not_reopened",
    "{number} can't be reopened: it is {how}, and what closed by itself or was released for "
    "payment stays closed. Nothing was changed; when the facts change it opens by itself.",
)
ANSWERS: dict[Action, Cure] = {
    Action.CASE_ACCEPT: Cure.ACCEPT,
    Action.CASE_DISPUTE: Cure.DISPUTE,
    Action.CASE_NOT_DUPLICATE: Cure.NOT_DUPLICATE,
    Action.CASE_ACKNOWLEDGE: Cure.ACKNOWLEDGE,
    Action.CASE_REJECT_INVOICE: Cure.REJECT_INVOICE,
}
"""Buttons that ask for a reason."""


SENT: dict[Callback, Parse] = {
    Callback.ASSIGN_CASE: forms.parse_assign,
    Callback.REOPEN_CASE: forms.parse_reopen,
    Callback.ASK_CREDIT: forms.parse_letter,
    Callback.SNOOZE_CASE: snooze_forms.parse,
}
"""Forms that are one command."""


def register(app: App, services: Services) -> None:
    """Listen to everything about an exception."""
    register_clicks(
        app,
        services,
        {Action.CASE_TAKE: lambda t, yes: TakeCase(case_id=t.id, acknowledged=yes)},
    )
    for action, cure in ANSWERS.items():
        app.action(action)(_asker(cure))
    app.action(Action.CASE_ASSIGN)(open_assign)
    app.action(Action.CASE_SNOOZE)(open_snooze)
    app.action(Action.CASE_REOPEN)(open_reopen)
    app.action(Action.CASE_AMEND)(amend_order)
    app.action(Action.CASE_ASK_CREDIT)(ask_credit)
    app.action(Action.CASE_RECORD_RECEIPT)(record_receipt)
    app.action(Action.CASE_CREDIT)(enter_credit)
    app.action(Action.CASE_SHOW)(show_case)
    services.redraw[Callback.CASE_CARD] = redraw_card
    app.view(Callback.DECIDE_CASE)(decide)
    for callback, parse in SENT.items():
        app.view(callback)(sender(parse))


def load(visit: Visit, case_id: str) -> CaseView:
    """The case as it is now."""
    with visit.read() as uow:
        return case_view(uow, case_id)


def open_case(visit: Visit, case_id: str) -> CaseView:
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
    if body.get("response_url"):
        whisper(body, build_card(view, visit.reader))
    else:
        show(visit.services, body, _screen(view, visit.reader))
    ack()


def _screen(view: CaseView, reader: Reader) -> Block:
    blocks = build_card(view, reader)["blocks"]
    metadata = Target(id=view.id).pack(MAX_METADATA)
    return modal(Callback.CASE_CARD, short(view.number), blocks, metadata=metadata)


def redraw_card(visit: Visit, view_id: str, case_id: str) -> None:
    """The card's screen as it is now."""
    view = _screen(load(visit, case_id), visit.reader)
    visit.services.slack.views_update(view_id=view_id, view=view)


def _asker(cure: Cure) -> Callable[..., None]:
    def ask(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
        target = Target.parse(action.get("value"))
        _check_right(visit, cure)
        view = open_case(visit, target.id)
        rest = cure is Cure.DISPUTE and view.code in DIVISIBLE and _pays_the_rest(visit)
        show(visit.services, body, forms.build(view, cure, pays_rest=rest))
        ack()

    return ask


def _pays_the_rest(visit: Visit) -> bool:
    with visit.read() as uow:
        return pays_the_rest(uow, visit.services.clock().date())


def _check_right(visit: Visit, cure: Cure) -> None:
    """Nobody fills in a form that is refused in the end."""
    visit.check_right(CURES[cure][0][2])


def open_assign(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Ask who takes care of it."""
    visit.check_right(AssignCase)
    view = open_case(visit, Target.parse(action.get("value")).id)
    show(visit.services, body, forms.build_assign(view))
    ack()


def open_snooze(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Ask until when it is put off."""
    visit.check_right(SnoozeCase)
    view = open_case(visit, Target.parse(action.get("value")).id)
    show(visit.services, body, snooze_forms.build(view, visit.reader))
    ack()


def open_reopen(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Ask why the decision is taken back; one that stands by now says so."""
    visit.check_right(ReopenCase)
    view = load(visit, Target.parse(action.get("value")).id)
    if "reopen" not in view.verbs:
        raise NOT_REOPENED(number=view.number, how=how_it_ended(view))
    show(visit.services, body, forms.build_reopen(view, how_it_ended(view)))
    ack()


def amend_order(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The order's form where it mends this, filled with what is billed."""
    _check_right(visit, Cure.AMEND_ORDER)
    view = open_case(visit, Target.parse(action.get("value")).id)
    if view.order is None:
        raise UNREADABLE()
    order = load_order(visit, view.order.id)
    show(visit.services, body, amend.build(view, order, visit.reader))
    ack()


def ask_credit(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The letter, written with the figures."""
    _check_right(visit, Cure.ASK_CREDIT)
    view = open_case(visit, Target.parse(action.get("value")).id)
    with visit.read() as uow:
        name = company(uow).name
    letter = credit_letter(view, visit.reader, company=name)
    show(visit.services, body, forms.build_letter(view, letter))
    ack()


def sender(parse: Parse) -> Callable[..., None]:
    """Whoever sends this form gives one command."""

    def sent(ack: Ack, visit: Visit, body: Body, view: dict[str, Any]) -> None:
        visit.do(parse(view, visit.reader.locale))
        answered(ack, visit, body)

    return sent


def answered(ack: Ack, visit: Visit, body: Body) -> None:
    """The form closes; the card's screen under it is drawn anew, cards in channels are the
    courier's to draw."""
    view = body.get("view") or {}
    below = view.get("previous_view_id")
    ack()
    with quietly(visit.services):
        if below:
            redraw_card(visit, below, subject_of(view))
        visit.publish_home()


def decide(ack: Ack, visit: Visit, body: Body, view: dict[str, Any]) -> None:
    """Answer the difference that was shown; another one is shown first."""
    target = forms.CaseTarget.parse(view.get("private_metadata"))
    now = load(visit, target.id)
    if now.state is not CaseState.RESOLVED and now.seen != target.seen:
        raise forms.CHANGED(number=now.number, told=now.told)
    visit.do(forms.parse(view, visit.reader.locale))
    answered(ack, visit, body)


def record_receipt(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The form of what arrived."""
    open_receipt(visit, body, action)
    ack()


def open_receipt(visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The form of what arrived, filled for the line that is billed and not received."""
    view = open_case(visit, Target.parse(action.get("value")).id)
    if view.order is None:
        raise UNREADABLE()
    delivery = load_delivery(visit, view.order.id)
    form = receive_forms.build(delivery, visit.reader, only=view.line_id or "")
    show(visit.services, body, form)


def enter_credit(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The form of the vendor's credit note on the exception's order, or for its vendor."""
    visit.check_right(EnterInvoice)
    view = open_case(visit, Target.parse(action.get("value")).id)
    if view.vendor is None:
        raise UNREADABLE()
    billable = load_billable(visit, view.order.id if view.order else "", view.vendor.id)
    form = invoice_forms.build(
        billable,
        visit.reader,
        more=True,
        type=InvoiceType.CREDIT,
        credits=view.invoice.number if view.invoice else "",
    )
    show(visit.services, body, form)
    ack()
