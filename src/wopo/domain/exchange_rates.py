"""Exchange rates from a dated table. Without a rate nothing is guessed."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from wopo.domain.columns import decimal_field, id_field
from wopo.domain.errors import Refusal
from wopo.domain.events import Event, event
from wopo.domain.money import Money


class ExchangeRate(SQLModel, table=True):
    """One unit of ``source`` is ``rate`` units of ``target`` from this day on."""

    __tablename__ = "exchange_rate"
    __table_args__ = (UniqueConstraint("source", "target", "day"),)

    id: str = id_field()
    source: str = Field(max_length=3)
    target: str = Field(max_length=3)
    day: date
    rate: Decimal = decimal_field()


NO_RATE = Refusal(
    "exchange_rate.missing",
    "No {source}->{target} rate for {day}. Nothing was changed; enter one and repeat.",
)


def rate_on(rates: Iterable[ExchangeRate], source: str, target: str, day: date) -> Decimal:
    """The rate in force on ``day``: the newest not later than it. Raises ``NO_RATE``.

    The other direction is never inverted: a rate is what somebody entered.
    """
    if source == target:
        return Decimal(1)
    valid = [
        rate for rate in rates if (rate.source, rate.target) == (source, target) and rate.day <= day
    ]
    if not valid:
        raise NO_RATE(source=source, target=target, day=day)
    return max(valid, key=lambda rate: rate.day).rate


def converted(money: Money, target: str, rate: Decimal) -> Money:
    """The amount in another currency, rounded once."""
    return money if money.currency == target else Money.of(money.amount * rate, target)


@event("exchange_rate:set")
class ExchangeRateSet(Event):
    """One unit of ``source`` is ``rate`` units of ``target`` from this day on."""

    source: str
    target: str
    day: date
    rate: Decimal
    before: Decimal | None
