"""Who reads a screen: their language, their clock, and whether figures are for them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_timedelta

from wopo.domain.money import Money, format_number, minor_digits
from wopo.domain.people import Person, Role, may_see_costs
from wopo.domain.settings import CompanySettings
from wopo.usecases.door import Command, Registry

WEEK = 7
DAYS = 2_000
"""How many days stay written out: screens show the same few again and again."""


@dataclass(frozen=True)
class Me:
    """The person who reads, as plain facts that outlive the transaction."""

    id: str
    name: str
    roles: frozenset[str]

    def has(self, *roles: Role) -> bool:
        """Whether the person has at least one of these roles."""
        return any(role.value in self.roles for role in roles)

    def may(self, command: type[Command]) -> bool:
        """Whether the door would let the person give this command."""
        roles = Registry.use_cases[command].roles
        return roles is None or self.has(*roles)

    @property
    def only_reads(self) -> bool:
        """Whether the person is nothing but an auditor."""
        return self.roles == {Role.AUDITOR.value}


@dataclass(frozen=True)
class Reader:
    """A person, or (without ``me``) everybody in a channel. ``today`` is the reader's own day."""

    locale: str = "en"
    timezone: str = "UTC"
    costs: bool = False
    me: Me | None = None
    today: date = date.min

    def money(self, amount: Money | None) -> str:
        """An amount in the reader's format; a dash for one who may not see it, or for none."""
        return amount.format(self.locale) if amount is not None and self.costs else "–"

    def number(self, value: Decimal) -> str:
        """A quantity in the reader's format."""
        return format_number(value, self.locale)

    def price(self, value: Decimal, currency: str, *, per: Decimal = Decimal(1)) -> str:
        """A unit price with at least the currency's decimals: ``68.40``, ``0.125 per 100``."""
        shown = format_number(value, self.locale, digits=minor_digits(currency))
        return shown if per == 1 else f"{shown} per {self.number(per)}"

    def plain_day(self, value: date) -> str:
        """A day alone: ``3 Mar 2026``."""
        return _day(value, self.locale)

    def until(self, value: date | None) -> str:
        """`` until Friday`` within a week, else with the day; nothing for none."""
        if value is None:
            return ""
        soon = 0 < (value - self.today).days < WEEK
        return f" until {_weekday(value, self.locale) if soon else self.plain_day(value)}"

    def month(self, value: date) -> str:
        """Its month in short: ``Mar``."""
        return str(format_date(value, format="LLL", locale=self.locale))

    def day(self, value: date | None) -> str:
        """A day, absolute and relative: ``3 Mar 2026 (tomorrow)``."""
        if value is None:
            return "–"
        shown = self.plain_day(value)
        if self.today == date.min:
            return shown
        away = value - self.today
        if away.days == 0:
            return f"{shown} (today)" if self.locale.startswith("en") else shown
        return f"{shown} ({_near(away.days, self.locale)})"


@lru_cache(maxsize=DAYS)
def _day(value: date, locale: str) -> str:
    return str(format_date(value, format="medium", locale=locale))


@lru_cache(maxsize=DAYS)
def _weekday(value: date, locale: str) -> str:
    return str(format_date(value, format="EEEE", locale=locale))


@lru_cache(maxsize=DAYS)
def _near(days: int, locale: str) -> str:
    away = timedelta(days=days)
    return str(format_timedelta(away, granularity="day", add_direction=True, locale=locale))


@lru_cache(maxsize=256)
def known_locale(wanted: str) -> str:
    """The locale as Babel names it; English where Babel does not know it."""
    try:
        return str(Locale.parse(wanted.replace("-", "_")))
    except (UnknownLocaleError, ValueError):
        return "en"


def person_reader(person: Person, settings: CompanySettings, at: datetime) -> Reader:
    """The reader that a person is."""
    zone = ZoneInfo(person.timezone)
    return Reader(
        locale=known_locale(person.locale),
        timezone=person.timezone,
        costs=may_see_costs(person, settings),
        me=Me(person.id, person.name, frozenset(person.roles)),
        today=at.astimezone(zone).date(),
    )


def channel_reader(at: datetime, *, costs: bool) -> Reader:
    """Everybody in a channel: one text for all, in English, figures only where all may see."""
    return Reader(costs=costs, today=at.date())
