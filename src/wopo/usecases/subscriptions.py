"""Subscriptions: a channel says which exceptions it wants to hear of, and how."""

from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import NOT_FOUND, REQUIRED, DomainError
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.exception_kinds import KINDS
from wopo.domain.exchange_rates import NO_RATE
from wopo.domain.lookup import did_you_mean, nearest
from wopo.domain.money import NEGATIVE, Money, checked_decimal, minor_digits, plain
from wopo.domain.people import ZONE_UNKNOWN, Role
from wopo.domain.subscriptions import (
    NO_HOUR,
    NOT_SUBSCRIBED,
    UNKNOWN_KIND,
    Rhythm,
    Subscription,
    SubscriptionEnded,
    SubscriptionMade,
)
from wopo.domain.vendors import Vendor
from wopo.usecases.door import Answer, Command, Context, silent, use_case
from wopo.usecases.exchange_rates import rate_for
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.settings import company

silent(SubscriptionMade, "whoever subscribes the channel is answered there")
silent(SubscriptionEnded, "whoever ends it is answered there")

SUBSCRIBERS = frozenset({Role.FINANCE, Role.BUYER, Role.SUPERVISOR, Role.ADMIN})


class Subscribe(Command):
    """What a channel wants to hear; empty means all. It replaces what it wanted before.

    ``smallest`` is in major units of the company's currency, ``hour`` on the clock of ``timezone``
    (default: the acting person's).
    """

    channel: str
    channel_name: str = ""
    kinds: tuple[str, ...] = ()
    smallest: Decimal = Decimal(0)
    cost_centre_ids: tuple[str, ...] = ()
    vendor_ids: tuple[str, ...] = ()
    rhythm: Rhythm = Rhythm.AT_ONCE
    hour: int = 8
    timezone: str = ""


class Unsubscribe(Command):
    """The channel wants to hear no more."""

    channel: str


@use_case(Subscribe, roles=SUBSCRIBERS, action="subscribe channels", system=True)
def subscribe(command: Subscribe, ctx: Context) -> Answer:
    """Keep the channel's wishes."""
    if not command.channel.strip():
        raise REQUIRED(field="channel", label="The channel")
    currency = company(ctx.uow).currency
    terms = {
        "kinds": _kinds(command),
        "smallest_minor": _smallest(command, currency),
        "currency": currency,
        "cost_centre_ids": _known(ctx, CostCentre, command.cost_centre_ids, "cost_centre_ids"),
        "vendor_ids": _known(ctx, Vendor, command.vendor_ids, "vendor_ids"),
        "rhythm": command.rhythm,
        "hour": _hour(command.hour),
        "timezone": _zone(command, ctx),
    }
    row = ctx.uow.find(Subscription, channel=command.channel, active=True)
    if row is None:
        row = Subscription(id=ctx.new_id(), channel=command.channel, made_at=ctx.at)
        ctx.uow.add(row)
    for name, value in terms.items():
        setattr(row, name, value)
    row.channel_name = command.channel_name or row.channel_name
    row.made_by_id, row.made_at = ctx.actor_id, ctx.at
    ctx.record(
        SubscriptionMade(
            subject_id=row.id, channel=row.channel, rhythm=row.rhythm, terms=dict(terms)
        )
    )
    return Answer(subject_id=row.id, message=f"This channel hears of {sentence(row)}.")


def _kinds(command: Subscribe) -> list[str]:
    for code in command.kinds:
        if code not in KINDS:
            near = did_you_mean(nearest(code, KINDS))
            raise UNKNOWN_KIND(field="kinds", code=code, nearest=near)
    return sorted(set(command.kinds))


def _smallest(command: Subscribe, currency: str) -> int:
    amount = checked_decimal(
        command.smallest,
        label="The smallest amount",
        places=minor_digits(currency),
        field="smallest",
    )
    if amount < 0:
        raise NEGATIVE(
            field="smallest",
            label="The smallest amount",
            bound="0 or more",
            typed=plain(amount),
        )
    return Money.of(amount, currency).minor


def _known(
    ctx: Context, kind: type[CostCentre] | type[Vendor], ids: tuple[str, ...], field: str
) -> list[str]:
    wanted = sorted(set(ids))
    found = {row.id for row in ctx.uow.all(kind, id=wanted)} if wanted else set()
    for id in wanted:
        if id not in found:
            label = kind.__tablename__.replace("_", " ")
            raise NOT_FOUND(field=field, kind=label, wanted=id, nearest="")
    return wanted


def _hour(hour: int) -> int:
    if not 0 <= hour <= 23:
        raise NO_HOUR(field="hour", hour=hour)
    return hour


def _zone(command: Subscribe, ctx: Context) -> str:
    name = command.timezone or (ctx.actor.timezone if ctx.actor else "UTC")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ZONE_UNKNOWN(field="timezone", zone=name) from error
    return name


def sentence(row: Subscription) -> str:
    """A subscription in words: ``2 kinds of exceptions from 100.00 EUR, every day at 08:00``."""
    kinds = "all exceptions"
    if row.kinds:
        kinds = ", ".join(KINDS[code].title.lower() for code in row.kinds)
    parts = [kinds]
    if row.smallest_minor:
        parts.append(f"from {Money(row.smallest_minor, row.currency)}")
    if row.cost_centre_ids:
        parts.append(f"of {len(row.cost_centre_ids)} cost centres")
    if row.vendor_ids:
        parts.append(f"of {len(row.vendor_ids)} vendors")
    if row.rhythm is Rhythm.AT_ONCE:
        return f"{' '.join(parts)}, at once"
    return f"{' '.join(parts)}, every day at {row.hour:02d}:00 ({row.timezone})"


@use_case(Unsubscribe, roles=SUBSCRIBERS, action="end subscriptions", system=True)
def unsubscribe(command: Unsubscribe, ctx: Context) -> Answer:
    """End the channel's subscription. Raises ``NOT_SUBSCRIBED``."""
    row = ctx.uow.find(Subscription, channel=command.channel, active=True)
    if row is None:
        raise NOT_SUBSCRIBED(field="channel")
    row.active = False
    ctx.record(SubscriptionEnded(subject_id=row.id, channel=row.channel))
    return Answer(subject_id=row.id, message="This channel hears of no exceptions any more.")


def channels_for(uow: UnitOfWork, case_id: str) -> list[str]:
    """Channels that want to hear of this case at once; the courier asks when it sends."""
    case = uow.get(ExceptionCase, case_id)
    if case is None:
        return []
    rows = uow.all(Subscription, active=True, rhythm=Rhythm.AT_ONCE, order="made_at")
    return list(dict.fromkeys(row.channel for row in rows if wants(uow, row, case)))


def wants(uow: UnitOfWork, row: Subscription, case: ExceptionCase) -> bool:
    """Whether the subscription wants the case; an amount that nobody can convert is told rather
    than lost."""
    if not row.smallest_minor or row.currency == case.currency:
        return row.wants(case)
    try:
        rate = rate_for(uow, case.currency, row.currency, case.changed_at.date())
    except DomainError as error:
        if error.code != NO_RATE.code:
            raise
        return row.model_copy(update={"smallest_minor": 0}).wants(case)
    return row.wants(case, rate=rate)
