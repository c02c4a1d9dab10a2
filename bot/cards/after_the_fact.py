"""That an order comes after the fact, on the card of whoever decides."""

from bot.blocks import Block, safe, section
from bot.cards import Card
from bot.reader import Reader
from wopo.domain.after_the_fact import First
from wopo.usecases.views.approvals import ApprovalView

_SAID = {First.DELIVERY: "delivered", First.INVOICE: "billed"}


def late_blocks(view: ApprovalView, reader: Reader) -> list[Block]:
    """What came first, on which day, how much earlier, and why."""
    found = view.after_the_fact
    if found is None:
        return []
    days = found.days(view.asked_at.date())
    before = f", {days} day{'' if days == 1 else 's'} before the order" if days else ", before it"
    when = f"{_SAID[found.first]} {reader.plain_day(found.happened_on)}{before}"
    return [section(f":warning: *After the fact:* {safe(when)}. {safe(found.reason)}")]


CARDS: dict[str, Card] = {}
