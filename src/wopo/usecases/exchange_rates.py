"""Exchange rates: entering them, and converting an amount on a day."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from wopo.domain.errors import DomainError
from wopo.domain.exchange_rates import (
    NO_RATE,
    ExchangeRate,
    ExchangeRateSet,
    converted,
    rate_on,
)
from wopo.domain.money import NEGATIVE, PRICE_PLACES, Money, checked_decimal, minor_digits, plain
from wopo.domain.people import Role
from wopo.usecases.door import Answer, Command, Context, silent, use_case
from wopo.usecases.ports import UnitOfWork

silent(ExchangeRateSet, "amounts are converted by it from now on")


class SetExchangeRate(Command):
    """One unit of ``source`` is ``rate`` units of ``target`` from this day on."""

    source: str
    target: str
    day: date
    rate: Decimal


@use_case(
    SetExchangeRate,
    roles={Role.FINANCE, Role.ADMIN},
    action="enter exchange rates",
    system=True,
)
def set_exchange_rate(command: SetExchangeRate, ctx: Context) -> Answer:
    """Enter or correct a rate; the same rate again records nothing."""
    source, target = command.source.strip().upper(), command.target.strip().upper()
    for currency in (source, target):
        minor_digits(currency)
    rate = checked_decimal(command.rate, label="The rate", places=PRICE_PLACES, field="rate")
    if rate <= 0:
        raise NEGATIVE(field="rate", label="The rate", bound="more than 0", typed=plain(rate))
    row = ctx.uow.find(ExchangeRate, source=source, target=target, day=command.day)
    before = row.rate if row else None
    said = f"1 {source} is {plain(rate)} {target} from {command.day} on"
    if before == rate:
        return Answer(message=f"{said} already.", facts={"outcome": "unchanged"})
    if row is None:
        row = ExchangeRate(
            id=ctx.new_id(), source=source, target=target, day=command.day, rate=rate
        )
        ctx.uow.add(row)
    row.rate = rate
    ctx.record(
        ExchangeRateSet(
            subject_id=row.id,
            source=source,
            target=target,
            day=command.day,
            rate=rate,
            before=before,
        )
    )
    outcome = "added" if before is None else "changed"
    return Answer(subject_id=row.id, message=f"{said}.", facts={"outcome": outcome})


def rate_for(uow: UnitOfWork, source: str, target: str, day: date) -> Decimal:
    """The rate in force on ``day``; 1 for the same currency. Raises ``NO_RATE``."""
    if source == target:
        return Decimal(1)
    return rate_on(uow.all(ExchangeRate, source=source, target=target), source, target, day)


def rates_for(
    uow: UnitOfWork, source: str, targets: Collection[str], day: date
) -> dict[str, Decimal]:
    """The rates in force on ``day`` into these currencies, without those that nobody knows and
    ``source`` itself; at most one query."""
    foreign = set(targets) - {source}
    known = uow.all(ExchangeRate, source=source) if foreign else []
    rates = {}
    for target in foreign:
        valid = [rate for rate in known if rate.target == target and rate.day <= day]
        if valid:
            rates[target] = rate_on(valid, source, target, day)
    return rates


def rate_if_known(uow: UnitOfWork, source: str, target: str, day: date) -> Decimal | None:
    """The rate in force on ``day``; none where there is none."""
    try:
        return rate_for(uow, source, target, day)
    except DomainError as error:
        if error.code != NO_RATE.code:
            raise
        return None


def convert(uow: UnitOfWork, money: Money, target: str, day: date) -> Money:
    """The amount in ``target`` at the rate in force on ``day``. Raises ``NO_RATE``."""
    return converted(money, target, rate_for(uow, money.currency, target, day))


def converted_if(uow: UnitOfWork, money: Money, target: str, day: date) -> Money | None:
    """``convert``; none where no rate compares them, for what is then not guessed."""
    rate = rate_if_known(uow, money.currency, target, day)
    return None if rate is None else converted(money, target, rate)


def within(uow: UnitOfWork, amount: Money, limit: Money, day: date) -> bool:
    """Whether an amount is not above a limit; in another currency it counts at the day's rate, and
    without one as above."""
    worth = converted_if(uow, amount, limit.currency, day)
    return worth is not None and worth <= limit
