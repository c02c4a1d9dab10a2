"""The company's settings: a group's form, and the screen under it."""

from typing import Any

from slack_bolt import Ack, App

from bot.answers import show
from bot.clicks import quietly
from bot.ids import Action, Callback
from bot.metadata import Target
from bot.modals import company_settings as forms
from bot.services import Services
from bot.visit import Body, Visit
from wopo.usecases.settings import ChangeCompanySettings, company


def register(app: App, _services: Services) -> None:
    """Listen to the buttons of the groups and to their forms."""
    app.action(Action.CHANGE_SETTINGS)(open_group)
    app.view(Callback.CHANGE_SETTINGS)(save)


def open_group(ack: Ack, visit: Visit, body: Body, action: dict[str, Any]) -> None:
    """The group's form, filled with what stands now."""
    visit.check_right(ChangeCompanySettings)
    with visit.read() as uow:
        now = company(uow)
    show(visit.services, body, forms.build(Target.parse(action["value"]).id, now, visit.reader))
    ack()


def save(ack: Ack, visit: Visit, view: dict[str, Any]) -> None:
    """Keep them; the screen under the form shows what stands from now on."""
    with visit.read() as uow:
        before = company(uow)
    visit.do(forms.parse(view, visit.reader.locale, before))
    ack()
    below = view.get("previous_view_id")
    if below:
        with quietly(visit.services), visit.read() as uow:
            index = forms.build_index(company(uow), visit.reader)
            visit.services.slack.views_update(view_id=below, view=index)
