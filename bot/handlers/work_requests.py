"""Reporting work: the form, the shortcuts that open it, and the review card's buttons."""

from typing import Any

from slack_bolt import Ack, App

from bot.answers import notice, show
from bot.clicks import after, quietly, redraw, register_clicks
from bot.ids import Action, Callback, Options, Shortcut
from bot.metadata import Target
from bot.modals import work_requests as forms
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.numbers import short
from wopo.domain.people import Person
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.views.new_work import NewWorkView, new_work_view
from wopo.usecases.views.work_requests import work_request_view
from wopo.usecases.work_requests import ApproveWorkRequest


def register(app: App, services: Services) -> None:
    """Listen to everything about reporting work."""
    app.shortcut(Shortcut.REPORT_PROBLEM)(report_problem)
    app.shortcut(Shortcut.MAKE_WORK_ORDER)(make_work_order)
    app.action(Action.NEW_WORK)(new_work)
    app.action(Action.MORE_FIELDS)(more_fields)
    app.action({"block_id": "location_id", "action_id": Options.LOCATION})(place_chosen)
    app.view(Callback.NEW_WORK)(send)
    app.action(Action.REQUEST_REJECT)(open_reject)
    app.view(Callback.REJECT_REQUEST)(reject)
    register_clicks(
        app,
        services,
        {
            Action.REQUEST_APPROVE: lambda target, yes: ApproveWorkRequest(
                work_request_id=target.id, acknowledged=yes
            )
        },
    )


def open_form(visit: Visit, body: Body, origin: forms.Origin, **filled: Any) -> None:
    """Open the form with one read before it; the trigger lives three seconds."""
    with visit.read() as uow:
        view = _view(uow, visit)
    show(visit.services, body, forms.build(view, origin, **filled))


def _view(uow: UnitOfWork, visit: Visit, location_id: str = "") -> NewWorkView:
    return new_work_view(uow, visit.person(uow), location_id)


def report_problem(ack: Ack, visit: Visit, body: Body) -> None:
    """The global shortcut."""
    open_form(visit, body, forms.Origin())
    ack()


def new_work(ack: Ack, visit: Visit, body: Body) -> None:
    """The button in App Home and under lists."""
    at_home = (body.get("view") or {}).get("type") == "home"
    open_form(visit, body, forms.Origin(home=at_home))
    ack()


def make_work_order(ack: Ack, visit: Visit, body: Body) -> None:
    """The message shortcut: the text becomes title and explanation, photos go along."""
    message = body["message"]
    text = str(message.get("text") or "").strip()
    first, _, _ = text.partition("\n")
    origin = forms.Origin(
        channel=body["channel"]["id"],
        ts=str(message["ts"]),
        files=tuple(forms.file_facts(file) for file in message.get("files") or ()),
    )
    explanation = text if text != first or len(first) > 150 else ""
    open_form(visit, body, origin, title=first, explanation=explanation)
    ack()


def place_chosen(ack: Ack, visit: Visit, body: Body) -> None:
    """Another place: what happens next may differ. What was typed stays in the form."""
    shown = body["view"]
    chosen = (body["actions"][0].get("selected_option") or {}).get("value", "")
    origin = forms.Origin.parse(shown.get("private_metadata") or "{}")
    with visit.read() as uow:
        view = _view(uow, visit, chosen)
    redraw(visit, body, forms.build(view, origin))
    ack()


def more_fields(ack: Ack, visit: Visit, body: Body) -> None:
    """Show the rarer inputs too."""
    shown = body["view"]
    place = shown["state"]["values"].get("location_id", {}).get(Options.LOCATION, {})
    chosen = (place.get("selected_option") or {}).get("value", "")
    origin = forms.Origin.parse(shown.get("private_metadata") or "{}")
    with visit.read() as uow:
        view = _view(uow, visit, chosen)
    redraw(visit, body, forms.build(view, origin.model_copy(update={"more": True})))
    ack()


def send(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Report the work and say what became of it."""
    answer = visit.do(forms.parse(view, visit.reader.locale))
    origin = forms.Origin.parse(view.get("private_metadata") or "{}")
    if origin.home:
        with quietly(visit.services):
            visit.publish_home()
    ack(response_action="update", view=notice(answer.message, title=short(answer.number)))


def open_reject(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Ask for the reason."""
    target = Target.parse(action.get("value"))
    with visit.read() as uow:
        person = uow.get(Person, visit.me.id)
        if person is None:
            raise LookupError(f"person {visit.me.id} is gone")
        request = work_request_view(uow, target.id, reader=person)
    show(visit.services, body, forms.build_reject(target, short(request.number), request.title))
    ack()


def reject(ack: Ack, visit: Visit, body: Body, view: dict[str, Any]) -> None:
    """Turn the request down; its cards are rewritten by the courier."""
    answer = visit.do(forms.parse_reject(view, visit.reader.locale))
    ack()
    after(visit, body, answer)
