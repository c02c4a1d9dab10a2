"""``/wopo settings``: what the company decided; ``/wopo channels``: which channel is for what."""

from typing import Any

from bot.answers import show
from bot.blocks import (
    MAX_OPTION,
    Block,
    channel_select,
    context,
    cut,
    field,
    modal,
    section,
)
from bot.ids import Callback
from bot.modals.company_settings import build_index
from bot.parse import Form
from bot.visit import Body, Visit
from bot.words import Word
from wopo.domain.errors import NOT_ALLOWED
from wopo.domain.locations import Location
from wopo.domain.people import Role
from wopo.usecases.settings import ChangeCompanySettings, SetChannels, channels, company

MOST_SITES = 40
PURPOSES: tuple[tuple[str, str, str], ...] = (
    ("invoices", "Invoices", "Vendor invoices arrive here as files; each gets a card"),
    ("finance", "Finance", "For digests and what finance must know"),
    ("audit", "Audit", "The audit trail's newest entry, once a day; finance's channel if none"),
    ("fallback", "Fallback", "For what can't be posted where it belongs"),
)


def run(visit: Visit, body: Body, _rest: str) -> Block | None:
    """Open the form, filled with what stands now."""
    if not visit.me.has(Role.ADMIN):
        raise NOT_ALLOWED(action="choose channels", who="an administrator")
    with visit.read() as uow:
        sites = uow.all(Location, parent_id=None, order="name", limit=MOST_SITES)
        view = build([(site.id, site.name) for site in sites], channels(uow))
    show(visit.services, body, view)
    return None


def build(sites: list[tuple[str, str]], now: dict[str, str]) -> Block:
    """One channel per site, and those of the office."""
    inputs = [
        field(
            f"site:{site_id}",
            cut(f"Jobs of {name}", MAX_OPTION),
            channel_select(now.get(f"site:{site_id}")),
            optional=True,
        )
        for site_id, name in sites
    ]
    inputs += [
        field(purpose, label, channel_select(now.get(purpose)), optional=True, hint=hint)
        for purpose, label, hint in PURPOSES
    ]
    notes = [
        section("*Which channel is for what?* Each job has one card in its site's channel."),
        context("Where I am not a member yet, type `/invite @wopo` in the channel."),
    ]
    return modal(Callback.SETTINGS, "Channels", [*notes, *inputs], submit="Save")


def parse(view: dict[str, Any], locale: str) -> SetChannels:
    """The command: every input of the form, an empty one removes its channel."""
    form = Form(view["state"]["values"], locale)
    names = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    return SetChannels(channels={name: form.choice(name) for name in names})


def overview(visit: Visit, body: Body, _rest: str) -> Block | None:
    """Everything the company decides once, as it stands now, with the way to change it."""
    visit.check_right(ChangeCompanySettings)
    with visit.read() as uow:
        view = build_index(company(uow), visit.reader)
    show(visit.services, body, view)
    return None


WORDS = {
    "settings": Word("settings", "what the company decides once, and the channels", overview),
    "channels": Word("channels", "choose the channels of sites, invoices and finance", run),
}
