"""Subscriptions: a channel says which exceptions it wants to hear of, and how."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wopo.domain.cost_centres import CostCentre
from wopo.domain.errors import NOT_FOUND, REQUIRED
from wopo.domain.exception_cases import ExceptionCase
from wopo.domain.exception_kinds import KINDS
from wopo.domain.locations import Location
from wopo.domain.lookup import did_you_mean, nearest
from wopo.domain.money import NEGATIVE, Money, checked_decimal, minor_digits, plain
from wopo.domain.people import ZONE_UNKNOWN, Person, Role
from wopo.domain.subscriptions import (
    DAYS,
    MOST,
    NO_HOUR,
    NO_WEEKDAY,
    NOT_SUBSCRIBED,
    SUBSCRIBED_ALREADY,
    TOO_MANY,
    UNKNOWN_KIND,
    Rhythm,
    Subscription,
    SubscriptionEnded,
    SubscriptionMade,
)
from wopo.domain.vendors import Vendor
from wopo.usecases.door import Answer, Command, Context, silent, use_case
from wopo.usecases.exchange_rates import rate_if_known
from wopo.usecases.ports import UnitOfWork
from wopo.usecases.ports.sweeps import SweepStore
from wopo.usecases.settings import company
from wopo.usecases.views.names import refs

silent(SubscriptionMade, "whoever subscribes the channel is answered there")
silent(SubscriptionEnded, "whoever ends it is answered there")

Named = CostCentre | Vendor | Location | Person
SUBSCRIBERS = frozenset({Role.FINANCE, Role.BUYER, Role.SUPERVISOR, Role.ADMIN})


class Subscribe(Command):
    """What a channel wants to hear; empty means all. It is one more subscription, or instead of
    ``subscription_id``.

    ``smallest`` is in major units of the company's currency, ``hour`` and ``weekday`` (0 is Monday)
    on the clock of ``timezone`` (default: the acting person's).
    """

    channel: str
    subscription_id: str = ""
    channel_name: str = ""
    kinds: tuple[str, ...] = ()
    smallest: Decimal = Decimal(0)
    cost_centre_ids: tuple[str, ...] = ()
    vendor_ids: tuple[str, ...] = ()
    site_ids: tuple[str, ...] = ()
    owner_ids: tuple[str, ...] = ()
    rhythm: Rhythm = Rhythm.AT_ONCE
    hour: int = 8
    weekday: int = 0
    timezone: str = ""


class Unsubscribe(Command):
    """The channel wants to hear no more of this."""

    subscription_id: str


@use_case(Subscribe, roles=SUBSCRIBERS, action="subscribe channels", system=True)
def subscribe(command: Subscribe, ctx: Context) -> Answer:
    """Keep the channel's wishes. Raises ``SUBSCRIBED_ALREADY`` for the same ones twice,
    ``TOO_MANY``, and ``NOT_SUBSCRIBED`` when the one to be changed has ended."""
    if not command.channel.strip():
        raise REQUIRED(field="channel", label="The channel")
    currency = company(ctx.uow).currency
    terms = {
        "kinds": _kinds(command),
        "smallest_minor": _smallest(command, currency),
        "currency": currency,
        "cost_centre_ids": _known(ctx, CostCentre, command.cost_centre_ids, "cost_centre_ids"),
        "vendor_ids": _known(ctx, Vendor, command.vendor_ids, "vendor_ids"),
        "site_ids": _known(ctx, Location, command.site_ids, "site_ids"),
        "owner_ids": _known(ctx, Person, command.owner_ids, "owner_ids"),
        "rhythm": command.rhythm,
        "hour": _hour(command.hour),
        "weekday": _weekday(command.weekday),
        "timezone": _zone(command, ctx),
    }
    row, others = _mine(ctx, command)
    for name, value in terms.items():
        setattr(row, name, value)
    _check_others(ctx, row, others)
    row.channel_name = command.channel_name or row.channel_name
    row.made_by_id, row.made_at = ctx.actor_id, ctx.at
    if not command.subscription_id:
        ctx.uow.add(row)
    ctx.record(
        SubscriptionMade(
            subject_id=row.id, channel=row.channel, rhythm=row.rhythm, terms=dict(terms)
        )
    )
    return Answer(subject_id=row.id, message=f"This channel hears of {sentence(ctx.uow, row)}.")


def _mine(ctx: Context, command: Subscribe) -> tuple[Subscription, list[Subscription]]:
    """The one to be changed, or a new one; and the channel's others."""
    rows = of_channel(ctx.uow, command.channel)
    if not command.subscription_id:
        row = Subscription(id=ctx.new_id(), channel=command.channel, made_at=ctx.at)
        return row, rows
    found = ctx.uow.lock(Subscription, command.subscription_id)
    if found is None or not found.active or found.channel != command.channel:
        raise NOT_SUBSCRIBED(field="channel")
    return found, [row for row in rows if row.id != found.id]


def _check_others(ctx: Context, row: Subscription, others: list[Subscription]) -> None:
    if any(one.words == row.words for one in others):
        raise SUBSCRIBED_ALREADY(field="kinds", sentence=sentence(ctx.uow, row))
    if len(others) >= MOST:
        raise TOO_MANY(field="kinds", most=MOST)


def of_channel(uow: UnitOfWork, channel: str) -> list[Subscription]:
    """The channel's subscriptions, the oldest first."""
    return uow.all(Subscription, channel=channel, active=True, order=("id",))


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


def _known(ctx: Context, kind: type[Named], ids: tuple[str, ...], field: str) -> list[str]:
    wanted = sorted(set(ids))
    found = {row.id for row in ctx.uow.all(kind, id=wanted)} if wanted else set()
    for id in wanted:
        if id not in found:
            label = str(kind.__tablename__).replace("_", " ")
            raise NOT_FOUND(field=field, kind=label, wanted=id, nearest="")
    return wanted


def _hour(hour: int) -> int:
    if not 0 <= hour <= 23:
        raise NO_HOUR(field="hour", hour=hour)
    return hour


def _weekday(weekday: int) -> int:
    if not 0 <= weekday < len(DAYS):
        raise NO_WEEKDAY(field="rhythm", weekday=weekday)
    return weekday


def _zone(command: Subscribe, ctx: Context) -> str:
    name = command.timezone or (ctx.actor.timezone if ctx.actor else "UTC")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ZONE_UNKNOWN(field="timezone", zone=name) from error
    return name


def name_of(uow: UnitOfWork, row: Subscription) -> str:
    """What a subscription is called, made of its words: ``Price above the order from 100.00 EUR ·
    Grainger``. One query for each kind of thing it names."""
    kinds = [KINDS[code].title for code in KINDS if code in row.kinds]
    parts = [several(kinds, "kinds of exceptions") or "All exceptions"]
    if row.smallest_minor:
        parts[0] += f" from {Money(row.smallest_minor, row.currency)}"
    for kind, ids, label in (
        (Vendor, row.vendor_ids, "vendors"),
        (Location, row.site_ids, "sites"),
        (CostCentre, row.cost_centre_ids, "cost centres"),
        (Person, row.owner_ids, "people"),
    ):
        names = sorted(ref.name for ref in refs(uow, kind, ids).values())
        parts.append(several(names, label))
    return " · ".join(part for part in parts if part)


def several(names: Sequence[str], label: str) -> str:
    """Up to two by name, more as a number; empty for none."""
    return " or ".join(names) if len(names) <= 2 else f"{len(names)} {label}"


def rhythm_of(row: Subscription) -> str:
    """``at once``, or ``every Monday at 08:00 (Europe/Berlin)``."""
    if row.rhythm is Rhythm.AT_ONCE:
        return "at once"
    if row.rhythm is Rhythm.HOURLY:
        return "every hour"
    day = DAYS[row.weekday] if row.rhythm is Rhythm.WEEKLY else "day"
    return f"every {day} at {row.hour:02d}:00 ({row.timezone})"


def sentence(uow: UnitOfWork, row: Subscription) -> str:
    """A subscription in words."""
    name = name_of(uow, row)
    return f"{name[:1].lower()}{name[1:]}, {rhythm_of(row)}"


@use_case(Unsubscribe, roles=SUBSCRIBERS, action="end subscriptions", system=True)
def unsubscribe(command: Unsubscribe, ctx: Context) -> Answer:
    """End one of a channel's subscriptions. Raises ``NOT_SUBSCRIBED``."""
    row = ctx.uow.lock(Subscription, command.subscription_id)
    if row is None or not row.active:
        raise NOT_SUBSCRIBED(field="channel")
    row.active = False
    ctx.record(SubscriptionEnded(subject_id=row.id, channel=row.channel))
    return Answer(
        subject_id=row.id, message=f"This channel hears no more of {sentence(ctx.uow, row)}."
    )


def channels_for(uow: UnitOfWork, case_id: str) -> list[str]:
    """Channels that want to hear of this case at once, each once however many of its subscriptions
    it fits; the courier asks when it sends."""
    case = uow.get(ExceptionCase, case_id)
    if case is None:
        return []
    rows = uow.all(Subscription, active=True, rhythm=Rhythm.AT_ONCE, order=("made_at", "id"))
    sites: set[str] = set()
    if any(row.site_ids for row in rows):
        sites = uow.store(SweepStore).sites(case_id=case.id).get(case.id, set())
    return list(dict.fromkeys(row.channel for row in rows if wants(uow, row, case, sites)))


def wants(
    uow: UnitOfWork, row: Subscription, case: ExceptionCase, site_ids: Collection[str] = ()
) -> bool:
    """Whether the subscription wants the case; an amount that nobody can convert is told rather
    than lost."""
    if not row.smallest_minor:
        return row.wants(case, site_ids=site_ids)
    amount = in_currency(uow, case, row.currency)
    if amount is None:
        return row.model_copy(update={"smallest_minor": 0}).wants(case, site_ids=site_ids)
    return row.wants(case, amount=amount, site_ids=site_ids)


def in_currency(uow: UnitOfWork, case: ExceptionCase, currency: str) -> Decimal | None:
    """The money at stake in major units of another currency; none where there is no rate."""
    amount = abs(case.amount.amount)
    if not currency or currency == case.currency:
        return amount
    rate = rate_if_known(uow, case.currency, currency, case.changed_at.date())
    return None if rate is None else amount * rate
