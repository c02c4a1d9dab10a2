"""Who may decide about an order: authority limits, and the people they leave.

Eligible are active approvers whose limit on that day covers the total for every cost centre on the
order, the lowest sufficient limit first; everybody with that same limit is asked. Whoever asked for
the order is left out unless the company waives that pair (domain.md, invariant 2).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from wopo.domain.errors import REQUIRED, Refusal
from wopo.domain.money import Money
from wopo.domain.people import AuthorityLimit, Person

OWN_REQUEST = Refusal(
    "approval.own_request",
    "You asked for {number}, so someone else must approve it. Nothing was changed; "
    "{who} can decide.",
    logged=True,
)
NOT_ELIGIBLE = Refusal(
    "approval.not_eligible",
    "You cannot approve {number}. Nothing was changed; approvers: {who}.",
    logged=True,
)
DECIDED_BY_YOU = Refusal(
    "approval.decided_by_you",
    "{number} is already {state} by you at {time}. This click changed nothing.",
    logged=True,
)
DECIDED = Refusal(
    "approval.decided",
    "{who} {state} {number} at {time}. This click changed nothing; nothing more is needed.",
    logged=True,
)
SUPERSEDED = Refusal(
    "approval.superseded",
    "{number} changed after this message (version {old} -> {new}: total {old_total} -> "
    "{new_total}{changes}). Nothing was changed; please review the new message.",
    logged=True,
)
NO_LONGER_OPEN = Refusal(
    "approval.no_longer_open",
    "{number} is no longer open ({state}). This click changed nothing; there is nothing to decide.",
    logged=True,
)
EXPIRED = Refusal(
    "approval.expired",
    "The time to decide about {number} ran out at {time}. This click changed nothing; "
    "{who} decides now.",
    logged=True,
)
NOT_YET = Refusal(
    "approval.not_yet",
    "{number} is not with you yet: {who} decides first. Nothing was changed; you are asked then.",
    logged=True,
)
HANDLED = Refusal(
    "approval.handled",
    "You are {had} of {number}, so someone else must approve it. Nothing was changed; "
    "{who} can decide.",
    logged=True,
)
CANNOT_TAKE = Refusal(
    "approval.cannot_take",
    "{name} can't decide about {number}: {why}. Nothing was changed; choose {who}.",
    logged=True,
)
NO_QUESTION = Refusal(
    "approval.no_question",
    "No question about {number} is open. Nothing was changed; look at the order again.",
)

NOBODY = "nobody yet; finance and the administrators are told"


@dataclass(frozen=True)
class Need:
    """What a decision must cover: the amount, the cost centres, the day, and who is left out.

    ``rates``: units of a limit's currency for one unit of the order's, on that day; a limit in a
    currency without a rate does not count.
    """

    amount: Money
    centre_ids: frozenset[str]
    day: date
    excluded_ids: frozenset[str] = frozenset()
    rates: Mapping[str, Decimal] | None = None

    def rate(self, currency: str) -> Decimal | None:
        """The rate into a limit's currency, none if there is none."""
        return Decimal(1) if currency == self.amount.currency else (self.rates or {}).get(currency)


def level(limits: Iterable[AuthorityLimit], need: Need) -> Fraction | None:
    """The authority one person has for all of the order's cost centres, in its currency; none if
    for one of them they have none. A limit for a cost centre replaces the general one."""
    valid = [limit for limit in limits if limit.covers(need.day)]
    levels = []
    for centre_id in need.centre_ids:
        own = [limit for limit in valid if limit.cost_centre_id == centre_id]
        general = [limit for limit in valid if limit.cost_centre_id is None]
        worth = [amount for limit in own or general if (amount := _in_order(limit, need))]
        if not worth:
            return None
        levels.append(max(worth))
    return min(levels, default=None)


def _in_order(limit: AuthorityLimit, need: Need) -> Fraction | None:
    rate = need.rate(limit.currency)
    if not rate:
        return None
    return Fraction(Money(limit.amount_minor, limit.currency).amount) / Fraction(rate)


def ranked(
    people: Iterable[tuple[Person, Collection[AuthorityLimit]]], need: Need
) -> tuple[tuple[str, ...], ...]:
    """Ids of everybody with sufficient authority, those with the same one together, the lowest
    first; by code within."""
    wanted = Fraction(need.amount.amount)
    groups: dict[Fraction, list[Person]] = {}
    for person, limits in people:
        authority = level(limits, need)
        fits = authority is not None and authority >= wanted
        if authority is not None and fits and person.active and person.id not in need.excluded_ids:
            groups.setdefault(authority, []).append(person)
    return tuple(
        tuple(person.id for person in sorted(groups[authority], key=lambda person: person.code))
        for authority in sorted(groups)
    )


def eligible(people: Iterable[tuple[Person, Collection[AuthorityLimit]]], need: Need) -> list[str]:
    """Ids of those to ask: all with the lowest sufficient authority, by code."""
    return list(next(iter(ranked(people, need)), ()))


@dataclass(frozen=True)
class Deciders:
    """Who could make one decision: everybody able, by id, and in which order they are asked: the
    first group, and the next one where everybody of the one before let it expire."""

    able: Mapping[str, Person]
    groups: tuple[tuple[str, ...], ...]

    def whom(self, passed_over: Collection[str] = ()) -> list[str]:
        """Ids of those to ask; where everybody let it expire, the first ones again."""
        for group in self.groups:
            left = [id for id in group if id not in passed_over]
            if left:
                return left
        return list(next(iter(self.groups), ()))


def checked_reason(reason: str, *, field: str = "reason", label: str = "The reason") -> str:
    """A reason that says something, trimmed; else ``REQUIRED``."""
    if not reason.strip():
        raise REQUIRED(field=field, label=label)
    return reason.strip()
