"""What an order is decided together with, on the card of whoever decides."""

from bot.blocks import Block, safe, section
from bot.cards import Card
from bot.reader import Reader
from wopo.domain.money import Money
from wopo.domain.numbers import short
from wopo.usecases.views.approvals import ApprovalView

NAMED = 6


def together_blocks(view: ApprovalView, reader: Reader) -> list[Block]:
    """The sum that decides, and the other orders by number with what each comes to."""
    found, currency = view.together, view.amount.currency
    if not found.count:
        return []
    total = reader.money(view.amount + Money(found.minor, currency))
    named = [
        f"{short(other.number)} ({_amount(other.minor, currency, reader)})"
        for other in found.orders[:NAMED]
    ]
    more = found.count - len(named)
    others = ", ".join([*named, *([f"{more} more"] if more else [])])
    text = f":warning: *Decided by the sum, {safe(total)}:* with {safe(others)}; {safe(found.why)}"
    return [section(text)]


def _amount(minor: int | None, currency: str, reader: Reader) -> str:
    """An amount that no rate compares is named and not counted."""
    return "no rate, not counted" if minor is None else reader.money(Money(minor, currency))


CARDS: dict[str, Card] = {}
