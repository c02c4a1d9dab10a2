"""An order's receipts: looking at them, voiding a mistake, sending goods back."""

from typing import Any

from slack_bolt import Ack, App

from bot.answers import notice, show
from bot.cards.purchase_orders import MORE_VERBS
from bot.clicks import quietly
from bot.ids import Action, Callback
from bot.metadata import Target
from bot.modals import receipts as forms
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.errors import NOT_ALLOWED, DomainError
from wopo.domain.people import roles_text
from wopo.usecases.door import Answer
from wopo.usecases.receipt_corrections import KEEPERS
from wopo.usecases.views.receipts import ReceiptsView, receipts_view

MORE_VERBS["receipts"] = ("Receipts", Action.ORDER_RECEIPTS)


def register(app: App, services: Services) -> None:
    """Listen to the list's buttons and their forms."""
    services.redraw[Callback.RECEIPTS] = redraw
    app.action(Action.ORDER_RECEIPTS)(open_list)
    app.action(Action.RECEIPT_VOID)(open_void)
    app.action(Action.RECEIPT_RETURN)(open_return)
    app.view(Callback.VOID_RECEIPT)(void)
    app.view(Callback.RETURN_GOODS)(send_back)


def load(visit: Visit, order_id: str) -> ReceiptsView:
    """The order's receipts as they are now, for this person."""
    with visit.read() as uow:
        return receipts_view(uow, order_id, reader=visit.person(uow))


def open_list(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """What came of the order."""
    view = load(visit, Target.parse(action.get("value")).id)
    show(visit.services, body, forms.build(view, visit.reader))
    ack()


def open_void(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Ask for the mistake."""
    target = forms.VoidTarget.parse(action.get("value"))
    row = load(visit, target.order).row(target.id)
    show(visit.services, body, forms.build_void(row, target, visit.reader))
    ack()


def open_return(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Ask what goes back; nobody fills in a form that is refused in the end."""
    view = load(visit, Target.parse(action.get("value")).id)
    if not view.may_return:
        who = roles_text(sorted(KEEPERS))
        raise NOT_ALLOWED(action="return goods to the vendor", who=who)
    show(visit.services, body, forms.build_return(view, visit.reader))
    ack()


def void(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Reverse it; the list under the form shows both."""
    answer = visit.do(forms.parse_void(view, visit.reader.locale))
    _after(ack, visit, view, answer, forms.VoidTarget.parse(view.get("private_metadata")).order)


def send_back(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Book the return; the list under the form shows it."""
    command = forms.parse_return(view, visit.reader.locale)
    try:
        answer = visit.do(command)
    except DomainError as error:
        raise forms.at_line(error, view) from error
    _after(ack, visit, view, answer, command.order_id)


def _after(ack: Ack, visit: Visit, view: dict[str, Any], answer: Answer, order_id: str) -> None:
    ack(response_action="update", view=notice(answer.message, title="Done"))
    with quietly(visit.services):
        below = view.get("previous_view_id")
        if below:
            redraw(visit, below, order_id)
        visit.publish_home()


def redraw(visit: Visit, view_id: str, order_id: str) -> None:
    """The list as it is now."""
    shown = forms.build(load(visit, order_id), visit.reader)
    visit.services.slack.views_update(view_id=view_id, view=shown)
