"""``/invoice`` and the buttons of invoices: entering, releasing, paying, rejecting."""

from typing import Any

from slack_bolt import Ack, App

from bot.blocks import (
    MAX_OPTIONS,
    Block,
    modal,
    option,
    paragraph,
    safe,
    section,
)
from bot.clicks import quietly, redraw
from bot.handlers.options import typed
from bot.handlers.order_choice import OrderChoice
from bot.ids import Action, Callback, Options, SlashCommand
from bot.modals import invoice as forms
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.errors import NOT_ALLOWED, DomainError
from wopo.domain.exception_kinds import kind_of
from wopo.domain.numbers import short
from wopo.domain.people import Role
from wopo.usecases.door import Answer
from wopo.usecases.views.billable import (
    BillableView,
    billable_order,
    billable_vendor,
    billed_orders,
)
from wopo.usecases.views.incoming_files import incoming_file_view


def register(app: App, _services: Services) -> None:
    """Listen to everything about entering an invoice."""
    app.command(SlashCommand.INVOICE)(CHOICE.command)
    app.action(Action.INVOICE_NEW)(CHOICE.chosen_later)
    app.action(Action.INVOICE_NUMBER)(CHOICE.by_number)
    app.action(Action.INVOICE_MORE)(more)
    app.options(Options.BILLED_ORDER)(search)
    app.view(Callback.CHOOSE_BILLED)(chosen)
    app.view(Callback.INVOICE)(send)


def check_right(visit: Visit) -> None:
    """Nobody fills in a form that is refused in the end."""
    if not visit.me.has(Role.FINANCE):
        raise NOT_ALLOWED(action="enter invoices", who="finance")


def load(visit: Visit, order_id: str, vendor_id: str = "") -> BillableView:
    """What may be billed now."""
    with visit.read() as uow:
        return billable_order(uow, order_id) if order_id else billable_vendor(uow, vendor_id)


def draw(visit: Visit, order_id: str) -> Block:
    """The order's form."""
    return forms.build(load(visit, order_id), visit.reader)


CHOICE = OrderChoice(
    forms.build_choice, draw, Action.INVOICE_NUMBER, Action.INVOICE_NEW, check_right
)
"""The ways in that begin with "whose is it?"."""


def search(ack: Ack, visit: Visit, body: Body) -> None:
    """Orders that may be billed, by number or vendor; the newest first."""
    with visit.read() as uow:
        found = billed_orders(uow, typed(body), limit=MAX_OPTIONS)
    ack(options=[option(f"{short(number)} · {vendor}", id) for id, number, vendor in found])


def chosen(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """The form of the chosen order or vendor in place of the choice."""
    order_id, vendor_id = forms.parse_choice(view, visit.reader.locale)
    paper = _paper(visit, forms.ChoiceTarget.parse(view.get("private_metadata") or "{}").file)
    form = forms.build(load(visit, order_id, vendor_id), visit.reader, paper=paper)
    ack(response_action="update", view=form)


def _paper(visit: Visit, file_id: str) -> forms.Paper | None:
    """The dropped file that the form was opened beside."""
    if not file_id:
        return None
    with visit.read() as uow:
        return forms.Paper(id=file_id, file=incoming_file_view(uow, file_id).file)


def more(ack: Ack, visit: Visit, body: Body) -> None:
    """Show the rarer inputs too; what was typed stays."""
    shown = body["view"]
    target = forms.InvoiceTarget.parse(shown.get("private_metadata"))
    paper = _paper(visit, target.file)
    found = load(visit, target.id, target.vendor_id)
    view = forms.build(found, visit.reader, more=True, paper=paper)
    redraw(visit, body, view)
    ack()


def send(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Take it in, and say at once what the match found."""
    paper = forms.parse(view, visit.reader.locale)
    dropped = _paper(visit, forms.InvoiceTarget.parse(view.get("private_metadata")).file)
    if dropped is not None:
        paper = paper.model_copy(update={"files": (dropped.file, *paper.files)})
    try:
        answer = visit.do(paper)
    except DomainError as error:
        raise forms.at_input(error, view) from error
    ack(response_action="update", view=verdict(answer))
    with quietly(visit.services):
        visit.publish_home()


def verdict(answer: Answer, title: str = "Invoice entered") -> Block:
    """What became of it: payable, or on hold and why."""
    codes: list[str] = list(answer.facts.get("codes") or ())
    said, _, _ = answer.message.partition(": ")
    blocks = [paragraph(said if codes else answer.message)]
    if codes:
        titles = "\n".join(f"• {safe(kind_of(code).title)}" for code in codes)
        blocks.append(section(f"*What does not fit:*\n{titles}"))
        blocks.append(paragraph("Each has a card with its figures and its ways out."))
    return modal(Callback.NOTICE, title, blocks)
