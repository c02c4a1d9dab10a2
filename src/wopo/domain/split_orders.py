"""Orders that belong together are decided by their sum, so that splitting one gains nothing.

The policy says which orders belong together (the same vendor and job, for example) and for how many
days (reliability P14, A28). What an order was added to is written on the revision that was asked
for: the sum holds for every decision about that revision, whatever becomes of the others later.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from wopo.domain.money import Money
from wopo.domain.order_content import OrderContent
from wopo.domain.policy_sections import Section
from wopo.domain.purchase_orders import OrderKind

MOST_DAYS = 92
LISTED = 20
"""How many of the others are written down by number, the newest first; all of them count."""
COUNTED = (OrderKind.STANDARD, OrderKind.COUNTER, OrderKind.RECURRING, OrderKind.AFTER_THE_FACT)
"""Kinds that are added up. A blanket order is decided by its limit, and holds its releases."""


class Trait(StrEnum):
    """What orders may have in common."""

    VENDOR = "vendor"
    REQUESTER = "requester"
    JOB = "job"
    CENTRE = "cost centre"


def _traits(value: Any) -> Any:
    """``vendor and job`` as its words; an unknown word is told."""
    if not isinstance(value, str):
        return value
    words = [" ".join(word.split()).casefold() for word in value.split(" and ")]
    known = {trait.value for trait in Trait}
    for word in words:
        if word not in known:
            raise ValueError(f"'{word}' is not one of {', '.join(sorted(known))}")
    return frozenset(Trait(word) for word in words)


def _joined(traits: Collection[Trait]) -> str:
    """As it is written, always in the same order."""
    return " and ".join(trait.value for trait in Trait if trait in traits)


Traits = Annotated[
    frozenset[Trait], BeforeValidator(_traits), PlainSerializer(_joined), Field(min_length=1)
]


class SplitSection(Section):
    """Which orders are decided by their sum: those that have all of one entry of ``same`` in
    common and were asked for within ``days``; 0 days adds nothing up."""

    days: int = Field(default=7, ge=0, le=MOST_DAYS)
    same: tuple[Traits, ...] = (
        frozenset({Trait.VENDOR}),
        frozenset({Trait.JOB}),
    )

    def since(self, at: datetime) -> datetime:
        """From when on an order that was asked for still counts."""
        return at - timedelta(days=self.days)

    @property
    def reach(self) -> Trait | None:
        """How far it is looked: ``VENDOR`` where only orders of the same vendor can belong
        together, ``JOB`` where those for the same job can too, none for anywhere."""
        if all(Trait.VENDOR in traits for traits in self.same):
            return Trait.VENDOR
        near = all(traits & {Trait.VENDOR, Trait.JOB} for traits in self.same)
        return Trait.JOB if near else None

    def words(self, version: int, day: date) -> Iterator[str]:
        """One sentence."""
        if not self.days or not self.same:
            yield "Orders are never added up: each is decided by itself."
            return
        sets = "; or ".join(told(traits) for traits in self.same)
        yield f"Orders of {self.days} days are decided by their sum where they have {sets}."
        yield (
            "What nobody is asked about because it is small counts in the same way, and by its sum "
            "for one person and job; the lines of one request always do."
        )


def told(traits: Collection[Trait]) -> str:
    """``the same vendor and job``."""
    return f"the same {_joined(traits)}"


@dataclass(frozen=True)
class Near:
    """Another order that was asked for lately, and what it has in common with this one.

    ``amount``: what was asked for at most, in the currency of the order that is decided; none where
    no rate compares them."""

    id: str
    number: str
    common: frozenset[Trait]
    amount: Money | None


class Listed(BaseModel):
    """One of the others, by number; ``minor`` in minor units of the revision's currency."""

    model_config = ConfigDict(frozen=True)

    id: str
    number: str
    minor: int | None


class Together(BaseModel):
    """What a revision is decided together with, in the currency of its order.

    ``minor``: what the others come to. ``orders``: the newest of them, of ``count`` in all."""

    model_config = ConfigDict(frozen=True)

    minor: int = 0
    why: str = ""
    count: int = 0
    orders: tuple[Listed, ...] = ()


ALONE = Together()


def counted(content: OrderContent) -> bool:
    """Whether an order of this kind is decided together with others."""
    return content.kind in COUNTED


def together(section: SplitSection, near: Iterable[Near]) -> Together:
    """The largest set that an order belongs to; nothing where it stands alone. ``near`` are asked
    for within the section's days, the newest first."""
    near = list(near)
    largest, found = 0, ALONE
    for traits in section.same if section.days else ():
        others = [other for other in near if traits <= other.common]
        minor = sum(other.amount.minor for other in others if other.amount)
        if minor > largest:
            largest, found = minor, _together(section, traits, others, minor)
    return found


def _together(
    section: SplitSection, traits: Collection[Trait], others: list[Near], minor: int
) -> Together:
    return Together(
        minor=minor,
        why=f"{told(traits)} within {section.days} days",
        count=len(others),
        orders=tuple(
            Listed(
                id=other.id,
                number=other.number,
                minor=other.amount.minor if other.amount is not None else None,
            )
            for other in others[:LISTED]
        ),
    )
