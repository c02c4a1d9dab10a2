"""The buttons of an invoice's card: release, pay, reject."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App

from bot.answers import show
from bot.blocks import Block
from bot.cards.invoices import summary
from bot.clicks import after, quietly, register_clicks
from bot.ids import Action, Callback
from bot.metadata import Target
from bot.modals import invoice as forms
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.errors import ILLEGAL_MOVE
from wopo.domain.invoices import INVOICE
from wopo.domain.workflow import words
from wopo.usecases.door import Command
from wopo.usecases.payables import MakePayable
from wopo.usecases.views.invoice_cards import InvoiceView, invoice_view

Build = Callable[[Target, str, Visit], Block]
Parse = Callable[[dict[str, Any], str], Command]


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
    app.view(Callback.REJECT_INVOICE)(_sender(forms.parse_reject))
    app.view(Callback.PAY_INVOICE)(_sender(forms.parse_paid))


def load(visit: Visit, invoice_id: str) -> InvoiceView:
    """The invoice as it is now."""
    with visit.read() as uow:
        return invoice_view(uow, invoice_id)


def _opener(verb: str, build: Build) -> Callable[..., None]:
    def open_form(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
        target = Target.parse(action.get("value"))
        view = load(visit, target.id)
        if verb not in view.verbs:
            raise ILLEGAL_MOVE(
                subject=f"Invoice {view.number}",
                state=words(view.state.value),
                verb=words(verb),
                allowed=", ".join(words(v) for v in INVOICE.allowed(view.state)) or "nothing",
            )
        show(visit.services, body, build(target, summary(view, visit.reader), visit))
        ack()

    return open_form


def _sender(parse: Parse) -> Callable[..., None]:
    def sent(ack: Ack, visit: Visit, body: Body, view: dict[str, Any]) -> None:
        answer = visit.do(parse(view, visit.reader.locale))
        ack()
        after(visit, body, answer)
        with quietly(visit.services):
            visit.publish_home()

    return sent
