"""Audience -> where in Slack that is, at the moment of sending."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.reader import Reader, channel_reader, person_reader
from wopo.domain.outbox import Mode, OutboxRow, PostedCard
from wopo.domain.people import Person, SlackIdentity
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.outbox import OutboxStore
from wopo.usecases.settings import channels, company

FALLBACK = "fallback"
"""The channel for what can't be posted where it belongs."""
COSTS_SHOWN = ("setting:", "channel:")
"""Audiences that chose to hear about money; a site's channel shows no costs at all."""

Subscribers = Callable[[UnitOfWork, str], list[str]]
SUBSCRIBERS: dict[str, Subscribers] = {}
"""Who is subscribed, by topic: ``subscribers:exception`` asks the entry ``exception`` with the
subject's id and gets channel ids. Filled by the modules that know the subscriptions."""


@dataclass(frozen=True)
class Place:
    """One channel, perhaps a thread in it. ``user_id``: a DM whose channel may not be known yet."""

    reader: Reader
    channel: str = ""
    thread_ts: str | None = None
    user_id: str = ""
    identity_id: str = ""


@dataclass(frozen=True)
class Many:
    """Several audiences; each gets a row of its own."""

    audiences: tuple[str, ...]


@dataclass(frozen=True)
class Later:
    """The thread's parent is still to be sent."""


@dataclass(frozen=True)
class Nowhere:
    """There is no such place, and why."""

    why: str


Found = Place | Many | Later | Nowhere


def resolve(uow: UnitOfWork, row: OutboxRow, *, workspace: str, at: datetime) -> Found:
    """Where a row goes now."""
    kind, _, rest = row.audience.partition(":")
    costs = row.audience.startswith(COSTS_SHOWN)
    match kind:
        case "person":
            return _person(uow, rest, workspace, at)
        case "site" | "setting":
            channel = channels(uow).get(row.audience if kind == "site" else rest)
            return _channel(uow, channel, row, at, costs=costs)
        case "channel":
            return Place(channel_reader(at, costs=costs), channel=rest)
        case "at":
            channel, _, ts = rest.partition(":")
            return Place(channel_reader(at, costs=False), channel=channel, thread_ts=ts)
        case "thread":
            return _thread(uow, rest, at)
        case "subscribers":
            return _subscribers(uow, rest, row)
    return Nowhere(f"there is no audience {row.audience}")


def fallback(uow: UnitOfWork) -> str:
    """The fallback channel; empty when none was chosen."""
    return channels(uow).get(FALLBACK, "")


def _person(uow: UnitOfWork, person_id: str, workspace: str, at: datetime) -> Found:
    person = uow.get(Person, person_id)
    identity = uow.find(
        SlackIdentity, person_id=person_id, workspace_id=workspace, deactivated=False
    )
    if person is None or not person.active or identity is None:
        return Nowhere("that person is not in this workspace")
    return Place(
        person_reader(person, company(uow), at),
        channel=identity.dm_channel or "",
        user_id=identity.user_id,
        identity_id=identity.id,
    )


def _channel(
    uow: UnitOfWork, channel: str | None, row: OutboxRow, at: datetime, *, costs: bool
) -> Found:
    reader = channel_reader(at, costs=costs)
    if channel:
        return Place(reader, channel=channel)
    posted = uow.find(PostedCard, card=row.card, subject_id=row.subject_id, audience=row.audience)
    if posted is not None:
        return Place(reader, channel=posted.channel)
    spare = fallback(uow)
    return Place(reader, channel=spare) if spare else Nowhere("no channel is set for it")


def _thread(uow: UnitOfWork, rest: str, at: datetime) -> Found:
    card, _, subject_id = rest.partition(":")
    parents = uow.all(PostedCard, card=card, subject_id=subject_id, order="audience")
    if not parents:
        waits = uow.store(OutboxStore).waiting(card, subject_id)
        return Later() if waits else Nowhere("its card was never posted")
    if len(parents) == 1:
        reader = channel_reader(at, costs=False)
        return Place(reader, channel=parents[0].channel, thread_ts=parents[0].ts)
    return Many(tuple(f"at:{parent.channel}:{parent.ts}" for parent in parents))


def _subscribers(uow: UnitOfWork, topic: str, row: OutboxRow) -> Found:
    asked = SUBSCRIBERS.get(topic)
    audiences = {f"channel:{channel}" for channel in (asked(uow, row.subject_id) if asked else ())}
    if row.mode is Mode.KEEP:
        posted = uow.all(PostedCard, card=row.card, subject_id=row.subject_id)
        audiences |= {copy.audience for copy in posted if copy.audience.startswith("channel:")}
    return Many(tuple(sorted(audiences)))
