"""Tolerances: which limits are set, how they combine, and whether a difference holds them.

``None`` or an absent key is a limit that is not applied; ``0`` allows nothing (Oracle Fusion's
meaning; SAP reads a missing key as zero). Limits are inclusive (rule 1).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, StrEnum
from typing import NamedTuple

from wopo.domain.matching.arithmetic import Exact, N, as_decimal, plain


class Combine(StrEnum):
    """How several limits of one check work together."""

    LESSER = "lesser"
    """Every limit that is set must hold."""
    GREATER = "greater"
    """One limit that holds is enough."""


class Kind(Enum):
    """What a limit is compared with."""

    PERCENT = "percent"
    """variance x 100 <= limit x base; a base of zero allows nothing."""
    AMOUNT = "amount"
    """variance <= limit."""
    EXTENDED = "extended"
    """variance x (billed quantity or order price) <= limit."""


class Family(StrEnum):
    """The families of limits: one per comparison."""

    PRICE_OVER = "price_over"
    PRICE_UNDER = "price_under"
    QTY_RECEIVED = "qty_received"
    """Also for accepted quantities: rule 2 gives both the same limits."""
    QTY_ORDERED = "qty_ordered"
    QTY_UNDER = "qty_under"
    LINE_TOTAL = "line_total"
    TOTAL_OVER = "total_over"
    TOTAL_UNDER = "total_under"
    CHARGE = "charge"
    TAX = "tax"
    DISCOUNT = "discount"
    BALANCE = "balance"
    BLANKET = "blanket"
    BLANKET_DAYS = "blanket_days"
    DATE_VALUE = "date_value"
    OVER_RECEIPT = "over_receipt"
    UNDER_RECEIPT = "under_receipt"
    DAYS_EARLY = "days_early"
    DAYS_LATE = "days_late"


_PCT, _ABS, _EXT = Kind.PERCENT, Kind.AMOUNT, Kind.EXTENDED
_QTY_OVER = (("qty_over_pct", _PCT), ("qty_over_abs", _ABS))
_QTY_ORDERED = (("qty_ordered_over_pct", _PCT), ("qty_ordered_over_abs", _ABS))

FAMILIES: dict[Family, tuple[tuple[str, Kind], ...]] = {
    Family.PRICE_OVER: (("price_pct", _PCT), ("price_abs", _ABS), ("price_ext_abs", _EXT)),
    Family.PRICE_UNDER: (("price_under_pct", _PCT), ("price_under_abs", _ABS)),
    Family.QTY_RECEIVED: (*_QTY_OVER, ("qty_value_abs", _EXT)),
    Family.QTY_ORDERED: _QTY_ORDERED,
    Family.QTY_UNDER: (("qty_under_pct", _PCT), ("qty_under_abs", _ABS)),
    Family.LINE_TOTAL: (("line_total_pct", _PCT), ("line_total_abs", _ABS)),
    Family.TOTAL_OVER: (("total_pct", _PCT), ("total_abs", _ABS)),
    Family.TOTAL_UNDER: (("total_under_pct", _PCT), ("total_under_abs", _ABS)),
    Family.CHARGE: (("charge_pct", _PCT), ("charge_abs", _ABS)),
    Family.TAX: (("tax_pct", _PCT), ("tax_abs", _ABS)),
    Family.DISCOUNT: (("discount_pct", _PCT), ("discount_abs", _ABS)),
    Family.BALANCE: (("balance_abs", _ABS),),
    Family.BLANKET: (("blanket_pct", _PCT), ("blanket_abs", _ABS)),
    Family.BLANKET_DAYS: (("blanket_days", _ABS),),
    Family.DATE_VALUE: (("date_value_days", _ABS),),
    Family.OVER_RECEIPT: (("over_receipt_pct", _PCT),),
    Family.UNDER_RECEIPT: (("under_receipt_pct", _PCT),),
    Family.DAYS_EARLY: (("days_early", _ABS),),
    Family.DAYS_LATE: (("days_late", _ABS),),
}

TOLERANCE_KEYS = tuple(key for family in FAMILIES.values() for key, _ in family)


class Limit(NamedTuple):
    """One limit that is set, and who set it (``source``, for explaining; may be empty)."""

    key: str
    value: Decimal
    kind: Kind
    source: str

    def holds(self, variance: N, base: N, each: N, number: Callable[[Exact], N]) -> bool:
        """Does this limit allow a difference of ``variance``?"""
        value = number(self.value)
        if self.kind is Kind.PERCENT:
            return variance * 100 <= value * base
        if self.kind is Kind.AMOUNT:
            return variance <= value
        return variance * each <= value

    def words(self) -> str:
        """The limit as people say it: ``2 % (price_pct, company default)``."""
        unit = {
            Kind.PERCENT: " %",
            Kind.AMOUNT: "",
            Kind.EXTENDED: " on the extended difference",
        }[self.kind]
        told = f"{self.key}, {self.source}" if self.source else self.key
        return f"{plain(self.value)}{unit} ({told})"


class Limits(NamedTuple):
    """The limits of one check that are set; none set means that the check is not made."""

    limits: tuple[Limit, ...]
    combine: Combine

    def hold(
        self, variance: N, base: N, number: Callable[[Exact], N], each: N | None = None
    ) -> bool:
        """Is ``variance`` (positive = beyond) within the limits?

        ``base`` is what a percentage is taken of, ``each`` what an extended limit multiplies with.
        """
        if variance <= 0:
            return True
        factor = base if each is None else each
        held = (limit.holds(variance, base, factor, number) for limit in self.limits)
        return all(held) if self.combine is Combine.LESSER else any(held)

    def words(self) -> str:
        """``limit 2 % (price_pct) and 5 (price_abs)``; ``no limit`` when none is set."""
        if not self.limits:
            return "no limit"
        joint = " and " if self.combine is Combine.LESSER else " or "
        return "limit " + joint.join(limit.words() for limit in self.limits)


NO_LIMITS = Limits((), Combine.LESSER)


@dataclass(frozen=True)
class Tolerances:
    """Limits by key. A key that is present with ``None`` says "not applied" and overrides.

    ``sources`` tells per key who set it (a policy, an order line); it changes no verdict.
    Raises ``ValueError`` for an unknown key or a negative or non-finite limit.
    """

    values: Mapping[str, Decimal | None] = field(default_factory=dict)
    combine: Combine | None = None
    sources: Mapping[str, str] = field(default_factory=dict, compare=False)
    _limits: dict[Family, Limits] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        for key, value in self.values.items():
            if key not in TOLERANCE_KEYS:
                raise ValueError(f"{key} is not a tolerance")
            if value is not None and not (value.is_finite() and value >= 0):
                raise ValueError(f"{key} must be zero or more")

    def overridden_by(self, own: "Tolerances") -> "Tolerances":
        """These, with the keys that ``own`` names replaced one by one (rule 14)."""
        if not own.values and own.combine is None:
            return self
        return Tolerances(
            {**self.values, **own.values},
            own.combine or self.combine,
            {**self.sources, **own.sources},
        )

    def limits(self, check: Family) -> Limits:
        """The limits set for a check.

        A ``qty_ordered_over`` key, even null, replaces both ``qty_over`` limits for the ordered
        base; without one the ordered base uses ``qty_over``.
        """
        found = self._limits.get(check)
        if found is None:
            found = self._limits[check] = self._collect(check)
        return found

    def _collect(self, check: Family) -> Limits:
        family = FAMILIES[check]
        if check is Family.QTY_ORDERED and not any(key in self.values for key, _ in _QTY_ORDERED):
            family = _QTY_OVER
        return Limits(
            tuple(
                Limit(key, value, kind, self.sources.get(key, ""))
                for key, kind in family
                if (value := self.values.get(key)) is not None
            ),
            self.combine or Combine.LESSER,
        )


def within(limits: Limits, variance: Decimal, base: Decimal) -> bool:
    """``Limits.hold`` for amounts and days, which are always decimals."""
    return limits.hold(variance, base, as_decimal)
