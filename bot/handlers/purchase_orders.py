"""An order's buttons and forms: on its card, in lists, in Details and in App Home."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App

from bot import order_sending
from bot.answers import notice, show, subject_of
from bot.blocks import Block, option
from bot.clicks import quietly, redraw, register_clicks
from bot.handlers.options import searcher
from bot.ids import Action, Callback, Options
from bot.metadata import Target
from bot.modals import change_order, order_details
from bot.modals import purchase_orders as forms
from bot.parse import FormError
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.errors import DomainError
from wopo.domain.lookup import Kind
from wopo.domain.order_content import OrderContent
from wopo.domain.parts import Part
from wopo.usecases.door import Answer, Command
from wopo.usecases.order_changes import CloseOrder, IssueOrder, ReviseOrder
from wopo.usecases.order_sending import SendOrder
from wopo.usecases.ports.choices import ChoiceStore
from wopo.usecases.purchase_orders import EditOrder, SubmitOrder
from wopo.usecases.views.part_requests import part_line
from wopo.usecases.views.purchase_orders import OrderView, order_view

Build = Callable[[OrderView, Visit], Block]
Parse = Callable[[dict[str, Any], str], Command]

FORMS: dict[Action, Build] = {
    Action.ORDER_DETAILS: lambda view, visit: order_details.build(view, visit.reader),
    Action.ORDER_CHANGE: lambda view, visit: change_order.build(view, visit.reader),
    Action.ORDER_PROMISE: lambda view, visit: forms.build_promise(view, visit.reader),
    Action.ORDER_CLOSE_SHORT: lambda view, visit: forms.build_close_short(view, visit.reader),
    Action.ORDER_CANCEL: lambda view, visit: forms.build_cancel(view, visit.reader),
    Action.ORDER_WITHDRAW: lambda view, visit: forms.build_withdraw(view, visit.reader),
}
"""Buttons that open a form about an order."""

SENT: dict[Callback, Parse] = {
    Callback.CLOSE_ORDER_SHORT: forms.parse_close_short,
    Callback.CANCEL_ORDER: forms.parse_cancel,
    Callback.WITHDRAW_ORDER: forms.parse_withdraw,
}
"""Forms that are one command."""


def register(app: App, services: Services) -> None:
    """Listen to everything about an order."""
    register_clicks(
        app,
        services,
        {
            Action.ORDER_SUBMIT: lambda t, yes: SubmitOrder(order_id=t.id, acknowledged=yes),
            Action.ORDER_ISSUE: lambda t, yes: IssueOrder(order_id=t.id, acknowledged=yes),
            Action.ORDER_SEND: lambda t, yes: SendOrder(order_id=t.id, acknowledged=yes),
            Action.ORDER_CLOSE: lambda t, yes: CloseOrder(order_id=t.id, acknowledged=yes),
        },
    )
    services.redraw[Callback.ORDER_DETAILS] = redraw_details
    order_sending.register(services)
    for action, build in FORMS.items():
        app.action(action)(_opener(build))
    for callback, parse in SENT.items():
        app.view(callback)(_sender(parse))
    app.view(Callback.ORDER_PROMISE)(promise)
    app.view(Callback.CHANGE_ORDER)(change)
    app.action(Action.ORDER_CHANGE_PAGE)(turn_page)
    app.action(Action.ORDER_CHANGE_LINE)(turn_page)
    app.action(Action.PART_SOURCE)(open_source)
    app.view(Callback.SOURCE_LINE)(source)
    app.options(Options.VENDOR)(searcher(Kind.VENDOR, active=True))


def load(visit: Visit, order_id: str) -> OrderView:
    """The order as the person may see it."""
    with visit.read() as uow:
        reader = visit.person(uow)
        return order_view(uow, order_id, reader=reader, today=visit.reader.today)


def _opener(build: Build) -> Callable[..., None]:
    def open_form(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
        target = Target.parse(action.get("value"))
        show(visit.services, body, build(load(visit, target.id), visit))
        ack()

    return open_form


def _sender(parse: Parse) -> Callable[..., None]:
    def sent(ack: Ack, visit: Visit, body: Body, view: dict[str, Any]) -> None:
        answer = visit.do(parse(view, visit.reader.locale))
        sent_after(ack, visit, view, answer)

    return sent


def sent_after(ack: Ack, visit: Visit, view: dict[str, Any], answer: Answer) -> None:
    """The Details under the form and the person's Home are drawn anew; over nothing, the form
    says what was done."""
    below = view.get("previous_view_id")
    if below:
        ack()
    else:
        ack(response_action="update", view=notice(answer.message))
    with quietly(visit.services):
        if below:
            redraw_details(visit, below, subject_of(view))
        visit.publish_home()


def redraw_details(visit: Visit, view_id: str, order_id: str) -> None:
    """Details as they are now."""
    view = order_details.build(load(visit, order_id), visit.reader)
    visit.services.slack.views_update(view_id=view_id, view=view)


def promise(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """What the vendor said, for the lines that are open now."""
    order = load(visit, Target.parse(view.get("private_metadata")).id)
    answer = visit.do(forms.parse_promise(view, visit.reader.locale, order))
    sent_after(ack, visit, view, answer)


def change(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """The whole content with what the page changed; what is wrong stands at its input."""
    target = change_order.OrderPage.parse(view.get("private_metadata"))
    order = load(visit, target.id)
    try:
        command = change_order.parse(view, visit.reader.locale, order)
        answer = visit.do(_catalogued(visit, command))
    except FormError as error:
        raise FormError(change_order.at_blocks(view, error.errors)) from error
    except DomainError as error:
        if "acknowledge" in error.facts:
            raise
        found = {error.field or "": error.message}
        raise FormError(change_order.at_blocks(view, found)) from error
    sent_after(ack, visit, view, answer)


def _catalogued(visit: Visit, command: EditOrder | ReviseOrder) -> EditOrder | ReviseOrder:
    """Name and unit of a new line's catalogue part."""
    new = [line for line in command.content.lines if line.part_id and not line.id]
    if not new:
        return command
    with visit.read() as uow:
        parts = {part.id: part for part in uow.all(Part, id=[line.part_id for line in new])}
        lines = tuple(
            line.model_copy(
                update={
                    "description": line.description or parts[line.part_id].name,
                    "unit": line.unit or parts[line.part_id].unit,
                }
            )
            if line in new and line.part_id in parts
            else line
            for line in command.content.lines
        )
    content: OrderContent = command.content.model_copy(update={"lines": lines})
    return command.model_copy(update={"content": content})


def turn_page(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Another page or another line of the same order."""
    shown = body["view"]
    target = change_order.OrderPage.parse(shown.get("private_metadata"))
    chosen = (action.get("selected_option") or {}).get("value", "")
    page, line = target.page, target.line
    if action["action_id"] == Action.ORDER_CHANGE_PAGE:
        page = chosen or page
    else:
        line = chosen or line
    view = change_order.build(load(visit, target.id), visit.reader, page, line)
    redraw(visit, body, view)
    ack()


def open_source(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Vendor and price of a need; the vendor that prices lead to is filled in."""
    target = Target.parse(action.get("value"))
    with visit.read() as uow:
        job, line = part_line(uow, target.id, reader=visit.person(uow))
        vendor = uow.store(ChoiceStore).one(Kind.VENDOR, line.vendor_id)
    known = option(vendor.label, vendor.id) if vendor else None
    show(visit.services, body, forms.build_source(job.name, line, visit.reader, known))
    ack()


def source(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Put the need on an order, or on two."""
    target = Target.parse(view.get("private_metadata"))
    with visit.read() as uow:
        _, line = part_line(uow, target.id, reader=visit.person(uow))
    answer = visit.do(forms.parse_source(view, visit.reader.locale, line))
    ack(response_action="update", view=notice(answer.message, title="Vendor chosen"))
    with quietly(visit.services):
        visit.publish_home()
