"""The lists of open exceptions and of invoices on hold, and accepting several at once."""

from datetime import UTC, datetime, time
from typing import Any

from slack_bolt import Ack, App

from bot import bulk_accepting
from bot.answers import notice, show
from bot.blocks import Block, modal
from bot.bulk_accepting import accept_each, outcome, queued
from bot.cards.invoices import build as build_invoice
from bot.clicks import quietly
from bot.ids import Action, Callback
from bot.metadata import Target
from bot.modals import case_list as lists
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.errors import NOT_ALLOWED, Refusal
from wopo.domain.people import Role, roles_text
from wopo.usecases.exception_cases import HANDLERS, AcceptCase
from wopo.usecases.views.exception_cards import CaseLine, acceptable
from wopo.usecases.views.finance_lists import held_invoices, open_cases
from wopo.usecases.views.invoice_cards import invoice_view

LIST_CHANGED = Refusal(
    "bot.case_list_changed",
    "By now it is {count} exceptions, or other differences, not the {shown} that were shown. "
    "Nothing was changed; open the list again.",
)


def register(app: App, services: Services) -> None:
    """Listen to the lists' buttons and to the form that accepts several."""
    services.redraw[Callback.CASE_LIST] = redraw
    bulk_accepting.register(services)
    app.action(Action.CASE_LIST)(open_list)
    app.action(Action.CASE_LIST_NEXT)(turn)
    app.action(Action.CASE_LIST_FIRST)(turn)
    app.action(Action.INVOICE_SHOW)(show_invoice)
    app.action(Action.CASES_ACCEPT)(open_accept)
    app.view(Callback.ACCEPT_CASES)(accept)


def page_of(visit: Visit, page: lists.Page) -> Block:
    """The page as it is now; only for who works with it."""
    allowed = {Role.FINANCE} if page.held else HANDLERS
    if not visit.me.has(*allowed):
        raise NOT_ALLOWED(action="look through this list", who=roles_text(sorted(allowed)))
    with visit.read() as uow:
        if page.held:
            held = held_invoices(uow, offset=page.offset, limit=lists.PAGE)
            return lists.build_held(held, page, visit.reader)
        cases = open_cases(
            uow, visit.person(uow), at=_today(visit), behind=page.behind, limit=lists.PAGE
        )
    return lists.build_cases(cases, page, visit.reader, accepts=visit.me.may(AcceptCase))


def _today(visit: Visit) -> datetime:
    return datetime.combine(visit.reader.today, time(), tzinfo=UTC)


def open_list(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The first page."""
    show(visit.services, body, page_of(visit, lists.Page.parse(action.get("value"))))
    ack()


def turn(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Another page in the same screen."""
    view = page_of(visit, lists.Page.parse(action.get("value")))
    visit.services.slack.views_update(view_id=body["view"]["id"], view=view)
    ack()


def redraw(visit: Visit, view_id: str, _subject: str) -> None:
    """What is open now, in place of the list under a form."""
    visit.services.slack.views_update(view_id=view_id, view=page_of(visit, lists.Page()))


def show_invoice(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The invoice's card, for the person alone."""
    with visit.read() as uow:
        view = invoice_view(uow, Target.parse(action.get("value")).id)
    card = build_invoice(view, visit.reader)
    show(visit.services, body, modal(Callback.NOTICE, "Invoice", card["blocks"]))
    ack()


def open_accept(ack: Ack, visit: Visit, body: Body) -> None:
    """Mine that I may accept, the oldest first."""
    visit.check_right(AcceptCase)
    own = _acceptable(visit)
    nothing = notice("None of your exceptions can be accepted within your limit.")
    show(visit.services, body, lists.build_accept(own, visit.reader) if own else nothing)
    ack()


def _acceptable(visit: Visit) -> tuple[CaseLine, ...]:
    with visit.read() as uow:
        return acceptable(uow, visit.person(uow), at=_today(visit))


def accept(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Those that were ticked, at once; all of them in steps behind this answer."""
    chosen = lists.parse_accept(view, visit.reader.locale)
    if chosen.all is None:
        done, refused = accept_each(visit.do, visit.services, chosen.pairs, chosen.reason)
        said = outcome(done, refused)
    else:
        said = _accept_all(visit, chosen.all, chosen.reason)
    ack(response_action="update", view=notice(said, title="Accept several"))
    below = view.get("previous_view_id")
    with quietly(visit.services):
        if below:
            redraw(visit, below, "")
        visit.publish_home()


def _accept_all(visit: Visit, shown: lists.Several, reason: str) -> str:
    visit.check_right(AcceptCase)
    lines = _acceptable(visit)
    if lists.several(lines) != shown:
        raise LIST_CHANGED(field="which", count=len(lines), shown=shown.count)
    pairs = [[line.id, line.seen] for line in lines]
    visit.do(queued(visit.me.id, pairs, reason))
    return f"{len(lines)} exceptions are being accepted. You get a message when it is done."
