"""The matching section of the purchasing policy: who may be billed how far beside the order.

Rules are resolved key by key, the narrower one first: order line > order > part and vendor > part
> vendor > category > company > what wopo ships. A key that says ``no limit`` lifts the limit of
everything wider; a key that is left out leaves it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, BeforeValidator, Field, create_model, model_validator

from wopo.domain.matching import (
    TOLERANCE_KEYS,
    Combine,
    Policy,
    Tolerances,
    default_policy,
    default_tolerances,
)
from wopo.domain.money import MAX_AMOUNT, PRICE_PLACES, plain
from wopo.domain.policy_sections import Named, Part, Section

NO_LIMIT = "no limit"
SHIPPED = "company default"


def _limit(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError(f"'{str(value).lower()}' is no limit; write a number or '{NO_LIMIT}'")
    if isinstance(value, str) and value.strip().casefold() == NO_LIMIT:
        return None
    return value


LimitValue = Annotated[
    Annotated[Decimal, Field(ge=0, le=MAX_AMOUNT, decimal_places=PRICE_PLACES)] | None,
    BeforeValidator(_limit),
]
NOT_SET = frozenset({"under_receipt_pct"})
"""Keys of a match case that no policy sets: a line is closed short by a decision that moves money,
never by a percentage."""
_KEYS: dict[str, Any] = dict.fromkeys(
    (key for key in TOLERANCE_KEYS if key not in NOT_SET), (LimitValue, None)
)
Limits: type[BaseModel] = create_model("Limits", __base__=Part, **_KEYS)
"""Limits by key; only those that were written count, ``None`` means that there is no limit."""


class Scope(Part):
    """What a rule, or the company, sets: how lines are compared, and how far they may be off."""

    combine: Combine | None = None
    limits: Limits = Field(default_factory=Limits)

    def tolerances(self, source: str) -> Tolerances:
        """The written limits, each with who set it."""
        values: dict[str, Decimal | None] = self.limits.model_dump(exclude_unset=True)
        return Tolerances(values, self.combine, dict.fromkeys(values, source))


class CompanyScope(Scope):
    """What holds for everything that no rule is about."""

    goods: Policy = default_policy(service=False)
    services: Policy = default_policy(service=True)


class ToleranceRule(Scope):
    """Other limits for an order, one of its lines, a part, a vendor, both, or a category, between
    two days (both included) of the invoice's entry."""

    name: str = Field(min_length=1, max_length=80)
    order: str | None = Field(default=None, min_length=1, max_length=40)
    line: int | None = Field(default=None, ge=1)
    part: str | None = Field(default=None, min_length=1, max_length=60)
    vendor: str | None = Field(default=None, min_length=1, max_length=60)
    category: str | None = Field(default=None, min_length=1, max_length=80)
    policy: Policy | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    @model_validator(mode="after")
    def _about_something(self) -> "ToleranceRule":
        if self._shape not in _RANKS:
            raise ValueError(
                f"'{self.name}' must be about an order, an order and a line, a part and a vendor, "
                "a part, a vendor, or a category"
            )
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"'{self.name}' ends before it begins")
        return self

    @property
    def _shape(self) -> frozenset[str]:
        names = ("order", "line", "part", "vendor", "category")
        return frozenset(name for name in names if getattr(self, name) is not None)

    @property
    def rank(self) -> int:
        """How narrow it is; the higher one wins."""
        return _RANKS[self._shape]

    @property
    def about(self) -> str:
        """``part BRG-1 and vendor ACME``."""
        parts = ((name, getattr(self, name)) for name in ("order", "line", "part", "vendor"))
        told = [f"{name} {value}" for name, value in parts if value is not None]
        return " and ".join(told) or f"category {self.category}"

    def valid_on(self, day: date) -> bool:
        """Whether it holds on ``day``."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)

    def covers(self, subject: "Subject") -> bool:
        """Whether it is about this order line (or this invoice as a whole)."""
        return all(_same(getattr(self, name), getattr(subject, name)) for name in self._shape)

    def clashes(self, other: "ToleranceRule") -> bool:
        """Whether both are about the same thing on some day, so that neither is the narrower."""
        about = all(_same(getattr(self, n), getattr(other, n)) for n in self._shape | other._shape)
        apart = (self.valid_from or date.min) > (other.valid_to or date.max) or (
            other.valid_from or date.min
        ) > (self.valid_to or date.max)
        return about and not apart


_RANKS = {
    frozenset({"order", "line"}): 6,
    frozenset({"order"}): 5,
    frozenset({"part", "vendor"}): 4,
    frozenset({"part"}): 3,
    frozenset({"vendor"}): 2,
    frozenset({"category"}): 1,
}


class Subject(NamedTuple):
    """What rules are asked about: an order line, or (no line, no part) an invoice as a whole."""

    vendor: str | None = None
    order: str | None = None
    line: int | None = None
    part: str | None = None
    category: str | None = None


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one.strip().casefold() == other.strip().casefold()
    return bool(one == other)


class MatchingSection(Section):
    """Everything the policy says about matching invoices."""

    company: CompanyScope = CompanyScope()
    rules: tuple[ToleranceRule, ...] = ()

    @model_validator(mode="after")
    def _no_two_alike(self) -> "MatchingSection":
        for one, other in combinations(self.rules, 2):
            if one.name.casefold() == other.name.casefold():
                raise ValueError(f"two rules are called '{one.name}'")
            if one.clashes(other):
                raise ValueError(
                    f"'{one.name}' and '{other.name}' are both about {one.about} at the same time"
                )
        return self

    def named(self) -> Iterator[Named]:
        """See ``Section``."""
        for rule in self.rules:
            for kind in ("vendor", "part", "order", "category"):
                code = getattr(rule, kind)
                if code is not None:
                    yield Named(rule.name, kind, code)

    def words(self, version: int, day: date) -> Iterator[str]:
        """See ``Section``; limits that nobody set are told as such."""
        goods, services = self.company.goods.value, self.company.services.value
        yield f"Goods are matched {goods}, services {services}."
        found = ruled(self, version, Subject(), day).tolerances
        yield "For the whole company:"
        for key in sorted(set(found.values)):
            yield f"  {_limit_words(key, found.values[key])} ({found.sources.get(key, '')})"
        yield f"  {NO_LIMIT} for anything else, so it is not checked"
        yield f"  {_combine_words(found.combine or Combine.LESSER)}"
        for rule in sorted(self.rules, key=lambda rule: -rule.rank):
            yield from _rule_words(rule)


@dataclass(frozen=True)
class Ruled:
    """What holds for one subject: limits with who set each, and how it is compared."""

    tolerances: Tolerances
    policy: Policy | None = None
    policy_source: str = ""


def ruled(section: MatchingSection, version: int, subject: Subject, day: date) -> Ruled:
    """The limits and the kind of match that hold for ``subject`` on ``day``.

    ``policy`` is none where no rule names one; the company's is a matter of goods or services.
    """
    of = f"policy {version}" if version else SHIPPED
    found = default_tolerances().overridden_by(section.company.tolerances(f"{of}, company"))
    policy, source = None, ""
    for rule in _applying(section, subject, day):
        named = f"{of}, {rule.name}"
        found = found.overridden_by(rule.tolerances(named))
        if rule.policy is not None:
            policy, source = rule.policy, named
    return Ruled(found, policy, source)


def _applying(section: MatchingSection, subject: Subject, day: date) -> Iterator[ToleranceRule]:
    """The rules about it, the widest first."""
    rules = (rule for rule in section.rules if rule.valid_on(day) and rule.covers(subject))
    yield from sorted(rules, key=lambda rule: rule.rank)


def _rule_words(rule: ToleranceRule) -> Iterator[str]:
    days = ""
    if rule.valid_from or rule.valid_to:
        days = f", from {rule.valid_from or 'the beginning'} to {rule.valid_to or 'further notice'}"
    matched = f", matched {rule.policy.value}" if rule.policy else ""
    yield f"{rule.name}: {rule.about}{days}{matched}:"
    yield from (f"  {text}" for text in _own_limit_words(rule))


def _own_limit_words(scope: Scope) -> Iterator[str]:
    own = scope.tolerances("")
    for key, value in own.values.items():
        yield _limit_words(key, value)
    if scope.combine is not None:
        yield _combine_words(scope.combine)


def _limit_words(key: str, value: Decimal | None) -> str:
    if value is None:
        return f"{key}: {NO_LIMIT}"
    return f"{key}: {plain(value)}{' %' if key.endswith('_pct') else ''}"


def _combine_words(combine: Combine) -> str:
    if combine is Combine.LESSER:
        return "where several limits are set, all must hold"
    return "where several limits are set, one that holds is enough"
