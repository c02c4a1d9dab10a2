"""The routes section of the purchasing policy: where each line needed goes, and why.

The first rule whose conditions hold answers with a route, its name and its sentence, so that the
form, the order and the approval card can say why. Rules "from stock" are asked about what lies in
stock, all others about what has to be got.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from pydantic import Field, model_validator

from wopo.domain.money import MAX_AMOUNT, Money, plain
from wopo.domain.part_requests import ORDERED_ROUTES, UNASKED_ROUTES, LineKind, Route
from wopo.domain.policy_sections import Named, Part, Section
from wopo.domain.purchasing_conditions import (
    COMPANY_LIMIT,
    Amount,
    Conditions,
    LineFacts,
    as_bought,
    bound,
    short_amount,
)

MOST_RULES = 200


class RouteRule(Part):
    """One rule. ``{limit}`` and ``{currency}`` in name and sentence are the company's amount above
    which it wants an approved order. ``allowed_up_to``: what may be paid out of pocket."""

    name: str = Field(min_length=1, max_length=50)
    sentence: str = Field(min_length=1, max_length=280)
    when: Conditions = Conditions()
    route: Route
    allowed_up_to: Amount | None = None

    @model_validator(mode="after")
    def _whole(self) -> "RouteRule":
        if (self.route is Route.OUT_OF_POCKET) != (self.allowed_up_to is not None):
            raise ValueError(
                f"'{self.name}' needs the route 'out of pocket' and allowed_up_to, or neither"
            )
        unknown = sorted({*_NOT_OF_STOCK} & self.when.model_fields_set)
        if self.route is Route.STOCK and unknown:
            raise ValueError(f"'{self.name}' is from stock, so it can't ask for {unknown[0]}")
        return self

    def holds(self, line: LineFacts) -> bool:
        """Whether the rule decides about the line, where no rule above it does."""
        return line.from_stock == (self.route is Route.STOCK) and self.why_not(line) is None

    def why_not(self, line: LineFacts) -> str | None:
        """What keeps the rule from holding, in words."""
        over = self._allowed(line.limit)
        if over is not None and line.amount is not None and over < line.amount:
            return f"up to {short_amount(over)} {over.currency}"
        return self.when.failing(line)

    def ruling(self, line: LineFacts) -> "Ruling":
        """What it says about the line."""
        allowed = self._allowed(line.limit)
        return Ruling(
            self.route, filled(self.name, line.limit), filled(self.sentence, line.limit), allowed
        )

    def _allowed(self, limit: Money) -> Money | None:
        return None if self.allowed_up_to is None else bound(self.allowed_up_to, limit)


_NOT_OF_STOCK = ("vendor", "contract", "blanket", "priced", "over", "up_to")


@dataclass(frozen=True)
class Ruling:
    """What a rule said. ``allowed``: what may be paid out of pocket, where that is the route."""

    route: Route
    rule: str
    sentence: str
    allowed: Money | None = None


BUYERS_CHOICE = Ruling(Route.ORDER, "buyer", "A buyer decided that it is ordered.")
"""Why there is an order where the policy asks for none."""

DEFAULT_RULES = (
    RouteRule(
        name="from-stock",
        sentence="It lies in stock, so nothing needs to be bought.",
        route=Route.STOCK,
    ),
    RouteRule(
        name="blanket-order",
        sentence="A blanket order covers it, so a release calls it off.",
        when=Conditions(blanket=True),
        route=Route.CALL_OFF,
    ),
    RouteRule(
        name="no-agreed-price",
        sentence="Nobody agreed a price for it, so procurement chooses vendor and price first.",
        when=Conditions(priced=False),
        route=Route.BUYER,
    ),
    RouteRule(
        name="service",
        sentence="A service needs an order, so that it is confirmed as done before it is paid.",
        when=Conditions(kind=(LineKind.SERVICE,)),
        route=Route.ORDER,
    ),
    RouteRule(
        name="over-{limit}",
        sentence="More than {limit} {currency} needs an approved purchase order.",
        when=Conditions(over=COMPANY_LIMIT),
        route=Route.ORDER,
    ),
    RouteRule(
        name="under-contract",
        sentence="It is called off from a price agreement by a purchase order.",
        when=Conditions(contract=True),
        route=Route.CALL_OFF,
    ),
    RouteRule(
        name="small-purchase",
        sentence="Also up to {limit} {currency} a purchase order says what was bought for which "
        "job.",
        route=Route.ORDER,
    ),
)
"""What wopo ships; ``policies/default.yml`` says the same as a document."""


class RoutesSection(Section):
    """When an order is needed: rules from the top down, the last of which always holds."""

    rules: tuple[RouteRule, ...] = Field(default=DEFAULT_RULES, max_length=MOST_RULES)

    @model_validator(mode="after")
    def _decides_everything(self) -> "RoutesSection":
        names = [rule.name.casefold() for rule in self.rules]
        double = next((name for name in names if names.count(name) > 1), None)
        if double is not None:
            raise ValueError(f"two rules are called '{double}'")
        bought = [rule for rule in self.rules if rule.route is not Route.STOCK]
        always = [rule for rule in bought if not rule.when.words() and rule.allowed_up_to is None]
        if not always or always[-1] is not bought[-1]:
            raise ValueError("the last rule must hold without conditions, so that none is missing")
        if len(always) > 1:
            below = bought[bought.index(always[0]) + 1]
            raise ValueError(
                f"'{always[0].name}' always holds, so '{below.name}' below it is never asked"
            )
        return self

    def decide(self, line: LineFacts) -> Ruling | None:
        """The first rule that holds. None only for what lies in stock: then stock stays there and
        it is bought."""
        found = next((rule for rule in self.rules if rule.holds(line)), None)
        return found.ruling(line) if found else None

    def said(self, line: LineFacts) -> Ruling:
        """The ruling; what lies in stock, and no rule takes from there, is bought at a price that
        nobody looked up."""
        return self.decide(line) or self.bought(as_bought(line))

    def bought(self, line: LineFacts) -> Ruling:
        """The first rule that holds for what is not in stock; the last one always does."""
        return self._deciding(line).ruling(line)

    def _deciding(self, line: LineFacts) -> RouteRule:
        return next(rule for rule in self.rules if rule.holds(line))

    def small(self, line: LineFacts) -> bool:
        """Whether nobody is asked about the line because of what it costs: another rule would
        decide if it cost as much as can be."""
        found = self._deciding(line)
        if found.route not in UNASKED_ROUTES or line.amount is None:
            return False
        much = replace(line, amount=Money.of(MAX_AMOUNT, line.limit.currency))
        return self._deciding(much) is not found

    def asked(self, line: LineFacts) -> Iterator[tuple[RouteRule, str | None]]:
        """The rules that are asked, from the top down, each with what keeps it from holding; the
        last of them (none) decides."""
        for rule in self.rules:
            if line.from_stock == (rule.route is Route.STOCK):
                why_not = rule.why_not(line)
                yield rule, why_not
                if why_not is None:
                    return
        if line.from_stock:
            yield from self.asked(as_bought(line))

    def ordered(self, line: LineFacts) -> Ruling:
        """The first rule that holds and leads to an order, for what a buyer orders in any case."""
        leading = (rule for rule in self.rules if rule.route in ORDERED_ROUTES)
        found = next((rule for rule in leading if rule.holds(line)), None)
        return found.ruling(line) if found else BUYERS_CHOICE

    def asks_for(self, *names: str) -> bool:
        """Whether some rule looks at one of these facts, so that they have to be looked up."""
        return any(rule.when.model_fields_set & set(names) for rule in self.rules)

    def stricter(self, first: str, second: str) -> str:
        """Which of two rule names stands higher in the table; an unknown one is the weaker."""
        return min(first, second, key=self._place)

    def _place(self, name: str) -> int:
        """A name that the company's limit is part of counts also with an earlier limit."""
        for place, rule in enumerate(self.rules):
            head, brace, _ = rule.name.partition("{")
            if name == rule.name or (brace and name.startswith(head)):
                return place
        return len(self.rules)

    def named(self) -> Iterator[Named]:
        """See ``Section``."""
        kinds = ("part", "vendor", "category", "site", "cost_centre")
        for rule in self.rules:
            for kind in kinds:
                for code in getattr(rule.when, kind) or ():
                    yield Named(rule.name, kind.replace("_", " "), code)

    def words(self, version: int, day: date) -> Iterator[str]:
        """See ``Section``."""
        yield "Where a line needed goes; the first rule that fits decides:"
        for number, rule in enumerate(self.rules, start=1):
            yield f"  {number}. {rule.name}: {_rule_words(rule)}"
            yield f"     {_unfilled(rule.sentence)}"


def _rule_words(rule: RouteRule) -> str:
    when = rule.when.words() or ("what lies in stock" if rule.route is Route.STOCK else "the rest")
    much = f" allowed up to {plain(rule.allowed_up_to)}" if rule.allowed_up_to is not None else ""
    return f"{_unfilled(when)} → {rule.route.value}{much}"


def filled(text: str, limit: Money) -> str:
    """A name or sentence with the company's amount in it."""
    return text.replace("{limit}", short_amount(limit)).replace("{currency}", limit.currency)


def _unfilled(text: str) -> str:
    return text.replace("{limit} {currency}", f"the {COMPANY_LIMIT}")
