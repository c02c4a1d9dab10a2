"""Options of the selects that ask us while people type."""

from collections.abc import Callable
from typing import Any
from zoneinfo import available_timezones

from slack_bolt import Ack, App

from bot.blocks import MAX_OPTIONS, Block, option
from bot.ids import Options
from bot.services import Services
from bot.visit import Body, Visit
from wopo.domain.lookup import Kind
from wopo.domain.purchase_orders import OrderKind, OrderState
from wopo.domain.work_orders import AssigneeKind
from wopo.usecases.ports.choices import Choice, ChoiceStore

RECENT = 8
PER_GROUP = 30
_SIMPLE: dict[Options, tuple[Kind, dict[str, Any]]] = {
    Options.LOCATION: (Kind.LOCATION, {}),
    Options.PERSON: (Kind.PERSON, {"active": True}),
    Options.CLIENT: (Kind.CLIENT, {}),
    Options.VENDOR: (Kind.VENDOR, {"active": True}),
    Options.COST_CENTRE: (Kind.COST_CENTRE, {}),
    Options.PROJECT: (Kind.PROJECT, {}),
    Options.SITE: (Kind.LOCATION, {"parent_id": None}),
}
_ASSIGNEES: tuple[tuple[str, AssigneeKind, Kind, dict[str, Any]], ...] = (
    ("People", AssigneeKind.PERSON, Kind.PERSON, {"active": True}),
    ("Teams", AssigneeKind.TEAM, Kind.TEAM, {}),
    ("Contractors", AssigneeKind.CONTRACTOR, Kind.VENDOR, {"contractor": True, "active": True}),
)


def register(app: App, _services: Services) -> None:
    """Listen to every search of a form."""
    for options, (kind, equal) in _SIMPLE.items():
        app.options(options)(searcher(kind, **equal))
    issued = {"kind": OrderKind.BLANKET, "state": OrderState.ISSUED}
    app.options(Options.BLANKET)(searcher(Kind.PURCHASE_ORDER, **issued))
    app.options(Options.ASSET)(assets)
    app.options(Options.ASSIGNEE)(assignees)
    app.options(Options.TIMEZONE)(timezones)


def searcher(kind: Kind, /, **equal: Any) -> Callable[..., None]:
    """A listener that looks for one kind of thing by what was typed."""

    def search(ack: Ack, visit: Visit, body: Body) -> None:
        with visit.read() as uow:
            found = uow.store(ChoiceStore).search(kind, typed(body), limit=MAX_OPTIONS, **equal)
        ack(options=as_options(found))

    return search


def assets(ack: Ack, visit: Visit, body: Body) -> None:
    """Machines of the chosen place's site; those that had a job last come first."""
    state = ((body.get("view") or {}).get("state") or {}).get("values") or {}
    place = (state.get("location_id") or {}).get(Options.LOCATION) or {}
    chosen = (place.get("selected_option") or {}).get("value", "")
    with visit.read() as uow:
        store = uow.store(ChoiceStore)
        site_id = store.site_of(chosen)
        recent = [] if typed(body) else store.recent_assets(site_id=site_id, limit=RECENT)
        found = store.search(Kind.ASSET, typed(body), site_id=site_id, limit=MAX_OPTIONS)
    known = {choice.id for choice in recent}
    ack(options=as_options([*recent, *(choice for choice in found if choice.id not in known)]))


def assignees(ack: Ack, visit: Visit, body: Body) -> None:
    """People, teams and contractors in groups; the value says which kind it is."""
    groups: list[Block] = []
    with visit.read() as uow:
        store = uow.store(ChoiceStore)
        for label, assignee, kind, equal in _ASSIGNEES:
            found = store.search(kind, typed(body), limit=PER_GROUP, **equal)
            options = [option(one.label, f"{assignee.value}:{one.id}") for one in found]
            if options:
                groups.append({"label": {"type": "plain_text", "text": label}, "options": options})
    if groups:
        ack(option_groups=groups)
    else:
        ack(options=[])


def timezones(ack: Ack, visit: Visit, body: Body) -> None:
    """Time zones with what was typed in their name; the person's own first."""
    wanted = typed(body).replace(" ", "_").casefold()
    own = visit.reader.timezone
    names = [own, *(name for name in sorted(available_timezones()) if name != own)]
    found = [name for name in names if wanted in name.casefold()]
    ack(options=[option(name, name) for name in found[:MAX_OPTIONS]])


def typed(body: Body) -> str:
    """What was typed so far."""
    return str(body.get("value") or "").strip()


def as_options(choices: list[Choice]) -> list[Block]:
    """At most a hundred options."""
    return [option(choice.label, choice.id) for choice in choices[:MAX_OPTIONS]]
