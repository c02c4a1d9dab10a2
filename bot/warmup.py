"""What only the first use pays for, paid before anybody waits.

The first drawing of each part of Home compiles its reads and loads a locale; the first request
builds what Bolt keeps. On a busy machine that alone can cost a person their first click, since
Slack gives up after three seconds. So a few people's screens are drawn and thrown away before wopo
says that it is at work. Nothing is written and Slack is not called.
"""

from slack_bolt import App, BoltRequest

from bot.home import build_home
from bot.ids import Options
from bot.modals import work_requests
from bot.reader import person_reader
from bot.services import Services
from wopo.domain.people import Person, Role, SlackIdentity
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.settings import company
from wopo.usecases.views.new_work import new_work_view

PEOPLE = 200
"""Among how many people one of each role is looked for."""


def warm_up(app: App, services: Services) -> None:
    """Draw Home once for a person of each role, the form for new work, and one search."""
    with services.read() as uow:
        settings, now = company(uow), services.clock()
        for person in _one_of_each(uow):
            build_home(uow, person.id, person_reader(person, settings, now))
            work_requests.build(new_work_view(uow, person, ""), work_requests.Origin())
        known = uow.all(
            SlackIdentity, workspace_id=services.bot.workspace_id, deactivated=False, limit=1
        )
    for identity in known:
        app.dispatch(BoltRequest(body=_search(identity), mode="socket_mode"))


def _one_of_each(uow: UnitOfWork) -> list[Person]:
    left = set(Role)
    chosen = []
    for person in uow.all(Person, active=True, limit=PEOPLE):
        if left & {Role(name) for name in person.roles}:
            left -= {Role(name) for name in person.roles}
            chosen.append(person)
    return chosen


def _search(identity: SlackIdentity) -> dict[str, object]:
    """A search as Slack would ask it for this person: only read, and answered in place."""
    return {
        "type": "block_suggestion",
        "team": {"id": identity.workspace_id},
        "user": {"id": identity.user_id, "team_id": identity.workspace_id},
        "action_id": str(Options.LOCATION),
        "block_id": "location_id",
        "value": "",
    }
