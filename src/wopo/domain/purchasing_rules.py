"""The routes section of the purchasing policy: where each line needed goes, and why.

The first rule whose conditions hold answers with a route, its name and its sentence, so that the
form, the order and the approval card can say why. Rules "from stock" are asked about what lies in
stock, all others about what has to be got.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator, model_validator

from wopo.domain.money import MAX_AMOUNT, PRICE_PLACES, Money, plain
from wopo.domain.part_requests import ORDERED_ROUTES, LineKind, PriceBasis, Route
from wopo.domain.policy_sections import Named, Part, Section
from wopo.domain.work_orders import WorkType
from wopo.domain.work_requests import Priority

COMPANY_LIMIT = "company limit"
"""What rules write for the amount above which the company wants an approved order (a setting)."""
MOST_RULES = 200


def _amount(value: Any) -> Decimal | str:
    text = str(value).strip().casefold()
    if text == COMPANY_LIMIT:
        return COMPANY_LIMIT
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    fits = number.is_finite() and 0 <= number <= MAX_AMOUNT
    if not fits or number != number.quantize(Decimal(1).scaleb(-PRICE_PLACES)):
        raise ValueError(f"'{text}' is no amount; write 0 or more, or '{COMPANY_LIMIT}'")
    return number


def _several(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Amount = Annotated[Decimal, Field(ge=0, le=MAX_AMOUNT, decimal_places=PRICE_PLACES)]
Bound = Annotated[Decimal | str, PlainValidator(_amount)]
Code = Annotated[str, Field(min_length=1, max_length=80)]
Codes = Annotated[tuple[Code, ...], BeforeValidator(_several), Field(min_length=1)]
Kinds = Annotated[tuple[LineKind, ...], BeforeValidator(_several), Field(min_length=1)]
Priorities = Annotated[tuple[Priority, ...], BeforeValidator(_several), Field(min_length=1)]
Types = Annotated[tuple[WorkType, ...], BeforeValidator(_several), Field(min_length=1)]


@dataclass(frozen=True)
class JobFacts:
    """What the rules look at of a job; codes are those of its site and its cost centre."""

    type: WorkType = WorkType.REPAIR
    priority: Priority = Priority.NORMAL
    site: str = ""
    cost_centre: str = ""


@dataclass(frozen=True)
class LineFacts:
    """What the rules look at. ``amount`` is in the currency of ``limit``; none without a price (or
    without a rate to compare it by). ``blanket``: an open blanket order covers it."""

    kind: LineKind
    from_stock: bool
    basis: PriceBasis
    amount: Money | None
    limit: Money
    part: str = ""
    category: str = ""
    vendor: str = ""
    blanket: bool = False
    job: JobFacts = JobFacts()


def _as_bought(line: LineFacts) -> LineFacts:
    return replace(line, from_stock=False, basis=PriceBasis.NONE, amount=None, vendor="")


class Conditions(Part):
    """What must hold, all of it; nothing means always. Several values of one condition: one of
    them is enough. Amounts are in the company's currency, without tax; a line without a known
    price counts as over any amount and as up to none."""

    kind: Kinds | None = None
    category: Codes | None = None
    part: Codes | None = None
    vendor: Codes | None = None
    contract: bool | None = None
    blanket: bool | None = None
    priced: bool | None = None
    over: Bound | None = None
    up_to: Bound | None = None
    job_type: Types | None = None
    priority: Priorities | None = None
    emergency: bool | None = None
    site: Codes | None = None
    cost_centre: Codes | None = None

    def failing(self, line: LineFacts) -> str | None:
        """The first condition that does not hold, in words; none where all do."""
        for name in type(self).model_fields:
            wanted = getattr(self, name)
            if wanted is not None and not self._holds(name, wanted, line):
                return _condition_words(name, wanted, line.limit)
        return None

    def _holds(self, name: str, wanted: Any, line: LineFacts) -> bool:
        match name:
            case "over":
                return line.amount is None or _bound(wanted, line.limit) < line.amount
            case "up_to":
                return line.amount is not None and not _bound(wanted, line.limit) < line.amount
        found = _found(name, line)
        if isinstance(wanted, bool):
            return bool(found) is wanted
        return str(found).strip().casefold() in {str(one).strip().casefold() for one in wanted}

    def words(self, limit: Money | None = None) -> str:
        """``category filters, more than 250``; empty where nothing is asked for."""
        given = ((name, getattr(self, name)) for name in type(self).model_fields)
        return ", ".join(
            _condition_words(name, value, limit) for name, value in given if value is not None
        )


def _found(name: str, line: LineFacts) -> object:
    """The fact that a condition by name or by yes and no is compared with."""
    facts: dict[str, object] = {
        "kind": line.kind,
        "category": line.category,
        "part": line.part,
        "vendor": line.vendor,
        "contract": line.basis is PriceBasis.AGREEMENT,
        "blanket": line.blanket,
        "priced": line.basis is not PriceBasis.NONE,
        "job_type": line.job.type,
        "priority": line.job.priority,
        "emergency": line.job.priority is Priority.EMERGENCY,
        "site": line.job.site,
        "cost_centre": line.job.cost_centre,
    }
    return facts[name]


def _bound(wanted: Decimal | str, limit: Money) -> Money:
    """The amount, rounded to what the company's currency can pay."""
    return Money.of(wanted, limit.currency) if isinstance(wanted, Decimal) else limit


_KIND_WORDS = {
    LineKind.PART: "a part",
    LineKind.FREE_TEXT: "something in words",
    LineKind.SERVICE: "a service",
}
_YES_AND_NO = {
    "contract": ("under a contract", "without a contract"),
    "blanket": ("covered by a blanket order", "covered by no blanket order"),
    "priced": ("its price is known", "no agreed price"),
    "emergency": ("an emergency", "no emergency"),
}


def _condition_words(name: str, wanted: Any, limit: Money | None) -> str:
    if isinstance(wanted, bool):
        return _YES_AND_NO[name][not wanted]
    if name in {"over", "up_to"}:
        much = plain(wanted) if isinstance(wanted, Decimal) else COMPANY_LIMIT
        if limit is not None:
            much = f"{short_amount(_bound(wanted, limit))} {limit.currency}"
        return f"{'more than' if name == 'over' else 'up to'} {much}"
    if name == "kind":
        return " or ".join(_KIND_WORDS[kind] for kind in wanted)
    said = " or ".join(str(value).replace("_", " ") for value in wanted)
    return f"{name.replace('_', ' ')} {said}"


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
        return None if self.allowed_up_to is None else _bound(self.allowed_up_to, limit)


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
        return self.decide(line) or self.bought(_as_bought(line))

    def bought(self, line: LineFacts) -> Ruling:
        """The first rule that holds for what is not in stock; the last one always does."""
        return next(rule for rule in self.rules if rule.holds(line)).ruling(line)

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
            yield from self.asked(_as_bought(line))

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


def short_amount(amount: Money) -> str:
    """``250`` for 250.00, ``12.5`` for 12.50."""
    return plain(Decimal(amount.amount))
