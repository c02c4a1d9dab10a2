"""``/wopo subscribe``: what the channel it is typed in wants to hear."""

from bot.answers import show
from bot.blocks import Block, message
from bot.modals.subscriptions import ChannelTarget, build
from bot.visit import Body, Visit
from bot.words import Word
from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import NOT_ALLOWED
from wopo.domain.people import roles_text
from wopo.domain.subscriptions import Subscription
from wopo.domain.vendors import Vendor
from wopo.usecases.settings import company
from wopo.usecases.subscriptions import SUBSCRIBERS
from wopo.usecases.views.names import refs

NOT_A_CHANNEL = (
    "This is no channel, so nothing was changed. "
    "Type `/wopo subscribe` in the channel that shall hear of exceptions."
)


def run(visit: Visit, body: Body, _rest: str) -> Block | None:
    """Open the form, filled with what the channel hears now."""
    if not visit.me.has(*SUBSCRIBERS):
        who = roles_text(sorted(SUBSCRIBERS))
        raise NOT_ALLOWED(action="subscribe channels", who=who)
    channel = str(body.get("channel_id") or "")
    if not channel or channel.startswith("D"):
        return message(NOT_A_CHANNEL.replace("`", ""))
    with visit.read() as uow:
        now = uow.find(Subscription, channel=channel, active=True)
        centres = refs(uow, CostCentre, now.cost_centre_ids if now else ())
        vendors = refs(uow, Vendor, now.vendor_ids if now else ())
        target = ChannelTarget(
            id=channel,
            name=str(body.get("channel_name") or ""),
            currency=company(uow).currency,
        )
        view = build(
            target,
            now,
            visit.reader,
            centres=tuple(centres.values()),
            vendors=tuple(vendors.values()),
        )
    show(visit.services, body, view)
    return None


WORDS = {"subscribe": Word("subscribe", "which exceptions this channel hears of", run)}
