"""The lists of open exceptions and of invoices on hold, and accepting several at once."""

from datetime import UTC, datetime, time
from typing import Any

from slack_bolt import Ack, App

from bot.answers import notice, show
from bot.blocks import Block, modal
from bot.cards.invoices import build as build_invoice
from bot.clicks import quietly
from bot.handlers.exception_cases import load
from bot.ids import Action, Callback
from bot.metadata import Target
from bot.modals import case_list as lists
from bot.modals.exception_cases import CHANGED
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.errors import NOT_ALLOWED, DomainError
from wopo.domain.exception_cases import CaseState
from wopo.domain.numbers import short
from wopo.domain.people import Role, roles_text
from wopo.usecases.exception_cases import HANDLERS, AcceptCase
from wopo.usecases.views.exception_cards import my_cases
from wopo.usecases.views.finance_lists import held_invoices, open_cases
from wopo.usecases.views.invoice_cards import invoice_view


def register(app: App, services: Services) -> None:
    """Listen to the lists' buttons and to the form that accepts several."""
    services.redraw[Callback.CASE_LIST] = redraw
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
            uow, visit.person(uow), at=_today(visit), offset=page.offset, limit=lists.PAGE
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
    """Mine that may be accepted, the oldest first."""
    visit.check_right(AcceptCase)
    with visit.read() as uow:
        cases = my_cases(uow, visit.person(uow), at=_today(visit), limit=50).lines
    own = [c for c in cases if c.owner and c.owner.id == visit.me.id and c.acceptable]
    nothing = notice("None of your exceptions can be accepted.")
    show(visit.services, body, lists.build_accept(own, visit.reader) if own else nothing)
    ack()


def accept(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Each by itself, as its own form would; what is refused is named with why."""
    chosen, reason = lists.parse_accept(view, visit.reader.locale)
    done, refused = [], []
    for case_id, seen in chosen:
        now = load(visit, case_id)
        try:
            if now.state is not CaseState.RESOLVED and now.seen != seen:
                raise CHANGED(number=now.number, told=now.told)
            visit.do(AcceptCase(case_id=case_id, reason=reason), part=case_id)
        except DomainError as error:
            refused.append(f"{short(now.number)}: {error.message}")
        else:
            done.append(short(now.number))
    said = [f"Accepted: {', '.join(done) or 'none'}."]
    if refused:
        said.append("\nStill open:\n" + "\n".join(refused))
    ack(response_action="update", view=notice("".join(said), title="Accept several"))
    below = view.get("previous_view_id")
    with quietly(visit.services):
        if below:
            redraw(visit, below, "")
        visit.publish_home()
