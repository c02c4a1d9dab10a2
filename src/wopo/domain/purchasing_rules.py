"""When an order is needed: one small written table of rules, asked for every part of a line.

The first rule whose condition holds answers with a route, its name and its sentence, so that the
form, the order and the approval card can say why.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from wopo.domain.money import Money, plain
from wopo.domain.part_requests import LineKind, PriceBasis


class Route(StrEnum):
    """Where a need goes: to what lies in stock, to an order that is drafted at once, or to a buyer
    who chooses vendor and price first."""

    STOCK = "stock"
    ORDER = "order"
    BUYER = "buyer"


@dataclass(frozen=True)
class LineFacts:
    """What the rules look at. ``amount`` is in the currency of ``limit``; none without a price (or
    without a rate to compare it by)."""

    kind: LineKind
    from_stock: bool
    basis: PriceBasis
    amount: Money | None
    limit: Money


@dataclass(frozen=True)
class Rule:
    """One line of the table. ``{limit}`` in name and sentence is the company's amount."""

    name: str
    sentence: str
    route: Route
    condition: Callable[[LineFacts], bool]


@dataclass(frozen=True)
class Ruling:
    """What a rule said."""

    route: Route
    rule: str
    sentence: str


RULES: tuple[Rule, ...] = (
    Rule(
        "from-stock",
        "It lies in stock, so nothing needs to be bought.",
        Route.STOCK,
        lambda line: line.from_stock,
    ),
    Rule(
        "no-agreed-price",
        "Nobody agreed a price for it, so procurement chooses vendor and price first.",
        Route.BUYER,
        lambda line: line.basis is PriceBasis.NONE,
    ),
    Rule(
        "service",
        "A service needs an order, so that it is confirmed as done before it is paid.",
        Route.ORDER,
        lambda line: line.kind is LineKind.SERVICE,
    ),
    Rule(
        "over-{limit}",
        "More than {limit} {currency} needs an approved purchase order.",
        Route.ORDER,
        lambda line: line.amount is None or line.limit < line.amount,
    ),
    Rule(
        "under-contract",
        "It is called off from a price agreement by a purchase order.",
        Route.ORDER,
        lambda line: line.basis is PriceBasis.AGREEMENT,
    ),
    Rule(
        "small-purchase",
        "Also up to {limit} {currency} a purchase order says what was bought for which job.",
        Route.ORDER,
        lambda line: True,
    ),
)


def decide(line: LineFacts) -> Ruling:
    """The first rule that holds; the last one always does."""
    rule = next(rule for rule in RULES if rule.condition(line))
    said = {"limit": short_amount(line.limit), "currency": line.limit.currency}
    return Ruling(rule.route, rule.name.format(**said), rule.sentence.format(**said))


def short_amount(amount: Money) -> str:
    """``250`` for 250.00, ``12.5`` for 12.50."""
    return plain(Decimal(amount.amount))


def stricter(first: str, second: str) -> str:
    """Which of two rule names stands higher in the table; an unknown one is the weaker."""
    return min(first, second, key=_place)


def _place(name: str) -> int:
    for place, rule in enumerate(RULES):
        head = rule.name.partition("{")[0]
        if name == rule.name or ("{" in rule.name and name.startswith(head)):
            return place
    return len(RULES)
