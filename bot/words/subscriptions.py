"""``/wopo subscribe``: what the channel it is typed in wants to hear."""

from bot.answers import show
from bot.blocks import Block, message
from bot.handlers.subscriptions import first_screen
from bot.modals.subscriptions import ChannelTarget
from bot.visit import Body, Visit
from bot.words import Word
from wopo.usecases.settings import company
from wopo.usecases.subscriptions import Subscribe

NOT_A_CHANNEL = (
    "This is no channel, so nothing was changed. "
    "Type /wopo subscribe in the channel that shall hear of exceptions."
)


def run(visit: Visit, body: Body, _rest: str) -> Block | None:
    """The channel's subscriptions; the form of the first where it has none."""
    visit.check_right(Subscribe)
    channel = str(body.get("channel_id") or "")
    if not channel or channel.startswith("D"):
        return message(NOT_A_CHANNEL)
    with visit.read() as uow:
        currency = company(uow).currency
    target = ChannelTarget(id=channel, name=str(body.get("channel_name") or ""), currency=currency)
    show(visit.services, body, first_screen(visit, target))
    return None


WORDS = {"subscribe": Word("subscribe", "which exceptions this channel hears of", run)}
