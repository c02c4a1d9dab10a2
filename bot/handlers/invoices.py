"""The buttons of an invoice's card: release, pay, correct, reject."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App

from bot.answers import show
from bot.blocks import Block
from bot.cards.invoices import summary
from bot.clicks import after, quietly, redraw, register_clicks
from bot.handlers.invoice import verdict
from bot.ids import Action, Callback, Options
from bot.metadata import Target
from bot.modals import correct_invoice as correction
from bot.modals import invoice as forms
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.errors import ILLEGAL_MOVE, DomainError
from wopo.domain.invoices import INVOICE
from wopo.domain.workflow import words
from wopo.usecases.door import Command
from wopo.usecases.invoice_corrections import CorrectInvoice
from wopo.usecases.payables import MakePayable, MarkPaid, RejectInvoice
from wopo.usecases.views.invoice_cards import InvoiceView, invoice_view
from wopo.usecases.views.invoice_corrections import PaperView, paper_view

Build = Callable[[Target, str, Visit], Block]
Parse = Callable[[dict[str, Any], str], Command]


COMMANDS: dict[str, type[Command]] = {
    "correct": CorrectInvoice,
    "mark_paid": MarkPaid,
    "reject": RejectInvoice,
}
"""What each form is sent as."""


def register(app: App, services: Services) -> None:
    """Listen to the card's buttons and their forms."""
    register_clicks(
        app,
        services,
        {
            Action.INVOICE_MAKE_PAYABLE: lambda t, yes: MakePayable(
                invoice_id=t.id, acknowledged=yes
            )
        },
    )
    app.action(Action.INVOICE_REJECT)(
        _opener("reject", lambda target, about, _visit: forms.build_reject(target, about))
    )
    app.action(Action.INVOICE_PAID)(
        _opener(
            "mark_paid",
            lambda target, about, visit: forms.build_paid(target, about, visit.reader),
        )
    )
    app.action(Action.INVOICE_CORRECT)(open_correction)
    app.action(Options.BILLED_ORDER)(choose_order)
    app.view(Callback.CORRECT_INVOICE)(correct)
    app.view(Callback.REJECT_INVOICE)(_sender(forms.parse_reject))
    app.view(Callback.PAY_INVOICE)(_sender(forms.parse_paid))


def load(visit: Visit, invoice_id: str) -> InvoiceView:
    """The invoice as it is now."""
    with visit.read() as uow:
        return invoice_view(uow, invoice_id)


def _offered(visit: Visit, target: Target, verb: str) -> InvoiceView:
    """The invoice while its state allows the move; refused before a form is filled in."""
    visit.check_right(COMMANDS[verb])
    view = load(visit, target.id)
    if verb not in view.verbs:
        raise ILLEGAL_MOVE(
            subject=f"Invoice {view.number}",
            state=words(view.state.value),
            verb=words(verb),
            allowed=", ".join(words(v) for v in INVOICE.allowed(view.state)) or "nothing",
        )
    return view


def _opener(verb: str, build: Build) -> Callable[..., None]:
    def open_form(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
        target = Target.parse(action.get("value"))
        view = _offered(visit, target, verb)
        show(visit.services, body, build(target, summary(view, visit.reader), visit))
        ack()

    return open_form


def paper(visit: Visit, invoice_id: str, order_id: str = "") -> PaperView:
    """What was entered, on the order that was chosen or its own."""
    with visit.read() as uow:
        return paper_view(uow, invoice_id, order_id=order_id)


def open_correction(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Everything that was entered, to be put right."""
    target = Target.parse(action.get("value"))
    _offered(visit, target, "correct")
    show(visit.services, body, correction.build(paper(visit, target.id), visit.reader))
    ack()


def choose_order(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Another order: its lines are offered; what was typed stays."""
    shown = body["view"]
    if shown.get("callback_id") == Callback.CORRECT_INVOICE:
        target = correction.CorrectTarget.parse(shown.get("private_metadata"))
        chosen = (action.get("selected_option") or {}).get("value", "")
        view = correction.build(paper(visit, target.id, chosen), visit.reader, chosen=chosen)
        redraw(visit, body, view)
    ack()


def correct(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Put it right, and say at once what the match finds now."""
    target = correction.CorrectTarget.parse(view.get("private_metadata"))
    as_it_is = paper(visit, target.id, target.order)
    command = correction.parse(view, visit.reader.locale, as_it_is)
    try:
        answer = visit.do(command)
    except DomainError as error:
        raise forms.at_input(error, view) from error
    ack(response_action="update", view=verdict(answer, title="Invoice corrected"))
    with quietly(visit.services):
        visit.publish_home()


def _sender(parse: Parse) -> Callable[..., None]:
    def sent(ack: Ack, visit: Visit, body: Body, view: dict[str, Any]) -> None:
        answer = visit.do(parse(view, visit.reader.locale))
        ack()
        after(visit, body, answer)
        with quietly(visit.services):
            visit.publish_home()

    return sent
