"""The approval section of the purchasing policy: who decides about which order, one after another.

The first rule that an order meets gives its steps; each has one or several deciders who are asked
side by side. The amount itself is always somebody's authority: steps that name none end with it.
Without a rule that is the only step.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import combinations
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from wopo.domain.money import MAX_AMOUNT, PRICE_PLACES, Money, plain
from wopo.domain.people import Role
from wopo.domain.policy_sections import Named, Part, Section
from wopo.domain.purchase_orders import OrderKind
from wopo.domain.vendors import Standing

MOST_STEPS = 8
MOST_DECIDERS = 6


class DeciderKind(StrEnum):
    """How a decider is found on the day."""

    AUTHORITY = "authority"
    MANAGER = "manager"
    OWNER = "owner"
    ROLE = "role"
    PERSON = "person"


class BudgetState(StrEnum):
    """What an order does to the budgets of its cost centres; the worst of them counts."""

    WITHIN = "within"
    NONE = "none"
    OVER = "over"


_NAMED = (DeciderKind.ROLE, DeciderKind.PERSON)
_WRITTEN = "write authority, manager, owner, 'role finance' or 'person CODE'"


def _decider(value: Any) -> Any:
    """``role finance`` and ``person ANA`` as they are written; a content's own form stays."""
    if not isinstance(value, str):
        return value
    kind, _, name = value.strip().partition(" ")
    return {"kind": kind.lower(), "name": name.strip()}


class _Decider(Part):
    """One who must agree. ``name``: the role, or the person's code."""

    kind: DeciderKind
    name: str = Field(default="", max_length=60)

    @model_validator(mode="before")
    @classmethod
    def _known(cls, value: Any) -> Any:
        kind = value.get("kind") if isinstance(value, dict) else None
        if kind not in {one.value for one in DeciderKind}:
            raise ValueError(f"'{kind}' is nobody who decides; {_WRITTEN}")
        return value

    @model_validator(mode="after")
    def _named(self) -> "_Decider":
        if (self.kind in _NAMED) != bool(self.name):
            written = f"{self.kind.value} {self.name}".strip()
            raise ValueError(f"'{written}' does not say who decides; {_WRITTEN}")
        if self.kind is DeciderKind.ROLE and self.name not in {role.value for role in Role}:
            known = ", ".join(role.value for role in Role)
            raise ValueError(f"there is no role '{self.name}'; the roles are {known}")
        return self

    @property
    def key(self) -> str:
        """``role:finance``: what a decision remembers of who was wanted."""
        return f"{self.kind.value}:{self.name}" if self.name else self.kind.value

    @property
    def words(self) -> str:
        """As people read it."""
        return WORDS[self.kind].format(name=self.name)


WORDS = {
    DeciderKind.AUTHORITY: "authority for the amount",
    DeciderKind.MANAGER: "the requester's manager",
    DeciderKind.OWNER: "the cost centre's owner",
    DeciderKind.ROLE: "{name}",
    DeciderKind.PERSON: "{name}",
}
Decider = Annotated[_Decider, BeforeValidator(_decider)]
AUTHORITY = _Decider(kind=DeciderKind.AUTHORITY)


def _many(value: Any) -> Any:
    """One thing may be written without the brackets of a list."""
    return [value] if isinstance(value, str | int | dict) else value


Step = Annotated[tuple[Decider, ...], BeforeValidator(_many)]


def _texts(value: Any) -> Any:
    made = _many(value)
    return [str(one).strip() if isinstance(one, int) else one for one in made]


Codes = Annotated[tuple[str, ...], BeforeValidator(_texts)]
Amount = Annotated[Decimal, Field(ge=0, le=MAX_AMOUNT, decimal_places=PRICE_PLACES)]


POCKET: Literal["out_of_pocket"] = "out_of_pocket"
"""The kind of what somebody paid already: it is decided by the same steps, and has no vendor."""
Kind = OrderKind | Literal["out_of_pocket"]


class Condition(Part):
    """When a rule is about an order; everything written must hold, and of a list one is enough.

    Amounts are in the company's currency, tax included. ``cost_centre`` and ``category``: of at
    least one line. An amount that no rate tells counts as above every limit.
    """

    above: Amount | None = None
    up_to: Amount | None = None
    cost_centre: Codes = ()
    category: Codes = ()
    vendor: Annotated[tuple[Standing, ...], BeforeValidator(_many)] = ()
    budget: Annotated[tuple[BudgetState, ...], BeforeValidator(_many)] = ()
    kind: Annotated[tuple[Kind, ...], BeforeValidator(_many)] = ()

    @model_validator(mode="after")
    def _possible(self) -> "Condition":
        if self.above is not None and self.up_to is not None and self.up_to <= self.above:
            raise ValueError("no amount is both above the one and up to the other")
        return self

    def holds(self, facts: "OrderFacts") -> bool:
        """Whether the order meets all of it."""
        return (
            self._amount_fits(facts.amount)
            and _meets(self.cost_centre, facts.cost_centres)
            and _meets(self.category, facts.categories)
            and (not self.vendor or facts.standing in self.vendor)
            and (not self.budget or facts.budget in self.budget)
            and (not self.kind or facts.kind in self.kind)
        )

    def _amount_fits(self, amount: Decimal | None) -> bool:
        if amount is None:
            return self.up_to is None
        return (self.above is None or amount > self.above) and (
            self.up_to is None or amount <= self.up_to
        )

    @property
    def words(self) -> str:
        """``above 5000, cost centre 4711 or 4712``; ``any order`` without a condition."""
        told = [
            f"above {plain(self.above)}" if self.above is not None else "",
            f"up to {plain(self.up_to)}" if self.up_to is not None else "",
            _either("cost centre", self.cost_centre),
            _either("category", self.category),
            _either("vendor", [one.value for one in self.vendor]),
            _either("budget", [one.value for one in self.budget]),
            _either("kind", [str(one) for one in self.kind]),
        ]
        return ", ".join(part for part in told if part) or "any order"


def _meets(wanted: Collection[str], there: Collection[str]) -> bool:
    known = {one.strip().casefold() for one in there}
    return not wanted or any(one.casefold() in known for one in wanted)


def _either(label: str, values: Iterable[str]) -> str:
    told = " or ".join(value.replace("_", " ") for value in values)
    return f"{label} {told}" if told else ""


class ApprovalRule(Part):
    """One row of the matrix: for which orders, and who decides about them in which order."""

    name: str = Field(min_length=1, max_length=80)
    sentence: str = Field(default="", max_length=300)
    when: Condition = Condition()
    steps: tuple[Step, ...]

    @model_validator(mode="after")
    def _each_once(self) -> "ApprovalRule":
        if not 1 <= len(self.steps) <= MOST_STEPS:
            raise ValueError(f"'{self.name}' needs 1 to {MOST_STEPS} steps")
        if not all(1 <= len(step) <= MOST_DECIDERS for step in self.steps):
            raise ValueError(f"each step of '{self.name}' needs 1 to {MOST_DECIDERS} deciders")
        asked = [decider.key for step in self.steps for decider in step]
        twice = next((key for key in asked if asked.count(key) > 1), None)
        if twice is not None:
            raise ValueError(f"'{self.name}' asks {twice.replace(':', ' ')} twice")
        return self

    @property
    def all_steps(self) -> tuple[tuple[_Decider, ...], ...]:
        """The steps, with the authority for the amount last where none is named."""
        named = any(one.kind is DeciderKind.AUTHORITY for step in self.steps for one in step)
        return self.steps if named else (*self.steps, (AUTHORITY,))

    @property
    def words(self) -> str:
        """``1. the requester's manager, 2. finance and authority for the amount``."""
        return ", ".join(
            f"{number}. {' and '.join(one.words for one in step)}"
            for number, step in enumerate(self.all_steps, 1)
        )


class Reapproval(Part):
    """How much more an approved order may come to for decisions that the change does not touch to
    stand: per cent of what was approved, and company currency; what is written must all hold."""

    total_pct: Amount | None = None
    total_abs: Amount | None = None

    @model_validator(mode="after")
    def _sets_something(self) -> "Reapproval":
        if self.total_pct is None and self.total_abs is None:
            raise ValueError("write total_pct, total_abs or both")
        return self

    def covers(self, before: Money, after: Money) -> bool:
        """Whether the change is small enough; less always is."""
        more = after.amount - before.amount
        return (self.total_pct is None or more * 100 <= before.amount * self.total_pct) and (
            self.total_abs is None or more <= self.total_abs
        )

    @property
    def words(self) -> str:
        """``5 % and 100``."""
        told = [
            f"{plain(self.total_pct)} %" if self.total_pct is not None else "",
            plain(self.total_abs) if self.total_abs is not None else "",
        ]
        return " and ".join(part for part in told if part)


class ApprovalSection(Section):
    """The matrix, the first rule that fits first; without ``reapproval`` every change of an
    approved order asks for everything again."""

    rules: tuple[ApprovalRule, ...] = ()
    reapproval: Reapproval | None = None

    @model_validator(mode="after")
    def _no_two_alike(self) -> "ApprovalSection":
        for one, other in combinations(self.rules, 2):
            if one.name.casefold() == other.name.casefold():
                raise ValueError(f"two approval rules are called '{one.name}'")
        return self

    def named(self) -> Iterator[Named]:
        """See ``Section``."""
        for rule in self.rules:
            for code in rule.when.cost_centre:
                yield Named(rule.name, "cost centre", code)
            for code in rule.when.category:
                yield Named(rule.name, "category", code)
            for one in (one for step in rule.steps for one in step):
                if one.kind is DeciderKind.PERSON:
                    yield Named(rule.name, "person", one.name)

    def words(self, version: int, day: date) -> Iterator[str]:
        """See ``Section``."""
        if self.rules:
            yield "Orders and what was paid out of pocket are approved by the first rule that fits:"
            for rule in self.rules:
                yield f"  {rule.name} ({rule.when.words}): {rule.words}"
            yield "  anything else: authority for the amount"
        else:
            yield (
                "Orders, and what was paid out of pocket, are approved by the lowest sufficient "
                "authority."
            )
        if self.reapproval is None:
            yield "A changed order is approved again as a whole."
        else:
            yield (
                f"A change that adds no more than {self.reapproval.words}, with the same vendor "
                "and lines, is approved again only by whom it touches, and for its amount."
            )

    def rule_for(self, facts: "OrderFacts") -> ApprovalRule | None:
        """The first rule that the order meets, or none."""
        return next((rule for rule in self.rules if rule.when.holds(facts)), None)


@dataclass(frozen=True)
class OrderFacts:
    """What rules are asked about: an order's amount in the company's currency (none without a
    rate), codes and categories of its lines, its vendor's standing (none: no vendor is known) and
    what it does to budgets."""

    amount: Decimal | None
    cost_centres: frozenset[str]
    categories: frozenset[str]
    standing: Standing | None
    budget: BudgetState
    kind: Kind
