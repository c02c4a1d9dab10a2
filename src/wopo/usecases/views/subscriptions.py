"""What screens show of a channel's subscriptions."""

from dataclasses import dataclass

from wopo.usecases.ports import UnitOfWork
from wopo.usecases.subscriptions import name_of, of_channel, rhythm_of


@dataclass(frozen=True)
class SubscriptionView:
    """A subscription by its own name, and when it tells."""

    id: str
    name: str
    when: str


def channel_view(uow: UnitOfWork, channel: str) -> tuple[SubscriptionView, ...]:
    """The channel's subscriptions, the oldest first; at most ``MOST``, with up to four queries for
    the names of each."""
    rows = of_channel(uow, channel)
    return tuple(SubscriptionView(row.id, name_of(uow, row), rhythm_of(row)) for row in rows)
