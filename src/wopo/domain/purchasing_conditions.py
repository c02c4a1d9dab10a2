"""What a rule of the purchasing policy's routes looks at, and the conditions it can name."""

from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainValidator

from wopo.domain.money import MAX_AMOUNT, PRICE_PLACES, Money, plain
from wopo.domain.part_requests import LineKind, PriceBasis
from wopo.domain.policy_sections import Part
from wopo.domain.work_orders import WorkType
from wopo.domain.work_requests import Priority

COMPANY_LIMIT = "company limit"
"""What rules write for the amount above which the company wants an approved order (a setting)."""


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


def as_bought(line: LineFacts) -> LineFacts:
    """The same where it is bought, at a price that nobody looked up."""
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
                return line.amount is None or bound(wanted, line.limit) < line.amount
            case "up_to":
                return line.amount is not None and not bound(wanted, line.limit) < line.amount
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


def bound(wanted: Decimal | str, limit: Money) -> Money:
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
            much = f"{short_amount(bound(wanted, limit))} {limit.currency}"
        return f"{'more than' if name == 'over' else 'up to'} {much}"
    if name == "kind":
        return " or ".join(_KIND_WORDS[kind] for kind in wanted)
    said = " or ".join(str(value).replace("_", " ") for value in wanted)
    return f"{name.replace('_', ' ')} {said}"


def short_amount(amount: Money) -> str:
    """``250`` for 250.00, ``12.5`` for 12.50."""
    return plain(Decimal(amount.amount))
