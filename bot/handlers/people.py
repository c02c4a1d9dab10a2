"""People, for administrators: the list, one person, and their forms."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App

from bot.answers import notice, show
from bot.blocks import Block
from bot.clicks import quietly
from bot.ids import Action, Callback
from bot.metadata import Target
from bot.modals import people as forms
from bot.parse import Form
from bot.reader import Reader
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.cost_centres import CostCentre
from wopo.domain.locations import Location
from wopo.domain.people import Person
from wopo.usecases.door import Answer
from wopo.usecases.people import DeactivatePerson, ReactivatePerson, SavePerson, SetAuthority
from wopo.usecases.settings import company
from wopo.usecases.views.person_cards import PersonView, people_list, person_view

_CHOSEN: dict[str, Any] = {"site": Location, "cost_centre": CostCentre, "manager": Person}


def register(app: App, services: Services) -> None:
    """Listen to the list's and a person's buttons, and to the three forms."""
    services.redraw[Callback.PERSON] = redraw
    app.action(Action.PERSON_SHOW)(_opener(forms.build_person))
    app.action(Action.PERSON_ADD)(open_new)
    app.action(Action.PERSON_CHANGE)(_opener(forms.build_change))
    app.action(Action.PERSON_LIMIT)(_opener(forms.build_limit))
    app.action(Action.PERSON_LEAVES)(_opener(lambda person, _reader: forms.build_leave(person)))
    app.action(Action.PERSON_BACK)(back)
    app.view(Callback.CHANGE_PERSON)(save)
    app.view(Callback.PERSON_LIMIT)(limit)
    app.view(Callback.PERSON_LEAVES)(leave)


def list_of(visit: Visit, typed: str) -> Block:
    """The people whose name or code contains what was typed."""
    visit.check_right(SavePerson)
    with visit.read() as uow:
        return forms.build_list(people_list(uow, typed), typed)


def load(visit: Visit, person_id: str) -> PersonView:
    """The person as they are now."""
    with visit.read() as uow:
        return person_view(uow, person_id, today=visit.reader.today)


def _opener(build: Callable[[PersonView, Reader], Block]) -> Callable[..., None]:
    def open_screen(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
        visit.check_right(SavePerson)
        person = load(visit, Target.parse(action.get("value")).id)
        show(visit.services, body, build(person, visit.reader))
        ack()

    return open_screen


def open_new(ack: Ack, visit: Visit, body: Body) -> None:
    """An empty form."""
    visit.check_right(SavePerson)
    show(visit.services, body, forms.build_change(None, visit.reader))
    ack()


def _codes(visit: Visit, view: dict[str, Any]) -> tuple[str, dict[str, str]]:
    """The company's currency, and the codes of what was chosen in the form by its ids."""
    form = Form(view["state"]["values"], visit.reader.locale)
    found: dict[str, str] = {}
    with visit.read() as uow:
        for name, kind in _CHOSEN.items():
            row = uow.get(kind, form.choice(name)) if form.choice(name) else None
            if row is not None:
                found[row.id] = row.code
        return company(uow).currency, found


def save(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Add or change; under the form the person is shown as they are now."""
    answer = visit.do(forms.parse_change(view, visit.reader.locale, *_codes(visit, view)))
    _saved(ack, visit, view, answer)


def limit(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Set what the person may approve."""
    command: SetAuthority = forms.parse_limit(view, visit.reader, *_codes(visit, view))
    _saved(ack, visit, view, visit.do(command))


def leave(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Deactivate the person."""
    reason = Form(view["state"]["values"], visit.reader.locale).text("reason")
    code = Target.parse(view.get("private_metadata")).seen
    _saved(ack, visit, view, visit.do(DeactivatePerson(code=code, reason=reason)))


def back(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """Make a deactivated person active again."""
    target = Target.parse(action.get("value"))
    visit.do(ReactivatePerson(code=load(visit, target.id).code))
    ack()
    with quietly(visit.services):
        redraw(visit, body["view"]["id"], target.id)


def _saved(ack: Ack, visit: Visit, view: dict[str, Any], answer: Answer) -> None:
    known = Target.parse(view.get("private_metadata")).id
    below = view.get("previous_view_id")
    if not known:
        person = load(visit, answer.subject_id)
        ack(response_action="update", view=forms.build_person(person, visit.reader))
    elif below:
        ack()
        with quietly(visit.services):
            redraw(visit, below, known)
    else:
        ack(response_action="update", view=notice(answer.message, title="Person"))


def redraw(visit: Visit, view_id: str, person_id: str) -> None:
    """The person as they are now."""
    view = forms.build_person(load(visit, person_id), visit.reader)
    visit.services.slack.views_update(view_id=view_id, view=view)
